from datetime import datetime, time, timedelta

import pytz

from odoo import models
from odoo.fields import Datetime, Domain
from odoo.tools import format_date

from .kam_desk_tile import ROWS

# Held since how many days, at least and at most; the colour of the bar.
AGES = ((0, 0, "success"), (1, 2, "warning"), (3, 7, "warning"), (8, None, "danger"))
ENDING_DAYS = 30


class KamDeskCredit(models.AbstractModel):
    """Orders on hold and credit lines."""

    _name = "kam.desk.credit"
    _description = "My Desk: Credit"
    _inherit = ["kam.desk.tile"]

    def _get_waiting(self, morning):
        """Return all decisions that hold an order, the oldest first."""
        return morning.once(
            "waiting",
            lambda: self.env["kam.credit.decision"].search_fetch(
                self._waiting_domain(morning), order="date, id"
            ),
        )

    def _waiting_domain(self, morning):
        return [
            ("outcome", "=", "hold"),
            ("state", "=", "open"),
            ("company_id", "=", morning.company.id),
        ]

    def _get_releasable(self, morning, until=None):
        """Return those that the user may release himself, the oldest first."""
        return morning.once(
            "releasable",
            lambda: self.env["kam.credit.answering"]._filter_releasable(
                self._get_waiting(morning), until, morning.authority
            ),
        )

    def _open_holds(self, domain, title):
        return self._open(
            "kam_credit_decision_action_hold", "kam.credit.decision", domain, title
        )

    def _tile_holds(self, morning):
        """Return the held orders: shortfall and when the money is probably there."""
        decisions = self._get_waiting(morning)
        title = self.env._("Orders on Hold")
        opens = self._open_holds(self._waiting_domain(morning), title)
        shown = decisions[-1 : -ROWS - 1 : -1]
        return self._tile(
            title,
            [
                self._figure(self.env._("Orders"), len(decisions), opens),
                self._figure(
                    self.env._("Amount"),
                    sum(decisions.mapped("order_amount")),
                    opens,
                    "order_amount",
                    "money",
                ),
                self._figure(
                    self.env._("Short"),
                    sum(decisions.mapped("shortfall")),
                    opens,
                    "shortfall",
                    "money",
                    tone="danger",
                ),
            ],
            [self._hold_row(d, self._get_money_note(d)) for d in shown],
            empty=self.env._("No order is on hold."),
        )

    def _get_money_note(self, decision):
        day = decision.expected_date
        if not day:
            return self.env._("The open items do not bring enough money")
        return self.env._("Money probably by %s", format_date(self.env, day))

    def _hold_row(self, decision, note, tone=""):
        """Return a held order: what it is short of, else its amount."""
        field = "shortfall" if decision.shortfall else "order_amount"
        return self._row(
            decision,
            decision.client_id.name,
            f"{decision.order_id.name} · {note}",
            [
                self._row_figure(
                    decision,
                    field,
                    self.env._("short") if decision.shortfall else "",
                    tone="danger" if decision.shortfall else "",
                )
            ],
            tone=tone,
        )

    def _tile_queue(self, morning):
        """Return the held orders by age; first those that the user may release."""
        decisions = self._get_waiting(morning)
        releasable = self._get_releasable(morning)
        title = self.env._("Orders on Hold")
        mine = self._open_holds(
            [("id", "in", releasable.ids)], self.env._("You May Release")
        )
        opens = self._open_holds(self._waiting_domain(morning), title)
        shown = (releasable + (decisions - releasable))[:ROWS]
        return self._tile(
            title,
            [
                self._figure(
                    self.env._("You may release"), len(releasable), mine, tone="success"
                ),
                self._figure(
                    self.env._("Amount"),
                    sum(releasable.mapped("order_amount")),
                    mine,
                    "order_amount",
                    "money",
                ),
                self._figure(self.env._("On hold in all"), len(decisions), opens),
            ],
            [
                self._hold_row(
                    decision,
                    self._get_release_note(decision, releasable),
                    tone="success" if decision in releasable else "",
                )
                for decision in shown
            ],
            chart=self._chart(self._age_bars(decisions, morning)),
            empty=self.env._("No order is on hold."),
            more=opens,
        )

    def _get_release_note(self, decision, releasable):
        if decision in releasable:
            return self.env._("you may release it")
        return self.env._("beyond your authority")

    def _age_bars(self, decisions, morning):
        """Yield how many orders are held since how many days."""
        midnight = self._get_midnight
        today, company = morning.today, morning.company
        labels = (
            self.env._("Today"),
            self.env._("1–2 days"),
            self.env._("3–7 days"),
            self.env._("Longer"),
        )
        for (youngest, oldest, tone), label in zip(AGES, labels, strict=True):
            period = Domain("date", "<", midnight(company, today, 1 - youngest))
            if oldest is not None:
                period &= Domain("date", ">=", midnight(company, today, -oldest))
            held = decisions.filtered_domain(period)
            opens = self._open_holds(
                Domain(self._waiting_domain(morning)) & period,
                self.env._("On Hold: %s", label),
            )
            yield self._figure(label, len(held), opens, tone=tone)

    def _get_midnight(self, company, day, days):
        """Return the UTC text of when a day begins in the company."""
        zone = pytz.timezone(company._get_kam_timezone())
        midnight = datetime.combine(day + timedelta(days=days), time.min)
        moment = zone.localize(midnight).astimezone(pytz.utc)
        return Datetime.to_string(moment.replace(tzinfo=None))

    def _tile_expiring(self, morning):
        """Return the credit lines that end within 30 days, and those that ended."""
        last = morning.today + timedelta(days=ENDING_DAYS)
        own = Domain("company_id", "=", morning.company.id) & Domain("limit", ">", 0)
        ending = own & Domain(
            [("valid_until", ">=", morning.today), ("valid_until", "<=", last)]
        )
        ended = own & Domain("valid_until", "<", morning.today)
        found = self.env["kam.credit.line"].search_fetch(
            own & Domain("valid_until", "<=", last), order="valid_until, id"
        )
        lines = found.filtered_domain(ending)
        return self._tile(
            self.env._("Credit Lines About to End"),
            [
                self._line_figure(self.env._("Within 30 days"), ending, lines),
                self._line_figure(
                    self.env._("Limits"), ending, lines, "limit", "money"
                ),
                self._line_figure(
                    self.env._("Ended already"),
                    ended,
                    found - lines,
                    tone="danger",
                ),
            ],
            [
                self._row(
                    line,
                    line.client_id.name,
                    self.env._(
                        "valid until %s", format_date(self.env, line.valid_until)
                    ),
                    [self._row_figure(line, "limit")],
                )
                for line in lines[:ROWS]
            ],
            empty=self.env._("No credit line ends within 30 days."),
        )

    def _line_figure(self, label, domain, lines, field=False, kind="count", tone=""):
        value = sum(lines.mapped(field)) if field else len(lines)
        opens = self._open("kam_credit_line_action", "kam.credit.line", domain, label)
        return self._figure(label, value, opens, field, kind, tone)
