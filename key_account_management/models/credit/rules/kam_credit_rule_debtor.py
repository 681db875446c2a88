from odoo import api, models


class KamCreditRuleDebtor(models.AbstractModel):
    """The order is not invoiced to somebody who belongs to no key client."""

    _name = "kam.credit.rule.debtor"
    _description = "Credit Rule: Foreign Invoice Address"
    _inherit = ["kam.credit.rule"]

    _rule_order = 90
    _judges_own = False
    _judges_foreign = True

    @api.model
    def _measure(self, situation, policy, exceeds):
        return situation.is_foreign, int(situation.is_foreign), 0

    @api.model
    def _get_label(self):
        return self.env._("Foreign invoice address")

    @api.model
    def _get_broken_text(self, values):
        return self.env._(
            "The order is invoiced to somebody who belongs to no key client."
        )

    @api.model
    def _get_passed_text(self, values, is_measured):
        return self.env._("Invoiced to the key client itself.")
