"""The brief of a client: one page, with the rights of the reader."""

import io
from datetime import date

from freezegun import freeze_time
from lxml import html

from odoo.exceptions import AccessError
from odoo.tools.pdf import PdfReader

from ..common import ADDON, KamCommon

REPORT = f"{ADDON}.report_client_brief"


class TestBrief(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(1000, name="Visited")
        cls.partner = cls.client.partner_ids
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Olga Buyer",
                "parent_id": cls.partner.id,
                "function": "Head of purchasing",
                "phone": "+7 495 000-00-01",
            }
        )

    def blocks(self, user=None):
        brief = self.env["kam.client.brief"].with_user(user or self.kam)
        client = self.client.with_user(user or self.kam)
        return {block["name"]: block for block in brief._get_sorted_blocks(client)}

    def page(self, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.kam)
        content, _kind = report._render_qweb_html(REPORT, self.client.ids)
        return html.fromstring(content).text_content()

    def test_page_tells_who_owes_and_who_decides(self):
        self.make_invoice(self.partner, 400)
        order = self.make_order(self.partner, 900)
        order.with_user(self.kam).action_confirm()
        text = self.page()
        for expected in ("Visited", "Olga Buyer", "+7 495 000-00-01", order.name):
            self.assertIn(expected, text)
        credit = self.blocks()["credit"]["line"]
        self.assertEqual((credit.receivable, credit.headroom), (400, 600))
        self.assertEqual(self.blocks()["orders"]["orders"], order)

    def test_who_decides_comes_first(self):
        boss = self.person.copy({"name": "Zoya Boss", "function": False})
        self.assertEqual(self.blocks()["contacts"]["contacts"][0], self.person)
        boss.kam_has_decision_power = True
        self.assertEqual(self.blocks()["contacts"]["contacts"][0], boss)
        self.assertIn("decides", self.page())

    @freeze_time("2026-07-15 12:00:00")
    def test_turnover_by_month_and_trend(self):
        self.make_invoice(self.partner, 300, date=date(2026, 7, 1))
        self.make_invoice(self.partner, 300, date=date(2025, 8, 31))
        self.make_invoice(self.partner, 400, date=date(2025, 7, 31))
        turnover = self.blocks()["turnover"]
        self.assertEqual(turnover["total"], 600)
        self.assertAlmostEqual(turnover["trend"], 0.5)
        bars = turnover["bars"]
        self.assertEqual(len(bars), 12)
        self.assertEqual(bars[0]["month"], date(2025, 8, 1))
        self.assertEqual([bar["amount"] for bar in bars], [300, *[0] * 10, 300])

    def test_products_that_fell_away(self):
        fresh = self.make_confirmed(self.partner, 100)
        old = self.make_confirmed(
            self.partner,
            lines=[{"product_id": self.taxed_product.id, "price_unit": 100}],
        )
        old.date_order = self.day(-120)
        products = self.blocks()["products"]
        self.assertEqual(products["ordered"], fresh.order_line.product_id)
        self.assertEqual(products["dropped"], self.taxed_product)

    def test_stranger_gets_an_access_error(self):
        for user in (self.other_kam, self.other_head):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.page(user)

    def test_block_that_may_not_be_read_is_left_out(self):
        self.assertIn("visits", self.blocks(self.kam))
        self.assertNotIn("visits", self.blocks(self.controller))
        self.assertIn("Visited", self.page(self.controller))

    def test_broken_promise_is_told(self):
        self.env["kam.promise"].create(
            {
                "client_id": self.client.id,
                "company_id": self.company.id,
                "amount": 10,
                "date": self.day(5),
            }
        )
        self.assertEqual(len(self.blocks()["promises"]["promises"]), 1)

    def test_prints_on_one_page(self):
        report = self.env["ir.actions.report"].with_user(self.kam)
        report = report.with_context(force_report_rendering=True)
        with self.allow_pdf_render():
            content, kind = report._render_qweb_pdf(REPORT, self.client.ids)
        self.assertEqual(kind, "pdf")
        self.assertEqual(len(PdfReader(io.BytesIO(content)).pages), 1)
