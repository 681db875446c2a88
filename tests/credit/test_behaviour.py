"""Payment behaviour of a period: instalments due in it, weighted by value."""

from datetime import timedelta

from odoo.fields import Command

from ..common import KamCommon


class BehaviourCase(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Payer")
        cls.partner = cls.client.partner_ids
        cls.due = cls.day(-40)

    def bill(self, amount, *parts, due=-40, **vals):
        """An invoice due on day ``due``; parts are (amount, days late)."""
        date = self.day(due - 20)
        invoice = self.make_invoice(
            self.partner, amount, date=date, due=self.day(due), **vals
        )
        for paid, late in parts:
            self.pay(paid, invoice, date=self.day(due + late))
        return invoice

    def behaviour(self, first=-60, last=0, client=None):
        client = client or self.client
        return client._payment_behaviour(self.day(first), self.day(last))

    def assertBehaviour(self, on_time, late, first=-60, last=0, **figures):
        found = self.behaviour(first, last)
        self.assertAlmostEqual(found["on_time_percent"], on_time)
        self.assertAlmostEqual(found["days_late"], late)
        for name, expected in figures.items():
            self.assertAlmostEqual(found[name], expected, msg=name)


class TestBehaviour(BehaviourCase):
    def test_three_invoices(self):
        self.bill(100, (100, -1))
        self.bill(200, (200, 0))
        self.bill(700, (700, 10))
        self.assertBehaviour(30, 7, due_amount=1000, paid_amount=1000)

    def test_half_on_time(self):
        self.bill(1000, (500, 0), (500, 10))
        self.assertBehaviour(50, 5)

    def test_nothing_due(self):
        self.make_invoice(self.partner, 100, due=self.day(5))
        found = self.behaviour()
        self.assertIsNone(found["on_time_percent"])
        self.assertIsNone(found["days_late"])
        self.assertEqual(found["due_amount"], 0)

    def test_early_counts_as_nothing(self):
        self.bill(100, (100, -15))
        self.bill(100, (100, 10))
        self.assertBehaviour(50, 5)

    def test_payment_before_the_invoice(self):
        self.bill(100, (100, -35))
        self.assertBehaviour(100, 0)

    def test_open_is_late_up_to_the_end(self):
        self.bill(300, (100, 0))
        self.assertBehaviour(100 / 3, 40 * 2 / 3, paid_amount=100, due_amount=300)
        self.assertBehaviour(100 / 3, 10 * 2 / 3, last=-30)

    def test_due_on_the_last_day_and_open(self):
        self.bill(100)
        self.assertBehaviour(0, 0, last=-40)

    def test_only_what_is_due_in_the_period(self):
        self.bill(100, (100, 0))
        self.assertEqual(self.behaviour(-40, -40)["due_amount"], 100)
        self.assertEqual(self.behaviour(-60, -41)["due_amount"], 0)
        self.assertEqual(self.behaviour(-39, 0)["due_amount"], 0)

    def test_paid_after_the_end_is_open_at_the_end(self):
        self.bill(100, (100, 10))
        self.assertBehaviour(0, 9, last=-31)
        self.assertBehaviour(0, 10, last=-30)

    def test_the_future_has_not_come(self):
        self.bill(100, (100, 0))
        self.make_invoice(self.partner, 900, due=self.day(10))
        self.assertBehaviour(100, 0, last=30)

    def test_receipt_of_tomorrow(self):
        invoice = self.bill(100)
        self.pay(100, invoice, date=self.day(1))
        self.assertBehaviour(0, 40)

    def test_credit_notes_are_left_out(self):
        invoice = self.bill(100, (60, 0))
        self.credit_note(invoice, price=40, date=self.day(-10), match=True)
        self.assertBehaviour(100, 0, due_amount=60)

    def test_two_companies(self):
        sister = self.make_company("Sister")
        self.bill(100, (100, 0))
        self.bill(900, company=sister)
        self.assertBehaviour(100, 0)
        found = self.behaviour(client=self.client.with_company(sister))
        self.assertEqual((found["on_time_percent"], found["days_late"]), (0, 40))

    def test_branch_is_pooled(self):
        branch = self.make_company("Branch", chart=False, parent_id=self.company.id)
        self.bill(100, (100, 0))
        self.bill(100, company=branch)
        self.assertBehaviour(50, 20)
        found = self.behaviour(client=self.client.with_company(branch))
        self.assertEqual(found["on_time_percent"], 50)

    def test_exchange_difference_is_left_out(self):
        euro = self.make_currency("EUR", (-400, 0.5), (-41, 1.0))
        invoice = self.bill(100, currency=euro)  # 200 of the company's money
        move = self.pay_in_currency(invoice, 100, 100, self.day(-40))
        self.assertTrue(move)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertBehaviour(100, 0, due_amount=100)

    def pay_in_currency(self, invoice, amount, balance, date):
        move = self.pay(balance, partner=self.partner, date=date)
        item = move.line_ids.filtered("credit")
        move.button_draft()
        item.write({"currency_id": invoice.currency_id.id, "amount_currency": -amount})
        move.action_post()
        (item | invoice.line_ids).filtered(
            lambda line: line.account_id == item.account_id
        ).reconcile()
        return move

    def test_write_off_is_left_out(self):
        invoice = self.bill(100, (90, 0))
        self.write_off(10, invoice)
        self.assertBehaviour(100, 0, due_amount=90)

    def write_off(self, amount, invoice):
        receivable = self.partner.property_account_receivable_id
        expense = self.env["account.account"].search(
            [
                ("account_type", "=", "expense"),
                ("company_ids", "in", self.company.ids),
            ],
            limit=1,
        )
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": self.day(-20),
                "line_ids": [
                    (0, 0, {"account_id": expense.id, "debit": amount}),
                    (
                        0,
                        0,
                        {
                            "account_id": receivable.id,
                            "credit": amount,
                            "partner_id": self.partner.id,
                        },
                    ),
                ],
            }
        )
        move.action_post()
        (move.line_ids | invoice.line_ids).filtered(
            lambda item: item.account_id == receivable and not item.reconciled
        ).reconcile()

    def test_write_off_within_the_payment(self):
        invoice = self.bill(100)
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "amount": 80,
                    "payment_date": self.day(-30),
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": self.env["account.account"]
                    .search(
                        [
                            ("account_type", "=", "expense"),
                            ("company_ids", "in", self.company.ids),
                        ],
                        limit=1,
                    )
                    .id,
                }
            )
        )
        wizard._create_payments()
        self.assertBehaviour(0, 10, due_amount=80)

    def test_other_clients_are_not_touched(self):
        other = self.make_client("Other")
        self.bill(100, (100, 10))
        found = (self.client | other)._get_payment_behaviours(self.day(-60), self.today)
        self.assertEqual(found[self.client]["days_late"], 10)
        self.assertIsNone(found[other]["days_late"])
        self.assertIsNone(found[other]["dso"])


