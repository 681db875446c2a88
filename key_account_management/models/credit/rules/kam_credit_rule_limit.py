from odoo import api, models

from ..situation import Finding


class KamCreditRuleLimit(models.AbstractModel):
    """Debt, confirmed orders and this order fit the effective limit with tolerance.

    An amount without a rate holds the order, whoever owes it and whatever the policy
    says: what is not known cannot be judged.
    """

    _name = "kam.credit.rule.limit"
    _description = "Credit Rule: Limit"
    _inherit = ["kam.credit.rule"]

    _rule_order = 10
    _unit = "money"
    _thresholds = ("limit_tolerance_percent",)
    _is_in_summary = True

    @api.model
    def _concerns(self, situation):
        return not situation.has_rate or super()._concerns(situation)

    @api.model
    def _judge(self, situation, policy, exceeds):
        if not situation.has_rate:
            return Finding(self._code, "hold", 0.0, situation.allowed, "no_rate")
        return super()._judge(situation, policy, exceeds)

    @api.model
    def _measure(self, situation, policy, exceeds):
        measured = situation.exposure + situation.amount
        is_broken = (
            situation.has_line
            and exceeds(situation.value, 0)
            and exceeds(measured, situation.allowed)
        )
        return is_broken, measured, situation.allowed

    @api.model
    def _get_label(self):
        return self.env._("Credit limit")

    @api.model
    def _get_message(self, reason):
        if reason.cause == "no_rate":
            return self.env._(
                "There is no exchange rate for %s, so the amount of the order is not "
                "known. Enter a rate and confirm again.",
                reason.decision_id.order_currency_id.sudo().name,
            )
        return super()._get_message(reason)

    @api.model
    def _get_broken_text(self, values):
        return self.env._(
            "Debt, confirmed orders and this order make %(measured)s; "
            "%(allowed)s is allowed.",
            **values,
        )

    @api.model
    def _get_passed_text(self, values, is_measured):
        return self.env._(
            "%(measured)s of %(allowed)s is used with this order.", **values
        )
