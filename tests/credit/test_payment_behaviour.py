"""How a client paid in the last 12 months."""

from ..common import KamCommon


class TestPaymentBehaviour(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Payer")
        cls.partner = cls.client.partner_ids
        cls.line = cls.make_line(cls.client, 1000)

    def make_paid(self, amount, late, due=-40):
        """An invoice due on day ``due`` and paid ``late`` days after."""
        invoice = self.make_invoice(
            self.partner, amount, date=self.day(due - 20), due=self.day(due)
        )
        self.pay(amount, invoice, date=self.day(due + late))
        return invoice

    def assertBehaviour(self, **figures):
        self.assertMoney(self.line, **figures)

    def test_value_weighs(self):
        self.make_paid(100, -1)
        self.make_paid(200, 0)
        self.make_paid(700, 10)
        self.assertBehaviour(
            paid_amount=1000, paid_on_time_percent=30, average_days_late=7
        )

    def test_nothing_paid(self):
        self.make_invoice(self.partner, 100, due=self.day(-5))
        self.assertBehaviour(
            paid_amount=0, paid_on_time_percent=0, average_days_late=5, largest_debt=100
        )

    def test_parts_count_by_themselves(self):
        invoice = self.make_invoice(
            self.partner, 100, date=self.day(-60), due=self.day(-40)
        )
        self.pay(60, invoice, date=self.day(-40))
        self.pay(40, invoice, date=self.day(-30))
        self.assertBehaviour(
            paid_amount=100, paid_on_time_percent=60, average_days_late=4
        )

    def test_credit_notes_are_no_payment(self):
        invoice = self.make_invoice(
            self.partner, 100, date=self.day(-60), due=self.day(-40)
        )
        self.credit_note(invoice, match=True)
        self.assertBehaviour(paid_amount=0)

    def test_older_than_a_year_is_forgotten(self):
        self.make_paid(500, 100, due=-500)
        self.assertBehaviour(paid_amount=0, largest_debt=0)

    def test_largest_debt_is_the_highest_balance(self):
        self.make_paid(300, 0, due=-90)
        self.make_paid(200, 0, due=-30)
        self.make_invoice(self.partner, 50, date=self.day(-45))
        # 200 was open from day -50 to -30, when the 50 came on top of it
        self.assertBehaviour(largest_debt=300)
        self.make_invoice(self.partner, 120, date=self.day(-40))
        self.assertBehaviour(largest_debt=370)

    def test_one_query_for_all_lines(self):
        lines = self.line
        for number in range(5):
            lines |= self.make_line(self.make_client(f"Payer {number}"), 1)
        behaviour = self.env["kam.payment.behaviour"]
        keys = [(line.client_id.id, line.company_id.id) for line in lines]
        self.env["kam.credit.ledger"]._today()
        self.env.flush_all()
        with self.assertQueryCount(1):
            behaviour._get_year(keys)

    def test_the_case_shows_the_same(self):
        self.make_paid(700, 10)
        decision = self.judge(self.client)
        for name in ("paid_amount", "average_days_late", "largest_debt"):
            self.assertEqual(decision[name], self.line[name])
