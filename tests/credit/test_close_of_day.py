"""One receivable everywhere: that of the close of today; what is dated later waits."""

from freezegun import freeze_time

from ..common import KamCommon


class TestCloseOfDay(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(1_000_000)
        cls.partner = cls.client.partner_ids
        cls.line = cls.client.credit_line_ids

    def assertTold(self, day=None, **figures):
        """Line, list, card, report and open documents tell the same at a day."""
        self.env.flush_all()
        self.env.invalidate_all()
        context = {"to_date": str(day)} if day else {}
        line = self.line.with_context(**context)
        self.assertMoney(line, **figures)
        for name, figure in figures.items():
            lines = line.search([("id", "=", line.id), (name, "=", figure)])
            self.assertTrue(lines, (name, figure))
        report = self.env["kam.receivable.report"].with_context(**context)
        items = report.search([("client_id", "=", self.client.id)])
        self.assertEqual(sum(items.mapped("residual")), figures["receivable"])
        if not day:
            self.assertToldToday(figures)

    def assertToldToday(self, figures):
        client, key = self.client, (self.client.id, self.company.id)
        ledger = self.env["kam.credit.ledger"]
        self.assertEqual(client.settlement_receivable, figures["receivable"])
        self.assertEqual(
            ledger._get_receivables([key])[key]["receivable"], figures["receivable"]
        )
        documents = self.env["kam.credit.exposure"].search(
            [("client_id", "=", client.id)]
        )
        self.assertEqual(sum(documents.mapped("amount")), figures["exposure"])
        decision = self.make_order(self.partner, 10)._credit_evaluate()
        self.assertMoney(decision, **figures)

    def test_receipt_of_tomorrow_frees_nothing_today(self):
        invoice = self.make_invoice(self.partner, 1_000_000)
        self.pay(1_000_000, invoice, date=self.day(1))
        self.assertTrue(invoice.line_ids.filtered("reconciled"))
        order = self.make_order(self.partner, 10_000)
        order.action_confirm()
        self.assertEqual((order.state, order.credit_state), ("draft", "hold"))
        self.assertTold(receivable=1_000_000, uninvoiced=0, exposure=1_000_000)
        self.assertTold(self.day(1), receivable=0, uninvoiced=0, exposure=0)

    def test_part_of_tomorrow(self):
        invoice = self.make_invoice(self.partner, 1000)
        self.pay(300, invoice)
        self.pay(200, invoice, date=self.day(1))
        self.assertTold(receivable=700, uninvoiced=0, exposure=700)
        self.assertTold(self.day(1), receivable=500, uninvoiced=0, exposure=500)

    def test_overdue_until_the_receipt_is_dated(self):
        invoice = self.make_invoice(
            self.partner, 500, date=self.day(-40), due=self.day(-10)
        )
        self.pay(500, invoice, date=self.day(1))
        figures = {"receivable": 500, "uninvoiced": 0, "exposure": 500}
        self.assertTold(**figures, overdue=500, oldest_overdue_days=10)
        cases = self.env["kam.collection.debt"]._open_cases([self.client.id])
        self.assertMoney(cases, overdue=500)

    def test_order_invoiced_with_the_date_of_tomorrow(self):
        order = self.make_confirmed(self.partner, 100_000)
        self.invoice_order(order, date=self.day(1))
        waiting = {"receivable": 0, "uninvoiced": 100_000, "exposure": 100_000}
        dated = {"receivable": 100_000, "uninvoiced": 0, "exposure": 100_000}
        self.assertTold(**waiting)
        self.assertTold(self.day(1), **dated)
        kinds = self.env["kam.credit.exposure"].search(
            [("client_id", "=", self.client.id)]
        )
        self.assertEqual(kinds.mapped("kind"), ["postdated"])
        with freeze_time(self.day(1)):
            self.assertTold(**dated)
            self.assertTold(self.day(0), **waiting)

    def test_post_dated_invoice_without_order(self):
        self.make_invoice(self.partner, 400, date=self.day(2))
        waiting = {"receivable": 0, "uninvoiced": 400, "exposure": 400}
        self.assertTold(**waiting)
        self.assertTold(self.day(1), **waiting)
        self.assertTold(self.day(2), receivable=400, uninvoiced=0, exposure=400)
        with freeze_time(self.day(3)):
            self.assertTold(self.day(1), **waiting)

    def test_credit_of_tomorrow_does_not_count_yet(self):
        self.make_invoice(self.partner, 400)
        note = {"date": self.day(1), "move_type": "out_refund"}
        self.make_invoice(self.partner, 150, **note)
        self.assertTold(receivable=400, uninvoiced=0, exposure=400)
        self.assertTold(self.day(1), receivable=250, uninvoiced=0, exposure=250)

    def test_payment_of_today_matched_with_an_invoice_of_tomorrow(self):
        invoice = self.make_invoice(self.partner, 400, date=self.day(1))
        self.pay(400, invoice)
        self.assertTold(receivable=-400, uninvoiced=400, exposure=0)
        self.assertTold(self.day(1), receivable=0, uninvoiced=0, exposure=0)
