"""Disputes count for behaviour and, on request, at the gate, once accepted."""

from odoo.exceptions import UserError

from ..common import KamCommon


class TestDispute(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(
            10000, name="Disputer", overdue_action="hold", overdue_min_amount=1
        )
        cls.partner = cls.client.partner_ids
        cls.invoice = cls.make_invoice(
            cls.partner, 100, date=cls.day(-20), due=cls.day(-10)
        )

    def dispute(self, amount=60, user=None):
        return (
            self.env["kam.dispute"]
            .with_user(user or self.kam)
            .create(
                {
                    "move_id": self.invoice.id,
                    "amount": amount,
                    "reason": "Short",
                    "deadline": self.day(5),
                }
            )
        )

    def disputed(self, day=0):
        ledger = self.env["kam.credit.ledger"]
        rows = self.env.execute_query(ledger._get_disputed_query(self.day(day)))
        return [amount for line, amount in rows if line in self.invoice.line_ids.ids]

    def test_counts_only_when_accepted(self):
        dispute = self.dispute()
        self.assertEqual(self.disputed(), [])
        dispute.with_user(self.controller).action_accept("Right")
        self.assertEqual(self.disputed(), [60])
        self.assertEqual(self.disputed(-1), [])

    def test_rejected_counts_nowhere(self):
        self.dispute().with_user(self.head).action_reject("Wrong")
        self.assertEqual(self.disputed(), [])

    def test_manager_and_author_do_not_decide(self):
        with self.assertRaises(UserError):
            self.dispute(1).with_user(self.kam).action_accept("Mine")
        with self.assertRaises(UserError):
            self.dispute(1, self.controller).action_accept("Mine")

    def test_not_more_than_the_document(self):
        self.dispute(60)
        with self.assertRefused():
            self.dispute(41)

    def test_gate_counts_it_unless_the_policy_says_no(self):
        self.dispute(100).with_user(self.controller).action_accept("Right")
        self.assertEqual(self.judge(self.client).outcome, "hold")
        self.client.credit_line_ids.policy_id.count_disputed = False
        decision = self.judge(self.client)
        self.assertEqual((decision.outcome, decision.receivable), ("pass", 100))
