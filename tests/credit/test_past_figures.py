"""Figures of credit lines and clients as of the close of a day."""

from freezegun import freeze_time

from ..common import KamCommon


class TestPastFigures(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Old")
        cls.partner = cls.client.partner_ids
        cls.line = cls.make_line(cls.client, 1000, policy_id=cls.make_policy().id)
        cls.invoice = cls.make_invoice(
            cls.partner, 100, date=cls.day(-30), due=cls.day(-20)
        )
        cls.pay(40, cls.invoice, date=cls.day(-10))

    def at(self, offset, record=None):
        record = self.line if record is None else record
        return record.with_context(to_date=str(self.day(offset)))

    def test_receivable_overdue_and_aging(self):
        self.assertMoney(self.at(-31), receivable=0, exposure=0)
        self.assertMoney(
            self.at(-20),
            receivable=100,
            overdue=0,
            oldest_overdue_days=0,
            aging_not_due=100,
        )
        self.assertMoney(
            self.at(-11),
            receivable=100,
            overdue=100,
            oldest_overdue_days=9,
            aging_1_30=100,
        )
        self.assertMoney(self.at(-10), receivable=60, overdue=60)
        self.assertMoney(self.line, receivable=60, oldest_overdue_days=20)

    def test_of_the_client(self):
        self.assertMoney(self.client, credit_receivable=60)
        self.assertMoney(
            self.at(-11, self.client), credit_receivable=100, credit_overdue=100
        )
        self.assertMoney(self.client, credit_receivable=60)

    def test_searched_as_of_the_day(self):
        lines = self.env["kam.credit.line"]
        own = [("id", "=", self.line.id), ("receivable", "=", 100)]
        self.assertFalse(lines.search(own))
        self.assertTrue(self.at(-11, lines).search(own))

    def test_orders_count_from_their_date_until_they_are_invoiced(self):
        order = self.make_confirmed(self.partner, 500)
        order.date_order = f"{self.day(-15)} 12:00:00"
        self.invoice_order(order, quantity=0.4, date=self.day(-5))
        self.assertMoney(self.at(-16), uninvoiced=0, exposure=100)
        self.assertMoney(self.at(-15), uninvoiced=500, exposure=600)
        self.assertMoney(self.at(-6), uninvoiced=500, exposure=560)
        self.assertMoney(self.at(-5), uninvoiced=300, receivable=260, exposure=560)
        self.assertMoney(self.line, uninvoiced=300, exposure=560)

    def test_limit_of_the_day(self):
        self.age_history(60)
        self.line.with_context(kam_reason="More").limit = 2000
        self.assertMoney(self.at(-1), effective_limit=1000, headroom=940)
        self.assertMoney(self.line, effective_limit=2000, headroom=1940)
        self.assertMoney(self.at(-61), effective_limit=0)

    def test_temporary_limit_of_the_day(self):
        self.age_history(60)
        self.line.write({"temporary_limit": 5000, "temporary_until": self.day(3)})
        self.age_history(20)
        self.line.write({"temporary_limit": 0, "temporary_until": False})
        self.assertMoney(self.at(-21), effective_limit=1000)
        self.assertMoney(self.at(-20), effective_limit=5000)
        self.assertMoney(self.line, effective_limit=1000)

    def age_history(self, days):
        """The changes of the line up to now were made so many days ago."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kam_credit_line_change SET date = date - %s * interval '1 day'"
            " WHERE line_id = %s AND date > now() - interval '1 day'",
            (days, self.line.id),
        )
        self.env.invalidate_all()

    def test_a_post_dated_invoice_is_uninvoiced_until_its_date(self):
        self.make_invoice(self.partner, 300, date=self.day(5))
        figures = {"receivable": 60, "uninvoiced": 300, "exposure": 360}
        self.assertMoney(self.line, **figures)
        self.assertMoney(self.judge(self.client), **figures)

    def test_receipt_of_tomorrow_matched_today(self):
        self.pay(60, self.invoice, date=self.day(1))
        self.assertMoney(self.line, receivable=60, overdue=60)
        with freeze_time(self.day(1)):
            self.line.invalidate_recordset()
            self.assertMoney(self.line, receivable=0, overdue=0)

    def test_the_gate_ignores_the_context(self):
        order = self.make_order(self.partner, 10)
        order = order.with_context(to_date=str(self.day(-31)))
        decision = order._credit_evaluate()
        self.assertMoney(decision, receivable=60, exposure=60, limit=1000)
        self.assertMoney(order, credit_receivable=60, credit_exposure=60)

    def test_open_documents_are_those_of_today(self):
        self.pay(60, self.invoice, date=self.day(1))
        documents = self.env["kam.credit.exposure"].search(
            [("client_id", "=", self.client.id)]
        )
        self.assertEqual(sum(documents.mapped("amount")), self.line.exposure)
        self.assertEqual(documents.aging, "1_30")
