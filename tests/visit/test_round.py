"""Friday afternoon: plans proposed, submitted in time, the late ones told."""

from datetime import datetime

from freezegun import freeze_time

from odoo.tools import mute_logger

from .common import ADDON, MONDAY, VisitCase


class TestRound(VisitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Moscow"
        cls.env["kam.client"].search([]).active = False
        cls.client = cls.make_client("Azbuka", tier_id=cls.tier.id)

    def run_at(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref(f"{ADDON}.ir_cron_visit_plan_round").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["kam.visit.plan"].search([("week_start", "=", MONDAY)])

    def test_proposed_on_friday_at_four_where_the_company_is(self):
        self.assertFalse(self.run_at("2026-07-03 12:59:00"))
        plan = self.run_at("2026-07-03 13:00:00")
        self.assertEqual((plan.user_id, plan.state), (self.kam, "draft"))
        self.assertEqual(plan.visit_ids.client_id, self.client)
        self.assertEqual(plan.activity_ids.user_id, self.kam)

    def test_twice_is_once(self):
        plan = self.run_at("2026-07-03 13:00:00")
        visits, activities = plan.visit_ids, plan.activity_ids
        self.assertEqual(self.run_at("2026-07-03 14:00:00"), plan)
        self.assertEqual((plan.visit_ids, plan.activity_ids), (visits, activities))

    def test_only_for_those_who_want_it(self):
        self.kam.kam_plan_weekly = False
        self.assertFalse(self.run_at("2026-07-03 13:00:00"))

    def test_the_head_is_told_who_is_late(self):
        plan = self.run_at("2026-07-03 13:00:00")
        self.assertNotIn(self.head, plan.activity_ids.user_id)
        self.run_at("2026-07-03 15:00:00")
        self.assertIn(self.head, plan.activity_ids.user_id)
        count = len(plan.activity_ids)
        self.run_at("2026-07-03 16:00:00")
        self.assertEqual(len(plan.activity_ids), count)

    def test_whoever_submitted_is_not_late(self):
        plan = self.run_at("2026-07-03 13:00:00")
        with freeze_time("2026-07-03 14:00:00"):
            plan.with_user(self.kam).action_submit()
        summaries = plan.activity_ids.mapped("summary")
        self.assertEqual(summaries, ["Weekly plan to approve"])
        self.run_at("2026-07-03 16:00:00")
        self.assertFalse(plan.reminded_at)
        with freeze_time("2026-07-03 17:00:00"):
            plan.with_user(self.head).action_approve()
        self.assertFalse(plan.activity_ids)

    def test_one_failure_stops_nobody(self):
        other = self.make_client(
            "Other", manager_id=self.other_kam.id, tier_id=self.tier.id
        )
        self.other_kam.tz = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET tz = 'Nowhere/Land' WHERE id = %s",
            [self.kam.partner_id.id],
        )
        self.env.invalidate_all()
        with mute_logger(f"odoo.addons.{ADDON}.models.visit.kam_visit_plan_round"):
            plans = self.run_at("2026-07-03 13:00:00")
        by_user = plans.grouped("user_id")
        self.assertEqual(by_user[self.other_kam].visit_ids.client_id, other)
        failed = by_user[self.kam]
        self.assertFalse(failed.visit_ids)
        self.assertIn("could not be proposed", failed.activity_ids.summary)

    def test_settings_of_the_company(self):
        self.company.write({"kam_plan_deadline_day": "3", "kam_plan_hour": 10})
        self.assertFalse(self.run_at("2026-07-02 06:59:00"))
        plan = self.run_at(datetime(2026, 7, 2, 7))
        self.assertTrue(plan.visit_ids)
        with self.assertRefused():
            self.company.kam_visit_speed = 0
        with self.assertRefused():
            self.company.kam_plan_hour = 25
