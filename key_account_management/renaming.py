"""Renaming of a model before an upgrade, for migration scripts.

A model is renamed rather than made anew: its rules are not updated, saved filters
and exports would be left without their model, and its records would be lost.
"""

from odoo.tools import SQL

_COLUMNS = (
    ("ir_model", "model"),
    ("ir_model_fields", "model"),
    ("ir_model_fields", "relation"),
    ("ir_ui_view", "model"),
    ("ir_act_window", "res_model"),
    ("ir_filters", "model_id"),
    ("ir_exports", "resource"),
)


def rename_model(cr, old, new, keep="$^"):
    """Give all that speaks of a model its new name, its table and xml ids included.

    :param keep: pattern of the xml ids that only look like those of the model
    """
    for table, column in _COLUMNS:
        cr.execute(
            SQL(
                "UPDATE %(table)s SET %(column)s = %(new)s WHERE %(column)s = %(old)s",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                new=new,
                old=old,
            )
        )
    # rules are named after their models; they are not updated
    cr.execute(
        SQL(
            """
            UPDATE ir_rule
               SET name = replace(name, %(old)s, %(new)s)
             WHERE name LIKE %(pattern)s
            """,
            old=f"{old}:",
            new=f"{new}:",
            pattern=f"{old}:%",
        )
    )
    old, new = old.replace(".", "_"), new.replace(".", "_")
    cr.execute(
        SQL(
            """
            UPDATE ir_model_data
               SET name = replace(name, %(old)s, %(new)s)
             WHERE module = 'key_account_management'
               AND name ~ %(old)s AND name !~ %(keep)s
            """,
            old=old,
            new=new,
            keep=keep,
        )
    )
    _rename_table(cr, old, new)


def _rename_table(cr, old, new):
    """Rename a table, if it is one, with all that PostgreSQL has named after it."""
    cr.execute(SQL("SELECT relkind FROM pg_class WHERE relname = %s", old))
    if cr.fetchall() != [("r",)]:
        return
    cr.execute(
        SQL("ALTER TABLE %s RENAME TO %s", SQL.identifier(old), SQL.identifier(new))
    )
    cr.execute(
        SQL(
            "UPDATE ir_model_constraint SET name = replace(name, %(old)s, %(new)s)"
            " WHERE name ~ %(pattern)s",
            old=old,
            new=new,
            pattern=f"^{old}_",
        )
    )
    # Constraints first: an index that serves one has its name from it.
    for names, statement in (
        (
            "SELECT conname FROM pg_constraint WHERE conrelid = %(table)s::regclass",
            "ALTER TABLE %(table)s RENAME CONSTRAINT %(old)s TO %(new)s",
        ),
        (
            "SELECT indexrelid::regclass::text FROM pg_index"
            " WHERE indrelid = %(table)s::regclass",
            "ALTER INDEX %(old)s RENAME TO %(new)s",
        ),
        (
            "SELECT pg_get_serial_sequence(%(table)s, 'id')::regclass::text",
            "ALTER SEQUENCE %(old)s RENAME TO %(new)s",
        ),
    ):
        cr.execute(SQL(names, table=new))
        for (name,) in cr.fetchall():
            if name.startswith(old):
                cr.execute(
                    SQL(
                        statement,
                        table=SQL.identifier(new),
                        old=SQL.identifier(name),
                        new=SQL.identifier(new + name[len(old) :]),
                    )
                )
