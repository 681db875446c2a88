"""Figures of a week, counted by hand beside the query."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.fields import Command

from .common import FRIDAY_BEFORE, VisitCase

AFTER = "2026-07-13 06:00:00"


class TestFigures(VisitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = cls.env["kam.client"]
        for name in ("One", "Two", "Three", "Four"):
            cls.clients |= cls.make_client(name, tier_id=cls.tier.id)
        cls.env["kam.assignment"].search([]).sudo().flush_recordset()
        cls.env.cr.execute("UPDATE kam_assignment SET date_from = '2026-01-01'")
        cls.env.invalidate_all()
        with freeze_time(FRIDAY_BEFORE):
            cls.plan = cls.make_plan()
            cls.visits = cls.env["kam.visit"]
            for number, client in enumerate(cls.clients):
                cls.visits |= cls.make_visit(client, at=cls.at(number))
            cls.plan.action_submit()
            cls.plan.with_user(cls.head).action_approve()

    def figures(self, *names):
        self.plan.invalidate_recordset()
        return tuple(self.plan[name] for name in names)

    def done(self, visit, day, hour=9, **vals):
        with freeze_time(self.at(day, hour + 1)):
            late = visit.state == "missed"
            vals = {"missed_reason": "Late", **vals} if late else vals
            self.finish(visit, date_done=self.at(day, hour), **vals)

    def test_nothing_done_yet(self):
        with freeze_time(FRIDAY_BEFORE):
            self.assertEqual(
                self.figures("planned_count", "missed_count", "adherence"), (4, 0, 0)
            )
            self.assertEqual(
                self.figures("coverage", "strike_rate", "portfolio_count"), (0, 0, 4)
            )

    def test_done_late_missed_and_unplanned(self):
        one, two, three, four = self.visits
        self.done(one, 0)
        self.done(two, 4)  # late
        with freeze_time(self.at(3)):
            three.action_cancel("They are closed", by_client=True)
            extra = self.make_visit(self.clients[2], at=self.at(3, 8))
            self.assertTrue(extra.is_unplanned)
            self.finish(extra)
        with freeze_time(AFTER):
            names = ("planned_count", "done_count", "on_day_count", "missed_count")
            self.assertEqual(self.figures(*names), (3, 2, 1, 1))
            self.assertEqual(self.figures("unplanned_count"), (1,))
            self.assertAlmostEqual(self.plan.adherence, 2 / 3)
            self.assertAlmostEqual(self.plan.coverage, 3 / 4)
        self.assertEqual(four.decision, "open")

    def test_cancelled_by_us_counts(self):
        with freeze_time(self.at(0)):
            self.visits[0].action_cancel("No time")
        with freeze_time(AFTER):
            self.assertEqual(self.figures("planned_count", "missed_count"), (4, 3))

    def test_an_order_counts_for_the_latest_visit_before_it(self):
        client = self.clients[0]
        self.done(self.visits[0], 0)
        second = self.make_done(client, self.at(1), plan_id=self.plan.id)
        third = self.make_done(client, self.at(2), plan_id=self.plan.id)
        self.assertEqual(self.figures("touch_count", "success_count"), (3, 0))
        order = self.make_confirmed(client.partner_ids, 10)
        for moment, success in (
            (self.at(0, 8), 0),  # before any
            (self.at(0, 10), 1),  # for the first
            (self.at(2, 10), 1),  # for the third
            (self.at(5, 8), 1),  # three days after the third
            (self.at(5, 10), 0),  # later
        ):
            order.date_order = moment
            with self.subTest(moment):
                self.assertEqual(self.figures("success_count"), (success,))
        order.date_order = self.at(20)
        second.order_ids = [Command.link(order.id)]
        self.assertEqual(self.figures("success_count"), (1,))
        order.date_order = self.at(2, 10)
        self.assertEqual(self.figures("success_count"), (1,), "linked: not the third's")
        self.assertEqual(third.order_ids.ids, [])

    def test_quotations_others_and_events_do_not_count(self):
        self.done(self.visits[0], 0)
        self.make_order(self.clients[0].partner_ids, 10).date_order = self.at(0, 10)
        order = self.make_confirmed(self.clients[1].partner_ids, 10)
        order.date_order = self.at(0, 10)
        event = self.ref("kam_visit_kind_event")
        self.make_done(self.clients[1], self.at(0), kind=event, plan_id=self.plan.id)
        self.assertEqual(self.figures("touch_count", "success_count"), (1, 0))

    def test_closed_figures_stay_and_late_work_goes_to_its_week(self):
        self.done(self.visits[0], 0)
        with freeze_time(AFTER):
            self.plan.with_user(self.head).action_close()
            next_plan = self.make_plan(week=date(2026, 7, 13))
            late = self.visits[1]
            self.finish(late, missed_reason="Forgot", date_done=datetime(2026, 7, 13))
            moved = self.visits[2]
            moved.date_planned = datetime(2026, 7, 14, 9)
        self.assertEqual((late | moved).plan_id, next_plan)
        self.assertEqual(set((late | moved).mapped("is_unplanned")), {True})
        self.assertEqual(self.figures("planned_count", "done_count"), (4, 1))
        self.assertEqual(self.plan.adherence, 0.25)
        self.assertEqual((next_plan.unplanned_count, next_plan.planned_count), (1, 0))

    def test_the_portfolio_is_that_of_the_sunday(self):
        with freeze_time(AFTER):
            self.clients[0].with_user(self.director).action_hand_over(
                self.other_kam, date(2026, 7, 13), "Districts"
            )
            self.assertEqual(self.figures("portfolio_count"), (4,))
            later = self.make_plan(week=date(2026, 7, 13))
            self.assertEqual(later.portfolio_count, 3)

    def test_coverage_by_interval(self):
        tier = self.make_tier("Calls", 14, 3)
        self.clients.tier_id = tier
        self.make_done(self.clients[0], self.at(-8))  # both visit and call
        self.make_done(self.clients[0], self.at(3), kind=self.call_kind)
        self.make_done(self.clients[1], self.at(3))
        self.make_done(self.clients[2], self.at(2))
        self.make_done(self.clients[3], self.at(6), kind=self.call_kind)
        self.assertEqual(self.figures("covered_count"), (2,))
        tier.write({"visit_interval_days": 0, "call_interval_days": 0})
        self.assertEqual(self.figures("covered_count"), (4,))

    def test_grouped_figures_of_the_head(self):
        self.done(self.visits[0], 0)
        rows = self.env["kam.visit.plan.report"].with_user(self.head)
        groups = rows._read_group(
            [], ["user_id"], ["adherence:avg", "planned_count:sum"]
        )
        self.assertEqual(groups, [(self.kam, 0.25, 4)])

    def test_figures_of_many_plans_take_one_query(self):
        plans = self.plan
        for week in range(1, 9):
            plans |= self.make_plan(week=date(2026, 7, 6) + timedelta(days=7 * week))
        self.env.flush_all()
        plans.invalidate_recordset()
        plans.mapped("state")
        with self.assertQueryCount(1):
            plans.mapped("adherence")
