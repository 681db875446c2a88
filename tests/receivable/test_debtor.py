"""Promises and disputes follow the debtor; money given back was never there."""

from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time

from ..common import KamCommon
from .test_promise import TODAY


@freeze_time(TODAY)
class TestMoneyOfPromises(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Promiser")
        cls.partner = cls.client.partner_ids

    def promise(self, amount=100, day=8, made=1, **vals):
        return self.env["kam.promise"].create(
            {
                "client_id": self.client.id,
                "amount": amount,
                "date": date(2026, 6, day),
                "date_made": date(2026, 6, made),
                **vals,
            }
        )

    def pay_on(self, amount, day, **kwargs):
        kwargs.setdefault("partner", self.partner)
        return self.pay(amount, date=date(2026, 6, day), **kwargs)

    def judged(self, promise):
        self.env["kam.promise"]._judge()
        return promise.state, promise.paid

    def item(self, move):
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def test_receipt_reversed_in_time(self):
        promise = self.promise()
        receipt = self.pay_on(100, 5)
        receipt._reverse_moves([{"date": date(2026, 6, 7)}], cancel=True)
        self.assertEqual(self.judged(promise), ("broken", 0))

    def test_receipt_reversed_after_the_deadline(self):
        promise = self.promise()
        receipt = self.pay_on(100, 5)
        receipt._reverse_moves([{"date": date(2026, 6, 9)}], cancel=True)
        self.assertEqual(self.judged(promise), ("kept", 100))

    def test_paid_back_without_matching(self):
        promise = self.promise()
        self.pay_on(100, 4)
        receipt = self.pay_on(40, 5)
        self.assertEqual(self.judged(promise), ("kept", 100))
        for day, expected in ((7, ("kept", 100)), (8, ("partly", 60))):
            back = receipt._reverse_moves([{"date": date(2026, 6, day)}])
            back.action_post()
            self.assertEqual(self.judged(promise), expected)

    def test_somebody_else_paid_its_invoice(self):
        invoice = self.make_invoice(self.partner, 1000, date=date(2026, 6, 1))
        promise = self.promise(1000, move_ids=invoice.ids)
        friend = self.make_partner("A friend")
        money = self.pay_on(1000, 5, partner=friend)
        (self.item(money) | self.item(invoice)).reconcile()
        self.assertEqual(self.judged(promise), ("kept", 1000))

    def test_kept_at_once_and_not_for_ever(self):
        promise = self.promise(day=20)
        receipt = self.pay_on(100, 5)
        self.assertEqual(self.judged(promise), ("kept", 100))
        receipt._reverse_moves([{"date": date(2026, 6, 10)}], cancel=True)
        self.assertEqual(self.judged(promise), ("open", 0))

    def test_money_has_promises_judged(self):
        cron = self.env.ref("key_account_management.ir_cron_judge_promises")
        asked = [("cron_id", "=", cron.id)]
        self.pay_on(100, 5)
        self.assertEqual(self.env["ir.cron.trigger"].search_count(asked), 0)
        self.promise(day=20)
        self.pay_on(100, 5)
        self.assertEqual(self.env["ir.cron.trigger"].search_count(asked), 1)

    def test_above_the_debt_asks(self):
        self.make_invoice(self.partner, 300)
        asked = self.env["kam.promise"]._ask_above_debt
        self.assertIsNone(asked(self.client, self.company, 300))
        warning = asked(self.client, self.company, 301)["warning"]
        self.assertIn("300.00", warning["message"])
        form = Form(self.env["kam.promise"])
        form.client_id = self.client
        form.amount = 301
        form.date = date(2026, 6, 20)
        self.assertEqual(form.save().amount, 301)


class TestMovedLegalEntity(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls.make_client("Old")
        cls.new = cls.make_client("New", manager_id=cls.other_kam.id)
        cls.partner = cls.make_partner("Mover", kam_membership_id=cls.old.id)
        cls.invoice = cls.make_invoice(
            cls.partner, 1000, date=cls.day(-60), due=cls.day(-30)
        )

    def move(self):
        self.partner.kam_membership_id = self.new
        self.env.flush_all()

    def dispute(self):
        return (
            self.env["kam.dispute"]
            .with_user(self.controller)
            .create(
                {
                    "move_id": self.invoice.id,
                    "amount": 100,
                    "reason": "Short",
                    "deadline": self.day(5),
                }
            )
        )

    def test_promise_and_dispute_on_its_open_invoice(self):
        earlier = self.dispute()
        self.move()
        self.assertEqual(self.invoice.kam_client_id, self.old)
        promise = (
            self.env["kam.promise"]
            .with_user(self.controller)
            .create(
                {
                    "client_id": self.new.id,
                    "amount": 1000,
                    "date": self.day(5),
                    "move_ids": self.invoice.ids,
                }
            )
        )
        dispute = self.dispute()
        for record in (promise, dispute, earlier):
            with self.subTest(record):
                self.assertEqual(record.client_id, self.new)
                self.assertEqual(
                    record.with_user(self.other_kam).read(["amount"])[0]["amount"],
                    record.amount,
                )
                with self.assertRaises(AccessError):
                    record.with_user(self.kam).read(["amount"])

    def make_statement(self, client, start, end):
        statement = self.env["kam.reconciliation"].create(
            {
                "client_id": client.id,
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "date_from": self.day(start),
                "date_to": self.day(end),
            }
        )
        statement.action_compute()
        return statement

    def test_its_next_statement_goes_on(self):
        self.make_statement(self.old, -90, -45).action_send()
        self.make_invoice(self.partner, 40, date=self.day(-50))
        self.move()
        statement = self.make_statement(self.new, -44, 0)
        self.assertEqual(statement.earlier_change, 40)

    def test_entry_on_both_sides(self):
        receivable = self.partner.property_account_receivable_id
        other = self.invoice.invoice_line_ids.account_id
        sides = (
            (receivable, 100, 0, self.partner),
            (receivable, 0, 40, self.partner),
            (other, 0, 60, self.partner.browse()),
        )
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": self.today,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Both",
                            "account_id": account.id,
                            "debit": debit,
                            "credit": credit,
                            "partner_id": partner.id,
                        },
                    )
                    for account, debit, credit, partner in sides
                ],
            }
        )
        entry.action_post()
        statement = self.make_statement(self.old, -1, 0)
        line = statement.line_ids
        self.assertEqual((line.debit, line.credit), (100, 40))
        statement.action_send()
        statement.action_agree()
        figures = statement._get_their_figures(statement.line_ids)
        self.assertEqual(figures, (40, 100))


