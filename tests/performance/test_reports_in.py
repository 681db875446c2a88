"""Reports on time: weekly plans by their deadline, outcomes within 24 hours."""

from datetime import date, datetime

from odoo.tests import freeze_time

from .common import PerformanceCase


class TestReportsIn(PerformanceCase):
    def plan(self, day, submitted=None, state="approved", **vals):
        plan = self.env["kam.visit.plan"].create(
            {"user_id": self.kam.id, "week_start": date(2026, 10, day)}
        )
        plan.write({"state": state, "submitted_at": submitted, **vals})
        return plan

    def test_nothing_due_is_not_applicable(self):
        self.assertFalse(self.line(self.make_card(), "reports").is_applicable)

    def test_plans_by_the_deadline(self):
        """Friday, 18:00 of the week before, in the time zone of the company."""
        self.company.partner_id.tz = "UTC"
        self.plan(5, datetime(2026, 10, 2, 18, 0))
        self.plan(12, datetime(2026, 10, 9, 18, 1))
        self.plan(19, state="draft")
        self.plan(26, datetime(2026, 10, 20, 9, 0), return_count=1)
        # 2 of 4 on time, 2 of 3 accepted the first time
        self.assertScore(self.make_card(), "reports", 33.33, 33.33)

    def test_outcomes_within_a_day_of_the_visit(self):
        kind = self.env["kam.visit.kind"].search([], limit=1)
        outcome = self.env["kam.visit.outcome"].search([], limit=1)
        moments = (
            datetime(2026, 10, 7, 9),
            datetime(2026, 10, 8, 9),
            datetime(2026, 10, 8, 9, 1),
        )
        for moment in moments:
            self.env["kam.visit"].create(
                {
                    "user_id": self.kam.id,
                    "client_id": self.client.id,
                    "kind_id": kind.id,
                    "date_planned": datetime(2026, 10, 7, 8),
                    "date_done": datetime(2026, 10, 7, 9),
                    "decision": "done",
                    "outcome_id": outcome.id,
                    "next_step": "Call",
                    "next_date": date(2026, 10, 20),
                    "reported_at": moment,
                }
            )
        line = self.line(self.make_card(), "reports")
        self.assertEqual((line.amount, line.base_amount), (2, 3))

    @freeze_time("2026-10-20 12:00:00")
    def test_a_plan_that_was_given_back(self):
        plan = self.plan(26, datetime(2026, 10, 20, 9), state="submitted")
        plan.with_user(self.head).action_return("Where are the visits?")
        self.assertEqual(plan.return_count, 1)
