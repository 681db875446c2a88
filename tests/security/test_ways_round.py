"""Ways round the gate by papers, moves, rests, deliveries, currencies and releases."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..common import KamCommon
from .test_gate_bypass import BypassCase


class TestUnpaidPapers(KamCommon):
    """Nothing left to invoice is not paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_payments()

    def setUp(self):
        super().setUp()
        self.client = self.make_limited(0, overdue_action="hold", expired_action="hold")
        self.policy = self.client.credit_line_ids.policy_id
        self.partner = self.client.partner_ids

    def test_an_unpaid_down_payment_of_the_whole_order(self):
        order = self.make_order(self.partner, 1000)
        self.make_down_payment(order, 1000)
        self.confirm(order)
        self.assertHeld(order, "limit")
        self.assertMoney(
            order.credit_decision_id, order_amount=0, receivable=1000, shortfall=1000
        )

    def test_neither_is_it_a_prepayment(self):
        self.policy.prepaid_exempt = True
        self.client.credit_line_ids.valid_until = self.day(-1)
        self.make_invoice(self.partner, 7000, date=self.day(-60))
        order = self.make_order(self.partner, 1000)
        self.make_down_payment(order, 1000)
        self.confirm(order)
        self.assertHeld(order, "limit", "overdue", "expired")
        self.assertFalse(order.credit_decision_id.is_prepaid)

    def test_a_paid_one_uses_no_limit(self):
        order = self.make_order(self.partner, 1000)
        self.pay(1000, invoice=self.make_down_payment(order, 1000))
        self.confirm(order)
        self.assertPassed(order)


