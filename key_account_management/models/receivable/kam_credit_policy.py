from odoo import fields, models

from ..credit.kam_credit_policy import KamCreditPolicy as CreditPolicy


class KamCreditPolicy(models.Model):
    _inherit = "kam.credit.policy"

    _rule_fields = (*CreditPolicy._rule_fields, "count_disputed")

    count_disputed = fields.Boolean(
        string="Disputed Debt Counts",
        default=True,
        tracking=True,
        help="Overdue debt counts for the rule even if a dispute about it was "
        "accepted. The limit always counts it.",
    )
