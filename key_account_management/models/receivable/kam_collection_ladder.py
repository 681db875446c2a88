from collections import defaultdict

from odoo import api, models


class KamCollectionLadder(models.AbstractModel):
    """Takes the levels of the dunning ladder, by night or by hand.

    What is chosen by ``kam.collection.plan`` is carried out: letters, tasks, stops and
    the level of the case, each once in the log. A plan is a list of (claim of
    ``kam.collection.claim``, stage, whether it is carried out, else skipped).
    """

    _name = "kam.collection.ladder"
    _description = "Dunning Ladder"

    @api.model
    def _climb(self, clients=None, company=None):
        """Carry out the levels that are reached today; safe to repeat.

        The company is locked first: of two workers one leaves the batch to the other.
        What both might do all the same is refused by the index of the log.

        :param clients: ids of clients; default all
        :param company: root company; default all where the ladder has started
        """
        companies = company or self.env["res.company"].sudo().search(
            [("parent_id", "=", False), ("kam_ladder_start", "!=", False)]
        ).filtered(lambda one: one.kam_ladder_start <= one._kam_today())
        ladder = self.sudo().with_context(
            tracking_disable=True, mail_activity_quick_update=True
        )
        plans = ladder.env["kam.collection.plan"]
        stops = ladder.env["kam.collection.stop"]
        tasks = ladder.env["kam.collection.task"]
        for one in companies.try_lock_for_update(allow_referencing=True):
            today = one._kam_today()
            plan = plans._get_plan(one, today, plans._get_settings(one), clients)
            plan = stops._announce(one, today, clients, plan)
            ladder._carry_out(one, today, plan)
            tasks._ask_to_match(one, today, clients)

    def _carry_out(self, company, day, plan):
        """Log the steps of a plan and do what belongs to them.

        :param company: root company
        """
        # first, so that the log has a stop that did not happen as skipped
        plan = self.env["kam.collection.stop"]._carry_out(plan)
        done = [(claim, stage) for claim, stage, is_done in plan if is_done]
        letters = self._write_letters(company, day, done)
        self._log_levels(company, day, plan, letters)
        self.env["kam.collection.task"]._schedule(done, day)
        self._move_cases(done)
        if letters and not company.kam_ladder_approval:
            self.env["kam.collection.letter"].union(*letters.values()).action_queue()

    def _log_levels(self, company, day, plan, letters):
        """Add a step per item and level; a letter that is made up for is there."""
        steps = self.env["kam.collection.step"]
        known = {
            (step.item_id.id, step.stage_id.id): step
            for step in steps.search(
                [
                    ("item_id", "in", [claim["line_id"] for claim, _s, _d in plan]),
                    ("outcome", "=", "skipped"),
                ]
            )
        }
        vals_list = []
        words = self._get_client_words(company, plan)
        for claim, stage, is_done in plan:
            letter = letters.get(self._get_letter_key(claim, stage))
            vals = {
                **self._prepare_step_vals(
                    claim, stage.with_env(words[claim["client_id"]]), is_done
                ),
                "company_id": company.id,
                "letter_id": letter.id if is_done and letter else False,
                "date": day,
            }
            if step := known.get((claim["line_id"], stage.id)):
                step.write(vals)
            else:
                vals_list.append(vals)
        steps.create(vals_list)

    def _get_client_words(self, company, plan):
        """Return per client id the environment in whose language its log is kept."""
        clients = self.env["kam.client"].browse({c["client_id"] for c, _s, _d in plan})
        people = clients._get_responsible_users(company)
        return {x.id: people[x]._get_kam_words(company) for x in clients}

    def _prepare_step_vals(self, claim, stage, is_done):
        return {
            "collection_id": claim["case_id"],
            "client_id": claim["client_id"],
            "stage_id": stage.id,
            "item_id": claim["line_id"],
            "kind": "level",
            "outcome": self._get_outcome(stage, is_done),
            "result": f"{claim['name']}: {stage.name}",
            "overdue": claim["debt"],
        }

    def _get_outcome(self, stage, is_done):
        if not is_done:
            return "skipped"
        return "draft" if stage.action in ("letter", "demand") else "done"

    @api.model
    def _draft_demands(self, case):
        """Draft formal demands for all that may be demanded of a case, by hand.

        :return: kam.collection.letter; empty when there is nothing to demand, or it
            was demanded already
        """
        company = case.company_id
        day = company._kam_today()
        ladder = self.sudo().with_context(mail_activity_quick_update=True)
        plan = ladder.env["kam.collection.plan"]._get_demands(case)
        done = [(claim, stage) for claim, stage, _is_done in plan]
        letters = ladder._write_letters(company, day, done)
        ladder._log_levels(company, day, plan, letters)
        ladder._move_cases(done)
        return self.env["kam.collection.letter"].union(*letters.values())

    def _write_letters(self, company, day, done):
        """Draft a letter per legal entity, currency and level, its items together.

        :return: dict of :meth:`_get_letter_key` -> kam.collection.letter
        """
        groups = defaultdict(list)
        for claim, stage in done:
            if stage.action in ("letter", "demand"):
                groups[self._get_letter_key(claim, stage)].append(claim)
        letters = self.env["kam.collection.letter"]._draft(company, day, groups)
        return dict(zip(groups, letters, strict=True))

    def _get_letter_key(self, claim, stage):
        """Return what has a letter of its own."""
        names = "partner_id", "client_id", "currency_id"
        return (*(claim[name] for name in names), stage)

    def _move_cases(self, done):
        """Move cases to the highest level of theirs that was carried out."""
        highest = {}
        for claim, stage in done:
            case_id = claim["case_id"]
            if case_id and stage.days > highest.get(case_id, stage.browse()).days:
                highest[case_id] = stage
        moved = defaultdict(list)
        for case in self.env["kam.collection"].browse(highest):
            if highest[case.id].days > case.stage_id.days:
                moved[highest[case.id]].append(case.id)
        for stage, ids in moved.items():
            self.env["kam.collection"].browse(ids).write({"stage_id": stage.id})
