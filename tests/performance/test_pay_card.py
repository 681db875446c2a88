"""Variable pay on the card: schemes, late documents, what is carried, and rights."""

import io
import zipfile
from datetime import date
from itertools import permutations

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time

from .common import PerformanceCase

NEXT = date(2026, 11, 1)
AFTER = "2026-11-05 09:00:00"


class PayCase(PerformanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_plan({"turnover": 1000}, cls.kam, state="approved")
        cls.make_plan({"turnover": 1000}, cls.kam, NEXT, state="approved")

    @classmethod
    def make_scheme(cls, user=None, **vals):
        return cls.env["kam.pay.scheme"].create(
            {
                "user_id": (user or cls.kam).id,
                "company_id": cls.company.id,
                "date_from": date(2026, 1, 1),
                "amount": 10_000,
                **vals,
            }
        )

    def close(self, card):
        with freeze_time(AFTER):
            card.with_user(self.head).action_close("So")
        return card


class TestScheme(PayCase):
    def test_pay_on_the_card(self):
        """Only turnover is planned: the weights of the others are spread over it."""
        self.make_scheme()
        self.sell(900, date(2026, 10, 5))
        card = self.make_card()
        self.assertEqual((card.variable_pay, card.pay_left), (9000, 0))

    def test_numbers_of_clients_are_written_as_the_reader_does(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        statement = self.env["kam.pay.statement"]
        for lang, number, text in (
            ("en_US", 2.86, "2.86"),
            ("ru_RU", 2.86, "2,86"),
            ("ru_RU", 3.0, "3"),
        ):
            shown = statement.with_context(lang=lang)._format(
                self.company, "active_clients", number
            )
            self.assertEqual(shown, text)

    def test_without_a_scheme_nothing_is_paid_and_it_says_so(self):
        self.sell(900, date(2026, 10, 5))
        card = self.make_card()
        self.assertEqual((card.has_pay, card.variable_pay), (False, 0))
        self.assertIn("No pay scheme", card.pay_statement)

    def test_a_scheme_that_changes_in_the_month(self):
        """10 days of 10,000 and 21 of 20,000."""
        self.make_scheme(date_to=date(2026, 10, 10))
        self.make_scheme(date_from=date(2026, 10, 11), amount=20_000)
        self.sell(1000, date(2026, 10, 5))
        expected = round(10_000 * 10 / 31, 2) + round(20_000 * 21 / 31, 2)
        self.assertAlmostEqual(self.make_card().variable_pay, expected, 2)

    def test_no_two_schemes_on_one_day(self):
        self.make_scheme(date_to=date(2026, 10, 10))
        with self.assertRaises(ValidationError):
            self.make_scheme(date_from=date(2026, 10, 10))
        self.make_scheme(date_from=date(2026, 10, 11))

    def test_correctors_of_the_card(self):
        corrector = {"code": "settlement", "value_from": 0, "percent": -25}
        self.make_scheme(corrector_ids=[Command.create(corrector)])
        invoice = self.sell(1000, date(2026, 10, 5), due=date(2026, 10, 10))
        self.assertEqual(self.make_card().variable_pay, 7500)
        self.assertTrue(invoice)

    def test_a_scheme_that_paid_a_closed_month_is_kept(self):
        scheme = self.make_scheme()
        self.sell(900, date(2026, 10, 5))
        self.close(self.make_card())
        with self.assertRaises(UserError):
            scheme.amount = 1
        with self.assertRaises(UserError):
            scheme.date_to = date(2026, 10, 30)
        scheme.date_to = date(2026, 10, 31)

    def test_steps_of_an_open_month(self):
        self.make_scheme()
        self.sell(100, date(2026, 10, 5))
        card = self.make_card(as_of=date(2026, 10, 16))
        self.assertIn("more of turnover", card.pay_statement)
        self.close(self.make_card())
        self.assertNotIn("more of turnover", card.pay_statement)


class TestCorrection(PayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_scheme()
        cls.invoice = cls.sell(900, date(2026, 10, 5))
        cls.card = cls.make_card()

    def next_card(self, as_of=date(2026, 11, 30)):
        return self.make_card(month=NEXT, as_of=as_of)

    def test_a_late_invoice(self):
        self.close(self.card)
        late = self.sell(100, date(2026, 10, 30))
        card = self.next_card()
        row = card.correction_ids
        self.assertEqual((row.amount, row.source_id), (1000, self.card))
        self.assertEqual([doc["id"] for doc in row.documents], late.ids)
        self.assertEqual(self.card.variable_pay, 9000)
        self.assertEqual(card.variable_pay, 1000)
        self.assertGreater(row.points, 0)

    def test_it_is_counted_once_however_often_it_is_computed(self):
        self.close(self.card)
        self.sell(100, date(2026, 10, 30))
        self.next_card()
        self.assertEqual(sum(self.next_card().correction_ids.mapped("amount")), 1000)

    def test_once_paid_it_is_not_paid_again(self):
        self.close(self.card)
        self.sell(100, date(2026, 10, 30))
        card = self.next_card()
        with freeze_time("2026-12-03"):
            card.with_user(self.head).action_close("So")
        later = self.make_card(month=date(2026, 12, 1), as_of=date(2026, 12, 4))
        self.assertFalse(later.correction_ids)

    def test_a_second_correction_of_the_same_document(self):
        self.close(self.card)
        late = self.sell(100, date(2026, 10, 30))
        card = self.next_card()
        with freeze_time("2026-12-03"):
            card.with_user(self.head).action_close("So")
        late.button_draft()
        late.button_cancel()
        later = self.make_card(month=date(2026, 12, 1), as_of=date(2026, 12, 4))
        row = later.correction_ids.filtered(lambda r: r.source_id == self.card)
        self.assertEqual(row.amount, -1000)
        self.assertEqual((later.variable_pay, later.pay_left), (0, -1000))

    def test_what_is_below_zero_is_carried(self):
        self.close(self.card)
        self.invoice.button_draft()
        self.invoice.button_cancel()
        card = self.next_card()
        self.assertEqual((card.variable_pay, card.pay_left), (0, -9000))
        self.sell(1000, date(2026, 12, 5))
        self.make_plan(
            {"turnover": 1000}, self.kam, date(2026, 12, 1), state="approved"
        )
        with freeze_time("2026-12-03"):
            card.with_user(self.head).action_close("So")
        later = self.make_card(month=date(2026, 12, 1), as_of=date(2026, 12, 31))
        self.assertEqual(later.correction_ids.mapped("kind"), ["carried"])
        self.assertEqual((later.pay_earned, later.variable_pay), (10_000, 1000))

    def test_a_credit_note_soon_after_corrects_its_month(self):
        """45 days after the 5th of October is the 19th of November."""
        self.close(self.card)
        self.sell(1000, date(2026, 11, 2))
        self.credit_note(self.invoice, price=50, date=date(2026, 11, 19))
        card = self.next_card()
        self.assertEqual(card.correction_ids.amount, -500)
        self.assertEqual(card.pay_earned, 10_000)
        self.assertEqual(card.variable_pay, 9500)

    def test_a_credit_note_a_day_later_counts_in_its_own_month(self):
        self.close(self.card)
        self.sell(1000, date(2026, 11, 2))
        self.credit_note(self.invoice, price=50, date=date(2026, 11, 20))
        card = self.next_card()
        self.assertFalse(card.correction_ids)
        self.assertEqual(card.pay_earned, 9500)

    def test_cards_from_before_are_left_alone(self):
        self.close(self.card)
        self.card.pay_detail = False
        self.sell(1000, date(2026, 11, 2))
        self.credit_note(self.invoice, price=50, date=date(2026, 11, 19))
        self.sell(100, date(2026, 10, 30))
        card = self.next_card()
        self.assertFalse(card.correction_ids)
        self.assertEqual(card.pay_earned, 9500)

    def test_whatever_the_order_of_documents_they_sum_to_the_same(self):
        """The whole paid for October is that of its documents as they are."""
        self.close(self.card)
        documents = (
            lambda: self.sell(60, date(2026, 10, 30)),
            lambda: self.sell(-20, date(2026, 10, 29)),
            lambda: self.credit_note(self.invoice, price=30, date=date(2026, 11, 10)),
        )
        for order in permutations(documents):
            with self.env.cr.savepoint() as savepoint:
                for number, make in enumerate(order):
                    make()
                    self.next_card() if number % 2 else None
                amount = sum(self.next_card().correction_ids.mapped("amount"))
                savepoint.rollback()
            self.env.invalidate_all()
            self.assertEqual(amount, 100)


class TestPayRights(PayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scheme = cls.make_scheme()
        cls.make_scheme(cls.colleague)
        cls.sell(900, date(2026, 10, 5))
        cls.card = cls.make_card()

    def test_a_manager_reads_his_own_only(self):
        for user, count in (
            *((self.kam, 1), (self.colleague, 1), (self.head, 2)),
            *((self.other_head, 0), (self.director, 2)),
        ):
            found = self.env["kam.pay.scheme"].with_user(user)
            domain = [("user_id", "in", (self.kam | self.colleague).ids)]
            self.assertEqual(found.search_count(domain), count, user.login)
        with self.assertRaises(AccessError):
            self.card.with_user(self.colleague).read(["variable_pay"])
        with self.assertRaises(AccessError):
            self.scheme.with_user(self.kam).amount = 1
        with self.assertRaises(AccessError):
            self.scheme.with_user(self.head).amount = 1

    def test_results_leave_as_a_workbook_and_by_rpc(self):
        content = self.card.with_user(self.head)._get_workbook()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheet = archive.read("xl/worksheets/sheet3.xml").decode()
        self.assertIn("<f>MAX(0,C2+D2)</f><v>9000.0</v>", sheet)
        found = self.card.with_user(self.kam).read(["variable_pay"])
        self.assertEqual(found[0]["variable_pay"], 9000)

    def test_the_printed_statement(self):
        report = self.env["ir.actions.report"].with_user(self.kam)
        name = "key_account_management.action_report_kam_pay_statement"
        html = report._render_qweb_html(name, self.card.ids)[0].decode()
        self.assertIn("By the scheme", html)
        self.assertIn("9,000.00", html)
