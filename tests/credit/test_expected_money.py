"""When the money for a held order will probably be there."""

from datetime import date, timedelta

from odoo.addons.key_account_management.models.credit.expected_money import (
    CAUTIOUS,
    MEDIAN,
    get_expected_date,
    get_quantile,
)
from odoo.addons.key_account_management_demo.models.buyers import BUYERS, FIXED
from odoo.addons.key_account_management_demo.models.market import Good, Market, workday

from ..common import KamCommon
from .test_behaviour import BehaviourCase

TODAY = date(2026, 7, 1)
CATEGORIES = ("grocery", "dairy", "drinks", "sweets", "frozen", "canned")


class TestCalculation(KamCommon):
    """The calculation alone."""

    def test_money_weighs(self):
        parts = [(0, 100), (3, 100), (10, 800)]
        self.assertEqual(get_quantile(parts, MEDIAN), 10)
        self.assertEqual(get_quantile([(0, 500), (10, 500)], MEDIAN), 0)
        self.assertEqual(get_quantile([(0, 800), (10, 200)], CAUTIOUS), 0)
        self.assertEqual(get_quantile([(0, 799), (10, 201)], CAUTIOUS), 10)
        self.assertIsNone(get_quantile([], MEDIAN))

    def expected(self, items, needed, parts=((5, 1),), share=MEDIAN):
        items = [(TODAY + timedelta(days=due), amount) for due, amount in items]
        day = get_expected_date(items, needed, list(parts), share, TODAY)
        return day and (day - TODAY).days

    def test_until_it_is_enough(self):
        items = [(10, 300), (20, 300)]
        self.assertEqual(self.expected(items, 300), 15)
        self.assertEqual(self.expected(items, 301), 25)
        self.assertIsNone(self.expected(items, 601))

    def test_early_payers_are_expected_early_but_not_in_the_past(self):
        self.assertEqual(self.expected([(10, 1)], 1, [(-4, 1)]), 6)
        self.assertEqual(self.expected([(2, 1)], 1, [(-4, 1)]), 0)

    def test_what_is_late_comes_like_what_was_later(self):
        parts = [(2, 50), (10, 30), (20, 20)]
        self.assertEqual(self.expected([(0, 1)], 1, parts), 2)
        self.assertEqual(self.expected([(-5, 1)], 1, parts), 5)
        self.assertEqual(self.expected([(-5, 1)], 1, parts, CAUTIOUS), 15)

    def test_later_than_ever_is_not_expected(self):
        self.assertIsNone(self.expected([(-20, 1)], 1, [(20, 1)]))

    def test_without_history_on_the_due_date(self):
        self.assertEqual(self.expected([(10, 1)], 1, ()), 10)
        self.assertEqual(self.expected([(-10, 1)], 1, ()), 0)


class TestHoldout(KamCommon):
    """Payments of the demo company, foretold from those before."""

    def payments(self, today):
        """Dict customer -> (due date, days late, amount) as the demo pays them."""
        goods = [
            Good(number, 10.0 * number, category, True)
            for number, category in enumerate(CATEGORIES * 4, 1)
        ]
        market = Market(goods, today - timedelta(days=720), today)
        result = {}
        for deal in market.get_deals(BUYERS, FIXED):
            for shipment in deal.shipments:
                if shipment.is_settled:
                    continue
                due = shipment.day + timedelta(days=30)
                pairs = zip(deal.lines, shipment.quantities, strict=True)
                total = sum(good.price * number for (good, _n), number in pairs)
                for late, share in shipment.payments:
                    day = max(workday(due + timedelta(days=late)), shipment.day)
                    result.setdefault(deal.key, []).append(
                        (due, (day - due).days, total * share)
                    )
        return result

    def test_most_sums_are_paid_by_the_cautious_date(self):
        for today in (date(2026, 3, 31), TODAY, date(2026, 11, 24)):
            split = today - timedelta(days=120)
            kept = foretold = 0
            for payments in self.payments(today).values():
                past = [(late, sum_) for due, late, sum_ in payments if due < split]
                if not past:
                    continue
                days = get_quantile(past, CAUTIOUS)
                later = [part for part in payments if split <= part[0] <= today]
                foretold += sum(amount for _due, _late, amount in later)
                kept += sum(amount for _due, late, amount in later if late <= days)
            with self.subTest(today):
                self.assertGreaterEqual(kept / foretold, 0.7)
                self.assertLessEqual(kept / foretold, 0.9)


class TestHeldOrder(BehaviourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        policy = cls.make_policy(limit_action="hold")
        cls.make_line(cls.client, 1000, policy_id=policy.id)

    def hold(self, amount):
        order = self.make_order(self.partner, amount)
        order.with_user(self.kam).action_confirm()
        self.assertEqual(order.credit_state, "hold")
        return order

    def open_invoice(self, amount, due):
        return self.make_invoice(self.partner, amount, due=self.day(due))

    def test_two_dates(self):
        self.bill(500, (300, 2), (200, 9))
        self.open_invoice(600, 10)
        self.open_invoice(300, 30)
        decision = self.hold(700).credit_decision_id  # 600 short
        self.assertEqual(decision.expected_date, self.day(12))
        self.assertEqual(decision.expected_cautious_date, self.day(19))
        decision = self.hold(701).credit_decision_id
        self.assertEqual(decision.expected_date, self.day(32))

    def test_unallocated_money_is_no_new_money(self):
        self.open_invoice(600, 10)
        self.open_invoice(500, 30)
        self.pay(100, partner=self.partner)
        decision = self.hold(500).credit_decision_id  # 500 short
        self.assertEqual(decision.expected_date, self.day(10))
        decision = self.hold(501).credit_decision_id
        self.assertEqual(decision.expected_date, self.day(30))

    def test_not_enough_is_said(self):
        self.open_invoice(600, 10)
        order = self.hold(1100)
        self.assertFalse(order.credit_decision_id.expected_date)
        self.assertIn("do not bring", order.with_user(self.kam).credit_expected_message)

    def test_shown_on_the_order_to_those_who_see_the_decision(self):
        self.open_invoice(600, 10)
        order = self.hold(600)
        message = order.with_user(self.kam).credit_expected_message
        self.assertIn("by", message)
        order.user_id = self.other_kam
        self.env.flush_all()
        self.assertFalse(order.with_user(self.other_kam).credit_expected_message)

    def test_nothing_is_waited_for(self):
        order = self.make_order(self.partner, 10)
        order.with_user(self.kam).action_confirm()
        self.assertFalse(order.credit_decision_id.expected_message)
        self.assertFalse(order.credit_expected_message)

    def test_queries_do_not_grow(self):
        decisions = self.env["kam.credit.decision"]
        for number in range(6):
            client = self.make_limited(10, name=f"Short {number}")
            order = self.make_order(client.partner_ids, 100)
            order.with_user(self.kam).action_confirm()
            decisions |= order.credit_decision_id
        decisions.mapped("shortfall")
        self.env["kam.credit.ledger"]._today()
        self.env.flush_all()
        with self.assertQueryCount(4):
            decisions.mapped("expected_date")
