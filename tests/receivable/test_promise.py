"""Promises are judged by the money that came in time."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from ..common import KamCommon

TODAY = "2026-06-10"  # a Wednesday


@freeze_time(TODAY)
class TestPromise(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Promiser")
        cls.partner = cls.client.partner_ids

    def promise(self, amount=100, day=8, made=1, **vals):
        return self.env["kam.promise"].create(
            {
                "client_id": self.client.id,
                "amount": amount,
                "date": date(2026, 6, day),
                "date_made": date(2026, 6, made),
                **vals,
            }
        )

    def pay_on(self, amount, day, **kwargs):
        kwargs.setdefault("partner", self.partner)
        return self.pay(amount, date=date(2026, 6, day), **kwargs)

    def judged(self, promise):
        self.env["kam.promise"]._judge()
        return promise.state, promise.paid

    def test_within_one_unit_is_kept(self):
        promise = self.promise()
        self.pay_on(99, 8)
        self.assertEqual(self.judged(promise), ("kept", 99))

    def test_less_is_partly_kept(self):
        promise = self.promise()
        self.pay_on(98.99, 8)
        self.assertEqual(self.judged(promise), ("partly", 98.99))

    def test_money_outside_the_days_does_not_count(self):
        promise = self.promise(day=8, made=3)
        self.pay_on(100, 2)
        self.pay_on(100, 9)
        self.assertEqual(self.judged(promise), ("broken", 0))

    def test_not_judged_on_its_day(self):
        promise = self.promise(day=10)
        self.assertEqual(self.judged(promise), ("open", 0))

    def test_weekend_moves_and_bank_days_count(self):
        company = self.company
        self.assertEqual(
            company._get_promise_deadline(date(2026, 6, 6)), date(2026, 6, 8)
        )
        company.kam_bank_days = 2
        self.assertEqual(
            company._get_promise_deadline(date(2026, 6, 4)), date(2026, 6, 8)
        )

    def test_a_receipt_serves_the_earliest_promise(self):
        later, earlier = self.promise(day=9), self.promise(day=8)
        self.pay_on(100, 5)
        self.assertEqual(self.judged(earlier), ("kept", 100))
        self.assertEqual(self.judged(later), ("broken", 0))

    def test_credit_note_does_not_count(self):
        promise = self.promise()
        self.make_invoice(
            self.partner, 100, date=date(2026, 6, 5), move_type="out_refund"
        )
        self.assertEqual(self.judged(promise), ("broken", 0))

    def test_only_its_documents(self):
        invoice, other = (
            self.make_invoice(self.partner, 100, date=date(2026, 6, 1))
            for _ in range(2)
        )
        promise = self.promise(move_ids=invoice.ids)
        self.pay_on(100, 5, invoice=other)
        self.assertEqual(self.judged(promise), ("broken", 0))
        self.pay_on(100, 5, invoice=invoice)
        self.assertEqual(self.judged(promise), ("kept", 100))
        self.assertIn("Judged again", str(promise.message_ids.mapped("body")))

    def test_judging_twice_changes_nothing(self):
        promise = self.promise()
        self.pay_on(50, 8)
        self.assertEqual(self.judged(promise), self.judged(promise))

    def test_counts_for_the_check(self):
        self.promise(), self.judged(self.promise(day=9))
        counts = self.env["kam.client"]._get_broken_promise_counts(
            self.company, date(2026, 6, 9)
        )
        self.assertEqual(counts.get(self.client.id), 1)
        self.assertNotIn(self.make_client("New").id, counts)

    def test_cancelling_takes_a_reason_and_is_final(self):
        promise = self.promise(day=12).with_user(self.kam)
        with self.assertRaises(UserError):
            promise.action_cancel(" ")
        promise.action_cancel("Agreed anew")
        with self.assertRaises(UserError):
            promise.action_cancel("Again")
        self.assertEqual(promise.state, "cancelled")

    def test_ours_is_closed_by_hand(self):
        ours = self.promise(direction="ours", amount=0).with_user(self.kam)
        self.assertEqual(ours.kind, "answer")
        ours.action_keep()
        self.assertEqual(ours.state, "kept")
        with self.assertRaises(UserError):
            self.promise().action_keep()

    def test_nobody_changes_a_promise(self):
        promise = self.promise()
        with self.assertRaises(AccessError):
            promise.with_user(self.controller).write({"amount": 1})
        with self.assertRaises(AccessError):
            promise.with_user(self.support).action_cancel("No")
