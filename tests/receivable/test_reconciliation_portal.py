from odoo.tests import new_test_user, tagged

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

from ..common import KamHttpCase


@tagged("reconciliation")
class TestReconciliationPortal(KamHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client_a = cls.make_client("Secret client name")
        cls.partner = cls.client_a.partner_ids
        cls.partner.name = "Azbuka Ltd"
        second = cls.make_partner("Azbuka Trade Ltd")
        second.kam_membership_id = cls.client_a
        cls.second = second
        cls.make_invoice(cls.partner, 100)
        cls.make_invoice(second, 777)
        cls.accountant = new_test_user(
            cls.env,
            "portal_accountant",
            groups="base.group_portal",
            context=DISABLED_MAIL_CONTEXT,
        )
        cls.accountant.partner_id.write(
            {"parent_id": cls.partner.id, "name": "Vera Ledger"}
        )
        cls.own = cls.make_statement(cls.partner)
        cls.other = cls.make_statement(second)
        cls.draft = cls.make_statement(cls.partner, send=False)

    @classmethod
    def make_statement(cls, partner, send=True):
        statement = cls.env["kam.reconciliation"].create(
            {
                "client_id": cls.client_a.id,
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "date_from": cls.day(-5),
                "date_to": cls.today,
                "user_id": cls.controller.id,
            }
        )
        statement.action_compute()
        if send:
            statement.action_send()
        return statement

    def setUp(self):
        super().setUp()
        self.authenticate("portal_accountant", "portal_accountant")

    def answer(self, statement, token=None, **post):
        page = self.url_open(f"/my/reconciliations/{self.own.id}").text
        start = page.index('name="csrf_token" value="') + 25
        token = token or page[start : page.index('"', start)]
        response = self.url_open(
            f"/my/reconciliations/{statement.id}/answer",
            data={"csrf_token": token, **post},
        )
        self.env.invalidate_all()
        return response

    def test_home_and_list_show_own_statements_only(self):
        self.assertIn("/my/reconciliations", self.url_open("/my").text)
        page = self.url_open("/my/reconciliations").text
        self.assertIn(f"/my/reconciliations/{self.own.id}", page)
        for statement in (self.other, self.draft):
            self.assertNotIn(f"/my/reconciliations/{statement.id}", page)

    def test_page_names_neither_client_nor_manager(self):
        page = self.url_open(f"/my/reconciliations/{self.own.id}").text
        self.assertIn("Azbuka Ltd", page)
        for secret in (self.client_a.name, self.kam.name, self.controller.name):
            self.assertNotIn(secret, page)

    def test_other_legal_entity_and_draft_are_refused(self):
        for statement in (self.other, self.draft):
            for tail in ("", "/pdf"):
                url = f"/my/reconciliations/{statement.id}{tail}"
                self.assertTrue(self.url_open(url).url.endswith("/my"))
            line = statement.line_ids
            self.answer(
                statement, decision="disagree", **{f"answer_{line.id}": "not_found"}
            )
            self.assertFalse(line.answer)
        self.assertEqual(self.other.state, "sent")
        own_line, line = self.own.line_ids, self.other.line_ids
        self.answer(self.own, **{f"answer_{line.id}": "not_found"})
        self.assertFalse(line.answer or own_line.answer)

    def test_nothing_through_rpc(self):
        for model in ("kam.reconciliation", "kam.reconciliation.line"):
            records = self.env[model].with_user(self.accountant)
            self.assertFalse(records.has_access("read"))

    def test_agreeing_needs_the_right_to_sign(self):
        page = self.answer(self.own, decision="agree").text
        self.assertIn("right to sign", page)
        self.assertEqual(self.own.state, "sent")
        self.accountant.partner_id.kam_can_sign = True
        self.answer(self.own, decision="agree")
        self.assertRecordValues(
            self.own,
            [
                {
                    "state": "agreed",
                    "answer_name": "Vera Ledger",
                    "answer_partner_id": self.accountant.partner_id.id,
                }
            ],
        )
        self.assertTrue(self.own.answer_date)
        self.assertEqual(self.own.line_ids.answer, "agreed")

    def test_differences_are_sent(self):
        line = self.own.line_ids
        for amount in ("much", "nan", "inf", "1e999", ""):
            bad = {f"answer_{line.id}": "other_amount", f"amount_{line.id}": amount}
            page = self.answer(self.own, decision="disagree", **bad).text
            self.assertIn("nter ", page)
            self.assertEqual((self.own.state, line.answer), ("sent", False))
        good = {**bad, f"amount_{line.id}": "90,50", f"note_{line.id}": "Discount"}
        self.answer(self.own, decision="disagree", **good)
        self.assertEqual(self.own.state, "disagreed")
        self.assertRecordValues(
            line,
            [{"answer": "other_amount", "answer_amount": 90.5, "note": "Discount"}],
        )
        self.assertTrue(self.told(self.controller, self.own))

    def test_without_token_nothing_is_taken(self):
        self.answer(self.own, token="forged", decision="disagree")
        self.assertEqual(self.own.state, "sent")
