from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import KamCommon


@tagged("receivable")
class TestSettlementCard(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Azbuka")
        cls.partner = cls.client.partner_ids
        cls.card = cls.client.with_user(cls.kam)

    def register(self, invoice, amount, **vals):
        """A payment that the bank has not confirmed."""
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"amount": amount, **vals})
        )
        return wizard._create_payments()

    def payments(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.client.with_user(user or self.kam).settlement_payment_ids

    def test_figures_for_the_manager(self):
        for late in (0, 1, 30, 31, 60, 61, 90, 91):
            self.make_invoice(
                self.partner, 100, date=self.day(-100), due=self.day(-late)
            )
        self.pay(50, partner=self.partner)
        self.assertMoney(
            self.card,
            settlement_not_due=100,
            settlement_1_30=200,
            settlement_31_60=200,
            settlement_61_90=200,
            settlement_over_90=100,
            settlement_unallocated=-50,
            settlement_receivable=750,
            settlement_across=0,
            settlement_balance=750,
            settlement_overdue=700,
            settlement_oldest_days=91,
        )
        self.assertEqual(self.card.settlement_currency_id, self.company.currency_id)

    def test_matched_with_a_stranger(self):
        invoice = self.make_invoice(self.partner, 100)
        payment = self.pay(30, partner=self.make_partner("Stranger"))
        (invoice.line_ids | payment.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.assertMoney(
            self.card,
            settlement_receivable=70,
            settlement_across=30,
            settlement_balance=100,
        )

    def test_documents_of_tomorrow_do_not_count(self):
        self.make_invoice(self.partner, 100, date=self.day(1))
        self.assertMoney(self.card, settlement_receivable=0, settlement_balance=0)

    def test_companies_apart_and_branch_pooled(self):
        other = self.make_company("Other company")
        branch = self.make_company("Branch", chart=False, parent_id=self.company.id)
        self.make_invoice(self.partner, 100)
        self.make_invoice(self.partner, 30, company=other)
        self.make_invoice(self.partner, 5, company=branch)
        self.pay(3, partner=self.partner, company=other)
        self.assertMoney(self.card, settlement_receivable=105, settlement_balance=105)
        there = self.card.with_company(other)
        self.assertMoney(there, settlement_receivable=27, settlement_1_30=0)
        self.assertEqual(there.settlement_payment_ids.mapped("amount"), [3])
        self.assertFalse(self.payments())
        self.kam.company_ids = self.company
        with self.assertRaises(AccessError):
            self.card.with_context(allowed_company_ids=other.ids).read(
                ["settlement_balance"]
            )

    def test_only_whoever_may_read_the_client(self):
        self.make_invoice(self.partner, 100)
        self.pay(20, partner=self.partner)
        names = ["settlement_balance", "settlement_payment_ids"]
        for user in (self.kam, self.head, self.controller, self.support, self.director):
            [values] = self.client.with_user(user).read(names)
            self.assertEqual(values["settlement_balance"], 80, user.login)
            self.assertEqual(len(values["settlement_payment_ids"]), 1, user.login)
        for user in (self.other_kam, self.other_head):
            with self.assertRaises(AccessError):
                self.client.with_user(user).read(names)
            record = self.env["kam.client"].with_user(user)
            typed = record.new({"name": "X"}, origin=record.browse(self.client.id))
            self.assertEqual(typed.settlement_balance, 0)
            self.assertFalse(typed.settlement_payment_ids)

    def test_the_manager_has_no_accounting_rights(self):
        payment = self.pay(20, partner=self.partner)
        with self.assertRaises(AccessError):
            payment.with_user(self.kam).read(["name"])
        self.assertEqual(self.payments().name, payment.name)

    def test_the_form_of_the_manager(self):
        self.make_line(self.client, 1000)
        self.make_invoice(self.partner, 100)
        with Form(self.card) as form:
            self.assertEqual(form.settlement_not_due, 100)

    def test_payments_latest_first_and_ten(self):
        for number in range(12):
            self.pay(number + 1, partner=self.partner, date=self.day(-number))
        payments = self.payments()
        self.assertEqual(payments.mapped("amount"), list(range(1, 11)))
        self.assertEqual(payments[0].date, self.today)
        self.assertEqual(set(payments.mapped("state")), {"bank"})
        self.assertEqual(payments.mapped("recency"), list(range(1, 11)))

    def test_allocated_and_not(self):
        invoice = self.make_invoice(self.partner, 100)
        self.pay(30, invoice)
        self.pay(20, partner=self.partner, date=self.day(-1))
        payments = self.payments()
        self.assertEqual(payments.mapped("unallocated"), [0, 20])

    def test_registered_is_not_at_the_bank_yet(self):
        invoice = self.make_invoice(self.partner, 100)
        payment = self.register(invoice, 40)
        self.assertFalse(payment.is_matched)
        shown = self.payments()
        self.assertRecordValues(
            shown, [{"state": "registered", "amount": 40, "name": payment.name}]
        )
        opened = 60 if payment.move_id else 100
        self.assertMoney(self.card, settlement_receivable=opened)

    def test_registered_with_an_entry(self):
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        line = bank.inbound_payment_method_line_ids[:1]
        line.payment_account_id = self.env["account.account"].create(
            {
                "name": "Outstanding receipts",
                "code": "101499",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        invoice = self.make_invoice(self.partner, 100)
        payment = self.register(
            invoice, 40, journal_id=bank.id, payment_method_line_id=line.id
        )
        self.assertTrue(payment.move_id)
        self.assertEqual(self.payments().mapped("state"), ["registered"])
        self.assertMoney(self.card, settlement_receivable=60)
        liquidity, *_rest = payment._seek_for_lines()
        statement = self.env["account.move"].create(
            {
                "journal_id": bank.id,
                "line_ids": [
                    Command.create(
                        {"account_id": bank.default_account_id.id, "debit": 40}
                    ),
                    Command.create(
                        {"account_id": liquidity.account_id.id, "credit": 40}
                    ),
                ],
            }
        )
        statement.action_post()
        (statement.line_ids[1] | liquidity).reconcile()
        self.assertTrue(payment.is_matched)
        self.assertEqual(self.payments().mapped("state"), ["bank"])

    def test_registered_in_a_foreign_currency(self):
        currency = self.make_currency("EUR", (-90, 2.0))
        invoice = self.make_invoice(self.partner, 100, currency=currency)
        payment = self.register(invoice, 40, currency_id=currency.id)
        payment_move = payment.move_id
        self.assertEqual(self.payments().amount, 20, payment_move.name)

    def test_money_paid_back_is_negative(self):
        move = self.pay(30, partner=self.partner, date=self.day(-1))
        move._reverse_moves([{"date": self.today}])._post()
        self.assertEqual(self.payments().mapped("amount"), [-30, 30])

    def test_links(self):
        action = self.card.action_open_aging()
        self.assertIn(("client_id", "=", self.client.id), action["domain"])
        self.assertEqual(action["res_model"], "kam.receivable.report")
        action = self.card.action_open_payments()
        self.assertEqual(action["res_model"], "kam.receivable.payment")

    def test_many_cards_take_few_queries(self):
        clients = self.client
        for number in range(5):
            clients |= self.make_client(f"Client {number}")
            self.make_invoice(clients[-1].partner_ids, 10)
        names = ["settlement_balance", "settlement_1_30", "settlement_payment_ids"]
        self.env.flush_all()
        self.env.invalidate_all()
        self.client.read(names)
        with self.assertQueryCount(12):
            self.env.invalidate_all()
            clients.read(names)
