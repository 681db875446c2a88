from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Command

CLOSED_MONTHS = 12
# How plans stood to what came of them, in turn.
AIMS = (1.02, 0.95, 1.1, 0.98, 1.06, 0.9)
METRICS = ("turnover", "active_clients", "new_clients")
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}
# Months ago, manager, kind, author, department, sign, finding, words.
REMARKS = (
    (9, "kam_anna", "department", "support", "Support", "negative", "justified",
     "Order changed by phone after picking had begun"),
    (7, "kam_boris", "management", "head_north", False, "negative", "justified",
     "Minutes of the quarterly meeting were never written"),
    (5, "kam_vera", "client", "head_south", False, "negative", "justified",
     "Promised delivery on Saturday without asking the warehouse"),
    (4, "kam_gleb", "department", "credit", "Credit Control", "negative",
     "unjustified", "Documents of the hotel group came late"),
    (3, "kam_anna", "management", "head_north", False, "positive", "justified",
     "Won the dairy of Azbuka from a competitor"),
    (2, "kam_boris", "department", "credit", "Credit Control", "negative",
     "justified", "Statement was not brought back signed"),
    (0, "kam_vera", "department", "support", "Support", "negative", "new",
     "Price list was sent to the client before it was approved"),
    (0, "kam_gleb", "management", "head_south", False, "negative", "new",
     "Weekly report without results of visits"),
)  # fmt: skip


class KamDemoPerformance(models.AbstractModel):
    """Two years of sales plans, remarks and a year of scorecards."""

    _name = "kam.demo.performance"
    _description = "Demo: Plans and Scorecards"
    _inherit = ["kam.demo.mixin"]

    def _create_performance(self):
        builder = self.with_context(**QUIET)
        builder._set_potentials()
        builder._create_plans()
        builder._create_remarks()
        builder._create_scorecards()
        builder._create_forecasts()

    def _create_forecasts(self):
        """Forecasts at the checkpoints of the closed months, and what they brought."""
        company, forecasts = self.env.company.root_id, self.env["kam.sales.forecast"]
        month = self._today().replace(day=1)
        for number in range(CLOSED_MONTHS, 0, -1):
            first = month - relativedelta(months=number)
            for day in (10, 20):
                forecasts._take(company, day, first.replace(day=day))
        forecasts._judge(company, self._today())

    def _set_potentials(self):
        for name, potential in (("a", 5.0), ("b", 3.0), ("c", 1.0)):
            self._ref(f"kam_tier_{name}").plan_potential = potential

    def _create_plans(self):
        """Plans of last year and of this one, made after what was sold."""
        company = self.env.company.root_id
        first = fields.Date.start_of(self._today() - relativedelta(years=1), "year")
        last = first + relativedelta(months=23)
        facts = self.env["kam.plan.facts"]._get_facts(
            company, first, self._today(), METRICS
        )
        for team in (self._ref("crm_team_north"), self._ref("crm_team_south")):
            for year in (first, last.replace(month=1)):
                self._create_plan(company, team, year, facts)

    def _create_plan(self, company, team, year, facts):
        """The plan of a department for a year, with those of its managers."""
        users = team.member_ids.sorted("id")
        targets = {user: self._get_targets(user, year, facts) for user in users}
        cells = list(targets[users[0]])
        whole = {cell: sum(targets[user][cell] for user in users) for cell in cells}
        parent = self._make_plan(company, team, year, self.env["res.users"], whole)
        for user in users:
            self._make_plan(company, team, year, user, targets[user], parent)

    def _get_targets(self, user, year, facts):
        """Return dict (metric, month) -> target of a manager."""
        targets = {}
        for number in range(12):
            month = year + relativedelta(months=number)
            aim = AIMS[(user.id + number) % len(AIMS)]
            for metric in METRICS:
                known = (
                    month
                    if month < self._today().replace(day=1)
                    else (month - relativedelta(years=1))
                )
                rows = facts.get((metric, known), ())
                fact = sum(fact for (user_id, _c), fact in rows if user_id == user.id)
                if metric == "turnover":
                    targets[metric, month] = max(0, round(fact * aim, -3))
                else:
                    targets[metric, month] = fact + (aim > 1)
        return targets

    def _make_plan(self, company, team, year, user, targets, parent=None):
        is_past = year.year < self._today().year
        plan = self.env["kam.sales.plan"].create(
            {
                "company_id": company.id,
                "team_id": team.id,
                "user_id": user.id,
                "parent_id": parent.id if parent else False,
                "period": "year",
                "date_from": year,
                "effective_date": year,
                "state": "approved",
                "approved_by_id": self._ref("user_director").id,
                "date_approved": year - relativedelta(days=12),
                "line_ids": [
                    Command.create({"metric": metric, "month": month, "target": target})
                    for (metric, month), target in targets.items()
                ],
            }
        )
        if is_past:
            for line in plan.line_ids:
                line.closed_fact = line.fact
            plan.state = "closed"
        return plan

    def _create_remarks(self):
        company = self.env.company.root_id
        director = self._ref("user_director")
        self.env["kam.remark"].create(
            [
                {
                    "company_id": company.id,
                    "user_id": self._ref(f"user_{manager}").id,
                    "kind": kind,
                    "author_id": self._ref(f"user_{author}").id,
                    "author_department": department,
                    "client_id": self._ref("kam_client_samobranka").id
                    if kind == "client"
                    else False,
                    "sign": sign,
                    "state": state,
                    "fact": fact,
                    "date": (day := self._get_day(ago)),
                    **(
                        {
                            "finding_user_id": director.id,
                            "finding_reason": "Heard both sides",
                            "date_found": day,
                            "date_counted": day.replace(day=1),
                        }
                        if state != "new"
                        else {}
                    ),
                }
                for ago, manager, kind, author, department, sign, state, fact in REMARKS
            ]
        )

    def _get_day(self, ago):
        """Return a day of the month so many months ago, not later than today."""
        day = self._today().replace(day=1) - relativedelta(months=ago)
        return min(day + relativedelta(days=9), self._today())

    def _create_scorecards(self):
        """Cards of the last months, closed and approved but for this month."""
        company = self.env.company.root_id
        this = self._today().replace(day=1)
        for ago in range(CLOSED_MONTHS, 0, -1):
            month = this - relativedelta(months=ago)
            cards = self.env["kam.scorecard"]._make_cards(company, month)
            closed = month + relativedelta(months=1, days=4)
            closed = min(closed, self._today())
            cards._compute_cards(as_of=closed)
            self._close_cards(cards, closed, is_approved=ago > 1)
        cards = self.env["kam.scorecard"]._make_cards(company, this)
        cards._compute_cards()

    def _close_cards(self, cards, day, is_approved):
        director = self._ref("user_director")
        for card in cards:
            head = card.team_id.user_id
            vals = {
                "state": "closed",
                "closed_by_id": (director if card.is_head else head).id or director.id,
                "date_closed": day,
            }
            if card.is_thin:
                vals["thin_reason"] = "Nothing fell due in the month"
            if is_approved:
                vals.update(
                    state="approved",
                    approved_by_id=director.id,
                    date_approved=min(day + relativedelta(days=3), self._today()),
                )
            card.write(vals)
