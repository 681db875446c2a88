"""Turnover and margin per invoice line."""

from odoo.fields import Command

from ..common import KamCommon


class TestMargin(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_client("Margin")
        self.partner = self.client.partner_ids
        self.product.standard_price = 60

    def rows(self):
        self.env.flush_all()
        return self.env["kam.sales.report"].search([("client_id", "=", self.client.id)])

    def test_the_cost_is_that_of_the_posting(self):
        self.make_invoice(self.partner, 100)
        self.product.standard_price = 80
        self.assertEqual(self.rows().mapped("margin"), [40])
        self.assertEqual(self.rows().mapped("turnover"), [100])

    def test_posting_again_keeps_it(self):
        invoice = self.make_invoice(self.partner, 100)
        self.product.standard_price = 80
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(self.rows().mapped("margin"), [40])

    def test_a_duplicate_takes_the_cost_of_its_own_day(self):
        invoice = self.make_invoice(self.partner, 100)
        self.product.standard_price = 80
        copied = invoice.copy()
        copied.invoice_date = self.today
        copied.action_post()
        self.assertEqual(sorted(self.rows().mapped("margin")), [20, 40])

    def test_a_credit_note_takes_back_the_margin(self):
        invoice = self.make_invoice(self.partner, 100)
        self.product.standard_price = 80
        self.credit_note(invoice)
        self.assertEqual(sum(self.rows().mapped("margin")), 0)
        self.assertEqual(sum(self.rows().mapped("turnover")), 0)

    def test_the_cost_follows_the_unit_of_measure(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        line = {
            "product_id": self.product.id,
            "product_uom_id": dozen.id,
            "quantity": 2,
            "price_unit": 1000,
            "tax_ids": [Command.clear()],
        }
        self.make_invoice(self.partner, 0, invoice_line_ids=[Command.create(line)])
        self.assertEqual(self.rows().margin, 2000 - 24 * 60)

    def test_foreign_money_becomes_company_money(self):
        euro = self.make_currency("EUR", (-400, 0.5))
        self.make_invoice(self.partner, 100, currency=euro)
        self.assertEqual(self.rows().turnover, 200)
        self.assertEqual(self.rows().margin, 140)

    def test_lines_from_before_the_installation_are_estimates(self):
        invoice = self.make_invoice(self.partner, 100)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET kam_unit_cost = NULL WHERE move_id = %s",
            [invoice.id],
        )
        self.product.standard_price = 70
        self.assertEqual(self.rows().margin, 30)
        self.assertTrue(self.rows().is_estimate)

    def test_sales_support_sees_no_margin(self):
        self.make_invoice(self.partner, 100)
        self.env.flush_all()
        report = self.env["kam.sales.report"].with_user(self.support)
        self.assertNotIn("margin", report.fields_get())
        rows = report.search([("client_id", "=", self.client.id)])
        self.assertEqual(rows.mapped("turnover"), [100])

    def test_turnover_of_twelve_months(self):
        self.make_invoice(self.partner, 100)
        self.make_invoice(self.partner, 30, move_type="out_refund")
        self.make_invoice(self.partner, 500, date=self.day(-367))
        self.client.invalidate_recordset()
        self.assertEqual(self.client.with_user(self.kam).turnover_12m, 70)
