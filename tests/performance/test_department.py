"""The department on one screen: totals, what is red, closing; a manager's record."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from .common import PerformanceCase

MONTH = date(2026, 10, 1)
AFTER = "2026-11-05 09:00:00"


class TestDepartment(PerformanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.kam, cls.colleague):
            cls.make_plan({"turnover": 1000}, user, state="approved")
        cls.sell(900, date(2026, 10, 5), due=date(2026, 10, 20))
        other = cls.others.partner_ids
        cls.sell(100, date(2026, 10, 5), other, due=date(2026, 10, 20))
        for partner in (cls.partner, other):
            cls.sell(500, date(2025, 10, 5), partner)
        cls.make_card()
        cls.make_card(cls.colleague)

    def open(self, user):
        cockpit = self.env["kam.cockpit"].with_user(user)
        action = cockpit.action_open(MONTH)
        return cockpit.browse(action["res_id"])

    @freeze_time(AFTER)
    def test_totals_are_the_sums_of_the_cards(self):
        view = self.open(self.head)
        self.assertEqual(view.line_ids.user_id, self.kam | self.colleague)
        for name in ("target", "fact", "forecast", "overdue", "held", "late_reports"):
            expected = sum(view.line_ids.mapped(name))
            self.assertEqual(view[name], expected, name)
        self.assertEqual((view.target, view.fact), (2000, 1000))
        self.assertEqual(view.completion, 50)

    @freeze_time(AFTER)
    def test_plan_and_turnover_are_those_of_the_report(self):
        """The card reads them on a shorter way; the figures must not part."""
        for line in self.open(self.head).line_ids:
            domain = line.action_open_plan()["domain"]
            report = self.env["kam.plan.report"].with_user(self.head).search(domain)
            for name in ("target", "fact"):
                self.assertEqual(line[name], sum(report.mapped(name)), name)

    @freeze_time(AFTER)
    def test_coverage_is_that_of_the_weekly_plans(self):
        """Of the weeks that are open and of those that were kept when closed."""
        self.client.tier_id = self.env["kam.tier"].create(
            {"name": "Weekly", "visit_interval_days": 7}
        )
        plans = self.env["kam.visit.plan"].create(
            [
                {"user_id": self.kam.id, "week_start": date(2026, 10, 5)},
                {"user_id": self.kam.id, "week_start": date(2026, 10, 12)},
            ]
        )
        plans.flush_recordset()
        self.env.cr.execute(
            "UPDATE kam_visit_plan SET state = 'closed', closed_figures ="
            ' \'{"portfolio_count": 5, "covered_count": 3}\' WHERE id = %s',
            plans[1].ids,
        )
        plans.invalidate_recordset()
        line = self.open(self.head).line_ids.filtered(
            lambda row: row.user_id == self.kam
        )
        report = self.env["kam.visit.plan.report"].search(
            [("plan_id", "in", plans.ids)]
        )
        self.assertEqual((line.portfolio, line.covered), (6, 3))
        for name in ("portfolio", "covered"):
            self.assertEqual(line[name], sum(report.mapped(f"{name}_count")), name)

    @freeze_time(AFTER)
    def test_the_month_that_runs_is_the_latest(self):
        cockpit = self.env["kam.cockpit"].with_user(self.head)
        for month, is_latest in ((MONTH, False), (date(2026, 11, 1), True)):
            action = cockpit.action_open(month)
            self.assertEqual(cockpit.browse(action["res_id"]).is_latest, is_latest)

    @freeze_time(AFTER)
    def test_in_the_red(self):
        view = self.open(self.head)
        self.assertIn(self.colleague, view.red_ids.user_id)

    @freeze_time(AFTER)
    def test_each_figure_opens_its_records(self):
        line = self.open(self.head).line_ids.filtered(
            lambda row: row.user_id == self.kam
        )
        for name in ("card", "overdue", "held", "plan", "reports"):
            action = getattr(line, f"action_open_{name}")()
            self.assertEqual(action["type"], "ir.actions.act_window")
        domain = line.action_open_overdue()["domain"]
        rows = self.env["kam.receivable.report"].with_user(self.head).search(domain)
        self.assertEqual(sum(rows.mapped("overdue")), line.overdue)

    @freeze_time(AFTER)
    def test_the_month_is_closed_in_one_go(self):
        view = self.open(self.head)
        self.assertEqual(view.to_close, 2)
        action = view.action_close_month()
        view = view.browse(action["res_id"])
        self.assertEqual(set(view.line_ids.mapped("state")), {"closed"})
        self.assertEqual(view.to_close, 0)

    @freeze_time(AFTER)
    def test_of_his_own_teams_only(self):
        self.assertFalse(self.open(self.other_head).line_ids)
        self.assertLessEqual(
            self.kam | self.colleague, self.open(self.director).line_ids.user_id
        )
        with self.assertRaises(AccessError):
            self.open(self.kam)

    @freeze_time(AFTER)
    def test_queries(self):
        self.open(self.head)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            self.open(self.head)

    @freeze_time(AFTER)
    def test_the_record_of_a_manager(self):
        card = self.env["kam.scorecard"].search(
            [("user_id", "=", self.kam.id), ("date_from", "=", MONTH)]
        )
        months = self.env["kam.department"].with_user(self.kam)._get_record(card)
        self.assertEqual(len(months), 12)
        self.assertEqual(months[-1]["turnover"], 900)
        self.assertEqual(months[-1]["active"], 1)
        report = self.env["ir.actions.report"].with_user(self.kam)
        name = "key_account_management.action_report_kam_manager_record"
        html = report._render_qweb_html(name, card.ids)[0].decode()
        self.assertIn("900.00", html)
        with self.assertRaises(AccessError):
            self.env["kam.department"].with_user(self.colleague)._get_record(
                card.with_user(self.colleague)
            )
