from calendar import monthrange

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Date, Domain
from odoo.tools import format_amount, format_date

from ..client.numbers import format_number
from .kam_desk_tile import ROWS

MONTHS = 6
REPORT = "kam.plan.report"


class KamDeskPerformance(models.AbstractModel):
    """Plan against fact, and the score."""

    _name = "kam.desk.performance"
    _description = "My Desk: Performance"
    _inherit = ["kam.desk.tile"]

    def _tile_plan(self, morning):
        """Return turnover against plan: this month, its pace, and the months before."""
        months = self._get_months(morning)
        month, target, fact = months[-1]
        domain = self._plan_domain(morning) & Domain("month", "=", month)
        opens = self._open(
            "kam_plan_report_action", REPORT, domain, self.env._("Plan and Fact")
        )
        pace = self._get_pace(morning.today, target)
        tone = "success" if fact >= pace else "danger"
        return self._tile(
            self.env._("Plan and Fact"),
            [
                self._figure(self.env._("Plan"), target, opens, "target", "money"),
                self._figure(
                    self.env._("Turnover"),
                    fact,
                    opens,
                    "fact",
                    "money",
                    tone=tone if target else "",
                ),
            ],
            text=self._get_pace_text(morning, target, pace),
            chart=self._plan_chart(morning, months, pace),
            empty=self.env._("Nothing is planned and nothing was sold."),
        )

    def _plan_domain(self, morning):
        domain = Domain("metric", "=", "turnover")
        domain &= Domain("company_id", "=", morning.company.id)
        if "manager" in morning.roles:
            domain &= Domain("user_id", "=", self.env.uid)
        return domain

    def _get_months(self, morning):
        """Return (first day, plan, fact) of the last months, this one last."""
        this = Date.start_of(morning.today, "month")
        months = [this - relativedelta(months=n) for n in range(MONTHS - 1, -1, -1)]
        rows = self.env[REPORT]._read_group(
            self._plan_domain(morning) & Domain("month", "in", months),
            ["month:month"],
            ["target:sum", "fact:sum"],
        )
        found = {month: (target, fact) for month, target, fact in rows}
        return [
            (month, *(amount or 0.0 for amount in found.get(month, (0.0, 0.0))))
            for month in months
        ]

    def _get_pace(self, today, target):
        """Return what of the plan of the month should be reached by today."""
        return target * today.day / monthrange(today.year, today.month)[1]

    def _get_pace_text(self, morning, target, pace):
        if not target:
            return self.env._("This month has no approved plan.")
        return self.env._(
            "On pace with %s by today.",
            format_amount(
                self.env,
                round(pace),
                morning.company.currency_id,
                trailing_zeroes=False,
            ),
        )

    def _plan_chart(self, morning, months, pace):
        bars = []
        for month, target, fact in months:
            label = format_date(self.env, month, date_format="LLL")
            domain = self._plan_domain(morning) & Domain("month", "=", month)
            opens = self._open("kam_plan_report_action", REPORT, domain, label)
            expected = pace if month == months[-1][0] else target
            tone = "success" if fact >= expected else "danger"
            bars.append(
                self._figure(
                    label, fact, opens, "fact", "money", tone if target else "info"
                )
            )
        lines = [
            {
                "label": self.env._("Plan"),
                "tone": "info",
                "values": [target or None for _month, target, _fact in months],
            }
        ]
        if months[-1][1]:
            values = [None] * (MONTHS - 1) + [pace]
            line = {"label": self.env._("Pace"), "tone": "warning", "values": values}
            lines.append(line)
        return self._chart(bars, lines=lines)

    def _tile_score(self, morning):
        """Return the score of the user's latest card, its trend and what lifts it."""
        cards = self.env["kam.scorecard"].search_fetch(
            [
                ("user_id", "=", self.env.uid),
                ("company_id", "=", morning.company.id),
                ("is_scored", "=", True),
            ],
            order="date_from desc, id desc",
            limit=12,
        )
        card = cards[:1]
        lifts = (card.lifts or [])[:ROWS]
        return self._tile(
            self.env._("My Score"),
            [self._score_figure(card, self.env._("Points"))] if card else [],
            [self._row(card, lift["name"], self._gain(lift)) for lift in lifts],
            chart=self._chart(
                self._score_figure(
                    row, format_date(self.env, row.date_from, date_format="LLL")
                )
                for row in reversed(cards)
            ),
            empty=self.env._("The first scorecard comes with the first full month."),
        )

    def _score_figure(self, card, label):
        opens = self._open(
            "kam_scorecard_action_mine", card._name, [("id", "=", card.id)], label
        )
        return self._figure(label, card.total, opens, "total", "points", "info")

    def _gain(self, lift):
        return format_number(self.env, lift["gain"], digits=1, is_signed=True)
