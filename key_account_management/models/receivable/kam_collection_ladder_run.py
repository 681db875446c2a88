from collections import defaultdict
from datetime import timedelta

from odoo import api, models

MATCH_ACTIVITY = "key_account_management.mail_activity_type_match"
CALL_ACTIVITY = "mail.mail_activity_data_call"
TASK_ACTIVITY = "mail.mail_activity_data_todo"
# Action of a level -> type of the activity that a person gets.
PEOPLE = {"call": CALL_ACTIVITY, "head": TASK_ACTIVITY, "legal": TASK_ACTIVITY}


class KamCollectionLadder(models.AbstractModel):
    """Carrying out what is planned, for a batch of clients in one transaction."""

    _inherit = "kam.collection.ladder"

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
        for one in companies.try_lock_for_update(allow_referencing=True):
            today = one._kam_today()
            plan = ladder._plan(one, today, ladder._get_settings(one), clients)
            plan = ladder._announce_stops(one, today, clients, plan)
            ladder._carry_out(one, today, plan)
            ladder._ask_to_match(one, today, clients)

    def _carry_out(self, company, day, plan):
        """Log the steps of a plan and do what belongs to them."""
        unstopped = self._stop_shipments(plan)
        plan = [
            (
                claim,
                stage,
                is_done and (claim["case_id"], stage.action) not in unstopped,
            )
            for claim, stage, is_done in plan
        ]
        done = [(claim, stage) for claim, stage, is_done in plan if is_done]
        letters = self._write_letters(company, day, done)
        self._log_levels(company, day, plan, letters)
        self._schedule(done, day)
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
        stages = self.env["kam.collection.stage"].sudo()
        stage = stages.search([("action", "=", "demand")], limit=1)
        claims = ladder._get_claims(company, day, case.client_id.ids)
        claims = [c for c in claims if c["case_id"] == case.id and not c["is_covered"]]
        taken = ladder._get_taken(claims)
        plan = [
            (claim, stage, True)
            for claim in claims
            if taken[claim["line_id"]][0].get(stage.id, "skipped") == "skipped"
        ]
        done = [(claim, stage) for claim, stage, _is_done in plan]
        letters = ladder._write_letters(company, day, done if stage else [])
        ladder._log_levels(company, day, plan if stage else [], letters)
        ladder._move_cases(done if stage else [])
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

    def _schedule(self, done, day):
        """Give the calls and tasks of the levels to people, one per case and kind."""
        ids = {claim["case_id"] for claim, _stage in done if claim["case_id"]}
        cases = {case.id: case for case in self.env["kam.collection"].browse(ids)}
        managers = self._get_people(self.env["kam.collection"].browse(ids))
        wanted = {}
        for claim, stage in done:
            case = cases.get(claim["case_id"])
            if not case or stage.action not in PEOPLE:
                continue
            first = case.user_id
            if stage.action != "call":
                first = case.client_id.team_id.user_id
            first = first._filter_kam_present(case.company_id)
            user = first or managers[case]
            if user:
                stage_name = stage.with_env(user._get_kam_words(case.company_id)).name
                wanted[case, PEOPLE[stage.action], user] = stage_name
        self._create_activities(wanted, day)

    def _get_people(self, cases):
        """Return dict case -> who answers for its client in its company."""
        return {
            case: people[case.client_id]
            for company, some in cases.grouped("company_id").items()
            for people in [some.client_id._get_responsible_users(company)]
            for case in some
        }

    def _create_activities(self, wanted, day):
        """Create activities in one go, but for those still open.

        :param wanted: dict (record, xml id of the type, user) -> summary, in the
            language of the user
        """
        activities = self.env["mail.activity"]
        asked = [
            {
                "res_model": record._name,
                "res_id": record.id,
                "activity_type_id": self.env.ref(kind).id,
                "user_id": user.id,
                "summary": summary,
            }
            for (record, kind, user), summary in wanted.items()
        ]
        known = activities.search(
            [
                ("res_model", "in", [vals["res_model"] for vals in asked]),
                ("res_id", "in", [vals["res_id"] for vals in asked]),
            ]
        )
        names = ["res_model", "res_id", "activity_type_id", "user_id", "summary"]
        open_ones = known.read(names, load=None)
        for vals in open_ones:
            del vals["id"]
        activities.create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(vals["res_model"]),
                    **{name: vals[name] for name in names[1:]},
                    "date_deadline": day,
                }
                for vals in asked
                if vals not in open_ones
            ]
        )

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

    def _ask_to_match(self, company, day, clients):
        """Ask once to match the money that covers overdue debt, or a part of it.

        The accountant at the oldest document, or whoever answers for the client.
        """
        claims = self._get_claims(company, day, clients)
        oldest = {c["client_id"]: c for c in reversed(claims) if c["is_matchable"]}
        accountant = company.kam_accountant_id._filter_kam_present(company)
        clients = self.env["kam.client"].browse(oldest)
        people = clients._get_responsible_users(company)
        wanted = {}
        for client in clients:
            record, user = client, people[client]
            if accountant:
                record = self.env["account.move"].browse(oldest[client.id]["move_id"])
                user = accountant
            if user:
                words = user._get_kam_words(company)
                wanted[record, MATCH_ACTIVITY, user] = words._(
                    "Match the payments of %(client)s", client=client.name
                )
        self._create_activities(wanted, day)

    def _announce_stops(self, company, day, clients, plan):
        """Announce the stops of the next working day; return what is for today.

        A stop is carried out only when its case was told of it a day before.
        """
        tomorrow = company._get_working_day(day + timedelta(days=1))
        settings = self._get_settings(company)
        ahead = self._plan(company, tomorrow, settings, clients)
        cases = self.env["kam.collection"]
        stops = {
            claim["case_id"]
            for claim, stage, is_done in [*plan, *ahead]
            if is_done and stage.action == "stop"
        }
        domain = [("company_id", "=", company.id), ("stop_date", "!=", False)]
        if clients is not None:
            domain.append(("client_id", "in", list(clients)))
        announced = cases.search(domain)
        announced.filtered(lambda case: case.id not in stops).stop_date = False
        ready = announced.filtered(
            lambda case: case.stop_date and case.stop_date <= day
        )
        new = cases.browse(stops - set(announced.ids))
        new.stop_date = tomorrow
        people = self._get_people(new)
        wanted = {
            (case, TASK_ACTIVITY, user): user._get_kam_words(company)._(
                "Shipments will be stopped"
            )
            for case, user in people.items()
            if user
        }
        self._create_activities(wanted, day)
        return [
            (claim, stage, is_done)
            for claim, stage, is_done in plan
            if not is_done or stage.action != "stop" or claim["case_id"] in ready.ids
        ]

    def _stop_shipments(self, plan):
        """Stop the credit lines of the cases that are not stopped already.

        :return: (case id, "stop") of those without a line, where nothing is stopped
        """
        cases = self.env["kam.collection"].browse(
            {c["case_id"] for c, stage, done in plan if done and stage.action == "stop"}
        )
        stopped = cases._stop_shipments() if cases else cases
        return {(case.id, "stop") for case in cases - stopped}
