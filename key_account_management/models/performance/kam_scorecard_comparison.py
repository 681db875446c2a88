from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date

from . import scoring


class KamScorecardComparison(models.AbstractModel):
    """A card among others: the months before it, its place, what came and went.

    Nothing of this counts; it is shown beside the card.
    """

    _name = "kam.scorecard.comparison"
    _description = "Scorecards Side by Side"

    @api.model
    def _get_trends(self, cards):
        """Return dict card -> list of ``label`` and ``value`` of its last 12 months."""
        rows = self.env["kam.scorecard"].search_fetch(
            [
                ("user_id", "in", cards.user_id.ids),
                ("company_id", "in", cards.company_id.ids),
                ("is_scored", "=", True),
            ],
            ["user_id", "company_id", "date_from", "total"],
            order="date_from",
        )
        return {
            card: [
                {
                    "label": format_date(self.env, row.date_from, date_format="LLL yy"),
                    "value": row.total,
                }
                for row in past
            ]
            for card, past in self._get_past(cards, rows)
        }

    @api.model
    def _get_growing_months(self, cards):
        """Return dict card -> (months that grew, those with a base), of the last 12."""
        rows = self.env["kam.scorecard.line"].search_fetch(
            [
                ("user_id", "in", cards.user_id.ids),
                ("company_id", "in", cards.company_id.ids),
                ("code", "=", "growth"),
                ("is_applicable", "=", True),
            ],
            ["user_id", "company_id", "date_from", "actual"],
        )
        return {
            card: (sum(row.actual > 0 for row in past), len(past))
            for card, past in self._get_past(cards, rows)
        }

    def _get_past(self, cards, rows):
        """Yield each card with those rows that lie in the 12 months up to it."""
        groups = rows.grouped(lambda row: (row.user_id, row.company_id))
        for card in cards.filtered("date_from"):
            first = card.date_from - relativedelta(months=11)
            yield (
                card,
                [
                    row
                    for row in groups.get((card.user_id, card.company_id), ())
                    if first <= row.date_from <= card.date_from
                ],
            )

    @api.model
    def _get_ranks(self, cards):
        """Return dict card -> place in its team, of saved and scored cards of members.

        sudo: the place among cards that the manager may not read. Of saved cards only,
        since a total that anybody may propose would find out those of the others.
        """
        cards = cards.filtered(
            lambda card: card.id and card.is_scored and not card.is_head
        )
        rivals = cards.sudo().search_fetch(
            [
                ("date_from", "in", cards.mapped("date_from")),
                ("company_id", "in", cards.company_id.ids),
                ("team_id", "in", cards.team_id.ids),
                ("is_scored", "=", True),
                ("is_head", "=", False),
            ],
            ["date_from", "company_id", "team_id", "total"],
        )
        groups = rivals.grouped(
            lambda row: (row.date_from, row.company_id, row.team_id)
        )
        ranks = {}
        for card in cards:
            key = card.date_from, card.company_id, card.team_id
            rest = groups.get(key, cards.browse())
            ranks[card] = 1 + sum(row.total > card.total for row in rest)
        return ranks

    @api.model
    def _get_hand_overs(self, cards):
        """Return dict card -> hand-overs of the month, on the cards of both sides.

        sudo: neither side may read the history of a client that is not his. Of saved
        cards only, whose manager nobody chooses.
        """
        cards = cards.filtered("id")
        days = [day for card in cards for day in (card.date_from, card.date_to)]
        if not days:
            return {}
        rows = (
            self.env["kam.assignment"]
            .sudo()
            .search(
                [
                    ("date_from", ">", min(days)),
                    ("date_from", "<=", max(days)),
                    ("client_id.assignment_ids.manager_id", "in", cards.user_id.ids),
                ]
            )
        )
        return {
            card: "\n".join(
                self._describe_hand_over(row, giver)
                for row in rows
                if card.date_from < row.date_from <= card.date_to
                and card.user_id in (giver := self._get_giver(row)) | row.manager_id
            )
            for card in cards
        }

    def _get_giver(self, row):
        """Return who had the client before a period began."""
        eve = row.date_from - timedelta(days=1)
        periods = row.client_id.assignment_ids
        return periods.filtered(lambda r: r.date_to == eve and r != row).manager_id

    def _describe_hand_over(self, row, giver):
        return self.env._(
            "%(date)s: %(client)s from %(giver)s to %(taker)s",
            date=format_date(self.env, row.date_from),
            client=row.client_id.name,
            giver=giver.name or "–",
            taker=row.manager_id.name or "–",
        )

    @api.model
    def _get_quadrant(self, month):
        """Return where managers stand: discipline against result, 0 to 100 each.

        Discipline is the mean of the adherence to weekly plans and the points of the
        reports; result that of growth and plan by their weights. Cards that lack one
        of the two have no place.

        :param month: first day of the month; default the last one with cards
        :return: dict of ``month``, ``months`` (lists of day and name) and ``points``
        """
        own = [("is_scored", "=", True)]
        records = self.env["kam.scorecard"]
        groups = records._read_group(
            own, ["date_from:month"], order="date_from:month desc"
        )
        months = [day for (day,) in groups][:12]
        month = fields.Date.start_of(month or months[0], "month") if months else month
        cards = records.search([*own, ("date_from", "=", month)])
        adherence = self._get_adherence(cards)
        points = [self._prepare_point(card, adherence.get(card)) for card in cards]
        return {
            "month": month and str(month),
            "months": [
                [str(day), format_date(self.env, day, date_format="LLLL y")]
                for day in months
            ],
            "points": [point for point in points if point],
        }

    def _get_adherence(self, cards):
        """Return dict card -> mean adherence in percent of weeks that are over."""
        if not cards:
            return {}
        plans = self.env["kam.visit.plan"].search(
            [
                ("user_id", "in", cards.user_id.ids),
                ("week_start", ">=", min(cards.mapped("date_from"))),
                ("week_start", "<=", max(cards.mapped("date_to"))),
                ("state", "!=", "draft"),
            ]
        )
        result = {}
        for card in cards:
            last = min(card.date_to, card.as_of or card.date_to)
            values = [
                100 * plan.adherence
                for plan in plans
                if plan.user_id == card.user_id
                and plan.planned_count
                and plan.company_id.root_id == card.company_id
                and plan.week_start + timedelta(days=6) <= last
            ]
            if values:
                result[card] = sum(values) / len(values)
        return result

    def _prepare_point(self, card, adherence):
        """Return where the card stands, or None; see :meth:`_get_quadrant`."""
        scores = {line.code: line for line in card.line_ids if line.is_applicable}
        reports = scores["reports"].points if "reports" in scores else None
        discipline = scoring.get_mean([(1, adherence), (1, reports)])
        result = scoring.get_mean(
            [
                (scores[code].weight, scores[code].points)
                for code in ("growth", "plan")
                if code in scores
            ]
        )
        if discipline is None or result is None:
            return None
        return {
            "id": card.id,
            "name": card.user_id.sudo().name,
            "discipline": discipline,
            "result": result,
            "total": card.total,
        }
