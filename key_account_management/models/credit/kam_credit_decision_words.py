from odoo import api, fields, models
from odoo.tools.misc import format_date, format_datetime, formatLang


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
                    decision._get_calculation(),
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

    def _get_calculation(self):
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

    def _get_who_text(self):
        """Return who may release the held order, to a reader who may not.

        :return: sentence in the reader's language; False if he may release it himself
        """
        if self.may_release:
            return False
        authority = self.env["kam.credit.authority"]
        # Authorities and colleagues are not the reader's to read: only names get out.
        names = ", ".join(authority._get_releasers(self.sudo()).mapped("name"))
        if not names:
            return self.env._("Nobody's authority covers the release of this order.")
        currency = self.company_id.currency_id
        needed = self._get_authority_amount()
        rows = authority._get_own_rows(self.env.user, self.company_id)
        if not rows or any(row._covers(needed, currency) for row in rows):
            return self.env._("May release it: %s.", names)
        return self.env._(
            "Above your authority of %(amount)s. May release it: %(names)s.",
            amount=self._format_amount(max(rows.mapped("amount"))),
            names=names,
        )

    def _get_asked_text(self):
        """Return who asked for the release last, and when; False if nobody did."""
        request = self.request_ids.sorted("id")[-1:]
        if not request:
            return False
        return self.env._(
            "Release asked for by %(user)s, %(date)s: %(comment)s",
            user=request.sudo().user_id.name,
            date=format_datetime(self.env, request.date, dt_format="short"),
            comment=request.comment,
        )

    def _get_release_days_left(self):
        """Return the days up to the last day of the release; below 0 it ran out."""
        return (self.release_until - self.company_id._kam_today()).days

    def _get_release_text(self):
        values = {
            "user": self.release_user_id.sudo().name,
            "amount": self._format_amount(self.release_amount),
            "until": format_date(self.env, self.release_until),
        }
        if self._get_release_days_left() < 0:
            return self.env._(
                "Released by %(user)s up to %(amount)s; ran out after %(until)s.",
                **values,
            )
        return self.env._(
            "Released by %(user)s up to %(amount)s, valid until %(until)s.", **values
        )