class TestDisputed(BehaviourCase):
    def accept(self, invoice, amount):
        dispute = self.env["kam.dispute"].create(
            {
                "move_id": invoice.id,
                "amount": amount,
                "reason": "Shortage",
                "deadline": self.today,
            }
        )
        dispute.with_user(self.controller).action_accept("Right")
        return dispute

    def test_accepted_stands_apart(self):
        invoice = self.bill(100, (60, 0))
        self.accept(invoice, 40)
        self.assertBehaviour(100, 0, due_amount=60, disputed_amount=40)

    def test_before_the_decision_it_counts(self):
        invoice = self.bill(100, (60, 0))
        self.accept(invoice, 40)
        self.assertBehaviour(60, 15.6, last=-1, disputed_amount=0)

    def test_the_latest_money_is_the_disputed(self):
        invoice = self.bill(100, (60, 0), (40, 30))
        self.accept(invoice, 30)
        self.assertBehaviour(600 / 7, 30 / 7, due_amount=70, disputed_amount=30)


class TestManagers(BehaviourCase):
    def test_owner_on_the_due_date(self):
        self.env["kam.assignment"].search([("client_id", "=", self.client.id)])._write(
            {"date_from": self.day(-100)}
        )
        self.env.invalidate_all()
        self.bill(100, (100, 0), due=-40)
        self.bill(100, (100, 10), due=-20)
        self.env["kam.assignment"]._open_period(
            self.client, self.other_kam, date=self.day(-30)
        )
        managers = self.behaviour()["managers"]
        self.assertEqual(managers[self.kam]["on_time_percent"], 100)
        self.assertEqual(managers[self.other_kam]["on_time_percent"], 0)
        self.assertEqual(managers[self.other_kam]["days_late"], 10)
        pooled = self.client._get_manager_behaviours(self.day(-60), self.today)
        self.assertEqual(pooled, managers)


class TestDso(BehaviourCase):
    """By count-back: June 30 with sales of 300 in June, 310 in May, 300 in April."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.end = (cls.today.replace(day=1) - timedelta(days=1)).replace(day=1)
        cls.end -= timedelta(days=1)

    def sell(self, amount, months_back, **vals):
        first = self.end.replace(day=1)
        for _month in range(months_back):
            first = (first - timedelta(days=1)).replace(day=1)
        return self.make_invoice(self.partner, amount, date=first, due=first, **vals)

    def dso(self, end=None):
        found = self.client._payment_behaviour(self.day(-60), end or self.end)
        return found["dso"], found["is_dso_over"]

    def test_whole_and_part_of_a_month(self):
        before = self.end.replace(day=1) - timedelta(days=1)
        self.sell(300, 0)
        self.pay(100, self.sell(200, 1), date=before)
        self.assertEqual(self.dso(), (self.end.day + before.day / 2, False))

    def test_part_of_this_month(self):
        self.sell(300, 0)
        self.pay(200, partner=self.partner, date=self.end)
        self.assertEqual(self.dso(), (self.end.day / 3, False))

    def test_credit_notes_lower_the_sales(self):
        self.sell(300, 0)
        self.sell(100, 0, move_type="out_refund")
        self.pay(100, partner=self.partner, date=self.end)
        self.assertEqual(self.dso(), (self.end.day / 2, False))

    def test_over_a_year(self):
        self.sell(300, 14)
        self.assertEqual(self.dso(), (365, True))

    def test_nothing_owed(self):
        self.pay(300, self.sell(300, 0), date=self.end)
        self.assertEqual(self.dso(), (0, False))

    def test_taxes_count(self):
        line = self.line_vals(product_id=self.taxed_product.id, price_unit=100)
        del line["product_uom_qty"]
        self.sell(0, 0, invoice_line_ids=[Command.create(line)])
        self.pay(60, partner=self.partner, date=self.end)
        self.assertEqual(self.dso(), (self.end.day / 2, False))

    def test_neither_sales_nor_debt(self):
        self.assertEqual(self.dso(), (None, False))
