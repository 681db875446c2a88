from datetime import date, timedelta
from random import Random

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..common import KamCommon


@tagged("reconciliation")
class TestReconciliation(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client_a = cls.make_client("Azbuka")
        cls.partner = cls.client_a.partner_ids

    def make_statement(self, start, end, partner=None, **vals):
        statement = self.env["kam.reconciliation"].create(
            {
                "client_id": self.client_a.id,
                "partner_id": (self.partner if partner is None else partner).id,
                "company_id": self.company.id,
                "date_from": self.day(start),
                "date_to": self.day(end),
                **vals,
            }
        )
        statement.action_compute()
        return statement

    def balance(self, day, partner=None):
        """The receivable in the ledger at the close of a day."""
        partners = partner or self.partner
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", partners.ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
            ]
        )
        return round(sum(lines.mapped("balance")), 2)

    def test_opening_rows_and_closing(self):
        self.make_invoice(self.partner, 100, date=self.day(-60))
        invoice = self.make_invoice(self.partner, 250, date=self.day(-20))
        self.pay(80, invoice, date=self.day(-10))
        self.make_invoice(self.partner, 999, date=self.day(-1))
        statement = self.make_statement(-30, -5)
        self.assertMoney(
            statement, opening_balance=100, debit=250, credit=80, closing_balance=270
        )
        rows = statement.line_ids.mapped(lambda r: (r.kind, r.debit, r.credit))
        self.assertEqual(rows, [("invoice", 250, 0), ("payment", 0, 80)])
        self.assertEqual(statement.line_ids[0].move_id, invoice)

    def test_borders_belong_to_the_period(self):
        for offset in (-11, -10, -5, -4):
            self.make_invoice(self.partner, 10, date=self.day(offset))
        statement = self.make_statement(-10, -5)
        self.assertMoney(statement, opening_balance=10, debit=20, closing_balance=30)

    def test_credit_note_draft_and_payable(self):
        invoice = self.make_invoice(self.partner, 100, date=self.day(-9))
        self.credit_note(invoice, price=30, date=self.day(-8))
        self.make_invoice(self.partner, 500, date=self.day(-8), move_type="in_invoice")
        draft = self.make_invoice(self.partner, 70, date=self.day(-7))
        draft.button_draft()
        statement = self.make_statement(-10, 0)
        self.assertMoney(statement, debit=100, credit=30, closing_balance=70)
        self.assertEqual(statement.line_ids.mapped("kind"), ["invoice", "refund"])

    def test_random_histories_equal_the_ledger_and_chain(self):
        random = Random(5)
        other = self.make_partner("Branch of Azbuka")
        self.client_a.partner_ids = [Command.link(other.id)]
        for _turn in range(25):
            partner = random.choice((self.partner, other))
            amount = random.randint(100, 99999) / 100
            day = self.day(-random.randint(0, 90))
            if random.random() < 0.5:
                self.make_invoice(partner, amount, date=day)
            else:
                self.pay(amount, partner=partner, date=day)
        for partner in (self.partner, other):
            previous = None
            for start in (-90, -60, -30):
                statement = self.make_statement(start, start + 29, partner=partner)
                opening = self.balance(statement.date_from - timedelta(1), partner)
                closing = self.balance(statement.date_to, partner)
                self.assertMoney(
                    statement, opening_balance=opening, closing_balance=closing
                )
                self.assertMoney(
                    statement,
                    debit=sum(statement.line_ids.mapped("debit")),
                    credit=sum(statement.line_ids.mapped("credit")),
                )
                if previous:
                    self.assertMoney(
                        statement, opening_balance=previous.closing_balance
                    )
                previous = statement

    def test_whole_client_is_the_sum_and_not_sent(self):
        other = self.make_partner("Second")
        self.client_a.partner_ids = [Command.link(other.id)]
        self.make_invoice(self.partner, 10)
        self.make_invoice(other, 20)
        whole = self.make_statement(-1, 0, partner=self.env["res.partner"])
        self.assertMoney(whole, closing_balance=30)
        with self.assertRaises(UserError):
            whole.action_send()

    def test_contact_counts_for_its_company(self):
        contact = self.make_partner(
            "Shop", parent_id=self.partner.id, is_company=False, type="invoice"
        )
        self.make_invoice(contact, 40)
        self.assertMoney(self.make_statement(-1, 0), closing_balance=40)

    def test_foreign_currency_and_exchange_difference(self):
        currency = self.make_currency("EUR", (-90, 2.0), (-9, 4.0))
        invoice = self.make_invoice(
            self.partner, 100, date=self.day(-20), currency=currency
        )
        self.make_invoice(self.partner, 7, date=self.day(-20))
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        register.create(
            {"payment_date": self.day(-5), "currency_id": currency.id}
        )._create_payments()
        own = self.make_statement(-30, 0)
        self.assertMoney(own, closing_balance=self.balance(self.today))
        kinds = own.line_ids.mapped("kind")
        self.assertIn("exchange", kinds)
        foreign = self.make_statement(-30, 0, currency_id=currency.id)
        self.assertMoney(foreign, debit=100, credit=100, closing_balance=0)
        self.assertNotIn("exchange", foreign.line_ids.mapped("kind"))

    def test_companies_apart_and_branch_pooled(self):
        other = self.make_company("Other company")
        branch = self.make_company("Branch", chart=False, parent_id=self.company.id)
        self.make_invoice(self.partner, 100)
        self.make_invoice(self.partner, 30, company=other)
        self.make_invoice(self.partner, 5, company=branch)
        self.assertMoney(self.make_statement(-1, 0), closing_balance=105)
        second = self.make_statement(-1, 0, company_id=other.id)
        self.assertMoney(second, closing_balance=30)
        with self.assertRefused():
            self.make_statement(-1, 0, company_id=branch.id)

    def test_partner_of_another_client_is_refused(self):
        stranger = self.make_client("Stranger").partner_ids
        with self.assertRefused():
            self.make_statement(-1, 0, partner=stranger)

    def send(self, statement):
        statement.with_user(self.controller).action_send()
        return statement

    def test_frozen_from_sending(self):
        self.make_invoice(self.partner, 100)
        statement = self.send(self.make_statement(-5, 0))
        self.assertEqual(statement.state, "sent")
        self.assertEqual(statement.answer_deadline, self.day(14))
        mail = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.partner.ids)], order="id desc", limit=1
        )
        self.assertEqual(len(mail.attachment_ids), 1)
        with self.assertRaises(UserError):
            statement.date_to = self.day(1)
        for method in ("action_compute", "action_send", "unlink"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                getattr(statement, method)()
        controlled = statement.with_user(self.controller)
        for vals in ({"debit": 1}, {"state": "agreed"}, {"answer_name": "X"}):
            with self.assertRaises(AccessError):
                controlled.write(vals)
        with self.assertRaises(AccessError):
            controlled.line_ids.write({"debit": 1})

    def test_sending_computes_once_more(self):
        statement = self.make_statement(-5, 0)
        self.make_invoice(self.partner, 100)
        self.send(statement)
        self.assertMoney(statement, closing_balance=100)
        self.assertEqual(len(statement.line_ids), 1)

    def test_outdated_and_change_of_earlier_periods(self):
        self.make_invoice(self.partner, 100, date=self.day(-20))
        statement = self.send(self.make_statement(-30, -10))
        model = self.env["kam.reconciliation"]
        self.assertFalse(statement.is_outdated)
        self.make_invoice(self.partner, 5, date=self.day(-3))
        statement.invalidate_recordset()
        self.assertFalse(statement.is_outdated)
        self.make_invoice(self.partner, 40, date=self.day(-12))
        statement.invalidate_recordset()
        self.assertTrue(statement.is_outdated)
        self.assertMoney(statement, closing_balance=100)
        self.assertIn(statement, model.search([("is_outdated", "=", True)]))
        self.assertNotIn(statement, model.search([("is_outdated", "=", False)]))
        following = self.make_statement(-9, 0)
        self.assertMoney(
            following, opening_balance=140, earlier_change=40, closing_balance=145
        )

    def test_equal_sums_of_other_documents_are_outdated(self):
        invoice = self.make_invoice(self.partner, 100, date=self.day(-20))
        statement = self.send(self.make_statement(-30, -10))
        invoice.button_draft()
        self.make_invoice(self.partner, 100, date=self.day(-20))
        statement.invalidate_recordset()
        self.assertTrue(statement.is_outdated)

    def test_overdue_answer(self):
        statement = self.send(self.make_statement(-5, 0, answer_deadline=self.today))
        model = self.env["kam.reconciliation"]
        late = [("is_answer_overdue", "=", True)]
        self.assertFalse(statement.is_answer_overdue)
        self.assertNotIn(statement, model.search(late))
        statement.answer_deadline = self.day(-1)
        self.assertTrue(statement.is_answer_overdue)
        self.assertIn(statement, model.search(late))
        statement.action_agree()
        self.assertFalse(statement.is_answer_overdue)

    def test_differences_become_an_activity(self):
        self.make_invoice(self.partner, 100)
        statement = self.send(self.make_statement(-5, 0, user_id=self.controller.id))
        line = statement.line_ids
        with self.assertRefused():
            line.answer = "other_amount"
        line.write({"answer": "other_amount", "answer_amount": 90})
        with self.assertRaises(UserError):
            statement.action_agree()
        statement.action_disagree()
        self.assertEqual(statement.state, "disagreed")
        self.assertTrue(self.told(self.controller, statement))
        line.write({"answer": "agreed", "answer_amount": 0})
        statement.with_user(self.controller).action_agree()
        self.assertEqual(statement.state, "agreed")
        self.assertEqual(statement.answer_name, self.controller.name)
        with self.assertRaises(UserError):
            line.answer = "not_found"

    def test_manager_computes_but_does_not_send(self):
        statement = self.make_statement(-5, 0).with_user(self.kam)
        statement.action_compute()
        for method in ("action_send", "action_queue", "action_agree"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(statement, method)()
        for user in (self.other_kam, self.support, self.head):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                statement.with_user(user).action_compute()

    def test_wizard_and_cron(self):
        other = self.make_partner("Second")
        self.client_a.partner_ids = [Command.link(other.id)]
        wizard = self.env["kam.reconciliation.prepare"].with_user(self.controller)
        wizard = wizard.create(
            {"client_ids": [Command.set(self.client_a.ids)], "is_sending": True}
        )
        action = wizard.action_prepare()
        statements = self.env["kam.reconciliation"].search(action["domain"])
        self.assertEqual(statements.partner_id, self.client_a.partner_ids)
        self.assertEqual(set(statements.mapped("is_sending")), {True})
        with self.assertRaises(UserError):
            wizard.action_prepare()
        self.run_cron()
        self.assertEqual(set(statements.mapped("state")), {"sent"})
        self.assertEqual(self.count_mails(), 2)
        statements.answer_deadline = self.day(-1)
        self.run_cron()
        self.run_cron()
        self.assertEqual(self.count_mails(), 4)

    @freeze_time("2026-03-31")
    def test_all_clients_and_last_month_are_offered(self):
        wizard = self.env["kam.reconciliation.prepare"].with_user(self.controller)
        wizard = wizard.create({})
        self.assertEqual((wizard.scope, wizard.client_ids.ids), ("all", []))
        self.assertEqual(wizard.date_from, date(2026, 2, 1))
        self.assertEqual(wizard.date_to, date(2026, 2, 28))
        action = wizard.action_prepare()
        statements = self.env["kam.reconciliation"].search(action["domain"])
        self.assertLessEqual(self.client_a.partner_ids, statements.partner_id)
        clients = self.env["kam.client"].with_user(self.controller).search([])
        self.assertLessEqual(statements.client_id, clients)
        wizard = wizard.create({"scope": "chosen"})
        with self.assertRaises(UserError):
            wizard.action_prepare()

    def test_what_is_not_agreed_is_corrected(self):
        self.make_invoice(self.partner, 121)
        statement = self.make_statement(-5, 0).with_user(self.controller)
        with self.assertRaises(UserError):
            statement.action_correct()
        statement.action_send()
        statement.action_disagree()
        with self.assertRaises(AccessError):
            statement.with_user(self.kam).action_correct()
        self.make_invoice(self.partner, 40)
        corrected = statement.browse(statement.action_correct()["res_id"])
        self.assertEqual((statement.state, corrected.state), ("disagreed", "draft"))
        self.assertEqual(corrected.closing_balance, statement.closing_balance + 40)
        self.assertEqual(
            (corrected.partner_id, corrected.date_from, corrected.date_to),
            (statement.partner_id, statement.date_from, statement.date_to),
        )
        self.assertFalse(corrected.answer_name)

    def run_cron(self):
        cron = self.env.ref("key_account_management.ir_cron_reconciliation")
        with self.enter_registry_test_mode():
            cron.with_user(self.env.ref("base.user_root")).method_direct_trigger()

    def count_mails(self):
        return self.env["mail.mail"].search_count(
            [("recipient_ids", "in", self.client_a.partner_ids.ids)]
        )

    def test_workbook_and_document_in_both_languages(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.make_invoice(self.partner, 121)
        for lang in ("en_US", "ru_RU"):
            self.partner.lang = lang
            statement = self.make_statement(-5, 0)
            self.assertTrue(statement._get_workbook().startswith(b"PK"))
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                "key_account_management.action_report_kam_reconciliation",
                statement.ids,
            )
            self.assertIn("121", html.decode())

    def test_large_statement_takes_few_queries(self):
        for _number in range(5):
            self.make_invoice(self.partner, 1)
        statement = self.make_statement(-5, 0)
        with self.assertQueryCount(25):
            statement.action_compute()
            self.env.flush_all()
