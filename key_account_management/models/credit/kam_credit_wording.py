from odoo import api, models
from odoo.tools.misc import format_date, format_datetime, formatLang


class KamCreditWording(models.AbstractModel):
    """Credit decisions in sentences, in the language of the reader."""

    _name = "kam.credit.wording"
    _description = "Wording of Credit Decisions"

    @api.model
    def _get_summary(self, decision):
        """Return the decision in one paragraph: outcome, calculation, overdue."""
        parts = (
            self._get_headline(decision),
            self._get_calculation(decision),
            self._get_overdue_text(decision),
        )
        return " ".join(filter(None, parts))

    @api.model
    def _get_headline(self, decision):
        """Return what became of the order, and why, without the calculation."""
        if decision.state == "released":
            return self._get_held_text(
                decision,
                self.env._("Released; it was %s short."),
                self.env._("Released. It was held: %s"),
            )
        if decision.state == "rejected":
            rejected = self.env._("Rejected: %s", decision.reject_reason or "–")
            held = self._get_held_text(
                decision,
                self.env._("It was %s short."),
                self.env._("It was held: %s"),
            )
            return f"{rejected.rstrip('. ')}. {held}"
        if decision.outcome == "hold":
            return self._get_held_text(
                decision, self.env._("Held: %s short."), self.env._("Held: %s")
            )
        if decision.is_prepaid:
            return self.env._("Passed: the order is prepaid.")
        if decision.outcome == "warn":
            broken = decision.reason_ids.filtered(lambda r: r.outcome == "warn")
            return self.env._(
                "Passed with a warning: %s", " ".join(broken.mapped("message"))
            )
        return self.env._(
            "Passed: %s free after this order.",
            decision._format_amount(decision.headroom),
        )

    @api.model
    def _get_held_text(self, decision, short, other):
        """Return what holds the order: the shortfall and the rules that are broken.

        :param short: words around the shortfall, if the limit is broken
        :param other: words around the rules, if it is not
        """
        broken = decision.reason_ids.filtered(lambda r: r.outcome == "hold")
        if not broken.filtered(lambda r: r.rule == "limit" and not r.cause):
            return other % " ".join(broken.mapped("message"))
        others = broken.filtered(lambda r: r.cause or not r._get_rule()._is_in_summary)
        amount = decision._format_amount(decision.shortfall)
        return " ".join([short % amount, *others.mapped("message")])

    @api.model
    def _get_calculation(self, decision):
        allowed = decision.limit * (1 + decision.tolerance_percent / 100)
        values = {
            "limit": decision._format_amount(decision.limit),
            "tolerance": formatLang(self.env, decision.tolerance_percent, digits=2),
            "receivable": decision._format_amount(decision.receivable),
            "uninvoiced": decision._format_amount(decision.uninvoiced),
            "free": decision._format_amount(allowed - decision.exposure),
            "order": decision._format_amount(decision.order_amount),
        }
        if decision.tolerance_percent:
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

    @api.model
    def _get_overdue_text(self, decision):
        if not decision.overdue:
            return self.env._("Nothing overdue.")
        overdue = self.env._(
            "Overdue %(amount)s, the oldest for %(days)s days.",
            amount=decision._format_amount(decision.overdue),
            days=decision.oldest_overdue_days,
        )
        return " ".join(filter(None, (overdue, self._get_counted_text(decision))))

    @api.model
    def _get_counted_text(self, decision):
        """Return why less than all that was overdue counted; nothing if all did.

        The rule takes off unallocated money, items within the grace days and disputes;
        of decisions from before it was kept the money is not known.
        """
        rule = decision.reason_ids.filtered(lambda reason: reason.rule == "overdue")
        currency = decision.currency_id
        off = currency.round(decision.overdue - rule.measured)
        if not rule or currency.compare_amounts(off, 0) <= 0:
            return ""
        money = min(decision.unallocated, off)
        other = currency.round(off - money)
        values = {
            "counted": rule.measured_text,
            "money": decision._format_amount(money),
            "other": decision._format_amount(other),
        }
        if currency.is_zero(other):
            return self.env._(
                "Of it %(counted)s counts: %(money)s of unallocated money is taken "
                "off.",
                **values,
            )
        if currency.is_zero(money):
            return self.env._(
                "Of it %(counted)s counts: %(other)s is within the grace days, "
                "disputed or covered by unallocated money.",
                **values,
            )
        return self.env._(
            "Of it %(counted)s counts: %(money)s of unallocated money is taken off, "
            "and %(other)s is within the grace days or disputed.",
            **values,
        )

    @api.model
    def _get_who_text(self, decision):
        """Return who may release the held order, to a reader who may not.

        :return: sentence in the reader's language; False if he may release it himself
        """
        if decision.may_release:
            return False
        authority = self.env["kam.credit.authority"]
        # Authorities and colleagues are not the reader's to read: only names get out.
        names = ", ".join(authority._get_releasers(decision.sudo()).mapped("name"))
        if not names:
            return self.env._("Nobody's authority covers the release of this order.")
        currency = decision.company_id.currency_id
        needed = decision._get_authority_amount()
        rows = authority._get_own_rows(self.env.user, decision.company_id)
        if not rows or any(row._covers(needed, currency) for row in rows):
            return self.env._("May release it: %s.", names)
        return self.env._(
            "Above your authority of %(amount)s. May release it: %(names)s.",
            amount=decision._format_amount(max(rows.mapped("amount"))),
            names=names,
        )

    @api.model
    def _get_asked_text(self, decision):
        """Return who asked for the release last, and when; False if nobody did."""
        request = decision.request_ids.sorted("id")[-1:]
        if not request:
            return False
        return self.env._(
            "Release asked for by %(user)s, %(date)s: %(comment)s",
            user=request.sudo().user_id.name,
            date=format_datetime(self.env, request.date, dt_format="short"),
            comment=request.comment,
        )

    @api.model
    def _get_release_text(self, decision):
        values = {
            "user": decision.release_user_id.sudo().name,
            "amount": decision._format_amount(decision.release_amount),
            "until": format_date(self.env, decision.release_until),
        }
        if decision._get_release_days_left() < 0:
            return self.env._(
                "Released by %(user)s up to %(amount)s; ran out after %(until)s.",
                **values,
            )
        return self.env._(
            "Released by %(user)s up to %(amount)s, valid until %(until)s.", **values
        )

    @api.model
    def _get_expected_text(self, decision):
        """Return when the money that the order waits for will probably be there."""
        usual, cautious = decision.expected_date, decision.expected_cautious_date
        if usual and cautious:
            return self.env._(
                "Enough money is probably there by %(usual)s, with 80 %% certainty "
                "by %(cautious)s.",
                usual=format_date(self.env, usual),
                cautious=format_date(self.env, cautious),
            )
        if usual:
            return self.env._(
                "Enough money is probably there by %(usual)s; that is not sure.",
                usual=format_date(self.env, usual),
            )
        if decision._get_needed_money() > 0:
            return self.env._("The open items do not bring enough money.")
        return False
