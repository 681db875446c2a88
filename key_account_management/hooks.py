from contextlib import contextmanager

from odoo.tools import SQL

from .models.credit import order_rest

# Stored fields on large core tables that are computed or have a default: the columns
# are made and filled here, before the ORM would do so record by record, and before it
# would say of every old order that the system took it.
_COLUMNS = (
    ("res_partner", "kam_client_id", "int4"),
    ("res_partner", "is_key_client", "bool DEFAULT false"),
    ("sale_order", "kam_client_id", "int4"),
    ("sale_order", "credit_state", "varchar DEFAULT 'none'"),
    ("sale_order", "credit_rest", "numeric DEFAULT 0"),
    ("sale_order", "credit_rest_closed", "bool"),
    ("sale_order", "credit_debtor_id", "int4"),
    ("sale_order", "taken_by_id", "int4"),
    ("account_move", "kam_client_id", "int4"),
    ("crm_lead", "kam_client_id", "int4"),
)

# Our tables, those that refer to others first.
_TABLES = (
    "kam_scorecard_correction",
    "kam_scorecard_entry",
    "kam_scorecard_line",
    "kam_scorecard",
    "kam_pay_corrector",
    "kam_pay_scheme",
    "kam_report_instance",
    "kam_report_duty",
    "kam_sales_forecast",
    "kam_growth_exclusion",
    "kam_remark",
    "kam_kpi_range",
    "kam_kpi",
    "kam_sales_plan_line",
    "kam_sales_plan",
    "kam_visit_plan_exception",
    "kam_visit",
    "kam_visit_plan",
    "kam_visit_kind",
    "kam_visit_outcome",
    "kam_visit_purpose",
    "kam_visit_reason",
    "kam_reconciliation_line",
    "kam_reconciliation",
    "kam_collection_step",
    "kam_collection_letter_line",
    "kam_collection_letter",
    "kam_collection",
    "kam_collection_stage",
    "kam_dispute",
    "kam_promise",
    "kam_credit_renewal_line",
    "kam_credit_renewal",
    "kam_credit_check_step",
    "kam_credit_check_factor",
    "kam_credit_document",
    "kam_credit_check",
    "kam_credit_factor_range",
    "kam_credit_factor",
    "kam_credit_document_type",
    "kam_credit_class",
    "kam_credit_task",
    "kam_credit_resolution",
    "kam_credit_request",
    "kam_credit_reason",
    "kam_credit_decision",
    "kam_credit_line_change",
    "kam_credit_snapshot",
    "kam_credit_line",
    "kam_credit_lock",
    "kam_credit_authority",
    "kam_classification_line",
    "kam_classification",
    "kam_substitution",
    "kam_assignment",
    "kam_client",
    "kam_tier",
    "kam_stage",
    "kam_credit_policy",
)


def pre_init_hook(env):
    """Make and fill the columns on a company that already has data.

    Here, before the ORM makes indexes and references of our columns, each row is
    written once and fast.
    """
    for table, column, kind in _COLUMNS:
        env.cr.execute(
            SQL(
                "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s",
                SQL.identifier(table),
                SQL("%s %s", SQL.identifier(column), SQL(kind)),
            )
        )
    digits = env["decimal.precision"].precision_get("Product Unit")
    with _without_indexes(env, "sale_order"):
        env.cr.execute(order_rest.get_fill(digits))


@contextmanager
def _without_indexes(env, table):
    """Take the indexes of a table away while most of its rows are written.

    Writing 300,000 orders takes 10 s with their 14 indexes row by row, but 2 s without
    and 4 s to make them anew. What adds a column has locked the table already. Indexes
    that a constraint or a reference may need stay.
    """
    indexes = env.execute_query(
        SQL(
            """
            SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid)
              FROM pg_index
             WHERE indrelid = %s::regclass AND indisvalid
               AND NOT (indisunique OR indisexclusion OR indisclustered)
          ORDER BY indexrelid
            """,
            table,
        )
    )
    # statements as PostgreSQL itself writes them, without parameters
    for removal, _definition in indexes:
        env.cr.execute(removal)
    yield
    for _removal, definition in indexes:
        env.cr.execute(definition)


def post_init_hook(env):
    """Let the ORM count the rests that SQL leaves to it."""
    for table, column, kind in _COLUMNS:
        if "DEFAULT" in kind:
            env.cr.execute(
                SQL(
                    "ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT",
                    SQL.identifier(table),
                    SQL.identifier(column),
                )
            )
    orders = env["sale.order"]
    rows = env.execute_query(SQL("SELECT id FROM sale_order WHERE credit_rest IS NULL"))
    left = orders.browse(order_id for (order_id,) in rows)
    env.add_to_compute(orders._fields["credit_rest"], left)


def uninstall_hook(env):
    """Empty our tables in the order of their references.

    History is guarded by restricting references, which would stop the records of
    the addon's data files from being removed. Open activities on core's records
    and saved filters, which core leaves behind, go as well.
    """
    for name in ("credit", "match", "job"):
        activity_type = f"key_account_management.mail_activity_type_{name}"
        if kind := env.ref(activity_type, raise_if_not_found=False):
            activities = env["mail.activity"].with_context(active_test=False)
            activities.search([("activity_type_id", "=", kind.id)]).unlink()
    models = [name for name in env.registry if name.startswith("kam.")]
    filters = env["ir.filters"].with_context(active_test=False)
    filters.search([("model_id", "in", models)]).unlink()
    env.flush_all()
    env.cr.execute(
        SQL(
            "UPDATE res_partner SET kam_membership_id = NULL "
            "WHERE kam_membership_id IS NOT NULL"
        )
    )
    for table in _TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.invalidate_all()
