from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# What one open report adds once it is in: on time, due, accepted at once, sent. A
# visit without an outcome and a late plan are among those due already.
REPORTS = {
    "missing": (1, 0, 0, 0),
    "visits": (1, 1, 0, 0),
    "plans": (1, 1, 1, 1),
    "late": (0, 0, 1, 1),
}


class KamScorecardAdvice(models.AbstractModel):
    """What a manager can still do this month, and what it does to his card.

    The open items are kept with the inputs of the card when it is computed; each is a
    change of inputs whose gain the card simulates.
    """

    _name = "kam.scorecard.advice"
    _description = "What Lifts a Scorecard"

    @api.model
    def _get_ahead(self, cards, as_of):
        """Return what is still to come in a month that is not over.

        :return: dict (user id, code) -> for settlement ``due``, the money that falls
            due after the day; for debt ``days`` left and ``unclean`` clients now; for
            reports the counts of :meth:`_get_open_reports`
        """
        days = (cards[:1].date_to - as_of).days
        if days <= 0:
            return {}
        result = {
            (user_id, "settlement"): {"due": float(amount)}
            for user_id, amount in self._get_due(cards, as_of)
        }
        for line, count in self._get_unclean(cards, as_of):
            result[line.user_id.id, "debt"] = {"days": days, "unclean": count}
        for user_id, kind, count in self._get_open_reports(cards, as_of):
            result.setdefault((user_id, "reports"), {})[kind] = count
        return result

    def _get_due(self, cards, as_of):
        """Return (user id, money that falls due after the day in the month).

        For the manager for whom the invoice counts, which its stamp tells, not for who
        owns the client by now.
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT manager_id, SUM(residual)
                  FROM (
                    SELECT %(stamp)s AS manager_id, item.residual
                      FROM (%(items)s) item
                      JOIN account_move move ON move.id = item.move_id
                     WHERE item.root_id = %(company)s AND item.residual > 0
                       AND item.due > %(as_of)s AND item.due <= %(end)s
                       AND move.move_type = 'out_invoice'
                       AND move.kam_client_id IS NOT NULL
                  ) item
              GROUP BY manager_id
                """,
                stamp=self.env["kam.plan.facts"]._stamp(),
                items=self.env["kam.credit.ledger"]._receivable_items(None, as_of),
                company=cards.company_id.id,
                as_of=as_of,
                end=cards[:1].date_to,
            )
        )

    def _get_unclean(self, cards, as_of):
        """Return (line of debt, clients that were unclean at the end of the eve)."""
        return self.env["kam.scorecard.entry"]._read_group(
            [
                ("line_id", "in", cards.line_ids.ids),
                ("kind", "in", ("overdue", "over_limit")),
                ("date", "=", as_of - timedelta(days=1)),
            ],
            ["line_id"],
            ["__count"],
        )

    def _get_open_reports(self, cards, as_of):
        """Return (user id, kind, count) of visits and weekly plans that are open.

        ``missing`` visits were planned before the day and have no outcome, ``visits``
        are still to come; ``plans`` can be submitted by their deadline, ``late`` ones
        are past it.
        """
        company, card = cards.company_id, cards[:1]
        return self.env.execute_query(
            SQL(
                """
                SELECT user_id, CASE WHEN planned_day < %(as_of)s THEN 'missing'
                                     ELSE 'visits' END, COUNT(*)
                  FROM kam_visit
                 WHERE company_id IN %(branches)s AND decision = 'open'
                   AND planned_day BETWEEN %(start)s AND %(end)s
              GROUP BY 1, 2
             UNION ALL
                SELECT user_id, CASE WHEN %(as_of)s::timestamp
                                          < week_start - 7 + %(day)s
                                            + %(hour)s * interval '1 hour'
                                     THEN 'plans' ELSE 'late' END, COUNT(*)
                  FROM kam_visit_plan
                 WHERE company_id IN %(branches)s AND state = 'draft'
                   AND submitted_at IS NULL
                   AND week_start BETWEEN %(start)s AND %(end)s
              GROUP BY 1, 2
                """,
                as_of=as_of,
                branches=self.env["kam.plan.facts"]._get_branches(company),
                start=card.date_from,
                end=card.date_to,
                day=int(company.sudo().kam_plan_deadline_day or 4),
                hour=company.sudo().kam_plan_deadline_hour,
            )
        )

    # What each open item changes

    @api.model
    def _get_changes(self, line):
        """Return what can still be done this month: list of (text, changed inputs)."""
        if not line.scorecard_id.is_to_date:
            return []
        lifts = {
            "growth": self._lift_growth,
            "plan": self._lift_plan,
            "settlement": self._lift_settlement,
            "debt": self._lift_debt,
            "reports": self._lift_reports,
        }
        return lifts[line.code](line, line.detail) if line.code in lifts else []

    def _format(self, line, amount):
        return line.company_id.sudo().currency_id.format(amount)

    def _lift_growth(self, line, inputs):
        goal = round(inputs["base"] * (1 + line.target / 100), 2)
        if inputs["base"] <= 0 or goal <= inputs["amount"]:
            return []
        text = self.env._(
            "Sell for %s more", self._format(line, goal - inputs["amount"])
        )
        return [(text, {"amount": goal})]

    def _lift_plan(self, line, inputs):
        lifts = []
        names = dict(
            self.env["kam.sales.plan.line"]
            ._fields["metric"]
            ._description_selection(self.env)
        )
        for index, part in enumerate(inputs["parts"]):
            gap = round(part["plan"] - part["fact"], 2)
            if gap <= 0 or not part["weight"]:
                continue
            is_money = part["metric"] not in ("active_clients", "new_clients")
            text = self.env._(
                "Fulfil the plan of %(metric)s: %(gap)s more",
                metric=names[part["metric"]].lower(),
                gap=self._format(line, gap) if is_money else f"{gap:g}",
            )
            parts = [dict(p) for p in inputs["parts"]]
            parts[index]["fact"] = part["plan"]
            lifts.append((text, {"parts": parts}))
        return lifts

    def _lift_settlement(self, line, inputs):
        due = inputs["ahead"].get("due", 0)
        if due <= 0:
            return []
        text = self.env._(
            "Have %s paid that fall due this month", self._format(line, due)
        )
        return [
            (text, {"amount": inputs["amount"] + due, "base": inputs["base"] + due})
        ]

    def _lift_debt(self, line, inputs):
        ahead = inputs["ahead"]
        days, unclean = ahead.get("days", 0), ahead.get("unclean", 0)
        if not unclean or not days:
            return []
        text = self.env._("Clear the debt of %s clients", unclean)
        return [
            (
                text,
                {
                    "amount": inputs["amount"] + days * unclean,
                    "base": inputs["base"] + days * unclean,
                },
            )
        ]

    def _lift_reports(self, line, inputs):
        """Visits and plans on time, and plans that are accepted the first time."""
        (done, due), (accepted, sent) = inputs["done"], inputs["accepted"]
        texts = {
            "missing": self.env._("Make up for %s visits without an outcome"),
            "visits": self.env._("Make and report the %s visits of this month"),
            "plans": self.env._("Submit %s weekly plans by the deadline"),
            "late": self.env._("Submit %s weekly plans that are late"),
        }
        lifts = []
        for kind, effect in REPORTS.items():
            if count := inputs["ahead"].get(kind, 0):
                more = [count * each for each in effect]
                changes = {
                    "done": [done + more[0], due + more[1]],
                    "accepted": [accepted + more[2], sent + more[3]],
                }
                lifts.append((texts[kind] % count, changes))
        return lifts