class TestMoneyThatIsThere(KamCommon):
    """Prepaid is what was captured or authorised and is still there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_payments()

    def setUp(self):
        super().setUp()
        self.client = self.make_limited(0, prepaid_exempt=True)
        self.partner = self.client.partner_ids

    def part(self, source, amount, state, refund=False):
        """A capture, a void or a refund of a part of a transaction."""
        part = source._create_child_transaction(amount, is_refund=refund)
        self.set_state(part, state)
        return part

    def set_state(self, transaction, state):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET state = %s WHERE id = %s",
            [state, transaction.id],
        )
        self.env.invalidate_all()

    def assertOpen(self, order, is_open):
        self.confirm(order)
        order.invalidate_recordset()
        self.assertEqual(order.state == "sale", is_open)

    def test_a_part_voided(self):
        order = self.make_order(self.partner, 1000)
        self.part(self.transact(order, 1000, "authorized"), 400, "cancel")
        self.assertOpen(order, False)

    def test_a_part_captured_and_the_rest_voided(self):
        order = self.make_order(self.partner, 1000)
        source = self.transact(order, 1000, "authorized")
        self.part(source, 600, "done")
        self.part(source, 400, "cancel")
        self.set_state(source, "done")
        self.assertOpen(order, False)

    def test_a_part_captured_and_the_rest_authorised(self):
        order = self.make_order(self.partner, 1000)
        self.part(self.transact(order, 1000, "authorized"), 600, "done")
        self.assertOpen(order, True)

    def test_captured_and_paid_back(self):
        order = self.make_order(self.partner, 1000)
        self.part(self.transact(order, 1000), 0.01, "done", refund=True)
        self.assertOpen(order, False)

    def test_a_payment_posted(self):
        order = self.make_order(self.partner, 1000)
        self.transact(order, 1000)._create_payment()
        self.assertOpen(order, True)

    def test_a_payment_cancelled(self):
        order = self.make_order(self.partner, 1000)
        self.transact(order, 1000)._create_payment().action_cancel()
        self.assertOpen(order, False)

    def test_a_payment_reversed(self):
        order = self.make_order(self.partner, 1000)
        move = self.transact(order, 1000)._create_payment().move_id
        move._reverse_moves([{"date": self.today}], cancel=True)
        self.assertOpen(order, False)

    def test_a_payment_that_pays_another_invoice(self):
        order = self.make_order(self.partner, 1000)
        payment = self.transact(order, 1000)._create_payment()
        invoice = self.make_invoice(self.partner, 1000)
        (payment.move_id.line_ids | invoice.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.assertOpen(order, False)

    def test_one_transaction_for_two_orders(self):
        first = self.make_order(self.partner, 100)
        second = self.make_order(self.partner, 100)
        transaction = self.transact(first, 100)
        transaction.sale_order_ids = first | second
        self.confirm(first | second)
        (first | second).invalidate_recordset()
        self.assertEqual((first | second).mapped("state"), ["sale", "draft"])
        self.confirm(second)
        self.assertHeld(second, "limit")

    def test_money_for_two_orders_is_enough_for_two(self):
        orders = self.make_order(self.partner, 100) | self.make_order(self.partner, 100)
        self.transact(orders[0], 200).sale_order_ids = orders
        for order in orders:
            self.assertOpen(order, True)


class TestMovedDebtor(BypassCase):
    """Moving a contact moves no debt."""

    def make_sold(self):
        address = self.make_partner(
            "Payables", is_company=False, type="invoice", parent_id=self.partner.id
        )
        order = self.make_order(self.partner, 900, partner_invoice_id=address.id)
        self.confirm(order)
        self.assertPassed(order)
        return address, order

    def assertUnmoved(self, order):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertMoney(self.client.credit_line_ids, exposure=900)
        fresh = self.make_order(self.partner, 900)
        self.confirm(fresh)
        self.assertHeld(fresh, "limit")
        self.assertEqual(order.credit_debtor_id, self.partner)
        self.assertFalse(self.env["sale.order"]._check_credit_debtors())

    def moves(self):
        other = self.make_limited(5000, "Other")
        yield {"parent_id": False}
        yield {"is_company": True}
        yield {"parent_id": False, "is_company": True}
        yield {"company_type": "company"}
        yield {"parent_id": self.make_partner("Stranger").id}
        yield {"parent_id": other.partner_ids.id}
        yield {"active": False}

    def test_an_invoice_contact_taken_out_and_put_back(self):
        for vals in self.moves():
            with self.subTest(vals), self.env.cr.savepoint() as savepoint:
                address, order = self.make_sold()
                address.with_user(self.kam).write(vals)
                self.assertUnmoved(order)
                self.try_to(
                    address.with_user(self.kam).write,
                    {"parent_id": self.partner.id, "is_company": False},
                )
                self.assertUnmoved(order)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_the_invoice_goes_to_the_debtor_of_the_confirmation(self):
        address, order = self.make_sold()
        address.with_user(self.kam).parent_id = False
        invoice = self.post(order._create_invoices())
        self.assertEqual(invoice.commercial_partner_id, self.partner)
        self.assertMoney(
            self.client.credit_line_ids, receivable=900, uninvoiced=0, exposure=900
        )

    def test_the_same_address_written_again(self):
        address, order = self.make_sold()
        address.with_user(self.kam).parent_id = False
        self.try_to(order.with_user(self.kam).write, {"partner_invoice_id": address.id})
        self.assertUnmoved(order)

    def test_another_address_is_another_debtor(self):
        _address, order = self.make_sold()
        self.client.credit_line_ids.policy_id.debtor_action = "hold"
        stranger = self.make_partner("Stranger")
        order.with_user(self.kam).partner_invoice_id = stranger
        self.assertEqual(order.credit_debtor_id, stranger)
        self.assertEqual(order.credit_state, "hold")

    def test_a_legal_entity_that_moves_is_judged_there(self):
        second = self.make_partner("Second", kam_membership_id=self.client.id)
        order = self.make_order(self.partner, 900, partner_invoice_id=second.id)
        self.confirm(order)
        other = self.make_limited(500, "Other")
        second.with_user(self.director).kam_membership_id = other
        self.assertEqual((order.state, order.credit_state), ("sale", "hold"))
        self.assertEqual(order.credit_decision_id.client_id, other)
        self.assertMoney(self.client.credit_line_ids, exposure=0)

    def test_the_debtor_is_not_written(self):
        _address, order = self.make_sold()
        stranger = self.make_partner("Stranger")
        with self.assertRaises(AccessError):
            order.with_user(self.kam).credit_debtor_id = stranger

    def test_the_check_tells_of_another_debtor(self):
        _address, order = self.make_sold()
        stranger = self.make_partner("Stranger")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET credit_debtor_id = %s WHERE id = %s",
            [stranger.id, order.id],
        )
        self.env.invalidate_all()
        [problem] = self.env["sale.order"]._check_credit_debtors()
        self.assertIn(order.name, problem)
        self.assertIn(problem, self.company._kam_check())

    def test_a_stranger_with_a_credit_is_not_moved_in(self):
        stranger = self.make_partner("Stranger", is_company=False)
        self.pay(5000, partner=stranger)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            stranger.with_user(self.kam).parent_id = self.partner
        self.env.invalidate_all()
        self.assertMoney(self.client.credit_line_ids, receivable=0)

    def test_a_contact_with_items_of_its_own_stays(self):
        contact = self.make_partner(
            "Buyer", is_company=False, parent_id=self.partner.id
        )
        items = self.make_invoice(self.partner, 800).line_ids
        item = items.filtered(lambda x: x.account_id.account_type == "asset_receivable")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET partner_id = %s WHERE id = %s",
            [contact.id, item.id],
        )
        self.env.invalidate_all()
        for vals in ({"parent_id": False}, {"is_company": True}):
            with (
                self.subTest(vals),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                contact.with_user(self.kam).write(vals)
        self.env.invalidate_all()
        self.assertMoney(self.client.credit_line_ids, receivable=800)


class TestReleaseCoversWhatWasSeen(BypassCase):
    def make_released(self, **vals):
        self.client.credit_line_ids.policy_id.debtor_action = "hold"
        self.client.credit_line_ids.limit = 499_999
        order = self.make_order(self.partner, 500_000, **vals)
        self.confirm(order)
        self.assertMoney(order.credit_decision_id, shortfall=1)
        order.credit_decision_id.with_user(self.director).action_release("Good")
        return order

    def test_another_debtor_before_confirmation(self):
        order = self.make_released()
        order.with_user(self.kam).partner_invoice_id = self.make_partner("Stranger")
        self.confirm(order)
        self.assertHeld(order, "debtor")

    def test_another_debtor_after_confirmation(self):
        order = self.make_released()
        self.confirm(order)
        self.assertEqual(order.state, "sale")
        order.with_user(self.kam).partner_invoice_id = self.make_partner("Stranger")
        self.assertEqual((order.state, order.credit_state), ("sale", "hold"))
        held = order.credit_decision_id.reason_ids.filtered(
            lambda reason: reason.outcome == "hold"
        )
        self.assertEqual(held.mapped("rule"), ["debtor"])

    def test_the_debtor_leaves_the_client(self):
        second = self.make_partner("Second", kam_membership_id=self.client.id)
        order = self.make_released(partner_invoice_id=second.id)
        second.kam_membership_id = False
        self.confirm(order)
        self.assertHeld(order, "debtor")

    def test_another_currency(self):
        euro = self.make_currency("EUR", (-400, 1))
        order = self.make_released()
        order.currency_id = euro
        self.confirm(order)
        self.assertHeld(order, "limit")

    def test_longer_terms(self):
        terms = self.env["account.payment.term"]
        short, long = (
            terms.create(
                {"name": name, "line_ids": [Command.create({"nb_days": days})]}
            )
            for name, days in (("10 days", 10), ("90 days", 90))
        )
        order = self.make_released(payment_term_id=short.id)
        order.with_user(self.kam).payment_term_id = long
        self.confirm(order)
        self.assertHeld(order, "limit")
        order.credit_decision_id.with_user(self.director).action_release("Good")
        order.with_user(self.kam).payment_term_id = short
        self.confirm(order)
        self.assertEqual(order.state, "sale")

    def test_nothing_changed(self):
        order = self.make_released()
        self.confirm(order)
        self.assertEqual((order.state, order.credit_state), ("sale", "released"))

    def test_the_newest_hold_is_released(self):
        order = self.make_order(self.partner, 1500)
        self.confirm(order)
        first = order.credit_decision_id
        self.confirm(order)
        newest = order.credit_decision_id
        self.assertNotEqual(first, newest)
        first.with_user(self.controller).action_release("Good")
        self.assertEqual((first.state, newest.state), ("superseded", "released"))
        self.confirm(order)
        self.assertEqual(order.state, "sale")

    def test_a_newer_hold_that_is_worse_is_looked_at(self):
        order = self.make_order(self.partner, 1500)
        self.confirm(order)
        first = order.credit_decision_id
        order.order_line.price_unit = 1501
        self.confirm(order)
        with self.assertRaises(UserError):
            first.with_user(self.controller).action_release("Good")


class GoodsCase(BypassCase):
    def make_sold(self, price, product=None, quantity=1):
        """A quotation of a product that is invoiced when delivered, or of flour."""
        product = product or self.product
        line = {"price_unit": price, "product_uom_qty": quantity}
        return self.make_order(self.partner, lines=[{**line, "product_id": product.id}])


class TestClosedRest(GoodsCase):
    def setUp(self):
        super().setUp()
        self.client.credit_line_ids.limit = 10_000_000

    def test_a_rest_opened_again_is_judged(self):
        self.client.manager_id = self.head
        first = self.make_order(self.partner, 9_000_000, user_id=self.head.id)
        self.confirm(first, self.head)
        second = self.make_order(self.partner, 9_500_000, user_id=self.head.id)
        self.confirm(second, self.head)
        self.assertHeld(second, "limit")
        first.with_user(self.head).action_credit_close_rest("Not needed")
        self.confirm(second, self.head)
        self.assertPassed(second)
        first.with_user(self.head).action_credit_open_rest("Needed after all")
        self.env.invalidate_all()
        self.assertEqual((first.state, first.credit_state), ("sale", "hold"))
        self.assertMoney(first.credit_decision_id, uninvoiced=9_500_000)

    def make_closed(self, product=None):
        self.client.credit_line_ids.limit = 200_000
        order = self.make_sold(180_000, product)
        self.confirm(order)
        self.assertPassed(order)
        order.with_user(self.controller).action_credit_close_rest("Not needed")
        self.assertMoney(order, credit_rest=0)
        self.client.credit_line_ids.limit = 100_000
        return order

    def test_a_closed_order_is_not_invoiced_further(self):
        order = self.make_closed()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order._create_invoices()
        self.assertMoney(self.client.credit_line_ids, exposure=0)

    def test_an_invoice_posted_after_closing_is_a_rise(self):
        self.client.credit_line_ids.limit = 200_000
        order = self.make_order(self.partner, 180_000)
        self.confirm(order)
        invoice = order._create_invoices()
        order.with_user(self.controller).action_credit_close_rest("Not needed")
        self.client.credit_line_ids.limit = 100_000
        self.post(invoice)
        self.assertEqual((order.state, order.credit_state), ("sale", "hold"))

    def test_goods_delivered_after_closing_are_a_rise(self):
        order = self.make_closed(product=self.delivered_product)
        order.order_line.qty_delivered = 1
        self.assertEqual(order.credit_state, "hold")
        self.assertMoney(self.client.credit_line_ids, exposure=180_000)

    def test_goods_that_left_are_owed_although_the_rest_is_closed(self):
        order = self.make_sold(100, self.delivered_product, 10)
        self.confirm(order)
        order.order_line.qty_delivered = 4
        order.with_user(self.controller).action_credit_close_rest("Not needed")
        self.assertMoney(order, credit_rest=400)
        self.post(order._create_invoices())
        self.assertMoney(order, credit_rest=0)
        self.assertFalse(self.env["sale.order"]._check_credit_rest())


class TestDeliveredBeyond(GoodsCase):
    def test_fifty_delivered_of_one_ordered(self):
        order = self.make_sold(100, self.delivered_product)
        self.confirm(order)
        self.assertPassed(order)
        order.order_line.qty_delivered = 50
        self.assertMoney(order, credit_rest=5000)
        self.assertMoney(self.client.credit_line_ids, exposure=5000)
        self.assertEqual(order.credit_state, "hold")
        fresh = self.make_order(self.partner, 900)
        self.confirm(fresh)
        self.assertHeld(fresh, "limit")
        self.assertFalse(self.env["sale.order"]._check_credit_rest())
        self.post(order._create_invoices())
        self.assertMoney(order, credit_rest=0)
        self.assertMoney(self.client.credit_line_ids, receivable=5000, exposure=5000)

    def test_delivered_without_being_ordered(self):
        order = self.make_sold(100, self.delivered_product, 0)
        order.order_line.tax_ids = self.tax
        self.confirm(order)
        order.order_line.qty_delivered = 5
        self.assertMoney(order, credit_rest=600)
        self.assertFalse(self.env["sale.order"]._check_credit_rest())


class TestNoRate(BypassCase):
    def make_foreign(self):
        currency = self.make_currency("JPY")
        return currency, self.make_order(self.partner, 10, currency=currency)

    def test_a_currency_without_a_rate(self):
        currency, order = self.make_foreign()
        self.confirm(order)
        self.assertHeld(order, "limit")
        reason = order.credit_decision_id.reason_ids.filtered("cause")
        self.assertIn("JPY", reason.message)
        self.assertIn("JPY", order.credit_decision_id.summary)
        self.assertMoney(order.with_user(self.kam), credit_order_amount=0)
        self.assertTrue(order.with_user(self.kam).credit_rate_missing)
        with self.assertRaises(AccessError):
            order.credit_decision_id.with_user(self.director).action_release("Good")
        self.env["res.currency.rate"].create(
            {"name": self.today, "rate": 0.01, "currency_id": currency.id}
        )
        self.confirm(order)
        self.assertPassed(order)
        self.assertMoney(order.credit_decision_id, order_amount=1000)

    def test_a_confirmed_order_does_not_get_such_a_currency(self):
        currency = self.make_currency("JPY")
        order = self.make_order(self.partner, 10)
        self.confirm(order)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.with_user(self.kam).currency_id = currency


class TestOneTransaction(BypassCase):
    def test_five_writes_are_one_decision(self):
        self.product.list_price = 100
        order = self.make_order(self.partner, 100)
        self.confirm(order)
        before = order.credit_decision_ids
        line = order.order_line.with_user(self.kam)
        for quantity in (5, 10, 11, 12, 13):
            line.product_uom_qty = quantity
        self.env.flush_all()
        self.env.invalidate_all()
        [decision] = order.credit_decision_ids - before
        self.assertEqual(order.credit_decision_id, decision)
        self.assertEqual((decision.outcome, decision.state), ("hold", "open"))
        self.assertMoney(decision, order_amount=1300, shortfall=300)
        self.assertEqual(decision.reason_ids.mapped("rule"), ["limit"])
        self.assertFalse(self.env["kam.credit.decision"]._check_chain())
        line.product_uom_qty = 10
        self.env.invalidate_all()
        self.assertEqual(order.credit_state, "pass")
        self.assertFalse(self.env["kam.credit.decision"]._check_chain())


class TestRejecting(BypassCase):
    def test_rejecting_needs_no_authority_over_the_amount(self):
        self.make_invoice(self.partner, 201_000)
        order = self.make_order(self.partner, 100)
        self.confirm(order)
        decision = order.credit_decision_id
        self.assertMoney(decision, shortfall=200_100)
        theirs = decision.with_user(self.controller)
        self.assertFalse(theirs.may_release)
        self.assertTrue(theirs.may_reject)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            theirs.action_release("Good")
        theirs.action_reject("Pay first")
        self.assertEqual(decision.state, "rejected")

    def test_a_manager_does_not_reject(self):
        order = self.make_order(self.partner, 1500)
        self.confirm(order)
        for user in (self.kam, self.support):
            decision = order.credit_decision_id.with_user(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                decision.action_reject("No")
