"""Growth: one-off orders left out, growing months; versions; who came back."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import PerformanceCase

MONTH = date(2026, 10, 1)


class TestOneOff(PerformanceCase):
    def one_off(self, amount, day):
        """An order with its invoice."""
        order = self.make_confirmed(self.partner, amount)
        self.invoice_order(order, date=day)
        return order

    def leave_out(self, order, day, user=None):
        with freeze_time(f"{day} 09:00:00"):
            rows = self.env["kam.growth.exclusion"].with_user(user or self.director)
            return rows.create({"order_id": order.id, "reason": "Fair"})

    def test_left_out_of_the_base_and_of_the_turnover(self):
        self.sell(1000, date(2025, 10, 10))
        self.sell(1100, date(2026, 10, 10))
        for amount, day in ((500, date(2025, 10, 12)), (70, date(2026, 10, 12))):
            self.leave_out(self.one_off(amount, day), "2026-09-30")
        card = self.make_card()
        self.assertScore(card, "growth", 10.0, 100.0)
        left_out = self.line(card, "growth").entry_ids.filtered(
            lambda entry: entry.kind == "left_out"
        )
        self.assertEqual(
            sorted((entry.amount, entry.base) for entry in left_out),
            [(-70, 0), (0, -500)],
        )
        self.assertIn("Fair", left_out[0].name)

    def test_decided_within_the_period_it_counts_until_the_next(self):
        self.sell(1000, date(2025, 10, 10))
        row = self.leave_out(self.one_off(1100, date(2026, 10, 12)), "2026-10-01")
        self.assertEqual(row.date_from, date(2026, 11, 1))
        self.assertScore(self.make_card(), "growth", 10.0, 100.0)

    def test_the_director_only(self):
        order = self.one_off(1, date(2026, 10, 12))
        for user in (self.head, self.kam, self.support):
            with self.assertRaises(AccessError):
                self.leave_out(order, "2026-09-30", user)
        row = self.leave_out(order, "2026-09-30")
        self.assertEqual(row.user_id, self.director)
        with self.assertRaises(UserError):
            row.reason = "Other"
        with freeze_time("2026-10-01 09:00:00"), self.assertRaises(UserError):
            row.unlink()
        with freeze_time("2026-09-30 09:00:00"):
            row.unlink()

    def test_only_orders_of_key_clients_and_with_a_reason(self):
        rows = self.env["kam.growth.exclusion"].with_user(self.director)
        draft = self.make_order(self.partner, 5)
        with self.assertRaises(UserError):
            rows.create({"order_id": draft.id, "reason": "So"})
        with self.assertRaises(UserError):
            rows.create({"order_id": self.one_off(1, MONTH).id, "reason": "  "})

    def test_share_of_growing_months(self):
        for month, now in ((8, 110), (9, 100), (10, 90)):
            self.sell(100, date(2025, month, 5))
            self.sell(now, date(2026, month, 5))
            card = self.make_card(month=date(2026, month, 1))
        self.assertEqual(card.growing_months, "1 of 3")


class TestVersions(PerformanceCase):
    def test_both_completions_are_shown(self):
        first = self.make_plan({"turnover": 1000}, self.kam, state="approved")
        with freeze_time("2026-10-05 09:00:00"):
            action = first.with_user(self.head).action_new_version()
            later = self.env["kam.sales.plan"].browse(action["res_id"])
            later.line_ids.target = 800
            later.with_user(self.head).action_submit()
            later.with_user(self.director).action_approve(MONTH, "Lost a client")
        self.sell(400, date(2026, 10, 10))
        self.assertEqual(later.earlier_id, first)
        self.assertEqual((later.completion, later.earlier_completion), (0.5, 0.4))
        card = self.make_card()
        self.assertScore(card, "plan", 50.0, 50.0)
        self.assertIn(
            "40.00 by the version before", self.line(card, "plan").explanation
        )
        total, _found = card._recompute_from_inputs()
        self.assertEqual(total, card.total)

    def test_one_version_shows_one_completion(self):
        plan = self.make_plan({"turnover": 1000}, self.kam, state="approved")
        self.sell(400, date(2026, 10, 10))
        self.assertFalse(plan.earlier_id)
        line = self.line(self.make_card(), "plan")
        self.assertNotIn("version", line.explanation)


class TestReactivated(PerformanceCase):
    def count(self, metric):
        self.env.flush_all()
        row = self.env["kam.plan.report"].search(
            [
                ("month", "=", MONTH),
                ("metric", "=", metric),
                ("user_id", "=", self.kam.id),
            ]
        )
        return row.fact

    def test_back_after_months_is_shown_apart(self):
        self.company.kam_reactivation_months = 6
        self.sell(10, date(2026, 4, 10))
        self.sell(10, date(2026, 10, 10))
        self.assertEqual(self.count("reactivated_clients"), 1)
        self.assertEqual(self.count("active_clients"), 1)
        self.assertFalse(self.count("new_clients"))

    def test_a_day_less_is_no_reactivation(self):
        self.company.kam_reactivation_months = 6
        self.sell(10, date(2026, 4, 11))
        self.sell(10, date(2026, 10, 10))
        self.assertFalse(self.count("reactivated_clients"))

    def test_a_new_client_is_not_reactivated(self):
        self.sell(10, date(2026, 10, 10))
        self.assertFalse(self.count("reactivated_clients"))
        self.assertEqual(self.count("new_clients"), 1)
