from odoo.tools import SQL

from .models.credit.sale_order_rest import FILL_DEBTORS

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
    """Make the columns that need no computing on a company that already has data."""
    for table, column, kind in _COLUMNS:
        env.cr.execute(
            SQL(
                "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s",
                SQL.identifier(table),
                SQL("%s %s", SQL.identifier(column), SQL(kind)),
            )
        )
    env.cr.execute(FILL_DEBTORS)


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
