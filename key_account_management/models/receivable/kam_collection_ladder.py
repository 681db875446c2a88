from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .ladder import Level, choose, is_reached
from .netting import net

MATCH_ACTIVITY = "key_account_management.mail_activity_type_match"
CALL_ACTIVITY = "mail.mail_activity_data_call"
TASK_ACTIVITY = "mail.mail_activity_data_todo"
# Action of a level -> type of the activity that a person gets.
PEOPLE = {"call": CALL_ACTIVITY, "head": TASK_ACTIVITY, "legal": TASK_ACTIVITY}


class KamCollectionLadder(models.AbstractModel):
    """Which levels of dunning the open items of a company take, and taking them.

    A claim is an item that may be dunned, as a dict: ``line_id``, ``move_id``,
    ``name`` of the document, ``client_id``, ``partner_id`` (legal entity), ``tier_id``,
    ``case_id`` (open; None without), ``due``, ``days`` past due, ``currency_id`` of the
    document, in it ``amount`` to claim and ``disputed`` (left out of it), ``debt``: the
    amount in company currency. Unallocated credits of the legal entity are taken off
    (``credits``, see :func:`net`); an item that they cover ``is_covered``, and claims
    nothing. Items under an open promise or in a paused case are no claims.
    The queries read every document, whatever the user may see.
    """

    _name = "kam.collection.ladder"
    _description = "Dunning Ladder"

    @api.model
    def _get_claims(self, company, day, clients=None, first=1):
        """Return the claims of a root company by the close of a day.

        :param clients: ids of clients; default all
        :param first: from how many days past due on; negative: before they are due
        """
        self.env["kam.credit.ledger"]._flush_items()
        for model in ("kam.collection", "kam.promise"):
            self.env[model].flush_model()
        self.env["kam.client"].flush_model(["tier_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        keys = SQL("(SELECT id FROM kam_client)")
        if clients is not None:
            keys = [(client_id, company.id) for client_id in [*clients, 0]]
        items = self._item_query(company, day, keys)
        claims = self._read_figures(
            SQL(
                "SELECT * FROM (%s) claim WHERE amount > 0 "
                "ORDER BY client_id, due, name, line_id",
                self._claim_query(items, min(first, 1)),
            )
        )
        net(claims, self._read_figures(self._credit_query(items)) if claims else [])
        for claim in claims:
            currency = self.env["res.currency"].browse(claim["currency_id"])
            claim["amount"] = currency.round(claim["amount"])
            claim["debt"] = company.sudo().currency_id.round(claim["debt"])
            claim["is_covered"] = currency.is_zero(claim["amount"])
        return claims

    def _read_figures(self, query):
        """Return rows as dicts, their money as floats."""
        money = ("amount", "debt", "disputed")
        return [
            {name: float(v) if name in money else v for name, v in row.items()}
            for row in self.env.execute_query_dict(query)
        ]

    def _item_query(self, company, day, keys):
        """SQL of open items with their legal entity, and ``amount`` in their currency.

        The query of the ledger, so that a letter claims what the debtor's card shows.
        """
        return SQL(
            """
            SELECT item.line_id, item.move_id, item.client_id, item.root_id, item.date,
                   item.due, item.days, item.currency_id, item.residual,
                   item.residual_currency AS amount,
                   partner.commercial_partner_id AS partner_id
              FROM (%(items)s) item
              JOIN res_partner partner ON partner.id = item.partner_id
             WHERE item.root_id = %(root)s
            """,
            items=self.env["kam.credit.ledger"]._receivable_items(keys, day),
            root=company.id,
        )

    def _claim_query(self, items, first):
        ledger = self.env["kam.credit.ledger"]
        return SQL(
            """
            SELECT item.line_id, item.move_id, move.name, item.client_id,
                   item.partner_id, client.tier_id, collection.id AS case_id,
                   item.days, item.due, item.currency_id,
                   item.amount * (1 - share.disputed) AS amount,
                   item.residual * (1 - share.disputed) AS debt,
                   item.amount * share.disputed AS disputed
              FROM (%(items)s) item
              JOIN account_move move ON move.id = item.move_id
              JOIN kam_client client ON client.id = item.client_id
         LEFT JOIN kam_collection collection ON collection.client_id = client.id
               AND collection.company_id = item.root_id
               AND collection.state != 'closed'
         LEFT JOIN (%(disputes)s) dispute ON dispute.line_id = item.line_id
             CROSS JOIN LATERAL (
                SELECT LEAST(item.residual, COALESCE(dispute.amount, 0))
                       / item.residual AS disputed
              ) share
             WHERE item.residual > 0 AND item.amount > 0 AND item.days >= %(first)s
               AND (collection.id IS NULL OR collection.state = 'open')
               AND NOT EXISTS (%(promises)s)
            """,
            items=items,
            disputes=ledger._get_dispute_shares(SQL("state != 'rejected'")),
            first=first,
            promises=self._promise_query(),
        )

    def _credit_query(self, items):
        """SQL of the credits that nothing is matched with, above zero, oldest first."""
        return SQL(
            """
            SELECT item.partner_id, item.move_id, item.currency_id,
                   item.date, -item.amount AS amount, -item.residual AS debt
              FROM (%s) item
             WHERE item.residual < 0 AND item.amount < 0
          ORDER BY item.date, item.line_id
            """,
            items,
        )

    def _promise_query(self):
        """SQL of the open promises about an item: of its document or of any."""
        return SQL(
            """
            SELECT FROM kam_promise promise
         LEFT JOIN account_move_kam_promise_rel document
                ON document.kam_promise_id = promise.id
             WHERE promise.client_id = item.client_id
               AND promise.company_id = item.root_id
               AND promise.direction = 'theirs' AND promise.state = 'open'
               AND COALESCE(document.account_move_id, item.move_id) = item.move_id
            """
        )

    @api.model
    def _get_settings(self, company):
        """Return how the company climbs: its start and the level of entry."""
        company = company.sudo()
        return {
            "start": company.kam_ladder_start,
            "entry": company.kam_ladder_stage_id,
        }

    @api.model
    def _plan(self, company, day, settings, clients=None):
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
        claims = self._get_claims(company, day, clients, first)
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
        claims = [
            claim
            for claim in self._get_claims(company, day, clients)
            if claim["case_id"] and not claim["is_covered"]
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
        """Return per item its levels with their outcome, and the day of a letter."""
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
