"""The mail to a customer whose signed or paid order is being checked."""

from odoo import SUPERUSER_ID
from odoo.tools import html2plaintext

from ..common import KamCommon

SIGNATURE = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6"
    b"kgAAAABJRU5ErkJggg=="
)


class TestCustomerTold(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(1000)
        cls.order = cls.make_order(cls.client.partner_ids, 1500)
        cls.order.with_user(cls.kam).action_confirm()
        cls.public = cls.env.ref("base.public_user")

    def tell(self, user):
        """Call as the gate does on behalf of the user; return what was said."""
        before = self.order.message_ids
        order = self.order.with_user(user).sudo()
        order.env["kam.credit.messenger"]._tell_customer(order)
        return self.order.message_ids - before

    def test_told_once_when_he_signed(self):
        self.order.signature = SIGNATURE
        message = self.tell(self.public)
        self.assertIn(self.client.partner_ids, message.notified_partner_ids)
        text = html2plaintext(message.body)
        self.assertIn("received", text)
        self.assertNotRegex(text, r"1,?[05]00|500|credit|limit")
        self.assertFalse(self.tell(self.public))

    def test_told_when_the_system_books_his_payment(self):
        self.setup_payments()
        self.transact(self.order, 600)
        self.assertTrue(self.tell(self.env["res.users"].browse(SUPERUSER_ID)))

    def test_not_told_when_a_colleague_confirms(self):
        self.order.signature = SIGNATURE
        self.assertFalse(self.tell(self.kam))

    def test_not_told_when_he_did_nothing(self):
        self.assertFalse(self.tell(self.public))

    def test_not_told_of_an_order_that_goes_out(self):
        self.order.signature = SIGNATURE
        self.order.credit_decision_id.with_user(self.director).action_release("Yes")
        self.assertFalse(self.tell(self.public))
