"""Reminders of late answers, and the workbook of a statement."""

from io import BytesIO

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.tests import tagged

from ..common import KamCommon


class StatementCase(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Azbuka")
        cls.partner = cls.client.partner_ids

    def make_statement(self, start, end, **vals):
        return self.env["kam.reconciliation"].create(
            {
                "client_id": self.client.id,
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "date_from": self.day(start),
                "date_to": self.day(end),
                **vals,
            }
        )


@tagged("reconciliation")
class TestReminders(StatementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"kam_reminder_count": 2, "kam_reminder_days": 5})

    def run_on(self, offset):
        """The scheduled action on a day, twice."""
        cron = self.env.ref("key_account_management.ir_cron_reconciliation")
        with freeze_time(f"{self.day(offset)} 12:00:00"):
            for _turn in range(2):
                with self.enter_registry_test_mode():
                    cron.with_user(
                        self.env.ref("base.user_root")
                    ).method_direct_trigger()

    def count(self):
        return self.env["mail.mail"].search_count(
            [("recipient_ids", "in", self.partner.ids)]
        )

    def test_as_often_as_the_company_says(self):
        statement = self.make_statement(-9, 0, answer_deadline=self.day(3))
        statement.action_send()
        sent = self.count()
        found = {}
        for offset in (3, 4, 8, 9, 14, 30):
            self.run_on(offset)
            found[offset] = self.count() - sent
        self.assertEqual(found, {3: 0, 4: 1, 8: 1, 9: 2, 14: 2, 30: 2})
        self.assertEqual(statement.reminder_count, 2)
        self.assertEqual(statement.date_reminded, self.day(9))

    def test_not_once_it_is_answered(self):
        statement = self.make_statement(-9, 0, answer_deadline=self.day(3))
        statement.action_send()
        self.run_on(4)
        statement.action_agree()
        sent = self.count()
        self.run_on(9)
        self.assertEqual(self.count(), sent)

    def test_each_company_says_so_itself(self):
        other = self.make_company("Other company")
        other.kam_reminder_count = 0
        for company in (self.company, other):
            self.make_statement(
                -9, 0, answer_deadline=self.day(3), company_id=company.id
            ).action_send()
        sent = self.count()
        self.run_on(4)
        self.assertEqual(self.count(), sent + 1)

    def test_settings_that_make_no_sense(self):
        for vals in ({"kam_reminder_count": -1}, {"kam_reminder_days": 0}):
            with self.assertRefused():
                self.company.write(vals)

    def test_a_copy_was_never_reminded_of(self):
        statement = self.make_statement(-9, 0, answer_deadline=self.day(3))
        statement.action_send()
        self.run_on(4)
        self.assertEqual(statement.reminder_count, 1)
        self.assertEqual(statement.copy().reminder_count, 0)


@tagged("reconciliation")
class TestStatementWorkbook(StatementCase):
    def rows(self, statement):
        book = load_workbook(BytesIO(statement._get_workbook()))
        return [[cell.value for cell in row] for row in book.active.iter_rows()]

    def test_change_of_earlier_periods_is_a_row(self):
        self.make_invoice(self.partner, 100, date=self.day(-20))
        self.make_statement(-30, -10).action_send()
        self.make_invoice(self.partner, 40, date=self.day(-12))
        self.make_invoice(self.partner, 5, date=self.day(-3))
        statement = self.make_statement(-9, 0)
        statement.action_compute()
        rows = self.rows(statement)
        self.assertEqual(rows[4][1:4], ["Opening balance", 140, 0])
        self.assertEqual(rows[5][1:4], ["including changes of earlier periods", 40, 0])
        self.assertEqual(rows[6][0].date(), self.day(-3))
        self.assertEqual(rows[6][2:4], [5, 0])
        self.assertEqual(
            rows[7][1:4], ["Turnover of the period", "=SUM(C7:C7)", "=SUM(D7:D7)"]
        )
        self.assertEqual(rows[8][2], "=MAX(C5-D5+C8-D8,0)")

    def test_without_one_there_is_none(self):
        self.make_invoice(self.partner, 5, date=self.day(-3))
        statement = self.make_statement(-9, 0)
        statement.action_compute()
        rows = self.rows(statement)
        self.assertEqual(rows[5][2:4], [5, 0])
        self.assertEqual(rows[6][1:3], ["Turnover of the period", "=SUM(C6:C6)"])

    def test_without_documents(self):
        self.make_invoice(self.partner, 7, date=self.day(-20))
        statement = self.make_statement(-9, 0)
        statement.action_compute()
        rows = self.rows(statement)
        self.assertEqual(rows[4][1:4], ["Opening balance", 7, 0])
        self.assertEqual(rows[6][1:3], ["Turnover of the period", "=SUM(C6:C6)"])
