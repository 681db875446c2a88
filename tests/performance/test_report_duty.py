"""Report duties: periods, deadlines, sending, accepting, and criterion 5.5."""

from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, freeze_time, tagged

from odoo.addons.key_account_management.models.performance import duty

from .common import PerformanceCase

CRON = "key_account_management.ir_cron_kam_report"


@tagged("standard", "post_install", "-at_install")
class TestPeriods(BaseCase):
    def test_week_month_and_quarter(self):
        day = date(2026, 11, 27)
        for interval, first, last in (
            ("week", date(2026, 11, 23), date(2026, 11, 29)),
            ("month", date(2026, 11, 1), date(2026, 11, 30)),
            ("quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ):
            self.assertEqual(duty.get_period(day, interval), (first, last))

    def test_due_on_the_clock_of_the_manager(self):
        period = date(2026, 10, 1), date(2026, 10, 31)
        for anchor, days, zone, expected in (
            ("end", 5, "UTC", datetime(2026, 11, 5, 18)),
            ("end", 5, "Europe/Moscow", datetime(2026, 11, 5, 15)),
            ("start", -1, "Asia/Vladivostok", datetime(2026, 9, 30, 8)),
        ):
            found = duty.get_due(period, anchor, days, 18, zone)
            self.assertEqual(found, expected)
        self.assertEqual(
            duty.get_due(period, "end", 0, 24, "UTC"), datetime(2026, 10, 31, 23, 59)
        )


class TestDuty(PerformanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kam.tz = cls.colleague.tz = "UTC"
        cls.duty = cls.env["kam.report.duty"].create(
            {
                "name": "Report on debts",
                "company_id": cls.company.id,
                "source": "debts",
                "due_days": -5,
                "date_from": date(2026, 10, 1),
            }
        )

    def reports(self, user=None):
        domain = [("duty_id", "=", self.duty.id)]
        found = self.env["kam.report.instance"].search(domain)
        return found.filtered(lambda r: r.user_id == (user or self.kam))

    def test_columns_are_those_with_reports_in_their_order(self):
        """A phone shows one column: the first."""
        reports = self.env["kam.report.instance"]
        every = reports._fields["state"].selection
        self.assertEqual([key for key, _label in every][:2], ["due", "late"])
        for present, shown in (
            (["late"], ["late"]),
            (["accepted", "submitted", "due"], ["due", "submitted", "accepted"]),
            ([], []),
        ):
            self.assertEqual(reports._group_expand_state(present, []), shown)

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()

    def make(self, moment="2026-10-20 09:00:00"):
        with freeze_time(moment):
            self.run_cron()
        return self.reports()

    def test_once_per_period(self):
        self.make()
        report = self.make()
        self.assertEqual(len(report), 1)
        self.assertEqual(report.date_due, datetime(2026, 10, 26, 18))
        self.assertEqual(report.state, "due")
        self.assertEqual(len(self.reports(self.colleague)), 1)

    def test_what_was_due_before_the_duty_is_not_asked_for(self):
        self.duty.date_from = date(2026, 10, 27)
        self.assertFalse(self.make())

    def test_filled_in_from_the_debts_of_his_clients(self):
        self.sell(500, date(2026, 9, 1), due=date(2026, 10, 10))
        report = self.make()
        rows = {name: number for name, number, _kind in report.figures}
        self.assertEqual(rows["overdue"], 500)
        self.assertIn("Client of Ann", report.content)
        self.assertNotIn("Client of Cat", report.content)

    def test_late_after_its_hour(self):
        self.assertEqual(self.make("2026-10-26 18:00:00").state, "due")
        self.assertEqual(self.make("2026-10-26 18:00:01").state, "late")
        with freeze_time("2026-10-26 19:00:00"):
            found = self.env["kam.report.instance"].search([("is_late", "=", True)])
            self.assertIn(self.reports(), found)

    def test_sent_given_back_and_accepted(self):
        report = self.make()
        with freeze_time("2026-10-26 18:00:00"):
            report.with_user(self.kam).action_submit()
        self.assertEqual((report.state, report.is_late), ("submitted", False))
        with self.assertRaises(UserError):
            report.with_user(self.kam).note = "Later"
        with self.assertRaises(UserError):
            report.with_user(self.head).action_return("")
        report.with_user(self.head).action_return("Where are the promises?")
        self.assertEqual((report.state, report.returned_count), ("returned", 1))
        with freeze_time("2026-10-28 18:00:00"):
            report.with_user(self.kam).action_submit()
        report.with_user(self.head).action_accept()
        self.assertEqual((report.state, report.is_late), ("accepted", False))
        self.assertEqual(report.accepted_by_id, self.head)

    def test_who_sends_and_who_accepts(self):
        report = self.make()
        with self.assertRaises(AccessError):
            report.with_user(self.colleague).action_submit()
        with self.assertRaises(AccessError):
            report.with_user(self.head).action_submit()
        report.with_user(self.kam).action_submit()
        with self.assertRaises(AccessError):
            report.with_user(self.kam).action_accept()
        self.duty.acceptor_id = self.other_head
        with self.assertRaises(AccessError):
            report.with_user(self.head).action_accept()
        report.with_user(self.other_head).action_accept()

    def test_it_counts_on_criterion_five(self):
        """1 of 2 on time, accepted the first time 1 of 1: the late one waits."""
        report = self.make()
        with freeze_time("2026-10-26 17:00:00"):
            report.with_user(self.kam).action_submit()
        report.with_user(self.head).action_accept()
        other = self.duty.copy({"due_days": -20, "date_from": date(2026, 10, 1)})
        with freeze_time("2026-10-09 09:00:00"):
            other._make_instances()
        with freeze_time("2026-11-02"):
            card = self.make_card()
        line = self.line(card, "reports")
        self.assertEqual(line.detail["done"], [1, 2])
        self.assertEqual(line.detail["accepted"], [1, 1])

    def test_weekly_plans_are_followed_and_not_counted_twice(self):
        self.duty.write(
            {"source": "weekly_plan", "interval": "week", "due_anchor": "start"}
        )
        self.duty.due_days = -3
        plan = self.env["kam.visit.plan"].create(
            {"user_id": self.kam.id, "week_start": date(2026, 10, 19)}
        )
        plan.write({"state": "approved", "submitted_at": datetime(2026, 10, 16, 12)})
        report = self.make("2026-10-19 09:00:00").filtered(
            lambda r: r.period_from == date(2026, 10, 19)
        )
        self.assertEqual((report.state, report.is_late), ("accepted", False))
        with freeze_time("2026-11-02"):
            card = self.make_card()
        self.assertEqual(self.line(card, "reports").detail["done"][1], 1)
        with self.assertRaises(UserError):
            report.with_user(self.head).action_return("Which clients?")

    def test_a_manager_reads_his_own_only(self):
        self.make()
        found = self.env["kam.report.instance"].with_user(self.kam).search([])
        self.assertEqual(found.user_id, self.kam)
        team = self.env["kam.report.instance"].with_user(self.head).search([])
        self.assertLessEqual(self.kam | self.colleague, team.user_id)
