"""The analysis of open documents gives its name to the papers of a credit check.

Renamed rather than made anew: its rules are not updated and saved filters would be
left without their model.
"""

from odoo.tools import SQL

OLD, NEW = "kam.credit.document", "kam.credit.exposure"
_COLUMNS = (
    ("ir_model", "model"),
    ("ir_model_fields", "model"),
    ("ir_ui_view", "model"),
    ("ir_act_window", "res_model"),
    ("ir_filters", "model_id"),
)


def migrate(cr, version):
    if not version:
        return
    for table, column in _COLUMNS:
        cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE %s = %s",
                SQL.identifier(table),
                SQL.identifier(column),
                NEW,
                SQL.identifier(column),
                OLD,
            )
        )
    cr.execute(
        SQL(
            """
            UPDATE ir_model_data
               SET name = replace(name, %(old)s, %(new)s)
             WHERE module = 'key_account_management' AND name ~ %(old)s
               AND name !~ %(type)s
            """,
            old=OLD.replace(".", "_"),
            new=NEW.replace(".", "_"),
            type=f"{OLD.replace('.', '_')}_type",
        )
    )
