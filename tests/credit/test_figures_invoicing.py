"""The rest of an order: what is confirmed and not invoiced yet."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user

from ..common import KamCommon


class RestCase(KamCommon):
    """A client with plenty of credit."""

    def setUp(self):
        super().setUp()
        self.client = self.make_client("Client")
        self.partner = self.client.partner_ids
        self.policy = self.make_policy(limit_action="hold")
        self.line = self.make_line(self.client, 1e6, policy_id=self.policy.id)

    def make_ten(self, price=100, confirm=True, **vals):
        """Ten units of a product, confirmed."""
        make = self.make_confirmed if confirm else self.make_order
        line = {"product_uom_qty": 10, "price_unit": price, **vals}
        return make(self.partner, lines=[line])

    def assertRest(self, order, rest, receivable=0):
        """The stored rest, the line's figures and a decision's agree."""
        self.assertMoney(order, credit_rest=rest)
        self.assertMoney(self.line, uninvoiced=rest, receivable=receivable)
        self.assertMoney(
            self.judge(self.client), uninvoiced=rest, receivable=receivable
        )
        self.assertEqual(self.env["sale.order"]._check_credit_rest(), [])


class TestRest(RestCase):
    def test_quotations_do_not_count(self):
        self.make_ten(confirm=False)
        self.assertMoney(self.line, uninvoiced=0)

    def test_a_confirmed_order_counts_with_taxes(self):
        order = self.make_ten(product_id=self.taxed_product.id)
        self.assertRest(order, 1200)

    def test_delivery_policy_counts_before_delivery(self):
        order = self.make_ten(product_id=self.delivered_product.id)
        self.assertRest(order, 1000)

    def test_a_cancelled_order_is_gone(self):
        order = self.make_ten()
        order._action_cancel()
        self.assertMoney(self.line, uninvoiced=0)

    def test_invoices_count_that_the_seller_may_not_see(self):
        seller = new_test_user(
            self.env, "kam_seller", groups="sales_team.group_sale_salesman"
        )
        order = self.make_ten()
        order.user_id = seller
        self.invoice_order(order, price=90).invoice_user_id = self.kam
        self.env.flush_all()
        self.env.invalidate_all()
        seen = order.with_user(seller)
        self.assertFalse(seen.order_line.invoice_lines)
        self.env.invalidate_all()
        self.assertEqual(seen._get_credit_rest(), 0)

    def test_a_draft_invoice_changes_nothing(self):
        order = self.make_ten()
        order._create_invoices()
        self.assertRest(order, 1000)

    def test_a_posted_invoice_moves_it_to_the_receivable(self):
        order = self.make_ten(product_id=self.taxed_product.id)
        self.invoice_order(order)
        self.assertRest(order, 0, receivable=1200)

    def test_an_invoice_reset_to_draft_gives_the_rest_back(self):
        order = self.make_ten()
        self.invoice_order(order).button_draft()
        self.assertRest(order, 1000)

    def test_a_partial_invoice_leaves_the_rest(self):
        order = self.make_ten(product_id=self.taxed_product.id)
        self.invoice_order(order, quantity=4)
        self.assertRest(order, 720, receivable=480)

    def test_a_cheaper_invoice_leaves_no_ghost(self):
        order = self.make_ten()
        self.invoice_order(order, price=90)
        self.assertRest(order, 0, receivable=900)

    def test_a_dearer_invoice_is_owed_in_full(self):
        order = self.make_ten()
        self.invoice_order(order, price=110)
        self.assertRest(order, 0, receivable=1100)

    def test_more_than_ordered_is_owed_in_full(self):
        order = self.make_ten()
        self.invoice_order(order, quantity=12)
        self.assertRest(order, 0, receivable=1200)

    def test_less_than_ordered_leaves_the_difference(self):
        order = self.make_ten()
        self.invoice_order(order, quantity=9.5)
        self.assertRest(order, 50, receivable=950)

    def test_a_dear_part_never_makes_the_rest_negative(self):
        order = self.make_ten()
        self.invoice_order(order, quantity=8, price=150)
        self.assertRest(order, 0, receivable=1200)

    def test_one_line_reached_and_one_not(self):
        lines = [
            {"product_uom_qty": 10, "price_unit": 100},
            {
                "product_uom_qty": 5,
                "price_unit": 100,
                "product_id": self.delivered_product.id,
            },
        ]
        order = self.make_confirmed(self.partner, lines=lines)
        self.invoice_order(order, price=90)
        self.assertRest(order, 1500 - 900, receivable=900)

    def test_two_invoices_that_reach_the_quantity(self):
        order = self.make_ten()
        self.invoice_order(order, quantity=6, price=95)
        self.invoice_order(order, price=95)
        self.assertRest(order, 0, receivable=950)

    def test_lines_of_other_orders_on_one_invoice(self):
        first, second = self.make_ten(), self.make_ten(price=50)
        move = (first | second)._create_invoices()
        self.assertEqual(len(move), 1)
        self.post(move)
        self.assertRest(first, 0, receivable=1500)
        self.assertMoney(second, credit_rest=0)

    def test_a_line_added_on_the_invoice_is_not_the_orders(self):
        order = self.make_ten()
        move = order._create_invoices()
        move.invoice_line_ids.write({"quantity": 4})
        extra = {"product_id": self.product.id, "price_unit": 77, "tax_ids": False}
        move.write({"invoice_line_ids": [Command.create(extra)]})
        self.post(move)
        self.assertRest(order, 600, receivable=477)

    def test_a_discount_is_part_of_the_total(self):
        order = self.make_ten(discount=10)
        self.assertRest(order, 900)
        self.invoice_order(order, quantity=5)
        self.assertRest(order, 450, receivable=450)

    def test_rounding_of_taxes_loses_no_cent(self):
        self.assertEqual(self.company.tax_calculation_rounding_method, "round_globally")
        line = {"product_id": self.taxed_product.id, "price_unit": 0.13}
        order = self.make_confirmed(self.partner, lines=[line] * 3)
        self.assertRest(order, 0.47)
        move = order._create_invoices()
        move.invoice_line_ids[2].unlink()
        self.post(move)
        self.assertMoney(move, amount_total=0.31)
        self.assertRest(order, 0.16, receivable=0.31)

    def test_sections_and_notes_hold_nothing_open(self):
        lines = [
            {"display_type": "line_section", "name": "Food"},
            {"product_uom_qty": 10, "price_unit": 100},
            {"display_type": "line_note", "name": "Keep dry"},
        ]
        order = self.make_confirmed(self.partner, lines=lines)
        self.assertRest(order, 1000)
        self.invoice_order(order, price=90)
        self.assertRest(order, 0, receivable=900)

    def make_combo(self):
        """Ten bundles of one item each, confirmed."""
        combo = self.env["product.combo"].create(
            {
                "name": "Choice",
                "combo_item_ids": [Command.create({"product_id": self.product.id})],
            }
        )
        bundle = self.env["product.product"].create(
            {
                "name": "Bundle",
                "type": "combo",
                "list_price": 100,
                "combo_ids": [Command.link(combo.id)],
                "taxes_id": [Command.clear()],
            }
        )
        order = self.make_order(
            self.partner, lines=[{"product_id": bundle.id, "product_uom_qty": 10}]
        )
        item = {
            "product_id": self.product.id,
            "product_uom_qty": 10,
            "combo_item_id": combo.combo_item_ids.id,
            "linked_line_id": order.order_line.id,
        }
        order.write({"order_line": [Command.create(item)]})
        self.assertMoney(order, amount_total=1000)
        order.with_context(kam_history_import=True).action_confirm()
        self.assertRest(order, 1000)
        return order

    def invoice_cheaper(self, order):
        move = order._create_invoices()
        move.invoice_line_ids.filtered(
            lambda line: line.product_id == self.product
        ).price_unit = 90
        return move

    def test_a_combo_counts_by_its_items(self):
        order = self.make_combo()
        self.post(self.invoice_cheaper(order))
        self.assertRest(order, 0, receivable=900)

    def test_the_heading_of_a_combo_need_not_be_invoiced(self):
        order = self.make_combo()
        move = self.invoice_cheaper(order)
        move.invoice_line_ids.filtered(
            lambda line: line.display_type == "line_section"
        ).unlink()
        self.post(move)
        self.assertRest(order, 0, receivable=900)

    def test_another_unit_of_measure_is_the_same_quantity(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.make_confirmed(
            self.partner,
            lines=[
                {"product_uom_qty": 1, "product_uom_id": dozen.id, "price_unit": 120}
            ],
        )
        move = order._create_invoices()
        move.invoice_line_ids.write(
            {
                "product_uom_id": self.env.ref("uom.product_uom_unit").id,
                "quantity": 12,
                "price_unit": 9,
            }
        )
        self.post(move)
        self.assertRest(order, 0, receivable=108)

    def test_an_order_without_lines_has_no_rest(self):
        order = self.make_confirmed(self.partner, lines=[])
        self.assertRest(order, 0)

    def test_the_check_finds_a_rest_that_is_wrong(self):
        order = self.make_ten()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET credit_rest = 1 WHERE id = %s", [order.id]
        )
        self.env.invalidate_all()
        problems = self.env["sale.order"]._check_credit_rest()
        self.assertEqual(len(problems), 1)
        self.assertIn(order.name, problems[0])


class TestCreditNotes(RestCase):
    def test_what_is_returned_is_uninvoiced_again(self):
        order = self.make_ten()
        invoice = self.invoice_order(order)
        self.credit_note(invoice, quantity=2, match=True)
        self.assertRest(order, 200, receivable=800)

    def test_an_invoice_taken_back_wholly_gives_the_whole_rest(self):
        order = self.make_ten(product_id=self.taxed_product.id)
        invoice = self.invoice_order(order)
        self.credit_note(invoice, match=True)
        self.assertRest(order, 1200)

    def test_taken_back_and_invoiced_anew(self):
        order = self.make_ten()
        self.credit_note(self.invoice_order(order), match=True)
        self.invoice_order(order, price=80)
        self.assertRest(order, 0, receivable=800)

    def test_a_credit_note_without_the_order_leaves_its_rest(self):
        order = self.make_ten()
        self.invoice_order(order)
        self.make_invoice(self.partner, 150, move_type="out_refund")
        self.assertRest(order, 0, receivable=850)


class TestDownPayments(RestCase):
    def test_a_down_payment_moves_its_part(self):
        order = self.make_ten()
        self.make_down_payment(order, 300)
        self.assertRest(order, 700, receivable=300)

    def test_a_draft_down_payment_moves_nothing(self):
        order = self.make_ten()
        self.make_down_payment(order, 300, post=False)
        self.assertRest(order, 1000)

    def test_a_paid_down_payment_lowers_the_exposure(self):
        order = self.make_ten()
        self.pay(300, invoice=self.make_down_payment(order, 300))
        self.assertRest(order, 700, receivable=0)

    def test_down_payment_with_taxes(self):
        order = self.make_ten(product_id=self.taxed_product.id)
        self.make_down_payment(order, 300)
        self.assertRest(order, 900, receivable=300)

    def test_the_final_invoice_settles_it(self):
        order = self.make_ten(product_id=self.taxed_product.id)
        self.make_down_payment(order, 300)
        self.invoice_order(order, final=True)
        self.assertRest(order, 0, receivable=1200)

    def test_a_part_invoiced_after_a_down_payment(self):
        order = self.make_ten()
        self.make_down_payment(order, 300)
        move = order._create_invoices(final=True)
        goods = move.invoice_line_ids.filtered(lambda line: line.quantity == 10)
        goods.quantity = 5
        self.post(move)
        # 300 down, then 500 of goods less the 300
        self.assertRest(order, 500, receivable=500)

    def test_a_refunded_down_payment_gives_the_rest_back(self):
        order = self.make_ten()
        self.credit_note(self.make_down_payment(order, 300), match=True)
        self.assertRest(order, 1000)

    def test_on_a_quotation_it_counts_once(self):
        order = self.make_ten(confirm=False)
        self.make_down_payment(order, 300)
        decision = order._credit_evaluate()
        self.assertMoney(
            decision,
            order_amount=700,
            order_total=1000,
            receivable=300,
            uninvoiced=0,
            exposure=300,
            headroom=1e6 - 1000,
        )

    def test_on_a_quotation_up_to_the_last_cent(self):
        self.line.limit = 1000
        order = self.make_ten(confirm=False)
        self.make_down_payment(order, 300)
        self.confirm(order)
        self.assertPassed(order)
        self.assertRest(order, 700, receivable=300)

    def test_on_a_quotation_paid_down(self):
        self.line.limit = 700
        order = self.make_ten(confirm=False)
        self.pay(300, invoice=self.make_down_payment(order, 300))
        self.confirm(order)
        self.assertPassed(order)
        self.assertMoney(order.credit_decision_id, order_amount=700, headroom=0)


class TestCloseRest(RestCase):
    def test_close_and_open_by_hand(self):
        order = self.make_ten()
        self.invoice_order(order, quantity=9)
        self.assertRest(order, 100, receivable=900)
        before = order.message_ids
        order.action_credit_close_rest("The mill closed")
        self.assertRest(order, 0, receivable=900)
        notes = "".join((order.message_ids - before).mapped("body"))
        self.assertIn("The mill closed", notes)
        before = order.message_ids
        order.action_credit_open_rest("It opened again")
        self.assertRest(order, 100, receivable=900)
        notes = "".join((order.message_ids - before).mapped("body"))
        self.assertIn("It opened again", notes)

    def test_it_needs_a_reason(self):
        order = self.make_ten()
        for reason in ("", "   "):
            with self.assertRaises(UserError):
                order.action_credit_close_rest(reason)
        self.assertRest(order, 1000)

    def test_managers_do_not_make_room_for_themselves(self):
        order = self.make_ten()
        for user in (self.kam, self.support):
            with self.assertRaises(UserError):
                order.with_user(user).action_credit_close_rest("I need room")
        self.assertRest(order, 1000)
        order.with_user(self.controller).action_credit_close_rest("Agreed")
        self.assertRest(order, 0)

    def test_a_closed_rest_is_opened_before_more_is_invoiced(self):
        order = self.make_ten()
        order.action_credit_close_rest("The mill closed")
        with self.assertRaises(UserError):
            self.invoice_order(order, quantity=3)
        self.assertRest(order, 0, receivable=0)
        order.action_credit_open_rest("It opened again")
        self.invoice_order(order, quantity=3)
        self.assertRest(order, 700, receivable=300)

    def test_a_copy_starts_open(self):
        order = self.make_ten()
        order.action_credit_close_rest("The mill closed")
        copy = order.copy()
        self.assertMoney(copy._credit_evaluate(), order_amount=1000)
