"""A week: proposed by intervals, completed, submitted, approved, returned, closed."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from .common import FRIDAY_BEFORE, MONDAY, VisitCase

NO_REASONS = (
    "held_order",
    "broken_promise",
    "overdue",
    "promise_day",
    "silent",
    "quotation",
    "newcomer",
)


class PlanCase(VisitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reasons = cls.env["kam.visit.reason"].search([("code", "in", NO_REASONS)])
        reasons.active = False

    def codes(self, plan):
        visits = plan.visit_ids.sorted(lambda v: (v.client_id.name, v.date_planned))
        return [(v.client_id.name, v.kind_code) for v in visits]

    def generate(self, **kwargs):
        plan = self.make_plan(**kwargs)
        plan.action_generate()
        return plan


class TestPlan(PlanCase):
    def test_a_week_begins_on_monday_and_once(self):
        with self.assertRaises(ValidationError) as caught:
            self.make_plan(week=date(2026, 7, 8))
        self.assertIn("07/06/2026", str(caught.exception))
        self.make_plan()
        with self.assertRefused():
            self.make_plan()

    def test_everybody_plans_his_own_week(self):
        with self.assertRaises(UserError):
            self.env["kam.visit.plan"].with_user(self.kam).create(
                {"user_id": self.other_kam.id, "week_start": MONDAY}
            )
        plans = self.env["kam.visit.plan"].with_user(self.head)
        self.assertTrue(plans.create({"user_id": self.kam.id, "week_start": MONDAY}))

    @freeze_time("2026-07-03 12:00:00")
    def test_the_next_week_is_proposed(self):
        plan = self.env["kam.visit.plan"].with_user(self.kam).create({})
        self.assertEqual(
            (plan.user_id, plan.week_start, plan.week_end, plan.display_name),
            (self.kam, MONDAY, date(2026, 7, 12), "kam_ann_first, week 28/2026"),
        )

    @freeze_time(FRIDAY_BEFORE)
    def test_visits_made_before_the_plan_are_taken_in(self):
        client = self.make_client("Azbuka", tier_id=self.tier.id)
        visit = self.make_visit(client, at=self.at(2))
        other = self.make_visit(client, at=self.at(7))
        plan = self.make_plan()
        self.assertEqual(plan.visit_ids, visit)
        other.date_planned = self.at(3)
        self.assertEqual(plan.visit_ids, visit | other)

    @freeze_time(FRIDAY_BEFORE)
    def test_who_is_due(self):
        """Last visit plus interval up to Sunday."""
        for name, ago in (("Due Sunday", 0), ("Due Monday", 6), ("Never", None)):
            client = self.make_client(name, tier_id=self.tier.id)
            if ago is not None:
                day = datetime(2026, 7, 5, 9) - timedelta(days=ago)
                with freeze_time("2026-07-05 12:00"):
                    self.make_done(client, day)
        fresh = self.make_client("Not due", tier_id=self.make_tier("8", 8, 0).id)
        with freeze_time("2026-07-05 12:00"):
            self.make_done(fresh, datetime(2026, 7, 5, 9))
        plan = self.generate()
        self.assertEqual(
            self.codes(plan),
            [("Due Monday", "visit"), ("Due Sunday", "visit"), ("Never", "visit")],
        )
        self.assertEqual(set(plan.visit_ids.mapped("is_locked")), {False})

    @freeze_time(FRIDAY_BEFORE)
    def test_a_visit_takes_the_place_of_a_call(self):
        self.make_client("Azbuka", tier_id=self.make_tier("A", 7, 3).id)
        plan = self.generate()
        self.assertEqual(
            sorted(self.codes(plan)),
            [("Azbuka", "call"), ("Azbuka", "call"), ("Azbuka", "visit")],
        )
        self.assertEqual(len(set(plan.visit_ids.mapped("planned_day"))), 3)

    @freeze_time(FRIDAY_BEFORE)
    def test_several_visits_a_week(self):
        self.make_client("Azbuka", tier_id=self.make_tier("A", 2, 0).id)
        self.assertEqual(len(self.generate().visit_ids), 4)

    @freeze_time(FRIDAY_BEFORE)
    def test_interval_of_nothing_and_no_tier(self):
        self.make_client("Nothing", tier_id=self.make_tier("N", 0, 0).id)
        self.make_client("Free")
        plan = self.generate()
        self.assertFalse(plan.visit_ids)
        line = plan.unplanned_line_ids
        self.assertEqual((line.client_id.name, line.reason), ("Free", "no_tier"))

    @freeze_time(FRIDAY_BEFORE)
    def test_clients_of_others_archived_and_ended_ones_are_left_out(self):
        tier = {"tier_id": self.tier.id}
        self.make_client("Others", manager_id=self.other_kam.id, **tier)
        self.make_client("Archived", active=False, **tier)
        self.make_client("Ended", stage_id=self.ref("kam_stage_ended").id, **tier)
        elsewhere = self.make_company("Elsewhere", chart=False)
        self.make_client("Elsewhere", company_id=elsewhere.id, **tier)
        self.make_client("Mine", **tier)
        self.assertEqual(self.codes(self.generate()), [("Mine", "visit")])

    @freeze_time(FRIDAY_BEFORE)
    def test_three_runs_equal_one(self):
        for number in range(6):
            self.make_client(f"Client {number}", tier_id=self.make_tier("A", 7, 3).id)
        plan = self.generate()
        before = plan.visit_ids.mapped(lambda v: (v.id, v.date_planned))
        lines = plan.unplanned_line_ids.mapped(
            lambda line: (line.client_id, line.reason)
        )
        plan.action_generate()
        plan.action_generate()
        after = plan.visit_ids.mapped(lambda v: (v.id, v.date_planned))
        self.assertEqual(before, after)
        self.assertEqual(
            lines,
            plan.unplanned_line_ids.mapped(lambda line: (line.client_id, line.reason)),
        )

    @freeze_time(FRIDAY_BEFORE)
    def test_what_a_person_did_is_not_undone(self):
        clients = [
            self.make_client(name, tier_id=self.tier.id)
            for name in ("Moved", "Cancelled", "Next week", "Added")
        ]
        added = self.make_visit(clients[3], at=self.at(4))
        plan = self.generate()
        moved, cancelled, later = (
            plan.visit_ids.filtered(lambda v, c=client: v.client_id == c)
            for client in clients[:3]
        )
        moved.with_user(self.kam).date_planned = self.at(3, 14)
        cancelled.with_user(self.kam).action_cancel("Inventory")
        later.with_user(self.kam).date_planned = self.at(8)
        self.assertTrue(moved.is_locked)
        plan.action_generate()
        self.assertEqual(len(self.env["kam.visit"].search([])), 4)
        self.assertEqual(moved.date_planned, self.at(3, 14))
        self.assertEqual(cancelled.state, "cancelled")
        self.assertEqual(plan.visit_ids, moved | cancelled | added)

    @freeze_time(FRIDAY_BEFORE)
    def test_capacity_is_kept_and_the_rest_is_listed(self):
        self.kam.kam_visits_per_day = 1
        for number in range(7):
            self.make_client(f"Client {number}", tier_id=self.tier.id)
        plan = self.generate()
        days = plan.visit_ids.mapped("planned_day")
        self.assertEqual((len(days), len(set(days))), (5, 5))
        lines = plan.unplanned_line_ids
        self.assertEqual(
            [(line.client_id.name, line.reason) for line in lines],
            [("Client 5", "capacity"), ("Client 6", "capacity")],
        )
        self.assertIn("never visited", lines[0].reason_text)
        russian = lines[0].with_context(lang="ru_RU")
        self.assertTrue(russian.reason_text)

    @freeze_time(FRIDAY_BEFORE)
    def test_holidays_leaves_and_meetings(self):
        calendar = self.company.resource_calendar_id
        resource = self.env["resource.resource"].create(
            {"name": "Ann", "user_id": self.kam.id, "calendar_id": calendar.id}
        )
        leaves = self.env["resource.calendar.leaves"]
        leaves.create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": self.at(0, -3),
                "date_to": self.at(0, 20),
            }
        )
        leaves.create(
            {
                "name": "Leave",
                "calendar_id": calendar.id,
                "resource_id": resource.id,
                "date_from": self.at(1, -3),
                "date_to": self.at(1, 20),
            }
        )
        events = self.env["calendar.event"].with_user(self.kam)
        events.create({"name": "Fair", "start": self.at(2, 5), "stop": self.at(2, 16)})
        events.create(
            {
                "name": "Fair",
                "allday": True,
                "start_date": date(2026, 7, 9),
                "stop_date": date(2026, 7, 9),
            }
        )
        for number in range(5):
            self.make_client(f"Client {number}", tier_id=self.tier.id)
        plan = self.generate()
        self.assertEqual(set(plan.visit_ids.mapped("planned_day")), {date(2026, 7, 10)})

    @freeze_time(FRIDAY_BEFORE)
    def test_a_week_without_work_lists_everybody(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        self.make_client("Azbuka", tier_id=self.tier.id)
        plan = self.generate()
        self.assertFalse(plan.visit_ids)
        self.assertEqual(plan.unplanned_line_ids.reason, "absent")

    @freeze_time(FRIDAY_BEFORE)
    def test_when_the_client_receives(self):
        client = self.make_client(
            "Azbuka", tier_id=self.tier.id, visit_thu=True, visit_hour_from=15
        )
        visit = self.generate().visit_ids
        self.assertEqual(visit.date_planned, self.at(3, 12))
        self.assertEqual(visit.client_id, client)

    @freeze_time(FRIDAY_BEFORE)
    def test_the_next_step_makes_a_line(self):
        client = self.make_client("Azbuka", tier_id=self.make_tier("N", 0, 0).id)
        self.make_done(
            client,
            datetime(2026, 7, 1, 9),
            next_step="Show samples",
            next_date=date(2026, 7, 9),
        )
        visit = self.generate().visit_ids
        self.assertEqual(visit.planned_day, date(2026, 7, 9))
        self.assertEqual(visit.agenda, "Show samples")
        self.assertIn("Show samples", visit.reason_text)

    @freeze_time(FRIDAY_BEFORE)
    def test_the_next_step_with_a_lead_makes_a_line(self):
        lead = self.env["crm.lead"].create(
            {"name": "Prospect", "user_id": self.kam.id, "type": "opportunity"}
        )
        visit = self.make_visit(lead_id=lead.id, at=datetime(2026, 7, 2, 9))
        self.finish(
            visit, date_done=datetime(2026, 7, 2, 9), next_date=date(2026, 7, 7)
        )
        plan = self.generate()
        self.assertEqual(plan.visit_ids.lead_id, lead)
        self.assertEqual(plan.visit_ids.planned_day, date(2026, 7, 7))

    @freeze_time("2026-07-08 09:00:00")
    def test_nothing_is_proposed_for_the_past(self):
        self.make_client("Azbuka", tier_id=self.tier.id)
        visit = self.generate().visit_ids
        self.assertGreater(visit.date_planned, datetime(2026, 7, 8, 9))

    def test_weeks_of_a_change_of_the_clock(self):
        """Nine o'clock stays nine o'clock where the manager lives."""
        self.kam.tz = "Europe/Berlin"
        self.make_client("Azbuka", tier_id=self.tier.id)
        hours = set()
        with freeze_time("2026-03-20 12:00:00"):
            for week in (date(2026, 3, 23), date(2026, 3, 30)):
                visit = self.generate(week=week).visit_ids
                hours.add(visit.date_planned.hour)
        self.assertEqual(hours, {7, 6})

    def test_sixty_weeks(self):
        """Every week of a year has its plan and its visit."""
        client = self.make_client("Azbuka", tier_id=self.tier.id)
        week = date(2025, 12, 1)
        for _number in range(60):
            with freeze_time(datetime.combine(week, datetime.min.time())):
                visit = self.generate(week=week).visit_ids
                self.assertEqual(len(visit), 1, week)
                self.assertEqual(
                    visit.planned_day.isocalendar()[1], week.isocalendar()[1]
                )
                visit.sudo().write(
                    {
                        "decision": "done",
                        "date_done": datetime.combine(week, datetime.min.time()),
                        "outcome_id": self.outcome.id,
                        "next_step": "On",
                        "next_date": date(2030, 1, 1),
                    }
                )
            week += timedelta(days=7)
        self.assertEqual(client.visit_count, 60)

    @freeze_time(FRIDAY_BEFORE)
    def test_the_plan_of_a_client_without_address_and_an_archived_user(self):
        client = self.make_client("Azbuka", tier_id=self.tier.id)
        client.main_partner_id = False
        plan = self.make_plan()
        self.kam.active = False
        plan.sudo().action_generate()
        self.assertEqual(len(plan.sudo().visit_ids), 1)

    @freeze_time(FRIDAY_BEFORE)
    def test_two_companies_have_a_plan_each(self):
        there = self.make_company("There", chart=False)
        client = self.make_client("Azbuka", tier_id=self.tier.id)
        self.make_done(client, datetime(2026, 7, 3, 9))
        here = self.generate()
        self.assertEqual(len(here.visit_ids), 1)
        plans = self.env["kam.visit.plan"].with_user(self.kam)
        plans = plans.with_context(allowed_company_ids=there.ids)
        other = plans.create({"week_start": MONDAY})
        other.action_generate()
        self.assertEqual(other.company_id, there)
        self.assertEqual(other.visit_ids.company_id, there)


class TestPlanSteps(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Azbuka", tier_id=cls.tier.id)
        with freeze_time(FRIDAY_BEFORE):
            cls.plan = cls.make_plan()
            cls.plan.action_generate()

    def test_submitted_and_approved(self):
        plan = self.plan
        plan.action_submit()
        plan.action_generate()
        for user in (self.kam, self.other_kam, self.other_head, self.support):
            with self.subTest(user.login), self.assertRaises(AccessError):
                plan.with_user(user).action_approve()
        self.assertFalse(plan.can_approve)
        self.assertTrue(plan.with_user(self.head).can_approve)
        plan.with_user(self.head).action_approve()
        self.assertEqual(plan.state, "approved")
        with self.assertRaises(UserError):
            plan.action_generate()

    def test_nobody_approves_his_own_plan(self):
        plan = self.make_plan(user=self.head)
        plan.action_submit()
        for action in (
            plan.action_approve,
            lambda: plan.action_return("No"),
            plan.action_close,
        ):
            with self.assertRaises(AccessError):
                action()
        plan.with_user(self.director).action_approve()

    def test_returned_with_a_comment(self):
        self.plan.action_submit()
        with self.assertRaises(UserError):
            self.plan.with_user(self.head).action_return(" ")
        dialog = self.env["kam.visit.plan.return"].with_user(self.head)
        dialog = dialog.with_context(active_ids=self.plan.ids)
        dialog.create({"comment": "Two calls more"}).action_apply()
        self.assertEqual(self.plan.state, "draft")
        self.assertTrue(self.told(self.kam, self.plan))

    def test_steps_in_their_order(self):
        plan, head = self.plan, self.plan.with_user(self.head)
        for action in (head.action_approve, head.action_close) + (
            lambda: head.action_return("No"),
        ):
            with self.assertRaises(UserError):
                action()
        plan.action_submit()
        with self.assertRaises(UserError):
            plan.action_submit()
        head.action_approve()
        with freeze_time("2026-07-12 20:00:00"), self.assertRaises(UserError):
            head.action_close()
        with freeze_time("2026-07-12 21:00:00"):
            head.action_close()
        self.assertEqual(plan.state, "closed")

    def test_state_and_week_are_not_written_directly(self):
        for vals in ({"state": "approved"}, {"closed_figures": {}}):
            with self.assertRaises(UserError):
                self.plan.write(vals)
        self.plan.action_submit()
        with self.assertRaises(UserError):
            self.plan.week_start = date(2026, 7, 13)
        with self.assertRaises(UserError):
            self.plan.sudo().unlink()

    @freeze_time(FRIDAY_BEFORE)
    def test_what_comes_to_a_plan_that_stands_is_unplanned(self):
        self.plan.action_submit()
        early = self.make_visit(self.client, at=self.at(1))
        self.plan.with_user(self.head).action_approve()
        late = self.make_visit(self.client, at=self.at(1))
        self.assertEqual((early | late).plan_id, self.plan)
        self.assertEqual((early.is_unplanned, late.is_unplanned), (False, True))

    @freeze_time(FRIDAY_BEFORE)
    def test_a_promised_visit_stays_in_its_plan(self):
        self.plan.action_submit()
        self.plan.with_user(self.head).action_approve()
        visit = self.plan.visit_ids.with_user(self.kam)
        visit.date_planned = self.at(8)
        self.assertEqual(visit.plan_id, self.plan)
        self.assertFalse(visit.is_unplanned)

    def test_other_managers_and_other_heads_see_no_plan(self):
        for user in (self.other_kam, self.other_head):
            plans = self.env["kam.visit.plan"].with_user(user)
            self.assertFalse(plans.search([]))
            self.assertFalse(
                self.env["kam.visit.plan.report"].with_user(user).search([])
            )
        self.assertTrue(self.plan.with_user(self.head).planned_count)

    def test_clients_keep_out_of_deleted_plans(self):
        visit = self.plan.visit_ids
        with self.assertRaises(UserError):
            self.plan.week_start = date(2026, 7, 13)
        self.plan.unlink()
        self.assertFalse(visit.plan_id)
        self.env["kam.client"].browse(self.client.id).write(
            {"partner_ids": [Command.link(self.make_partner("Shop").id)]}
        )
        self.assertEqual(len(self.client.partner_ids), 2)
