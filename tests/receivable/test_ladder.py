"""Items climb the ladder level by level, each once."""

from datetime import date, timedelta

from odoo.tests import freeze_time

from ..common import KamCommon

TODAY = "2026-06-10"  # a Wednesday


class LadderCase(KamCommon):
    """A debtor in a company whose ladder began long ago."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(10000, name="Debtor", overdue_grace_days=0)
        cls.partner = cls.client.partner_ids
        cls.line = cls.client.credit_line_ids
        cls.company.kam_ladder_start = date(2026, 1, 1)
        cls.stages = {
            name: cls.env.ref(f"key_account_management.kam_collection_stage_{name}")
            for name in (
                "reminder",
                "call",
                "letter",
                "head",
                "stop",
                "demand",
                "legal",
            )
        }

    @property
    def now(self):
        return self.env["kam.credit.ledger"]._today()

    def owe(self, days, amount=100, partner=None):
        """An invoice that is so many days past due; its receivable item."""
        due = self.now - timedelta(days=days)
        move = self.make_invoice(
            partner or self.partner, amount, date=due - timedelta(days=30), due=due
        )
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def climb(self, day=None):
        """What the nightly run does, on request on another day of June 2026."""
        if day:
            with freeze_time(date(2026, 6, day)):
                return self.climb()
        self.env["kam.collection.debt"]._open_cases(self.client.ids)
        self.env["kam.collection.ladder"]._climb(self.client.ids)
        self.env.flush_all()
        return self.case

    @property
    def case(self):
        return self.env["kam.collection"].search(
            [("client_id", "=", self.client.id)], order="id desc", limit=1
        )

    @property
    def letters(self):
        return self.env["kam.collection.letter"].search(
            [("client_id", "=", self.client.id)], order="id"
        )

    def taken(self, item):
        """Level -> outcome of an item."""
        steps = self.env["kam.collection.step"].search([("item_id", "=", item.id)])
        names = {stage: name for name, stage in self.stages.items()}
        return {names[step.stage_id]: step.outcome for step in steps}


@freeze_time(TODAY)
class TestLadder(LadderCase):
    def test_nothing_before_it_is_switched_on(self):
        item = self.owe(1)
        self.company.kam_ladder_start = False
        self.climb()
        self.assertEqual(self.taken(item), {})
        self.company.kam_ladder_start = date(2026, 6, 11)
        self.climb()
        self.assertEqual(self.taken(item), {})

    def test_a_level_is_reached_on_its_day(self):
        items = {days: self.owe(days) for days in (0, 1, 4, 5, 9, 10)}
        self.climb()
        self.assertNotIn("call", self.taken(items[0]))
        self.assertEqual(self.taken(items[1])["call"], "done")
        self.assertNotIn("letter", self.taken(items[4]))
        self.assertEqual(self.taken(items[5])["letter"], "draft")
        self.assertNotIn("head", self.taken(items[9]))
        self.assertEqual(self.taken(items[10])["head"], "done")

    def test_reminder_needs_no_case(self):
        early, item = self.owe(-4), self.owe(-3)
        self.climb()
        self.assertFalse(self.case)
        self.assertEqual(self.taken(early), {})
        self.assertEqual(self.taken(item), {"reminder": "draft"})
        self.assertEqual(self.letters.kind, "reminder")
        self.assertFalse(self.letters.collection_id)

    def test_day_off_moves_a_level_to_the_next_working_day(self):
        item = self.owe(2)  # day 5 is Saturday the 13th
        self.climb()
        for day in (13, 14):
            self.climb(day)
            self.assertNotIn("letter", self.taken(item))
        self.climb(15)
        self.assertEqual(self.taken(item)["letter"], "draft")

    def test_reminder_comes_before_the_day_off(self):
        item = self.owe(-7)  # three days before it is due are Sunday the 14th
        self.climb(11)
        self.assertEqual(self.taken(item), {})
        self.climb(12)
        self.assertEqual(self.taken(item), {"reminder": "draft"})

    def test_public_holiday_of_the_company(self):
        item = self.owe(4)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2026-06-11 00:00:00",
                "date_to": "2026-06-11 23:59:59",
            }
        )
        self.climb(11)
        self.assertEqual(self.taken(item), {})
        self.climb(12)
        self.assertEqual(self.taken(item)["letter"], "draft")

    def test_each_level_once(self):
        item = self.owe(5)
        self.climb()
        self.climb()
        self.climb(11)
        self.assertEqual(len(self.letters), 1)
        steps = self.env["kam.collection.step"].search([("item_id", "=", item.id)])
        self.assertEqual(len(steps), len(steps.stage_id))

    def test_items_of_the_same_day_share_a_letter(self):
        first, second = self.owe(5), self.owe(6, 50)
        self.climb()
        self.assertEqual(self.letters.line_ids.item_id, first | second)
        self.assertEqual(self.letters.amount, 150)
        self.owe(5, 70)
        self.climb()
        self.assertEqual(self.letters.mapped("amount"), [150, 70])

    def test_legal_entities_get_letters_of_their_own(self):
        sister = self.make_partner("Sister", kam_membership_id=self.client.id)
        self.owe(5), self.owe(5, partner=sister)
        self.climb()
        self.assertEqual(self.letters.partner_id, self.partner | sister)

    def test_after_an_outage_only_the_highest_level(self):
        item = self.owe(12)
        self.climb()
        self.assertEqual(
            self.taken(item),
            {
                "reminder": "skipped",
                "call": "skipped",
                "letter": "skipped",
                "head": "done",
            },
        )
        self.assertFalse(self.letters)
        self.assertEqual(self.case.stage_id, self.stages["head"])

    def test_after_a_week_without_runs(self):
        item = self.owe(1)
        self.climb()
        self.climb(22)
        self.assertEqual(
            self.taken(item),
            {
                "reminder": "skipped",
                "call": "done",
                "letter": "skipped",
                "head": "done",
            },
        )

    def test_the_case_follows_its_highest_item_and_never_returns(self):
        self.owe(10)
        self.climb()
        self.owe(1)
        self.climb()
        self.assertEqual(self.case.stage_id, self.stages["head"])

    def test_minimum_exactly_met(self):
        self.stages["letter"].min_amount = 100
        item = self.owe(5, 99.99)
        self.climb()
        self.assertNotIn("letter", self.taken(item))
        other = self.owe(5, 0.01)
        self.climb()
        self.assertEqual(self.letters.line_ids.item_id, item | other)

    def test_tier_passes_over_a_level(self):
        tier = self.env["kam.tier"].create({"name": "Gentle"})
        self.client.tier_id = tier
        self.stages["letter"].excluded_tier_ids = tier
        item = self.owe(5)
        self.climb()
        self.assertEqual(self.taken(item), {"reminder": "skipped", "call": "done"})

    def test_unallocated_credits_cover_the_debt(self):
        item = self.owe(5)
        self.pay(99.99, partner=self.partner, date=self.now)
        self.climb()
        self.assertEqual(self.taken(item)["letter"], "draft")
        other = self.owe(10, 0.01)
        self.pay(0.02, partner=self.partner, date=self.now)
        self.climb(), self.climb()
        self.assertEqual(self.taken(other), {})
        asked = self.env["mail.activity"].search([("res_model", "=", "kam.client")])
        self.assertEqual(asked.mapped("res_id"), self.client.ids)

    def test_the_accountant_is_asked_at_the_document(self):
        self.company.kam_accountant_id = self.controller
        item = self.owe(5)
        self.climb()
        self.pay(100, partner=self.partner, date=self.now)
        self.climb()
        asked = self.env["mail.activity"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", item.move_id.id)]
        )
        self.assertEqual(asked.user_id, self.controller)

    def test_calls_and_tasks_go_to_people(self):
        self.owe(1), self.owe(10)
        self.climb()
        users = self.case.activity_ids.mapped("user_id")
        self.assertEqual(users, self.kam | self.head)

    def test_a_paused_case_is_left_alone(self):
        item = self.owe(1)
        self.climb()
        self.case.with_user(self.controller).action_pause("Talks", date(2026, 6, 20))
        self.climb(15)
        self.assertNotIn("letter", self.taken(item))


@freeze_time(TODAY)
class TestSuspension(LadderCase):
    def promise(self, **vals):
        return self.env["kam.promise"].create(
            {
                "client_id": self.client.id,
                "amount": 100,
                "date": date(2026, 6, 11),
                **vals,
            }
        )

    def test_open_promise_suspends_and_a_broken_one_resumes(self):
        item = self.owe(4)
        self.climb()
        promise = self.promise()
        self.climb(11)
        self.assertNotIn("letter", self.taken(item))
        with freeze_time(date(2026, 6, 12)):
            self.env["kam.promise"]._judge(self.company)
        self.assertEqual(promise.state, "broken")
        self.climb(12)
        self.assertEqual(self.taken(item)["letter"], "draft")

    def test_promise_about_a_document_suspends_that_alone(self):
        item, other = self.owe(5), self.owe(5)
        self.promise(move_ids=item.move_id.ids)
        self.climb()
        self.assertEqual(self.taken(item), {})
        self.assertEqual(self.taken(other)["letter"], "draft")

    def dispute(self, item, amount):
        return self.env["kam.dispute"].create(
            {
                "move_id": item.move_id.id,
                "amount": amount,
                "reason": "Short",
                "deadline": date(2026, 6, 20),
                "user_id": self.kam.id,
            }
        )

    def test_accepted_dispute_leaves_the_ladder(self):
        item, other = self.owe(5), self.owe(5)
        self.dispute(item, 100).with_user(self.controller).action_accept("Right")
        self.dispute(other, 40).with_user(self.controller).action_accept("Right")
        self.climb()
        self.assertEqual(self.taken(item), {})
        self.assertEqual(self.letters.amount, 60)

    def test_rejected_dispute_does_not(self):
        item = self.owe(5)
        self.dispute(item, 100).with_user(self.controller).action_reject("Wrong")
        self.climb()
        self.assertEqual(self.taken(item)["letter"], "draft")


@freeze_time(TODAY)
class TestDemand(LadderCase):
    def test_no_demand_before_a_letter_was_sent_long_enough_ago(self):
        self.stages["stop"].action = "none"
        self.company.kam_demand_days = 2
        item = self.owe(20)
        self.climb()
        self.assertEqual(self.taken(item)["stop"], "done")
        self.assertEqual(self.taken(item)["letter"], "draft")
        self.assertNotIn("demand", self.taken(item))
        self.climb(11)
        self.assertNotIn("demand", self.taken(item))
        with freeze_time(date(2026, 6, 15)):
            self.letters.with_user(self.controller).action_send()
        self.climb(16)
        self.assertNotIn("demand", self.taken(item))
        self.climb(17)
        self.assertEqual(self.taken(item)["demand"], "draft")
        self.assertEqual(self.letters[-1:].kind, "demand")

    def test_a_skipped_letter_is_made_up_for(self):
        self.stages["stop"].action = "none"
        item = self.owe(19)
        self.climb()
        self.assertEqual(self.taken(item)["letter"], "skipped")
        self.climb(11)
        self.assertEqual(self.taken(item)["letter"], "draft")
        self.assertEqual(len(self.letters), 1)

    def test_legal_action_waits_for_the_demand(self):
        item = self.owe(40)
        self.climb()
        self.assertNotIn("legal", self.taken(item))


@freeze_time(TODAY)
class TestStop(LadderCase):
    def test_announced_a_day_before_and_lifted(self):
        item = self.owe(14)
        case = self.climb()
        self.assertEqual(case.stop_date, date(2026, 6, 11))
        self.assertIn(self.kam, case.activity_ids.user_id)
        self.assertFalse(self.line.is_stopped)
        self.climb(11)
        self.assertTrue(self.line.is_stopped)
        self.assertEqual(self.line.stop_collection_id, case)
        self.pay(100, item.move_id, date=self.now)
        self.climb(12)
        self.assertEqual(case.state, "closed")
        self.assertFalse(self.line.is_stopped or self.line.stop_reason)

    def test_announced_on_friday_for_monday(self):
        self.owe(10)  # day 15 is Monday the 15th
        self.assertFalse(self.climb(11).stop_date)
        self.assertEqual(self.climb(12).stop_date, date(2026, 6, 15))

    def test_after_an_outage_it_is_announced_first(self):
        item = self.owe(17)
        self.assertEqual(self.climb().stop_date, date(2026, 6, 11))
        self.assertFalse(self.line.is_stopped)
        self.assertNotIn("stop", self.taken(item))
        self.climb(11)
        self.assertEqual(self.taken(item)["stop"], "done")

    def test_an_announcement_is_taken_back(self):
        item = self.owe(14)
        self.owe(2)
        self.climb()
        self.pay(100, item.move_id, date=self.now)
        self.assertFalse(self.climb(11).stop_date)
        self.assertFalse(self.line.is_stopped)

    def test_one_set_by_hand_is_never_touched(self):
        self.line.with_user(self.controller).action_set(
            {"is_stopped": True, "stop_reason": "By hand"}, "So"
        )
        item = self.owe(15)
        self.climb(), self.climb(11)
        self.assertFalse(self.line.stop_collection_id)
        self.pay(100, item.move_id, date=self.now)
        self.climb(12)
        self.assertEqual(self.line.stop_reason, "By hand")

    def test_one_changed_by_hand_belongs_to_the_hand(self):
        item = self.owe(15)
        self.climb(), self.climb(11)
        self.line.with_user(self.controller).action_set(
            {"stop_reason": "Mine now"}, "So"
        )
        self.assertFalse(self.line.stop_collection_id)
        self.pay(100, item.move_id, date=self.now)
        self.climb(12)
        self.assertTrue(self.line.is_stopped)

    def test_without_a_credit_line_there_is_nothing_to_stop(self):
        self.client = self.make_client("Without a line")
        item = self.owe(15, partner=self.client.partner_ids)
        self.climb(), self.climb(11)
        self.assertEqual(self.taken(item)["stop"], "skipped")

    def test_nobody_writes_which_case_stopped_it(self):
        self.owe(1)
        case = self.climb()
        with self.assertRefused():
            self.line.with_user(self.controller).stop_collection_id = case
