"""Prepaid orders pass everything but a stop."""

from ..common import KamCommon


class TestPrepaid(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_payments()

    def setUp(self):
        super().setUp()
        self.client = self.make_client("Payer")
        self.policy = self.make_policy(
            limit_action="hold",
            overdue_action="hold",
            expired_action="hold",
            stop_action="hold",
            prepaid_exempt=True,
        )
        self.line = self.make_line(
            self.client, 0, policy_id=self.policy.id, valid_until=self.day(-1)
        )
        self.partner = self.client.partner_ids
        self.make_invoice(self.partner, 5000, date=self.day(-60))

    def gate(self, order):
        self.confirm(order)
        order.invalidate_recordset()
        return order.state == "sale"

    def test_nothing_paid_is_held(self):
        self.assertFalse(self.gate(self.make_order(self.partner, 100)))

    def test_confirmed_or_authorised_transactions_cover_the_order(self):
        for state in ("done", "authorized"):
            with self.subTest(state):
                order = self.make_order(self.partner, 100)
                self.transact(order, 100, state)
                self.assertTrue(self.gate(order))

    def test_other_transactions_cover_nothing(self):
        for state in ("draft", "pending", "cancel", "error"):
            with self.subTest(state):
                order = self.make_order(self.partner, 100)
                self.transact(order, 100, state)
                self.assertFalse(self.gate(order))

    def test_a_cent_too_little_covers_nothing(self):
        order = self.make_order(self.partner, 100)
        self.transact(order, 99.99, "done")
        self.assertFalse(self.gate(order))

    def test_two_transactions_add_up(self):
        order = self.make_order(self.partner, 100)
        self.transact(order, 60, "done")
        self.transact(order, 40, "authorized")
        self.assertTrue(self.gate(order))

    def test_a_stop_holds_a_prepaid_order(self):
        self.line.write({"is_stopped": True, "stop_reason": "Sued us"})
        order = self.make_order(self.partner, 100)
        self.transact(order, 100, "done")
        self.confirm(order)
        self.assertHeld(order, "stop")

    def test_without_the_option_money_on_its_way_covers_nothing(self):
        self.policy.prepaid_exempt = False
        order = self.make_order(self.partner, 100)
        self.transact(order, 100, "done")
        self.assertFalse(self.gate(order))

    def test_a_quotation_paid_down_in_full_is_covered(self):
        order = self.make_order(self.partner, 100)
        self.pay(100, invoice=self.make_down_payment(order, 100))
        self.assertMoney(order._credit_evaluate(), order_amount=0)
        self.assertTrue(self.gate(order))

    def test_paid_down_in_part_the_rest_must_be_covered(self):
        order = self.make_order(self.partner, 100)
        self.pay(40, invoice=self.make_down_payment(order, 40))
        self.assertFalse(self.gate(order))
        self.transact(order, 59.99, "authorized")
        self.assertFalse(self.gate(order))
        self.transact(order, 0.01, "authorized")
        self.assertTrue(self.gate(order))

    def test_a_posted_payment_counts_in_the_receivable_and_only_there(self):
        self.line.write({"limit": 5000, "valid_until": self.day(5)})
        self.policy.overdue_action = "ignore"
        order = self.make_order(self.partner, 100)
        payment = self.transact(order, 100)._create_payment()
        self.assertEqual(payment.move_id.state, "posted")
        decision = order._credit_evaluate()
        self.assertMoney(decision, receivable=4900, order_amount=100, headroom=0)
        self.assertEqual(decision.outcome, "pass")

    def test_posted_money_covers_the_order_that_it_was_paid_for(self):
        order = self.make_order(self.partner, 100)
        self.transact(order, 100)._create_payment()
        self.confirm(order)
        self.assertPassed(order)
        self.assertTrue(order.credit_decision_id.is_prepaid)

    def test_posted_money_does_not_cover_a_second_time(self):
        order = self.make_order(self.partner, 100)
        self.transact(order, 100)._create_payment()
        self.confirm(order)
        self.confirm(other := self.make_order(self.partner, 100))
        self.assertHeld(other, "limit", "overdue", "expired")

    def test_a_foreign_transaction_covers_a_foreign_order(self):
        euro = self.make_currency("EUR", (-400, 0.5))
        order = self.make_order(self.partner, 100, currency=euro)
        self.transact(order, 100, "done")
        self.assertTrue(self.gate(order))
        short = self.make_order(self.partner, 100, currency=euro)
        self.transact(short, 99.99, "done")
        self.assertFalse(self.gate(short))

    def test_paying_online_confirms_a_prepaid_order(self):
        order = self.make_order(self.partner, 100, require_payment=True)
        transaction = self.transact(order, 100, "done")
        transaction._post_process()
        order.invalidate_recordset()
        self.assertEqual(order.state, "sale")
