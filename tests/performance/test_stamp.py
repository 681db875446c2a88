"""For whom an invoice counts: its stamp, and who changes it."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import PerformanceCase


class TestStamp(PerformanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls.sell(100, date(2026, 10, 5))
        with freeze_time("2026-10-10"):
            cls.client.with_user(cls.director).action_hand_over(
                cls.colleague, date(2026, 10, 10), "Load"
            )

    def test_a_credit_note_takes_the_manager_of_its_original(self):
        refund = self.credit_note(self.invoice, date=date(2026, 10, 20))
        self.assertEqual(refund.kam_manager_id, self.kam)

    def test_without_an_original_it_is_the_owners_of_its_day(self):
        refund = self.sell(-10, date(2026, 10, 20))
        self.assertEqual(refund.kam_manager_id, self.colleague)

    def test_reset_and_posted_again_it_stays(self):
        self.invoice.button_draft()
        self.invoice.invoice_date = date(2026, 10, 20)
        self.invoice.action_post()
        self.assertEqual(self.invoice.kam_manager_id, self.kam)

    def test_it_is_not_copied(self):
        self.assertFalse(self.invoice.copy().kam_manager_id)

    def test_the_head_changes_it_with_a_reason(self):
        move = self.invoice.with_user(self.head)
        with self.assertRaises(UserError):
            move.action_set_kam_manager(self.colleague, " ")
        move.action_set_kam_manager(self.colleague, "Prepared by her")
        self.assertEqual(self.invoice.kam_manager_id, self.colleague)
        self.assertIn("Prepared by her", self.invoice.message_ids[:1].body)

    def test_only_to_somebody_who_had_the_client(self):
        with self.assertRaisesRegex(UserError, "never looked after"):
            self.invoice.with_user(self.head).action_set_kam_manager(
                self.other_kam, "So"
            )

    def test_nobody_else_changes_it(self):
        for user in (self.kam, self.colleague, self.other_head, self.support):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.invoice.with_user(user).action_set_kam_manager(user, "So")
        with self.assertRaises(AccessError):
            self.invoice.with_user(self.head).write({"kam_manager_id": self.kam.id})
