from odoo import api, fields, models

from . import scoring


class KamScorecardAssessor(models.AbstractModel):
    """Computes draft cards: entries from the documents, inputs, points and totals.

    The cards of one call have one company and one month. Runs as superuser, since
    nobody may write a card.
    """

    _name = "kam.scorecard.assessor"
    _description = "Computing of Scorecards"

    @api.model
    def _assess(self, cards, day):
        """Compute cards by the documents up to a day.

        :param day: last day that counts, and the day by which payments are judged
        """
        company, month = cards.company_id, cards[:1].date_from
        engine = self.env["kam.scorecard.engine"]
        kpis = self.env["kam.kpi"]._get_in_force(company, month)
        self._prepare_lines(cards, kpis)
        engine._fill(cards, day)
        earlier = engine._get_earlier_plans(cards, min(day, cards[:1].date_to))
        ahead = self.env["kam.scorecard.advice"]._get_ahead(cards, day)
        self._score_lines(cards, self._get_inputs(cards, ahead, earlier))
        cards.write(
            {
                "as_of": day,
                "is_to_date": day < cards[:1].date_to,
                "computed_on": fields.Datetime.now(),
                "error": False,
            }
        )

    def _prepare_lines(self, cards, kpis):
        """Give the cards one line per criterion in force."""
        stale = cards.line_ids.filtered(lambda line: line.kpi_id not in kpis)
        stale.unlink()
        self.env["kam.scorecard.line"].create(
            [
                {"scorecard_id": card.id, "kpi_id": kpi.id}
                for card in cards
                for kpi in kpis - card.line_ids.kpi_id
            ]
        )

    def _get_inputs(self, cards, ahead, earlier):
        """Return dict line -> inputs of its formula, from the sums of its entries.

        :param ahead: dict (user id, code) -> what is still to come this month
        :param earlier: dict user id -> targets of the plan that a later version
            replaced
        """
        sums = {}
        for line, kind, amount, base in self.env["kam.scorecard.entry"]._read_group(
            [("line_id", "in", cards.line_ids.ids)],
            ["line_id", "kind"],
            ["amount:sum", "base:sum"],
        ):
            sums.setdefault(line, {})[kind] = round(amount, 2), round(base, 2)
        inputs = {
            line: {
                **line.kpi_id._prepare_inputs(sums.get(line, {})),
                "ahead": ahead.get((line.user_id.id, line.code), {}),
            }
            for line in cards.line_ids
        }
        for line in cards.line_ids.filtered(lambda line: line.code == "plan"):
            if targets := earlier.get(line.user_id.id):
                inputs[line]["earlier"] = targets
        return inputs

    def _score_lines(self, cards, inputs):
        """Write points and totals that follow from the inputs."""
        for card in cards:
            scores = {line: scoring.get_score(inputs[line]) for line in card.line_ids}
            total, weighted, missing = scoring.get_weighted(
                [(line.kpi_id.weight, scores[line][1]) for line in card.line_ids]
            )
            for line, part in zip(card.line_ids, weighted, strict=True):
                line.write(line._prepare_score(inputs[line], scores[line], part))
            card.write(
                {
                    "total": total or 0,
                    "is_scored": total is not None,
                    "missing_weight": missing,
                    "is_thin": missing > scoring.THIN,
                }
            )
