"""The customer hears that his order is being checked, and nothing of credit."""

import re

from odoo.exceptions import AccessError
from odoo.tests import JsonRpcException, new_test_user
from odoo.tools import html2plaintext

from ..common import MAIL_OFF, KamHttpCase

# a transparent dot
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6"
    "kgAAAABJRU5ErkJggg=="
)
FIGURES = ("123,456", "123456", "654,321", "654321", "7,777", "7777")
WORDS = ("credit", "limit", "headroom", "overdue", "exposure", "debt", "on hold")


class PortalCase(KamHttpCase):
    """A customer with 123,456 of credit, 7,777 of debt, and an order too large."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(123_456)
        cls.partner = cls.client.partner_ids
        cls.make_invoice(cls.partner, 7_777, due=cls.day(30))
        cls.buyer = new_test_user(
            cls.env,
            "kam_portal_buyer",
            groups="base.group_portal",
            context=MAIL_OFF,
            name="Buyer",
            email="buyer@example.com",
        )
        cls.buyer.partner_id.parent_id = cls.partner

    def make_sent(self, amount=900_000, **vals):
        order = self.make_order(self.partner, amount, **vals)
        order.action_quotation_sent()
        order.message_subscribe(partner_ids=self.buyer.partner_id.ids)
        order._portal_ensure_token()
        self.env.flush_all()
        return order

    def sign(self, order):
        return self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order.access_token,
                "name": "Buyer",
                "signature": SIGNATURE,
            },
        )

    def heard_outside(self, order):
        """The text of all messages that are not internal, and of mails sent."""
        order.invalidate_recordset()
        messages = order.message_ids.filtered(
            lambda message: message.subtype_id and not message.subtype_id.internal
        )
        messages |= order.message_ids.filtered(
            lambda message: self.buyer.partner_id in message.notified_partner_ids
        )
        mails = self.env["mail.mail"].search(
            [("model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        mails = mails.filtered(lambda mail: self.outside(mail))
        bodies = [*messages.mapped("body"), *mails.mapped("body_html")]
        return " ".join(html2plaintext(body or "") for body in bodies)

    def outside(self, mail):
        people = mail.recipient_ids | mail.mail_message_id.notified_partner_ids
        return any(person.partner_share for person in people) or mail.email_to

    def assertNeutral(self, text):
        for figure in FIGURES:
            self.assertNotIn(figure, text)
        lowered = text.lower()
        for word in WORDS:
            self.assertIsNone(re.search(rf"\b{word}\b", lowered), word)


class TestSignature(PortalCase):
    def test_a_signed_order_that_fits_is_confirmed(self):
        order = self.make_sent(1000, require_signature=True)
        answer = self.sign(order)
        self.assertTrue(answer["force_refresh"])
        self.assertPassed(order)

    def test_a_signed_order_too_large_is_held_and_keeps_the_signature(self):
        order = self.make_sent(require_signature=True)
        answer = self.sign(order)
        self.assertHeld(order, "limit")
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.signed_by, "Buyer")
        self.assertTrue(order.signature)
        self.assertNotIn("error", answer)
        self.assertNeutral(str(answer))

    def test_a_signing_portal_user_meets_no_error(self):
        order = self.make_sent(require_signature=True)
        self.authenticate(self.buyer.login, self.buyer.login)
        answer = self.sign(order)
        self.assertHeld(order, "limit")
        self.assertNotIn("error", answer)

    def test_the_customer_is_told_neutrally(self):
        order = self.make_sent(require_signature=True)
        self.sign(order)
        page = self.url_open(order.get_portal_url())
        self.assertEqual(page.status_code, 200)
        text = html2plaintext(page.text)
        told = f"{text} {self.heard_outside(order)}"
        self.assertRegex(told.lower(), "received")
        self.assertRegex(told.lower(), "being checked")

    def test_no_figure_reaches_him(self):
        order = self.make_sent(require_signature=True)
        self.sign(order)
        page = self.url_open(order.get_portal_url())
        self.assertNotIn("123,456", page.text)
        self.assertNotIn("7,777", page.text)
        self.assertNeutral(self.heard_outside(order))
        self.authenticate(self.buyer.login, self.buyer.login)
        thread = self.make_jsonrpc_request(
            "/mail/thread/messages",
            {"thread_model": "sale.order", "thread_id": order.id},
        )
        self.assertNeutral(html2plaintext(str(thread)))

    def test_release_and_rejection_are_not_told_to_him(self):
        for answer in ("action_release", "action_reject"):
            order = self.make_sent(require_signature=True)
            self.sign(order)
            decision = order.credit_decision_id.with_user(self.director)
            getattr(decision, answer)("He owes us 654321 elsewhere")
            self.assertNeutral(self.heard_outside(order))

    def heard(self, user, order):
        return self.told(user, order) or self.told(user, order.credit_decision_ids)

    def test_who_can_release_is_told(self):
        order = self.make_sent(require_signature=True)
        self.sign(order)
        self.assertTrue(self.heard(self.director, order))

    def test_the_manager_is_not_left_in_the_dark(self):
        order = self.make_sent(require_signature=True)
        self.sign(order)
        self.assertTrue(self.heard(self.kam, order))


class TestPayment(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_payments()

    def make_prepayable(self):
        return self.make_sent(require_payment=True, prepayment_percent=0.1)

    def test_a_part_paid_order_too_large_is_held(self):
        order = self.make_prepayable()
        self.transact(order, 90_000)._post_process()
        self.assertHeld(order, "limit")
        self.assertEqual(order.state, "sent")

    def test_payment_code_does_not_take_it_for_confirmed(self):
        order = self.make_prepayable()
        transaction = self.transact(order, 90_000)
        self.assertFalse(transaction._check_amount_and_confirm_order())
        fits = self.make_sent(1000, require_payment=True)
        transaction = self.transact(fits, 1000)
        self.assertEqual(transaction._check_amount_and_confirm_order(), fits)

    def test_no_invoice_is_made_for_a_held_order(self):
        self.env["ir.config_parameter"].set_param("sale.automatic_invoice", "True")
        order = self.make_prepayable()
        transaction = self.transact(order, 90_000)
        transaction.with_context(skip_sale_auto_invoice_send=True)._post_process()
        order.invalidate_recordset()
        self.assertFalse(
            order.invoice_ids.filtered(
                lambda move: (
                    not move.invoice_line_ids.sale_line_ids.filtered("is_downpayment")
                )
            )
        )

    def test_the_money_is_booked_all_the_same(self):
        order = self.make_prepayable()
        transaction = self.transact(order, 90_000)
        transaction._post_process()
        self.assertEqual(transaction.payment_id.amount, 90_000)
        self.assertTrue(transaction.payment_id.state in ("in_process", "paid"))

    def test_the_payer_is_told_neutrally(self):
        order = self.make_prepayable()
        self.transact(order, 90_000)._post_process()
        self.assertNeutral(self.heard_outside(order))
        page = self.url_open(order.get_portal_url())
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("123,456", page.text)
        self.assertNotIn("7,777", page.text)


class TestPortalRights(PortalCase):
    FIELDS = (
        "credit_state",
        "credit_decision_id",
        "credit_decision_ids",
        "credit_rest",
        "credit_message",
        "credit_headroom",
        "credit_exposure",
        "credit_limit_effective",
    )

    def setUp(self):
        super().setUp()
        self.order = self.make_sent()
        self.confirm(self.order)

    def test_no_field_of_the_room_is_readable(self):
        mine = self.order.with_user(self.buyer)
        mine.check_access("read")
        for name in self.FIELDS:
            with self.subTest(name), self.assertRaises(AccessError):
                mine.read([name])

    def test_nor_searchable_nor_sortable(self):
        orders = self.env["sale.order"].with_user(self.buyer)
        with self.assertRaises(AccessError):
            orders.search([("credit_state", "=", "hold")])
        with self.assertRaises(AccessError):
            orders.search([], order="credit_rest")
        with self.assertRaises(AccessError):
            orders._read_group([], ["credit_state"])

    def test_no_model_of_the_room_is_readable(self):
        names = [
            name
            for name in self.env
            if name.startswith("kam.") and not self.env[name]._abstract
        ]
        self.assertIn("kam.credit.decision", names)
        for user in (self.buyer, self.env.ref("base.public_user")):
            for name in names:
                with self.subTest(f"{name} by {user.login}"):
                    with self.assertRaises(AccessError):
                        self.env[name].with_user(user).search([])

    def test_nor_over_the_web(self):
        self.authenticate(self.buyer.login, self.buyer.login)
        for name in self.FIELDS:
            with self.subTest(name), self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request(
                    "/web/dataset/call_kw/sale.order/read",
                    {
                        "model": "sale.order",
                        "method": "read",
                        "args": [self.order.ids, [name]],
                        "kwargs": {},
                    },
                )

    def test_the_partner_does_not_tell_whose_client_he_is(self):
        partner = self.partner.with_user(self.buyer)
        for name in ("kam_membership_id", "kam_client_id", "is_key_client"):
            with self.subTest(name), self.assertRaises(AccessError):
                partner.read([name])
