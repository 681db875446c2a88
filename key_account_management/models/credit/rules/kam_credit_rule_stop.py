from odoo import api, models


class KamCreditRuleStop(models.AbstractModel):
    """Shipments to the client are not stopped; money in advance does not help."""

    _name = "kam.credit.rule.stop"
    _description = "Credit Rule: Shipment Stop"
    _inherit = ["kam.credit.rule"]

    _rule_order = 80
    _judges_foreign = True
    _holds_prepaid = True

    @api.model
    def _measure(self, situation, policy, exceeds):
        return situation.is_stopped, int(situation.is_stopped), 0

    @api.model
    def _get_label(self):
        return self.env._("Shipment stop")

    @api.model
    def _get_broken_text(self, values):
        return self.env._("Shipments to the client are stopped.")

    @api.model
    def _get_passed_text(self, values, is_measured):
        return self.env._("Shipments are not stopped.")
