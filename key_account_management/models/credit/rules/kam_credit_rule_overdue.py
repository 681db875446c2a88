from odoo import api, models


class KamCreditRuleOverdue(models.AbstractModel):
    """No debt is overdue beyond the grace days, or less than counts."""

    _name = "kam.credit.rule.overdue"
    _description = "Credit Rule: Overdue Debt"
    _inherit = ["kam.credit.rule"]

    _rule_order = 20
    _unit = "money"
    _thresholds = ("overdue_grace_days", "overdue_min_amount")
    _is_in_summary = True

    @api.model
    def _measure(self, situation, policy, exceeds):
        threshold = policy["overdue_min_amount"]
        is_broken = (
            exceeds(situation.value, 0)
            and exceeds(situation.overdue, 0)
            and not exceeds(threshold, situation.overdue)
        )
        return is_broken, situation.overdue, threshold

    @api.model
    def _get_label(self):
        return self.env._("Overdue debt")

    @api.model
    def _get_broken_text(self, values):
        return self.env._(
            "%(measured)s is overdue; it counts from %(allowed)s on.", **values
        )

    @api.model
    def _get_passed_text(self, values, is_measured):
        if not is_measured:
            return self.env._("Nothing overdue.")
        return self.env._(
            "%(measured)s is overdue, which does not hold the order.", **values
        )
