"""The main job in the browser, on a desk and on a phone."""

from datetime import datetime, time

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import freeze_time

from ..common import KamHttpCase


class TourCase(KamHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(1000, "Tour Client")
        cls.order = cls.make_order(cls.client.partner_ids, 1500)
        cls.order_url = f"/odoo/key-orders/{cls.order.id}"


class TestTours(TourCase):
    def test_held_asked_released_confirmed(self):
        self.start_tour(self.order_url, "kam_manager_is_held", login=self.kam.login)
        self.assertHeld(self.order, "limit")
        request = self.order.credit_decision_id.request_ids
        self.assertEqual(request.comment, "Paid tomorrow")
        self.assertEqual(request.user_id, self.kam)

        self.start_tour(
            "/odoo/credit-holds",
            "kam_controller_releases",
            login=self.controller.login,
        )
        decision = self.order.credit_decision_id
        self.assertEqual(decision.state, "released")
        self.assertEqual(decision.release_reason, "Money seen")
        self.assertEqual(decision.release_user_id, self.controller)

        self.start_tour(self.order_url, "kam_manager_confirms", login=self.kam.login)
        self.assertEqual(self.order.state, "sale")

    def test_cut_to_fit(self):
        self.order.order_line.write({"product_uom_qty": 10, "price_unit": 150})
        self.confirm(self.order)
        self.start_tour(self.order_url, "kam_manager_cuts", login=self.kam.login)
        self.assertEqual(self.order.amount_total, 900)
        self.assertEqual(self.order.state, "sale")

    def test_bar_moves_while_typing(self):
        self.start_tour(self.order_url, "kam_bar_moves", login=self.kam.login)

    def test_drag_to_another_stage(self):
        stages = self.env["kam.stage"].search([("is_closed", "=", False)])
        self.client.stage_id = stages[0]
        self.start_tour("/odoo/key-clients", "kam_client_drag", login=self.kam.login)
        self.assertEqual(self.client.stage_id, stages[1])

    def test_a_visit_is_dragged_in_the_calendar(self):
        """To the 15th of the next month; its meeting goes along."""
        month = self.today.replace(day=1) + relativedelta(months=1)
        visit = (
            self.env["kam.visit"]
            .with_user(self.kam)
            .create(
                {
                    "client_id": self.client.id,
                    "date_planned": f"{month.replace(day=14)} 09:00:00",
                }
            )
        )
        self.start_tour("/odoo/visit-calendar", "kam_visit_drag", login=self.kam.login)
        moved = datetime.combine(month.replace(day=15), time(9))
        self.assertEqual(visit.date_planned, moved)
        self.assertEqual(visit.calendar_event_id.start, visit.date_planned)


class TestHeadTours(TourCase):
    def test_customers_are_classified(self):
        big = self.make_partner("Tour Big")
        self.make_invoice(big, 9000, date="2021-06-01")
        self.make_invoice(self.client.partner_ids, 1, date="2021-06-01")
        self.make_invoice(self.make_partner("Tour Small"), 20, date="2021-06-01")
        run = (
            self.env["kam.classification"]
            .with_user(self.head)
            .create(
                {
                    "date_from": "2021-01-01",
                    "date_to": "2021-12-31",
                    "base": "turnover",
                }
            )
        )
        self.start_tour(
            f"/odoo/client-classification/{run.id}",
            "kam_head_classifies",
            login=self.head.login,
        )
        self.assertEqual(run.state, "done")
        self.assertTrue(big.is_key_client)
        self.assertTrue(self.client.active)
        lines = run.line_ids.filtered(lambda line: line.decision != "none")
        self.assertEqual(
            {line.display_name: line.decision for line in lines},
            {"Tour Big": "accepted", "Tour Client": "refused"},
        )
        self.assertEqual(lines.decision_user_id, self.head)

    def test_a_client_is_handed_over(self):
        self.other_kam.name = "Tour Successor"
        self.start_tour(
            "/odoo/key-clients?view_type=list",
            "kam_head_hands_over",
            login=self.director.login,
        )
        self.assertEqual(self.client.manager_id, self.other_kam)
        period = self.client.assignment_ids.filtered(
            lambda period: period.manager_id == self.other_kam
        )
        self.assertEqual(period.reason, "New districts")
        self.assertEqual(period.user_id, self.director)


class TestSubstitutionTours(TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kam.name, cls.other_kam.name = "Tour Absent", "Tour Substitute"
        now = fields.Datetime.now()
        cls.visit = cls.env["kam.visit"].create(
            {
                "client_id": cls.client.id,
                "user_id": cls.kam.id,
                "date_planned": now.replace(hour=23, minute=0, second=0),
            }
        )

    def test_head_makes_one_and_the_substitute_works(self):
        self.start_tour(
            "/odoo/substitutions",
            "kam_head_makes_a_substitution",
            login=self.head.login,
        )
        substitution = self.env["kam.substitution"].search(
            [("absent_user_id", "=", self.kam.id)]
        )
        self.assertEqual(substitution.state, "active")
        self.assertEqual(
            (self.visit.user_id, self.visit.on_behalf_of_id),
            (self.other_kam, self.kam),
        )
        self.start_tour(
            "/odoo/key-clients?view_type=list",
            "kam_substitute_works",
            login=self.other_kam.login,
        )
        order = self.env["sale.order"].search([("on_behalf_of_id", "=", self.kam.id)])
        self.assertEqual(order.taken_by_id, self.other_kam)
        self.assertEqual(order.kam_client_id, self.client)


class TestCollectionTours(KamHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(1000, "Tour Debtor")
        cls.invoice = cls.make_invoice(
            cls.client.partner_ids, 500, date=cls.day(-40), due=cls.day(-10)
        )
        cls.case = cls.env["kam.collection.debt"]._open_cases(cls.client.ids)

    def walk(self, path, tour):
        self.start_tour(path, tour, login=self.controller.login)

    def test_a_case_is_worked_to_a_kept_promise(self):
        self.walk("/odoo/collection", "kam_controller_calls")
        promise = self.case.step_ids.promise_id
        self.assertEqual((promise.amount, promise.user_id), (500, self.controller))

        self.pay(500, self.invoice)
        with freeze_time(self.day(7)):
            self.env["kam.promise"]._judge(self.company)
        self.env["kam.collection.debt"]._open_cases(self.client.ids)
        self.walk("/odoo/promises", "kam_controller_sees_it_kept")
        self.assertEqual(self.case.state, "closed")

    def test_the_next_case_is_one_click_away(self):
        smaller = self.make_limited(1000, "Tour Smaller")
        self.make_invoice(
            smaller.partner_ids, 90, date=self.day(-40), due=self.day(-10)
        )
        self.env["kam.collection"].search(
            [("id", "!=", self.case.id)]
        ).next_date = self.day(1)
        self.env["kam.collection.debt"]._open_cases(smaller.ids)
        self.walk("/odoo/collection", "kam_controller_goes_on")

    def test_a_promise_and_a_dispute_are_entered(self):
        self.walk("/odoo/promises", "kam_controller_enters_a_promise")
        promise = self.client.promise_ids
        self.assertEqual((promise.amount, promise.move_ids), (100, self.invoice))
        self.walk("/odoo/disputes", "kam_controller_enters_a_dispute")
        self.assertEqual(self.client.dispute_ids.amount, 40)

    def test_a_case_is_dragged_forward_with_a_reason(self):
        self.walk("/odoo/collection", "kam_controller_drags")
        step = self.case.step_ids.filtered(lambda step: step.kind == "stage")
        self.assertEqual(step.result, "They do not answer")
        self.assertEqual(step.stage_id, self.case.stage_id)
        self.assertFalse(self.case.letter_ids)


class TestVisitTours(TourCase):
    def test_a_week_is_proposed_submitted_and_approved(self):
        self.client.tier_id = self.env["kam.tier"].create(
            {"name": "Weekly", "visit_interval_days": 7}
        )
        plan = self.env["kam.visit.plan"].with_user(self.kam).create({})
        url = f"/odoo/weekly-plans/{plan.id}"
        self.start_tour(url, "kam_manager_plans", login=self.kam.login)
        self.assertEqual(plan.state, "submitted")
        self.start_tour(
            "/odoo/weekly-plans", "kam_head_approves_week", login=self.head.login
        )
        self.assertEqual(plan.state, "approved")


class TestPhoneTours(TourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_held_and_asked_on_a_phone(self):
        self.start_tour(
            self.order_url, "kam_manager_is_held_phone", login=self.kam.login
        )
        self.assertHeld(self.order, "limit")
        self.assertTrue(self.order.credit_decision_id.request_ids)

    def test_released_on_a_phone(self):
        self.confirm(self.order)
        self.start_tour(
            "/odoo/credit-holds",
            "kam_controller_releases",
            login=self.controller.login,
        )
        self.assertEqual(self.order.credit_state, "released")

    def test_brief_is_read_on_a_phone(self):
        """Nothing to scroll sideways, and the buyer is rung with one touch."""
        self.env["res.partner"].create(
            {
                "name": "Tour Buyer",
                "parent_id": self.client.partner_ids.id,
                "phone": "+7 495 000-00-01",
            }
        )
        self.make_invoice(self.client.partner_ids, 700, date=self.day(-40))
        self.browser_js(
            f"/report/html/key_account_management.report_client_brief/{self.client.id}",
            """
            const { scrollWidth, clientWidth } = document.documentElement;
            if (scrollWidth > clientWidth) {
                console.error("The brief is wider than the phone");
            } else if (!document.querySelector(".o_kam_brief a[href^='tel:']")) {
                console.error("Nobody can be rung");
            } else {
                console.log("test successful");
            }
            """,
            ready="!!document.querySelector('.o_kam_brief_name')",
            login=self.kam.login,
        )

    def test_a_visit_is_reported_on_a_phone(self):
        self.start_tour(
            f"/odoo/key-clients/{self.client.id}",
            "kam_manager_reports_phone",
            login=self.kam.login,
        )
        visit = self.client.visit_ids
        self.assertEqual((visit.state, visit.kind_code), ("done", "call"))
        self.assertEqual(visit.next_step, "Send the price list")
