"""The decision sheet, in the language of the customer, one file for many."""

from io import BytesIO

from odoo.tools import html2plaintext
from odoo.tools.pdf import PdfReader

from ..common import ADDON, KamCommon

REPORT = f"{ADDON}.action_report_kam_credit_decision"


class TestDecisionSheet(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(1000)
        cls.order = cls.make_order(cls.client.partner_ids, 1500)
        cls.order.with_user(cls.kam).action_confirm()
        cls.order.with_user(cls.kam).action_credit_request("Paid on Friday")
        cls.decision = cls.order.credit_decision_id
        cls.decision.with_user(cls.director).action_release("Money seen")

    def render(self, user, decisions=None):
        reports = self.env["ir.actions.report"].with_user(user)
        ids = (decisions or self.decision).ids
        return reports._render_qweb_html(REPORT, ids)[0].decode()

    def test_tells_the_whole_story(self):
        text = html2plaintext(self.render(self.kam))
        for part in (
            self.order.name,
            self.client.name,
            self.decision.summary,
            *self.decision.reason_ids.mapped("message"),
            "Paid on Friday",
            "Money seen",
            self.director.name,
            self.decision.chain_hash,
            self.decision.resolution_ids.chain_hash,
        ):
            self.assertIn(part, text)

    def test_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.assertIn('data-oe-lang="en_US"', self.render(self.kam))
        self.client.partner_ids.lang = "ru_RU"
        self.assertIn('data-oe-lang="ru_RU"', self.render(self.kam))

    def test_nobody_else_prints_it(self):
        with self.assertRaises(Exception) as caught:
            self.render(self.other_kam)
        self.assertIn(
            "AccessError", repr(caught.exception.__cause__ or caught.exception)
        )

    def test_several_make_one_file(self):
        other = self.make_order(self.client.partner_ids, 1700)
        decisions = self.decision | other._credit_evaluate()
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        with self.allow_pdf_render():
            pdf, kind = reports._render_qweb_pdf(REPORT, decisions.ids)
        self.assertEqual(kind, "pdf")
        self.assertEqual(len(PdfReader(BytesIO(pdf)).pages), 2)

    def test_from_the_order(self):
        action = self.order.with_user(self.kam).action_print_credit_decision()
        self.assertEqual(action["context"]["active_ids"], self.decision.ids)
