from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .ladder import Level, choose, is_reached


class KamCollectionPlan(models.AbstractModel):
    """Which levels of the dunning ladder the claims of a company take, and when.

    Chooses only; what is chosen for today is carried out by ``kam.collection.ladder``.
    Claims are those of ``kam.collection.claim``, with a ``clock``: their days on the
    ladder. What one item takes is told by :func:`choose`.
    """

    _name = "kam.collection.plan"
    _description = "Plan of the Dunning Ladder"

    @api.model
    def _get_settings(self, company):
        """Return how the company climbs: its start and the level of entry."""
        company = company.sudo()
        return {
            "start": company.kam_ladder_start,
            "entry": company.kam_ladder_stage_id,
        }

    @api.model
    def _get_plan(self, company, day, settings, clients=None):
        """Return what the ladder does on a working day, nothing on a day off.

        :param company: root company
        :param settings: as of :meth:`_get_settings`
        :param clients: ids of clients; default all
        :return: list of (claim, stage, whether it is carried out, else skipped)
        """
        stages = self.env["kam.collection.stage"].sudo().search(Domain.TRUE)
        if not stages or company._get_working_day(day) != day:
            return []
        days_off = (company._get_working_day(day + timedelta(days=1)) - day).days - 1
        first = stages[0].days - days_off
        claims = self.env["kam.collection.claim"]
        claims = claims._get_claims(company, day, clients, first)
        open_claims = [claim for claim in claims if not claim["is_covered"]]
        self._set_clock(open_claims, day, settings)
        taken = self._get_taken(open_claims)
        by_id = {stage.id: stage for stage in stages}
        plan = []
        for claim, choice in self._choose(
            company, day, stages, open_claims, taken, days_off
        ):
            plan += [(claim, by_id[x.id], False) for x in choice.skipped]
            plan += [(claim, by_id[x.id], True) for x in choice.carried_out]
        return plan

    @api.model
    def _get_demands(self, case):
        """Return the plan of all formal demands of a case that were not made yet.

        By hand, whatever the days: of what is overdue and not covered.
        """
        company = case.company_id
        stages = self.env["kam.collection.stage"].sudo()
        stage = stages.search([("action", "=", "demand")], limit=1)
        if not stage:
            return []
        claims = self.env["kam.collection.claim"]._get_claims(
            company, company._kam_today(), case.client_id.ids
        )
        claims = [c for c in claims if c["case_id"] == case.id and not c["is_covered"]]
        taken = self._get_taken(claims)
        return [
            (claim, stage, True)
            for claim in claims
            if taken[claim["line_id"]][0].get(stage.id, "skipped") == "skipped"
        ]

    @api.model
    def _foresee(self, company, day, clients):
        """Return what the ladder does next about overdue items, if nobody pays.

        Told by the same choice as the run itself, on the days on which it can change:
        those on which an item reaches a level or a demand has waited long enough. A
        letter that waits for approval is no next step: that is up to a person.

        :param company: root company
        :param clients: ids of clients
        :return: dict id of an open case -> (kam.collection.stage, working day)
        """
        settings = self._get_settings(company)
        stages = self.env["kam.collection.stage"].sudo().search(Domain.TRUE)
        if not settings["start"]:
            return {}
        items = self.env["kam.collection.claim"]._get_claims(company, day, clients)
        claims = [
            claim for claim in items if claim["case_id"] and not claim["is_covered"]
        ]
        taken = self._get_taken(claims)
        waiting, result = {claim["case_id"] for claim in claims}, {}
        self._set_clock(claims, day, settings)
        first = max(day, settings["start"])
        turns = self._get_turns(company, first, day, stages, claims, taken)
        for turn in sorted(turns):
            turn = company._get_working_day(turn) if waiting else turn
            shifted = [
                {**claim, "days": claim["days"] + (turn - day).days}
                for claim in claims
                if claim["case_id"] in waiting
            ]
            self._set_clock(shifted, turn, settings)
            chosen = self._choose(company, turn, stages, shifted, taken)
            for case_id, level in self._get_highest(chosen).items():
                result[case_id] = stages.browse(level.id).sudo(False), turn
            waiting.difference_update(result)
        return result

    def _choose(self, company, day, stages, claims, taken, days_off=0):
        """Return (claim, its choice) for claims whose clock is set."""
        applicable = self._get_applicable(company, stages, claims, days_off)
        latest = day - timedelta(days=company.sudo().kam_demand_days)
        result = []
        for claim in claims:
            done, letter_date = taken[claim["line_id"]]
            is_demand_due = bool(letter_date) and letter_date <= latest
            choice = choose(
                applicable(claim), claim["clock"], done, is_demand_due, days_off
            )
            result.append((claim, choice))
        return result

    def _get_highest(self, chosen):
        """Return the highest level that is carried out, by case id.

        :param chosen: as of :meth:`_choose`
        """
        result = {}
        for claim, choice in chosen:
            for level in choice.carried_out:
                case_id = claim["case_id"]
                result[case_id] = max(
                    level, result.get(case_id, level), key=lambda one: one.days
                )
        return result

    def _get_turns(self, company, first, day, stages, claims, taken):
        """Return the days from the first on at which the choice of a claim can change.

        :param day: the day of the clocks of the claims
        """
        turns = {first}
        wait = timedelta(days=company.sudo().kam_demand_days)
        for claim in claims:
            turns.update(
                day + timedelta(days=days - claim["clock"])
                for days in stages.mapped("days")
            )
            if letter_date := taken[claim["line_id"]][1]:
                turns.add(letter_date + wait)
        return {turn for turn in turns if turn >= first}

    def _set_clock(self, claims, day, settings):
        """Set the days of each claim on the ladder: old items begin at their entry."""
        entry = settings["entry"]
        for claim in claims:
            claim["clock"] = claim["days"]
            if entry.days > 0:
                since = (day - settings["start"]).days
                claim["clock"] = min(claim["days"], since + entry.days)

    def _get_taken(self, claims):
        """Return per item its levels with their outcome, and the day of a letter.

        A row is a step of the log. Only a letter about overdue debt that has left
        lets the wait for a demand begin, hence its day where it was sent, else none.
        """
        self.env["kam.collection.step"].flush_model()
        self.env["kam.collection.letter"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT step.item_id, step.stage_id, step.outcome,
                       CASE WHEN stage.action = 'letter' AND stage.days > 0
                             AND step.outcome = 'sent' THEN letter.date_sent END
                  FROM kam_collection_step step
                  JOIN kam_collection_stage stage ON stage.id = step.stage_id
             LEFT JOIN kam_collection_letter letter ON letter.id = step.letter_id
                 WHERE step.item_id = ANY(%s)
                """,
                [claim["line_id"] for claim in claims],
            )
        )
        taken = defaultdict(lambda: ({}, None))
        for item_id, stage_id, outcome, sent in rows:
            done, last = taken[item_id]
            done[stage_id] = outcome
            taken[item_id] = (done, max(filter(None, (last, sent)), default=None))
        return taken

    def _get_applicable(self, company, stages, claims, days_off):
        """Return the function that gives the levels of a claim, lowest first.

        Those of overdue debt need a case; one waits until the debt of the client that
        has reached it comes to its minimum.
        """
        levels = {s: Level(s.id, s.days, s.action) for s in stages}
        reached = defaultdict(float)
        for claim in claims:
            for stage, level in levels.items():
                if is_reached(level, claim["clock"], days_off):
                    reached[claim["client_id"], stage.id] += claim["debt"]

        def is_enough(client_id, stage):
            debt = reached[client_id, stage.id]
            return company.currency_id.compare_amounts(debt, stage.min_amount) >= 0

        def get_levels(claim):
            return [
                level
                for stage, level in levels.items()
                if (claim["case_id"] or level.days < 0)
                and claim["tier_id"] not in stage.excluded_tier_ids.ids
                and is_enough(claim["client_id"], stage)
            ]

        return get_levels
