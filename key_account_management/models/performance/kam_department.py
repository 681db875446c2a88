from odoo import api, fields, models
from odoo.tools import SQL

# Whose forecast is below this percent of the plan, or whose score below, is in the red.
RED_PLAN = 80.0
RED_SCORE = 50.0
FIGURES = (
    *("target", "fact", "forecast", "overdue", "held", "held_count"),
    *("portfolio", "covered", "late_reports"),
)


class KamDepartment(models.AbstractModel):
    """The figures of a department by manager, one query per figure for all of them.

    Read as the user: of the cards, debts and holds that he may see. Targets, turnover,
    forecast and coverage are taken from all plans and documents, and let out for the
    managers of those cards only.
    """

    _name = "kam.department"
    _description = "Figures of a Department"

    @api.model
    def _get_figures(self, cards):
        """Return dict card -> dict of its manager's figures.

        :param cards: kam.scorecard of one company and month
        :return: :data:`FIGURES`: ``target``, ``fact``, ``forecast``, ``overdue`` and
            ``held`` in money, ``portfolio`` and ``covered`` in clients
        """
        found = {card: dict.fromkeys(FIGURES, 0) for card in cards}
        if cards:
            by_user = {card.user_id.id: card for card in cards}
            for fill in (
                *(self._fill_targets, self._fill_turnover, self._fill_debts),
                *(self._fill_held, self._fill_coverage, self._fill_reports),
            ):
                for user_id, figures in fill(cards).items():
                    if card := by_user.get(user_id):
                        found[card].update(figures)
        return found

    def _fill_targets(self, cards):
        """Of the plans that govern the month; sudo: of the managers of the cards."""
        month = cards[:1].date_from
        lines = self.env["kam.sales.plan.governance"]._get_lines(
            cards.company_id, month, month
        )
        targets = lines.filtered(lambda line: line.metric == "turnover")
        return {
            user.id: {"target": sum(plan.mapped("target"))}
            for user, plan in targets.grouped("user_id").items()
        }

    def _fill_debts(self, cards):
        rows = self.env["kam.receivable.report"]._read_group(
            [
                ("manager_id", "in", cards.user_id.ids),
                ("company_id", "child_of", cards.company_id.ids),
            ],
            ["manager_id"],
            ["overdue:sum"],
        )
        return {user.id: {"overdue": overdue or 0} for user, overdue in rows}

    def _fill_held(self, cards):
        rows = self.env["kam.credit.decision"]._read_group(
            self._get_held_domain(cards),
            ["manager_id"],
            ["__count", "order_amount:sum"],
        )
        return {
            user.id: {"held_count": count, "held": amount or 0}
            for user, count, amount in rows
        }

    @api.model
    def _get_held_domain(self, cards):
        return [
            ("manager_id", "in", cards.user_id.ids),
            ("company_id", "child_of", cards.company_id.ids),
            ("outcome", "=", "hold"),
            ("state", "=", "open"),
        ]

    def _fill_coverage(self, cards):
        """Clients whose intervals were kept, by the weekly plans of the month."""
        rows = self.env["kam.visit.plan.report"]._get_coverage(
            cards.user_id,
            self.env["kam.plan.facts"]._get_branches(cards.company_id),
            cards[:1].date_from,
            cards[:1].date_to,
        )
        return {
            user_id: {"portfolio": portfolio, "covered": covered}
            for user_id, (portfolio, covered) in rows.items()
        }

    def _fill_reports(self, cards):
        rows = self.env["kam.report.instance"]._read_group(
            [("user_id", "in", cards.user_id.ids), ("state", "=", "late")],
            ["user_id"],
            ["__count"],
        )
        return {user.id: {"late_reports": count} for user, count in rows}

    def _fill_turnover(self, cards):
        """What was sold so far, and what the month will bring.

        Both from the same documents, read once: plan and fact by manager and month
        reads those of three years for it. sudo: see the class.
        """
        first, last = cards[:1].date_from, cards[:1].date_to
        company = cards.company_id.sudo()
        rows = (
            self.env["kam.sales.forecaster"]
            .sudo()
            ._get_forecasts(company, first, last, company._kam_today())
        )
        return {
            user_id: {"fact": row["fact"], "forecast": row["forecast"]}
            for user_id, row in rows.items()
        }

    @api.model
    def _is_red(self, card, figures):
        """Tell whether the forecast is far off, the score low or a report late."""
        target = figures["target"]
        misses = target and 100 * figures["forecast"] < RED_PLAN * target
        is_low = card.is_scored and card.total < RED_SCORE
        return bool(misses or is_low or figures["late_reports"])

    # The key figures of a manager

    @api.model
    def _get_record(self, card):
        """Return the last twelve months of a manager, for his record.

        sudo: facts of a manager whose card the user may read.

        :return: list of dicts of ``month``, ``card`` and the five key figures
            ``turnover``, ``margin``, ``active``, ``overdue`` and ``strike`` (ratios)
        """
        card.check_access("read")
        first = fields.Date.subtract(card.date_from, months=11)
        facts = self._get_year_facts(card, first)
        overdue = self._get_overdue_shares(card, first)
        strikes = self._get_strike_rates(card, first)
        cards = self.env["kam.scorecard"].search(
            [
                ("user_id", "=", card.user_id.id),
                ("company_id", "=", card.company_id.id),
                ("date_from", ">=", first),
                ("date_from", "<=", card.date_from),
            ]
        )
        by_month = {row.date_from: row for row in cards}
        months = [fields.Date.add(first, months=number) for number in range(12)]
        return [
            {
                "month": month,
                "card": by_month.get(month, cards.browse()),
                "turnover": facts.get(("turnover", month), 0),
                "margin": facts.get(("margin", month), 0),
                "active": int(facts.get(("active_clients", month), 0)),
                "overdue": overdue.get(month),
                "strike": strikes.get(month),
            }
            for month in months
        ]

    def _get_year_facts(self, card, first):
        facts = (
            self.env["kam.plan.facts"]
            .sudo()
            ._get_facts(
                card.company_id,
                first,
                card.date_to,
                {"turnover", "margin", "active_clients"},
            )
        )
        return {
            key: sum(
                fact for (user_id, _client), fact in rows if user_id == card.user_id.id
            )
            for key, rows in facts.items()
        }

    def _get_overdue_shares(self, card, first):
        """Return dict month -> overdue ÷ receivable of the clients he had that day."""
        self.env["kam.credit.snapshot"].flush_model()
        self.env["kam.assignment"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT date_trunc('month', day.date)::date, SUM(day.receivable),
                       SUM(day.overdue)
                  FROM kam_credit_snapshot day
                 WHERE day.company_id = %(company)s
                   AND day.date BETWEEN %(first)s AND %(last)s
                   AND (%(owner)s) = %(user)s
              GROUP BY 1
                """,
                company=card.company_id.id,
                first=first,
                last=card.date_to,
                owner=self.env["kam.assignment"]._get_owner_query(
                    SQL("day.client_id"), SQL("day.date")
                ),
                user=card.user_id.id,
            )
        )
        return {
            month: float(overdue / receivable)
            for month, receivable, overdue in rows
            if receivable
        }

    def _get_strike_rates(self, card, first):
        """Return dict month -> visits with an order ÷ visits and calls."""
        rows = (
            self.env["kam.visit.plan.report"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "=", card.user_id.id),
                    ("company_id", "child_of", card.company_id.ids),
                    ("week_start", ">=", first),
                    ("week_start", "<=", card.date_to),
                ],
                ["week_start:month"],
                ["touch_count:sum", "success_count:sum"],
            )
        )
        return {month: success / touches for month, touches, success in rows if touches}
