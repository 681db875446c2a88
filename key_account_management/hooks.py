from odoo.tools import SQL

# Stored computed fields on large core tables: the columns are made and filled here,
# before the ORM would compute them record by record.
_COLUMNS = (
    ("res_partner", "kam_client_id", "int4"),
    ("res_partner", "is_key_client", "bool DEFAULT false"),
    ("sale_order", "kam_client_id", "int4"),
    ("sale_order", "credit_state", "varchar DEFAULT 'none'"),
    ("sale_order", "credit_rest", "numeric DEFAULT 0"),
    ("sale_order", "credit_rest_closed", "bool"),
    ("account_move", "kam_client_id", "int4"),
)


def pre_init_hook(env):
    """Make the columns that need no reckoning on a company that already has data."""
    for table, column, kind in _COLUMNS:
        env.cr.execute(
            SQL(
                "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s",
                SQL.identifier(table),
                SQL("%s %s", SQL.identifier(column), SQL(kind)),
            )
        )


def post_init_hook(env):
    """Fill the rest of the orders that are confirmed already."""
    for table, column, kind in _COLUMNS:
        if "DEFAULT" in kind:
            env.cr.execute(
                SQL(
                    "ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT",
                    SQL.identifier(table),
                    SQL.identifier(column),
                )
            )
    env["sale.order"]._fill_credit_rest()
