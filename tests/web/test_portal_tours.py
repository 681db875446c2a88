"""The accountant of a legal entity answers a statement, on a desk and on a phone."""

from odoo.tests import new_test_user

from ..common import MAIL_OFF, KamHttpCase


class PortalTourCase(KamHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Azbuka Holding")
        cls.partner = cls.client.partner_ids
        cls.sister = cls.make_partner("Azbuka Trade Ltd")
        cls.sister.kam_membership_id = cls.client
        cls.portal = new_test_user(
            cls.env,
            "kam_portal_accountant",
            groups="base.group_portal",
            context=MAIL_OFF,
        )
        cls.portal.partner_id.write(
            {"parent_id": cls.partner.id, "name": "Vera Ledger", "kam_can_sign": True}
        )
        cls.make_invoice(cls.partner, 100)
        cls.make_invoice(cls.sister, 777)
        cls.own = cls.make_statement(cls.partner)
        cls.foreign = cls.make_statement(cls.sister)

    @classmethod
    def make_statement(cls, partner):
        statement = cls.env["kam.reconciliation"].create(
            {
                "client_id": cls.client.id,
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "date_from": cls.day(-5),
                "date_to": cls.today,
                "user_id": cls.controller.id,
            }
        )
        statement.action_send()
        return statement

    def answer(self):
        self.start_tour(
            "/my/reconciliations", "kam_portal_answers", login=self.portal.login
        )
        self.assertRecordValues(
            self.own,
            [
                {
                    "state": "agreed",
                    "answer_partner_id": self.portal.partner_id.id,
                    "answer_name": "Vera Ledger",
                }
            ],
        )
        line = self.own.line_ids
        self.assertEqual((line.answer, line.note), ("agreed", "Discount agreed"))
        self.assertEqual(self.foreign.state, "sent")


class TestPortalTours(PortalTourCase):
    def test_differences_then_agreement(self):
        self.answer()

    def test_the_statement_of_another_company(self):
        self.start_tour(
            f"/my/reconciliations/{self.foreign.id}",
            "kam_portal_is_refused",
            login=self.portal.login,
        )
        self.assertEqual(self.foreign.state, "sent")


class TestPhonePortalTours(PortalTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_on_a_phone(self):
        self.answer()
