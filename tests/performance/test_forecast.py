"""Forecast of a period in three parts, checkpoints, and how good forecasts were."""

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time

from ..common import KamCommon
from .common import PerformanceCase

CRON = "key_account_management.ir_cron_kam_sales_forecast"
# October 2026 has 22 working days; 10 have gone at the end of Wednesday the 14th.
DAY = date(2026, 10, 14)
LAST = date(2026, 10, 31)


class ForecastCase(PerformanceCase):
    def forecast(self, first=None, last=LAST, day=DAY, user=None):
        found = self.env["kam.sales.forecaster"]._get_forecasts(
            self.company, first or self.month, last, day
        )
        return found.get((user or self.kam).id, {})

    def confirm(self, amount, due, **vals):
        order = self.make_confirmed(self.partner, amount, commitment_date=due, **vals)
        order.date_order = "2026-10-02 09:00:00"
        return order

    def chance(self, amount, probability, deadline, **vals):
        return self.env["crm.lead"].create(
            {
                "name": "Chance",
                "type": "opportunity",
                "partner_id": self.partner.id,
                "user_id": self.kam.id,
                "company_id": self.company.id,
                "expected_revenue": amount,
                "probability": probability,
                "date_deadline": deadline,
                **vals,
            }
        )


@freeze_time("2026-10-14 09:00:00")
class TestParts(ForecastCase):
    def test_run_rate_by_working_days(self):
        self.sell(1000, date(2026, 10, 5))
        self.sell(-100, date(2026, 10, 14))
        self.sell(500, date(2026, 10, 15))
        self.assertEqual(
            self.forecast(),
            {
                "fact": 900,
                "run_rate": 1980,
                "orders": 0,
                "pipeline": 0,
                "forecast": 1980,
            },
        )

    def test_before_the_first_working_day_it_is_what_was_sold(self):
        first, last = date(2026, 8, 1), date(2026, 8, 31)
        self.sell(70, first)
        self.assertEqual(self.forecast(first, last, first)["run_rate"], 70)

    def test_confirmed_orders_that_are_due_in_the_period(self):
        self.confirm(300, "2026-10-31 12:00:00")
        self.confirm(40, "2026-11-02 12:00:00")
        self.confirm(5, False)
        self.make_order(self.partner, 1000, commitment_date="2026-10-20 12:00:00")
        closed = self.confirm(2000, "2026-10-20 12:00:00")
        closed.credit_rest_closed = True
        self.assertEqual(self.forecast()["orders"], 305)

    def test_what_was_invoiced_of_an_order_is_no_rest(self):
        order = self.confirm(300, "2026-10-20 12:00:00")
        self.invoice_order(order, price=120, date=date(2026, 10, 14))
        found = self.forecast()
        self.assertEqual((found["fact"], found["orders"]), (120, 180))

    def test_pipeline_by_its_probability(self):
        self.chance(1000, 40, "2026-10-31")
        self.chance(1000, 40, "2026-11-01")
        self.chance(1000, 100, "2026-10-20")
        ordered = self.chance(1000, 50, "2026-10-20")
        self.confirm(10, "2026-12-20 12:00:00", opportunity_id=ordered.id)
        self.assertEqual(self.forecast()["pipeline"], 400)

    def test_a_chance_of_no_client_counts_for_its_salesperson(self):
        self.chance(100, 50, "2026-10-20", partner_id=False, user_id=self.colleague.id)
        self.assertEqual(self.forecast(user=self.colleague)["forecast"], 50)
        self.assertFalse(self.forecast())

    def test_a_period_that_is_over_brings_what_it_brought(self):
        self.sell(1000, date(2026, 10, 5))
        self.confirm(300, "2026-10-20 12:00:00")
        self.assertEqual(self.forecast(day=LAST)["forecast"], 1000)

    def test_a_plan_shows_its_parts(self):
        self.sell(1000, date(2026, 10, 5))
        self.sell(100, date(2026, 10, 5), self.others.partner_ids)
        self.confirm(300, "2026-10-20 12:00:00")
        self.chance(1000, 40, "2026-10-31")
        plans = self.make_plan({"turnover": 1}, self.kam) | self.make_plan({})
        plans = plans.with_user(self.head)
        self.assertEqual(
            [
                (p.forecast_run_rate, p.forecast_orders, p.forecast_pipeline)
                for p in plans
            ],
            [(2200, 300, 400), (2420, 300, 400)],
        )
        self.assertEqual(plans.mapped("forecast"), [2900, 3120])

    def test_a_proposed_plan_of_another_team_tells_no_forecast(self):
        self.sell(77, date(2026, 10, 5))
        plans = self.env["kam.sales.plan"].with_user(self.other_head)
        draft = plans.new(
            {
                "company_id": self.company.id,
                "team_id": self.team.id,
                "user_id": self.kam.id,
                "period": "month",
                "date_from": self.month,
            }
        )
        self.assertEqual(draft.forecast, 0)


