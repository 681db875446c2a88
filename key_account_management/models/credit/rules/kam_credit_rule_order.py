from odoo import api, models


class KamCreditRuleOrder(models.AbstractModel):
    """The order is no larger than a single order may be."""

    _name = "kam.credit.rule.order"
    _description = "Credit Rule: Order Amount"
    _inherit = ["kam.credit.rule"]

    _rule_order = 40
    _unit = "money"
    _thresholds = ("max_order_amount",)
    _judges_foreign = True

    @api.model
    def _measure(self, situation, policy, exceeds):
        allowed = policy["max_order_amount"]
        return exceeds(situation.amount, allowed), situation.amount, allowed

    @api.model
    def _get_label(self):
        return self.env._("Order amount")

    @api.model
    def _get_broken_text(self, values):
        return self.env._(
            "The order is %(measured)s; a single order may be %(allowed)s.", **values
        )

    @api.model
    def _get_passed_text(self, values, is_measured):
        return self.env._("The order is %(measured)s.", **values)
