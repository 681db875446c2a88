from odoo import api, fields, models
from odoo.tools.misc import formatLang


class KamCreditDecision(models.Model):
    """The decision in one paragraph, in the language of the reader."""

    _inherit = "kam.credit.decision"

    summary = fields.Char(compute="_compute_summary")

    @api.depends("order_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for decision in self:
            decision.display_name = self.env._(
                "%(order)s: %(outcome)s",
                order=decision.order_id.sudo().name,
                outcome=decision._get_label("outcome"),
            )

    @api.depends("outcome", "state")
    @api.depends_context("lang")
    def _compute_summary(self):
        for decision in self:
            decision.summary = " ".join(
                part
                for part in (
                    decision._get_headline(),
                    decision._get_reckoning(),
                    decision._get_overdue_text(),
                )
                if part
            )

    def _format_amount(self, value):
        """Format money for a sentence: no currency, no cents where there are none."""
        currency = self.currency_id
        is_whole = currency.is_zero(value - round(value))
        digits = 0 if is_whole else currency.decimal_places
        return formatLang(self.env, value, digits=digits)

    def _get_headline(self):
        amount = self._format_amount
        if self.outcome == "hold":
            broken = self.reason_ids.filtered(lambda r: r.outcome == "hold")
            # The amounts of these two follow in the sentence.
            others = broken.filtered(
                lambda r: r.cause or r.rule not in ("limit", "overdue")
            )
            if broken.filtered(lambda r: r.rule == "limit" and not r.cause):
                short = self.env._("Held: %s short.", amount(self.shortfall))
                return " ".join([short, *others.mapped("message")])
            return self.env._("Held: %s", " ".join(broken.mapped("message")))
        if self.is_prepaid:
            return self.env._("Passed: the order is prepaid.")
        if self.outcome == "warn":
            broken = self.reason_ids.filtered(lambda r: r.outcome == "warn")
            return self.env._(
                "Passed with a warning: %s", " ".join(broken.mapped("message"))
            )
        return self.env._("Passed: %s free after this order.", amount(self.headroom))

    def _get_reckoning(self):
        allowed = self.limit * (1 + self.tolerance_percent / 100)
        values = {
            "limit": self._format_amount(self.limit),
            "tolerance": formatLang(self.env, self.tolerance_percent, digits=2),
            "receivable": self._format_amount(self.receivable),
            "uninvoiced": self._format_amount(self.uninvoiced),
            "free": self._format_amount(allowed - self.exposure),
            "order": self._format_amount(self.order_amount),
        }
        if self.tolerance_percent:
            return self.env._(
                "Limit %(limit)s + %(tolerance)s %% − debt %(receivable)s − confirmed "
                "%(uninvoiced)s = %(free)s free, order %(order)s.",
                **values,
            )
        return self.env._(
            "Limit %(limit)s − debt %(receivable)s − confirmed %(uninvoiced)s = "
            "%(free)s free, order %(order)s.",
            **values,
        )

    def _get_overdue_text(self):
        if not self.overdue:
            return self.env._("Nothing overdue.")
        return self.env._(
            "Overdue %(amount)s, the oldest for %(days)s days.",
            amount=self._format_amount(self.overdue),
            days=self.oldest_overdue_days,
        )
