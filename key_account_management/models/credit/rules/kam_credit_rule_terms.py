from odoo import api, models


class KamCreditRuleTerms(models.AbstractModel):
    """The last instalment of the order is due within the longest term."""

    _name = "kam.credit.rule.terms"
    _description = "Credit Rule: Payment Terms"
    _inherit = ["kam.credit.rule"]

    _rule_order = 30
    _unit = "days"
    _thresholds = ("max_term_days",)
    _judges_foreign = True

    @api.model
    def _measure(self, situation, policy, exceeds):
        allowed = policy["max_term_days"]
        return situation.term_days > allowed, situation.term_days, allowed

    @api.model
    def _get_label(self):
        return self.env._("Payment terms")

    @api.model
    def _get_broken_text(self, values):
        return self.env._(
            "The payment term is %(measured)s; %(allowed)s are allowed.", **values
        )

    @api.model
    def _get_passed_text(self, values, is_measured):
        return self.env._("The payment term is %(measured)s.", **values)
