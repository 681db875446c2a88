"""Orders confirmed together are judged one after another."""

import json

from odoo.fields import Command

from ..common import KamCommon


class TestJointDecision(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_limited(100_000)
        self.partner = self.client.partner_ids

    def make_orders(self, *amounts):
        orders = self.env["sale.order"]
        for amount in amounts:
            orders |= self.make_order(self.partner, amount)
        return orders

    def test_two_orders_of_80000_with_100000_free(self):
        first, second = orders = self.make_orders(80_000, 80_000)
        self.confirm(orders)
        self.assertPassed(first)
        self.assertHeld(second, "limit")
        self.assertMoney(
            second.credit_decision_id,
            uninvoiced=80_000,
            exposure=80_000,
            headroom=-60_000,
            shortfall=60_000,
        )

    def test_the_order_of_the_batch_decides(self):
        first, second = self.make_orders(80_000, 80_000)
        self.confirm(second | first)
        self.assertPassed(second)
        self.assertHeld(first, "limit")

    def test_a_held_order_takes_no_room_from_the_next(self):
        big, small = orders = self.make_orders(100_001, 100_000)
        self.confirm(orders)
        self.assertHeld(big, "limit")
        self.assertPassed(small)

    def test_a_batch_that_fits_to_the_last_cent(self):
        orders = self.make_orders(33_333.33, 33_333.33, 33_333.34)
        self.assertIs(self.confirm(orders), True)
        for order in orders:
            self.assertPassed(order)
        self.assertMoney(orders[-1].credit_decision_id, headroom=0)

    def test_the_answer_names_every_held_order_and_no_other(self):
        first, second, third = orders = self.make_orders(80_000, 80_000, 30_000)
        text = json.dumps(self.confirm(orders), default=str)
        self.assertNotIn(first.name, text)
        self.assertIn(second.name, text)
        self.assertIn(third.name, text)

    def test_pooled_over_the_partners_of_the_client(self):
        depot = self.make_partner("Depot")
        self.client.partner_ids += depot
        first = self.make_order(self.partner, 80_000)
        second = self.make_order(depot, 80_000)
        self.confirm(first | second)
        self.assertPassed(first)
        self.assertHeld(second, "limit")

    def test_clients_do_not_touch_each_other(self):
        other = self.make_limited(100_000, "Other")
        mine = self.make_order(self.partner, 80_000)
        theirs = self.make_order(other.partner_ids, 80_000)
        stranger = self.make_order(self.make_partner("Stranger"), 80_000)
        (mine | theirs | stranger).action_confirm()
        self.assertPassed(mine)
        self.assertPassed(theirs)
        self.assertEqual((stranger.state, stranger.credit_state), ("sale", "none"))

    def test_writing_the_state_of_a_batch(self):
        first, second = orders = self.make_orders(80_000, 80_000)
        orders.with_user(self.kam).write({"state": "sale"})
        self.assertPassed(first)
        self.assertHeld(second, "limit")

    def test_creating_a_confirmed_batch(self):
        vals = {
            "partner_id": self.partner.id,
            "user_id": self.kam.id,
            "state": "sale",
            "order_line": [Command.create(self.line_vals(price_unit=80_000))],
        }
        orders = self.env["sale.order"].with_user(self.kam)
        first, second = orders.create([vals, dict(vals)])
        self.assertPassed(first)
        self.assertHeld(second, "limit")

    def test_evaluating_a_batch_returns_its_decisions_in_order(self):
        orders = self.make_orders(80_000, 80_000)
        decisions = orders._credit_evaluate()
        self.assertEqual(decisions._name, "kam.credit.decision")
        self.assertEqual(decisions.order_id, orders)
        self.assertEqual(decisions.mapped("outcome"), ["pass", "hold"])

    def test_confirming_the_held_one_again_changes_nothing(self):
        first, second = orders = self.make_orders(80_000, 80_000)
        self.confirm(orders)
        self.confirm(second)
        self.assertHeld(second, "limit")
        first._action_cancel()
        self.confirm(second)
        self.assertPassed(second)


class TestQueries(KamCommon):
    """The gate reads what it needs in a fixed number of queries."""

    def count(self, partner, lines=10):
        """Queries of confirming an order of some lines by the button."""
        order = self.make_order(partner, lines=[{"price_unit": 1}] * lines)
        self.env.flush_all()
        self.env.invalidate_all()
        order.read(["name", "state", "amount_total", "partner_id"])
        before = self.env.cr.sql_log_count
        self.confirm(order)
        self.env.flush_all()
        self.assertEqual(order.state, "sale")
        return self.env.cr.sql_log_count - before

    def test_a_decision_takes_a_few_queries_more_than_core(self):
        partner = self.make_limited(100_000).partner_ids
        stranger = self.make_partner("Stranger")
        for warm in (partner, stranger):
            self.count(warm)
        self.assertLessEqual(self.count(partner) - self.count(stranger), 8)

    def test_whatever_the_number_of_lines(self):
        partner = self.make_limited(100_000).partner_ids
        self.count(partner)
        self.assertLessEqual(self.count(partner, 40), self.count(partner, 10))
