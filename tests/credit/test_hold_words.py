"""What the form of a held order tells: who may release it, who asked, until when."""

from lxml import etree

from odoo.tests import freeze_time
from odoo.tools.safe_eval import safe_eval

from .test_release import ReleaseCase


class TestHoldWords(ReleaseCase):
    def read(self, order, user):
        order.invalidate_recordset()
        return order.with_user(user)

    def test_below_the_authority_nobody_else_is_named(self):
        order = self.make_held(1000 + 100_000)
        self.assertFalse(self.read(order, self.controller).credit_who_message)

    def test_above_the_authority_who_may_is_named(self):
        order = self.make_held(1000.01 + 100_000)
        text = self.read(order, self.controller).credit_who_message
        self.assertIn("Above your authority of 100,000.", text)
        self.assertIn(self.head.name, text)
        self.assertNotIn(self.controller.name, text)

    def test_a_reader_without_authority_is_told_who_may(self):
        order = self.make_held(1500)
        text = self.read(order, self.kam).credit_who_message
        self.assertIn(self.controller.name, text)
        self.assertNotIn("Above your authority", text)

    def test_a_stranger_to_the_client_is_told_nothing(self):
        order = self.make_held(1500)
        order.with_user(self.kam).action_credit_request("They pay on Monday")
        order.user_id = self.other_kam
        order = self.read(order, self.other_kam)
        self.assertFalse(order.credit_who_message)
        self.assertFalse(order.credit_asked_message)

    def test_the_last_request_is_named(self):
        order = self.make_held(1500)
        self.assertFalse(self.read(order, self.kam).credit_asked_message)
        order.with_user(self.kam).action_credit_request("They pay on Monday")
        order.with_user(self.kam).action_credit_request("They pay today")
        text = self.read(order, self.kam).credit_asked_message
        self.assertIn(self.kam.name, text)
        self.assertIn("They pay today", text)
        self.assertNotIn("Monday", text)

    def test_nothing_is_asked_of_a_released_order(self):
        order = self.make_held(1500)
        order.with_user(self.kam).action_credit_request("They pay on Monday")
        self.release(order)
        order = self.read(order, self.kam)
        self.assertFalse(order.credit_asked_message)
        self.assertFalse(order.credit_who_message)
        self.assertIn("valid until", order.credit_release_message)

    def test_a_release_warns_from_its_last_three_days_on(self):
        for days, warns in ((3, False), (2, True), (0, True)):
            with self.subTest(days=days):
                order = self.make_held(1500)
                self.release(order, until=self.day(days))
                self.assertEqual(self.read(order, self.kam).credit_release_ends, warns)

    def test_a_release_that_ran_out_says_so(self):
        order = self.make_held(1500)
        self.release(order, until=self.day(1))
        with freeze_time(self.day(2)):
            order = self.read(order, self.kam)
            self.assertTrue(order.credit_release_ends)
            self.assertIn("ran out", order.credit_release_message)

    def test_a_confirmed_order_does_not_warn(self):
        order = self.make_held(1500)
        self.release(order, until=self.day(0))
        self.confirm(order)
        self.assertFalse(self.read(order, self.kam).credit_release_ends)

    def get_confirm_classes(self, **values):
        """Return the classes of the Confirm buttons that the manager sees."""
        arch = self.env["sale.order"].with_user(self.kam).get_view(view_type="form")
        buttons = etree.fromstring(arch["arch"]).iterfind(
            "header/button[@name='action_confirm']"
        )
        return [
            button.get("class", "")
            for button in buttons
            if not safe_eval(button.get("invisible"), values)
        ]

    def test_confirm_is_primary_once_released(self):
        for state, credit_state, classes in (
            ("draft", "none", [""]),
            ("draft", "hold", [""]),
            ("draft", "released", ["btn-primary"]),
            ("sent", "released", ["btn-primary"]),
            ("sale", "released", []),
        ):
            with self.subTest(state=state, credit_state=credit_state):
                found = self.get_confirm_classes(state=state, credit_state=credit_state)
                self.assertEqual(found, classes)


class TestHoldIsToldOnce(ReleaseCase):
    def notes(self, order):
        return order.message_ids.filtered(lambda m: "Credit decision" in m.body)

    def test_confirming_again_what_did_not_change_tells_nothing_new(self):
        order = self.make_held(1500)
        self.assertEqual(len(self.notes(order)), 1)
        self.confirm(order)
        self.assertEqual(len(order.credit_decision_ids), 2)
        self.assertEqual(len(self.notes(order)), 1)
        activities = order.activity_ids
        self.assertEqual(len(activities), len(activities.user_id))

    def test_another_amount_is_told(self):
        order = self.make_held(1500)
        order.order_line.price_unit = 1600
        self.confirm(order)
        self.assertEqual(len(self.notes(order)), 2)

    def test_after_a_rejection_it_is_told_again(self):
        order = self.make_held(1500)
        order.credit_decision_id.with_user(self.controller).action_reject("No")
        self.confirm(order)
        self.assertEqual(len(self.notes(order)), 2)

    def test_the_notification_names_an_order_once(self):
        order = self.make_order(self.client.partner_ids, 1500)
        params = order.with_user(self.kam).action_confirm()["params"]
        self.assertIn(order.name, params["title"])
        self.assertNotIn(order.name, params["message"])

    def test_the_day_of_a_release_is_written_as_the_reader_does(self):
        order = self.make_held(1500)
        self.release(order, until=self.day(3))
        words = [m.body for m in order.message_ids if "Released by" in m.body]
        self.assertIn(self.day(3).strftime("%m/%d/%Y"), words[0])
