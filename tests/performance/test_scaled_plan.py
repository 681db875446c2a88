"""A long absence takes its working days out of the sales plan."""

from datetime import date

from odoo.exceptions import AccessError, UserError

from .common import PerformanceCase


class TestScaledPlan(PerformanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # October 2026 has 22 working days
        cls.plan = cls.make_plan(
            {"turnover": 2200, "new_clients": 3}, cls.kam, state="approved"
        )

    def absence(self, first, last):
        substitution = self.env["kam.substitution"].create(
            {
                "absent_user_id": self.kam.id,
                "substitute_user_id": self.colleague.id,
                "date_from": first,
                "date_to": last,
            }
        )
        return substitution.with_user(self.head)

    def test_six_working_days_are_taken_out(self):
        absence = self.absence(date(2026, 10, 5), date(2026, 10, 12))
        self.assertEqual((absence.working_days, absence.plan_turnover), (6, 600))
        absence.action_scale_plan()
        version = self.plan.search([("substitution_id", "=", absence.id)])
        self.assertEqual((version.version, version.state), (2, "draft"))
        self.assertEqual(
            {line.metric: line.target for line in version.line_ids},
            {"turnover": 1600, "new_clients": 2},
        )
        self.assertEqual(sum(self.plan.line_ids.mapped("target")), 2203)

    def test_five_working_days_are_not(self):
        absence = self.absence(date(2026, 10, 5), date(2026, 10, 11))
        self.assertEqual((absence.working_days, absence.plan_turnover), (5, 0))
        with self.assertRaisesRegex(UserError, "nothing to scale"):
            absence.action_scale_plan()

    def test_only_the_days_of_the_month(self):
        """Of six working days one is in October: 2,200 / 22."""
        absence = self.absence(date(2026, 9, 24), date(2026, 10, 1))
        self.assertEqual((absence.working_days, absence.plan_turnover), (6, 100))

    def test_it_is_made_once(self):
        absence = self.absence(date(2026, 10, 5), date(2026, 10, 12))
        for _again in range(2):
            absence.action_scale_plan()
        self.assertEqual(
            self.plan.search_count([("substitution_id", "=", absence.id)]), 1
        )

    def test_plan_governs_once_it_is_approved(self):
        absence = self.absence(date(2026, 10, 5), date(2026, 10, 12))
        absence.action_scale_plan()
        version = self.plan.search([("substitution_id", "=", absence.id)])
        version.with_user(self.head).action_submit()
        version.with_user(self.director).action_approve("2026-10-01")
        lines = self.plan._get_governing_lines(self.company, self.month, self.month)
        self.assertEqual(lines.plan_id, version)

    def test_who_may(self):
        absence = self.absence(date(2026, 10, 5), date(2026, 10, 12))
        for user in (self.kam, self.colleague, self.other_head, self.support):
            with self.assertRaises(AccessError):
                absence.with_user(user).action_scale_plan()

    def test_plan_is_nothing_for_others(self):
        absence = self.absence(date(2026, 10, 5), date(2026, 10, 12))
        for user in (self.support, self.controller):
            with self.assertRaises(AccessError):
                absence.with_user(user).read(["plan_turnover"])
