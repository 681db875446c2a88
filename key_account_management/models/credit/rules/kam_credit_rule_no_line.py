from odoo import api, models


class KamCreditRuleNoLine(models.AbstractModel):
    """The client has a credit line in the company."""

    _name = "kam.credit.rule.no_line"
    _description = "Credit Rule: No Credit Line"
    _inherit = ["kam.credit.rule"]

    _rule_order = 50

    @api.model
    def _measure(self, situation, policy, exceeds):
        return not situation.has_line, 0 if situation.has_line else 1, 0

    @api.model
    def _get_label(self):
        return self.env._("No credit line")

    @api.model
    def _get_broken_text(self, values):
        return self.env._("The client has no credit line in this company.")

    @api.model
    def _get_passed_text(self, values, is_measured):
        return self.env._("The client has a credit line.")