class TestCheckpoints(ForecastCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.kam_checkpoint_days = "10, 20"
        cls.plan = cls.make_plan({"turnover": 2200}, cls.kam, state="approved")

    def keep(self):
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        return self.env["kam.sales.forecast"].search([("user_id", "=", self.kam.id)])

    def test_nothing_is_kept_before_the_first_checkpoint(self):
        with freeze_time("2026-10-09 09:00:00"):
            self.assertFalse(self.keep())

    def test_who_is_behind_gets_an_activity_once(self):
        # 7 of 22 working days: 700 of 2200 are due
        self.sell(699, date(2026, 10, 5))
        with freeze_time("2026-10-10 09:00:00"):
            self.keep()
            row = self.keep()
        self.assertEqual((row.due, row.reached, row.is_behind), (700, 699, True))
        self.assertEqual(self.plan.activity_ids.user_id, self.kam)
        self.assertEqual(len(self.plan.activity_ids), 1)
        with freeze_time("2026-10-20 09:00:00"):
            self.assertEqual(len(self.keep()), 2)

    def test_who_is_on_plan_gets_none(self):
        self.sell(700, date(2026, 10, 5))
        with freeze_time("2026-10-10 09:00:00"):
            self.assertFalse(self.keep().is_behind)
        self.assertFalse(self.plan.activity_ids)

    def test_a_missed_checkpoint_is_made_up_for(self):
        with freeze_time("2026-10-12 09:00:00"):
            row = self.keep()
        self.assertEqual((row.checkpoint, row.date), (10, date(2026, 10, 12)))

    def test_error_of_past_forecasts(self):
        self.sell(700, date(2026, 10, 5))
        with freeze_time("2026-10-10 09:00:00"):
            self.assertEqual(self.keep().forecast, 2200)
        self.sell(1300, date(2026, 10, 30))
        with freeze_time("2026-10-20 09:00:00"):
            self.keep()
        with freeze_time("2026-11-01 09:00:00"):
            rows = self.keep()
            self.assertEqual(set(rows.mapped("fact")), {2000})
            # 2200 and 1100 forecast, 2000 brought
            self.assertEqual(sorted(rows.mapped("error")), [10, 45])
            self.plan.invalidate_recordset()
            self.assertEqual(self.plan.forecast_error, 27.5)

    def test_a_company_without_checkpoints_keeps_none(self):
        self.company.kam_checkpoint_days = False
        with freeze_time("2026-10-12 09:00:00"):
            self.assertFalse(self.keep())

    def test_the_report_shows_the_last_forecast_of_the_month(self):
        self.sell(700, date(2026, 10, 5))
        for day in ("2026-10-10 09:00:00", "2026-10-20 09:00:00"):
            with freeze_time(day):
                self.keep()
        row = self.env["kam.plan.report"].search(
            [
                ("month", "=", self.month),
                ("metric", "=", "turnover"),
                ("user_id", "=", self.kam.id),
            ]
        )
        self.assertEqual((row.target, row.fact, row.forecast), (2200, 700, 1100))

    def test_own_forecasts_only_and_nobody_writes_one(self):
        with freeze_time("2026-10-10 09:00:00"):
            row = self.keep()
        rows = self.env["kam.sales.forecast"]
        self.assertEqual(rows.with_user(self.kam).search([]), row)
        self.assertFalse(rows.with_user(self.other_head).search([]))
        with self.assertRaises(AccessError):
            row.with_user(self.director).forecast = 1


class TestCheckpointDays(KamCommon):
    def test_bad_days_are_refused(self):
        for days in ("0", "29", "ten", "10;20"):
            with self.subTest(days), self.assertRaises(ValidationError):
                self.company.kam_checkpoint_days = days
