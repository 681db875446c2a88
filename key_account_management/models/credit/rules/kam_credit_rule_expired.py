from odoo import api, models


class KamCreditRuleExpired(models.AbstractModel):
    """The credit line is valid today."""

    _name = "kam.credit.rule.expired"
    _description = "Credit Rule: Line Expired"
    _inherit = ["kam.credit.rule"]

    _rule_order = 70
    _unit = "days"

    @api.model
    def _measure(self, situation, policy, exceeds):
        days = (
            (situation.today - situation.valid_until).days
            if situation.valid_until
            else 0
        )
        return days > 0, max(days, 0), 0

    @api.model
    def _get_label(self):
        return self.env._("Credit line expired")

    @api.model
    def _get_broken_text(self, values):
        return self.env._("The credit line expired %(measured)s ago.", **values)

    @api.model
    def _get_passed_text(self, values, is_measured):
        return self.env._("The credit line is valid.")
