"""Open items as of the close of a day."""

from ..common import KamCommon


class PastCase(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Old")
        cls.partner = cls.client.partner_ids

    def items(self, offset, client=None, company=None):
        """(residual, days past due) of the open items at the close of a day."""
        client, company = client or self.client, company or self.company
        ledger = self.env["kam.credit.ledger"]
        ledger._flush_items()
        rows = self.env.execute_query_dict(
            ledger._receivable_items([(client.id, company.id)], self.day(offset))
        )
        return sorted(
            (float(row["residual"]), row["days"])
            for row in rows
            if row["root_id"] == company.id
        )

    def bill(self, amount, date, due, **vals):
        return self.make_invoice(
            self.partner, amount, date=self.day(date), due=self.day(due), **vals
        )


class TestPast(PastCase):
    def test_before_and_after_the_invoice(self):
        self.bill(100, -30, -20)
        self.assertEqual(self.items(-31), [])
        self.assertEqual(self.items(-30), [(100, -10)])

    def test_due_on_the_day_is_not_overdue(self):
        self.bill(100, -30, -20)
        self.assertEqual(self.items(-20), [(100, 0)])
        self.assertEqual(self.items(-19), [(100, 1)])

    def test_without_due_date_the_date_counts(self):
        invoice = self.bill(100, -30, -20)
        item = invoice.line_ids.filtered("date_maturity")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET date_maturity = NULL WHERE id = %s",
            (item.id,),
        )
        self.assertEqual(self.items(-20), [(100, 10)])

    def test_part_payment(self):
        self.pay(60, self.bill(100, -30, -20), date=self.day(-10))
        self.assertEqual(self.items(-11), [(100, 9)])
        self.assertEqual(self.items(-10), [(40, 10)])
        self.assertEqual(self.items(0), [(40, 20)])

    def test_paid_in_full_later(self):
        self.pay(100, self.bill(100, -30, -20), date=self.day(-10))
        self.assertEqual(self.items(-11), [(100, 9)])
        self.assertEqual(self.items(-10), [])

    def test_payment_before_the_invoice(self):
        payment = self.pay(100, partner=self.partner, date=self.day(-40))
        invoice = self.bill(100, -30, -20)
        self.match(payment, invoice)
        self.assertEqual([residual for residual, _days in self.items(-35)], [-100])
        self.assertEqual(self.items(-30), [])

    def match(self, *moves):
        items = self.env["account.move.line"].union(*(move.line_ids for move in moves))
        items.filtered(
            lambda item: (
                item.account_id.account_type == "asset_receivable"
                and not item.reconciled
            )
        ).reconcile()

    def test_credit_note_after_payment(self):
        invoice = self.bill(100, -30, -20)
        self.pay(100, invoice, date=self.day(-10))
        self.credit_note(invoice, price=30, date=self.day(-5))
        self.assertEqual(self.items(-6), [])
        self.assertEqual([residual for residual, _days in self.items(-5)], [-30])

    def test_unmatching_changes_aging_but_not_the_receivable(self):
        invoice = self.bill(100, -30, -20)
        self.pay(100, invoice, date=self.day(-10))
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual([residual for residual, _days in self.items(-10)], [-100, 100])

    def test_receipt_of_tomorrow_matched_today(self):
        invoice = self.bill(100, -30, -20)
        self.pay(100, invoice, date=self.day(1))
        self.assertTrue(invoice.line_ids.filtered("reconciled"))
        self.assertEqual(self.items(0), [(100, 20)])
        self.assertEqual(self.items(1), [])

    def test_instalments(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 0}),
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 20}),
                ],
            }
        )
        invoice = self.bill(100, -30, -30, invoice_payment_term_id=term.id)
        self.assertEqual(self.items(-20), [(50, -10), (50, 10)])
        self.pay(50, invoice, date=self.day(-15))
        self.assertEqual(self.items(-15), [(50, -5)])

    def test_two_companies(self):
        sister = self.make_company("Sister")
        self.bill(100, -30, -20)
        self.bill(300, -30, -20, company=sister)
        self.assertEqual(self.items(-20), [(100, 0)])
        self.assertEqual(self.items(-20, company=sister), [(300, 0)])

    def test_branch_is_pooled(self):
        branch = self.make_company("Branch", chart=False, parent_id=self.company.id)
        self.bill(100, -30, -20, company=branch)
        self.assertEqual(self.items(-20), [(100, 0)])

    def test_matching_with_a_stranger(self):
        """His payment lowers the debt of the client from its date on."""
        invoice = self.bill(100, -30, -20)
        payment = self.pay(100, partner=self.make_partner("X"), date=self.day(-10))
        self.match(payment, invoice)
        self.assertEqual(self.items(-11), [(100, 9)])
        self.assertEqual(self.items(-10), [])


class TestExchange(PastCase):
    """An invoice of 100 euros for 200, paid with 100 euros that were worth 100."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.make_currency("EUR", (-400, 0.5), (-15, 1.0))
        cls.invoice = cls.make_invoice(
            cls.partner,
            100,
            date=cls.day(-30),
            due=cls.day(-20),
            currency=cls.euro,
        )

    def pay_euros(self, amount, balance, date):
        payment = self.pay(balance, partner=self.partner, date=date)
        item = payment.line_ids.filtered("credit")
        payment.button_draft()
        item.write({"currency_id": self.euro.id, "amount_currency": -amount})
        payment.action_post()
        (item | self.invoice.line_ids).filtered(
            lambda line: line.account_id == item.account_id
        ).reconcile()

    def test_what_the_difference_leaves_is_not_overdue(self):
        self.pay_euros(100, 100, self.day(-10))
        difference = self.invoice.line_ids.matched_credit_ids.exchange_move_id
        booked = (difference.date - self.today).days
        self.assertEqual(self.items(-11), [(200, 9)])
        for offset in range(-10, booked):
            self.assertEqual(self.items(offset), [(100, 0)])
        self.assertEqual(self.items(booked), [])

    def test_a_part_in_currency_is_overdue(self):
        self.pay_euros(50, 50, self.day(-10))
        self.assertEqual(self.items(60), [(100, 80)])
        [(residual, days)] = self.items(-10)
        self.assertGreaterEqual(residual, 100)
        self.assertEqual(days, 10)