class TestWords(KamCommon):
    """What is stored for others is in the language of its reader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.env["ir.module.module"]._load_module_terms(
            ["key_account_management"], ["ru_RU"]
        )

    def test_the_night_job_writes_for_russian_staff(self):
        client = self.make_limited(1000, "Debtor")
        self.kam.lang = "ru_RU"
        self.company.kam_ladder_start = self.day(-100)
        self.company.resource_calendar_id = False
        today = self.env["kam.credit.ledger"]._today()
        day = self.company._get_working_day(today)
        for late in (1, 15):
            due = day - timedelta(days=late)
            self.make_invoice(client.partner_ids, 100, date=due, due=due)
        with freeze_time(day):
            self.env["kam.collection"]._open_cases(client.ids)
            ladder = self.env["kam.collection.ladder"]
            settings = ladder._get_settings(self.company)
            ladder._carry_out(
                self.company,
                day,
                ladder._plan(self.company, day, settings, client.ids),
            )
        case = client.collection_id
        english = self.env["kam.collection.stage"].search([]).mapped("name")
        texts = [
            *case.step_ids.mapped("result"),
            *case.activity_ids.filtered(lambda a: a.user_id == self.kam).mapped(
                "summary"
            ),
            client.credit_line_ids.stop_reason,
        ]
        self.assertGreater(len(texts), 3)
        for text in texts:
            with self.subTest(text):
                self.assertRegex(text, "[а-я]{4}")
                self.assertNotIn(text.partition(": ")[2], english)

    def test_a_russian_customer_signs(self):
        client = self.make_limited(100, "Signer")
        order = self.make_order(client.partner_ids, 500)
        order.with_context(lang="ru_RU").sudo().action_confirm()
        self.assertHeld(order, "limit")
        bodies = " ".join(order.message_ids.mapped(lambda m: str(m.body)))
        self.assertIn("Credit decision: Hold", bodies)
        notes = order.activity_ids.mapped(lambda activity: str(activity.note))
        self.assertTrue(notes)
        for note in notes:
            self.assertIn("Credit decision: Hold", note)

    def test_one_workbook_in_two_languages(self):
        client = self.make_client("Azbuka")
        statement = self.env["kam.reconciliation"].create(
            {
                "client_id": client.id,
                "partner_id": client.partner_ids.id,
                "date_from": self.day(-30),
                "date_to": self.day(0),
            }
        )
        names = {
            statement.with_context(lang=lang).display_name
            for lang in ("en_US", "ru_RU", "en_US")
        }
        self.assertEqual(len(names), 2)


class TestPastLimits(KamCommon):
    def test_searched_limit_is_the_one_shown(self):
        client = self.make_client("Limited")
        with freeze_time(self.day(-10)):
            line = self.make_line(client, 100)
            self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kam_credit_line SET create_date = create_date - interval '10 day'"
            " WHERE id = %s",
            [line.id],
        )
        line.with_context(kam_reason="More").write({"limit": 500})
        self.env.flush_all()
        self.env.invalidate_all()
        past = self.env["kam.credit.line"].with_context(to_date=str(self.day(-1)))
        for amount in (100, 500):
            for operator in ("=", ">=", "<"):
                domain = [("id", "=", line.id), ("effective_limit", operator, amount)]
                shown = past.browse(line.id).effective_limit
                meant = {
                    "=": shown == amount,
                    ">=": shown >= amount,
                    "<": shown < amount,
                }[operator]
                self.assertEqual(bool(past.search(domain)), meant, domain)
        self.assertEqual(past.browse(line.id).effective_limit, 100)
