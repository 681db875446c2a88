"""Raising a confirmed order is judged; a hold caps its invoices."""

from odoo.exceptions import UserError
from odoo.fields import Command

from ..common import KamCommon


class RaiseCase(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_limited(1000)
        self.partner = self.client.partner_ids

    def make_sold(self, amount=800, partner=None, **kwargs):
        """An order that passed the gate."""
        order = self.make_order(partner or self.partner, amount, **kwargs)
        self.confirm(order)
        self.assertPassed(order)
        return order

    def assertState(self, order, credit_state):
        order.invalidate_recordset()
        self.assertEqual((order.state, order.credit_state), ("sale", credit_state))


class TestRaise(RaiseCase):
    def test_a_rise_that_fits_passes(self):
        order = self.make_sold()
        order.with_user(self.kam).order_line.price_unit = 1000
        self.assertState(order, "pass")
        self.assertMoney(order, credit_rest=1000)

    def test_a_rise_that_does_not_is_held(self):
        order = self.make_sold()
        order.with_user(self.kam).order_line.price_unit = 1000.01
        self.assertState(order, "hold")
        self.assertMoney(
            order.credit_decision_id,
            order_amount=1000.01,
            uninvoiced=0,
            shortfall=0.01,
        )

    def test_lowering_it_back_frees_it(self):
        order = self.make_sold()
        order.order_line.price_unit = 1001
        self.assertState(order, "hold")
        order.order_line.price_unit = 1000
        self.assertState(order, "pass")

    def test_a_change_that_raises_nothing_is_not_judged(self):
        order = self.make_sold()
        decision = order.credit_decision_id
        self.make_invoice(self.partner, 500)  # nothing is free any more
        order.note = "Ring the bell"
        order.client_order_ref = "PO 8"
        order.order_line.name = "Fine flour"
        order.order_line.price_unit = 700
        self.assertState(order, "pass")
        self.assertEqual(order.credit_decision_id, decision)

    def test_a_line_added(self):
        order = self.make_sold()
        line = Command.create(self.line_vals(price_unit=300))
        order.with_user(self.kam).write({"order_line": [line]})
        self.assertState(order, "hold")

    def test_a_line_created_on_its_own(self):
        order = self.make_sold()
        self.env["sale.order.line"].with_user(self.kam).create(
            {**self.line_vals(price_unit=300), "order_id": order.id}
        )
        self.assertState(order, "hold")

    def test_a_quantity_written_on_the_line(self):
        self.product.list_price = 800
        order = self.make_sold()
        order.with_user(self.kam).order_line.write({"product_uom_qty": 2})
        self.assertMoney(order, amount_total=1600)
        self.assertState(order, "hold")

    def test_a_discount_taken_back(self):
        order = self.make_sold(
            lines=[{"price_unit": 1600, "discount": 50}], amount=None
        )
        order.order_line.discount = 0
        self.assertState(order, "hold")

    def test_a_rebate_line_set_to_nothing(self):
        order = self.make_sold(
            amount=None, lines=[{"price_unit": 1600}, {"price_unit": -800}]
        )
        order.order_line[1].with_user(self.kam).price_unit = 0
        self.assertState(order, "hold")

    def test_a_tax_added(self):
        order = self.make_sold(900)
        order.order_line.tax_ids = self.tax
        self.assertState(order, "hold")

    def test_a_line_of_another_order_moved_here(self):
        order = self.make_sold(900)
        other = self.make_order(self.partner, 500)
        other.order_line.write({"order_id": order.id})
        self.assertState(order, "hold")

    def test_several_lines_in_one_write_are_judged_once(self):
        order = self.make_sold(lines=[{"price_unit": 200}] * 3, amount=None)
        before = len(order.credit_decision_ids)
        commands = [
            Command.update(line.id, {"price_unit": 400, "product_uom_qty": 2})
            for line in order.order_line
        ]
        order.with_user(self.kam).write({"order_line": commands})
        self.assertState(order, "hold")
        self.assertEqual(len(order.credit_decision_ids), before + 1)

    def test_the_currency(self):
        euro = self.make_currency("EUR", (-400, 0.5))
        order = self.make_sold()
        order.with_user(self.kam).currency_id = euro
        self.assertMoney(order, amount_total=800, credit_rest=1600)
        self.assertState(order, "hold")

    def test_the_terms(self):
        self.env["kam.credit.line"].search(
            [("client_id", "=", self.client.id)]
        ).policy_id.write({"terms_action": "hold", "max_term_days": 10})
        term = self.env["account.payment.term"].create(
            {"name": "20 days", "line_ids": [Command.create({"nb_days": 20})]}
        )
        order = self.make_sold()
        order.with_user(self.kam).payment_term_id = term
        self.assertState(order, "hold")
        order.payment_term_id = False
        self.assertState(order, "pass")

    def test_the_invoice_address(self):
        small = self.make_limited(100, "Small")
        order = self.make_sold()
        order.with_user(self.kam).partner_invoice_id = small.partner_ids
        self.assertState(order, "hold")
        self.assertEqual(order.credit_decision_id.client_id, small)

    def test_the_invoice_address_of_a_stranger(self):
        policy = self.env["kam.credit.line"].search(
            [("client_id", "=", self.client.id)]
        )
        policy.policy_id.debtor_action = "hold"
        order = self.make_sold()
        order.partner_invoice_id = self.make_partner("Stranger")
        self.assertState(order, "hold")

    def test_the_partner(self):
        small = self.make_limited(100, "Small")
        order = self.make_sold()
        order.write(
            {
                "partner_id": small.partner_ids.id,
                "partner_invoice_id": small.partner_ids.id,
            }
        )
        self.assertState(order, "hold")

    def test_an_earlier_delivery_under_a_horizon(self):
        line = self.env["kam.credit.line"].search([("client_id", "=", self.client.id)])
        line.policy_id.horizon_days = 30
        later = self.make_sold(1000, commitment_date=f"{self.day(60)} 12:00:00")
        self.make_sold(1000)
        later.with_user(self.kam).commitment_date = f"{self.day(10)} 12:00:00"
        self.assertState(later, "hold")

    def test_what_is_invoiced_already_is_not_counted_twice(self):
        order = self.make_sold(
            amount=None, lines=[{"product_uom_qty": 8, "price_unit": 100}]
        )
        self.invoice_order(order, quantity=5)
        order.order_line.product_uom_qty = 10
        self.assertState(order, "pass")
        self.assertMoney(
            order.credit_decision_id, receivable=500, order_amount=500, headroom=0
        )
        order.order_line.product_uom_qty = 10.1
        self.assertState(order, "hold")

    def test_two_orders_raised_in_one_write_do_not_both_pass(self):
        first, second = self.make_sold(400), self.make_sold(400)
        (first | second).order_line.write({"price_unit": 550})
        self.assertIn("hold", {first.credit_state, second.credit_state})

    def test_a_rise_under_a_release_is_covered(self):
        order = self.make_order(self.partner, 1500)
        self.confirm(order)
        order.credit_decision_id.with_user(self.controller).action_release(
            "Known for years", amount=1800
        )
        self.confirm(order)
        order.order_line.price_unit = 1800
        self.assertState(order, "released")
        order.order_line.price_unit = 1800.01
        self.assertState(order, "hold")

    def test_a_held_rise_can_be_released(self):
        order = self.make_sold()
        order.order_line.price_unit = 1500
        order.credit_decision_id.with_user(self.controller).action_release("Paid")
        self.assertState(order, "released")


class TestInvoicingCap(RaiseCase):
    """Eight sold, three of them delivered, two of these invoiced."""

    def setUp(self):
        super().setUp()
        self.order = self.make_sold(
            amount=None, lines=[{"product_uom_qty": 8, "price_unit": 100}]
        )
        self.goods = self.order.order_line
        self.goods.qty_delivered = 3
        self.invoice_order(self.order, quantity=2)

    def hold(self):
        self.order.order_line.filtered("product_uom_qty").product_uom_qty = 20
        self.assertState(self.order, "hold")

    def billed(self, move):
        goods = move.invoice_line_ids.filtered(
            lambda line: line.sale_line_ids == self.goods
        )
        return sum(goods.mapped("quantity"))

    def test_without_a_hold_everything_ordered_is_invoiced(self):
        self.assertEqual(self.billed(self.order._create_invoices()), 6)

    def test_a_hold_caps_at_delivered_less_invoiced(self):
        self.hold()
        self.assertEqual(self.goods.qty_to_invoice, 1)
        self.assertEqual(self.billed(self.order._create_invoices()), 1)

    def test_a_hold_caps_what_is_invoiced_when_paid_online(self):
        self.goods.product_id.invoice_policy = "delivery"
        orders = self.order.with_user(self.kam)
        orders._force_lines_to_invoice_policy_order()
        self.assertEqual(self.goods.qty_to_invoice, 6)
        self.hold()
        capped = self.goods.qty_to_invoice
        orders._force_lines_to_invoice_policy_order()
        self.assertEqual(self.goods.qty_to_invoice, capped)

    def test_nothing_delivered_nothing_invoiced(self):
        self.goods.qty_delivered = 2
        self.hold()
        with self.assertRaises(UserError):
            self.order._create_invoices()

    def test_what_is_delivered_can_always_be_invoiced(self):
        self.hold()
        self.goods.qty_delivered = 20
        self.assertEqual(self.billed(self.order._create_invoices()), 18)

    def test_down_payments_stay_possible(self):
        self.hold()
        move = self.make_down_payment(self.order, 150)
        self.assertEqual((move.state, move.amount_total), ("posted", 150))

    def test_lowering_it_back_frees_the_invoices(self):
        self.hold()
        self.goods.product_uom_qty = 8
        self.assertState(self.order, "pass")
        self.assertEqual(self.billed(self.order._create_invoices()), 6)

    def test_a_release_frees_the_invoices(self):
        self.hold()
        self.order.credit_decision_id.with_user(self.controller).action_release("Paid")
        self.assertEqual(self.billed(self.order._create_invoices()), 18)
