from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Command, Date

MANAGERS = ("kam_anna", "kam_boris", "kam_vera", "kam_gleb")
AMOUNTS = (60_000, 70_000, 55_000, 65_000)
# Name, filled in from, how often, days after the period, hour.
DUTIES = (
    ("Debts of my clients", "debts", "month", 3, 12.0),
    ("Plan and fact", "plan_fact", "month", 5, 18.0),
    ("What competitors do", "manual", "week", 0, 17.0),
    ("Reconciliation statements", "reconciliation", "quarter", 20, 18.0),
)
# Periods of the past for which reports are there.
PAST = 4


class KamDemoPay(models.AbstractModel):
    """A pay scheme for each manager, and reports: on time, late and given back."""

    _name = "kam.demo.pay"
    _description = "Demo: Pay and Report Duties"
    _inherit = ["kam.demo.mixin"]

    def _create_pay(self):
        first = Date.start_of(self._today() - relativedelta(years=1), "year")
        self.env["kam.pay.scheme"].create(
            [
                {
                    "user_id": self._ref(f"user_{name}").id,
                    "company_id": self.env.company.root_id.id,
                    "date_from": first,
                    "amount": amount,
                    "accelerator": 1.5,
                    "corrector_ids": [
                        Command.create(
                            {"code": "debt", "value_from": 0, "percent": -20}
                        ),
                        Command.create(
                            {"code": "debt", "value_from": 90, "percent": -5}
                        ),
                        Command.create(
                            {"code": "debt", "value_from": 97, "percent": 0}
                        ),
                        Command.create(
                            {"code": "evaluations", "value_from": 1, "percent": -10}
                        ),
                    ],
                }
                for name, amount in zip(MANAGERS, AMOUNTS, strict=True)
            ]
        )
        for number, row in enumerate(DUTIES):
            self._create_duty(number, *row)

    def _create_duty(self, number, name, source, interval, days, hour):
        """A duty with the reports of the last periods and those that are open."""
        users = self.env["res.users"]
        for manager in MANAGERS:
            users |= self._ref(f"user_{manager}")
        duty = self.env["kam.report.duty"].create(
            {
                "name": name,
                "sequence": 10 * (number + 1),
                "source": source,
                "interval": interval,
                "due_days": days,
                "due_hour": hour,
                "date_from": self._today() - relativedelta(years=1),
                "user_ids": [Command.set(users.ids)],
                "recipient_ids": [Command.set(self._ref("user_director").ids)],
            }
        )
        reports = self.env["kam.report.instance"]
        last = duty._get_periods(self._today())[0][0]
        for ago in range(PAST, 0, -1):
            day = self._get_report_day(last, interval, ago)
            reports |= self._create_past_reports(duty, day, users, number + ago)
        duty._make_instances()
        self.env["kam.report.instance"].search([("duty_id", "=", duty.id)])._refresh()

    def _get_report_day(self, first, interval, ago):
        if interval == "week":
            return first - timedelta(weeks=ago)
        return first - relativedelta(months=ago * (3 if interval == "quarter" else 1))

    def _create_past_reports(self, duty, first, users, turn):
        """The reports of a period: most on time, some late or given back, one open."""
        length = {"week": {"days": 6}, "month": {"months": 1, "days": -1}}
        end = first + relativedelta(
            **length.get(duty.interval, {"months": 3, "days": -1})
        )
        vals_list = []
        for number, user in enumerate(users):
            vals = duty._prepare_instance(user, (first, end))
            hours = 20 if (turn + number) % 5 == 0 else -3
            sent = vals["date_due"] + timedelta(hours=hours)
            is_missing = (turn, number) == (1 + PAST, 2)
            if not is_missing and vals["date_due"].date() < self._today():
                head = user.sale_team_id.user_id
                vals.update(
                    state="accepted",
                    date_submitted=sent,
                    date_accepted=sent + timedelta(days=1),
                    accepted_by_id=head.id,
                    returned_count=int((turn + number) % 4 == 0),
                )
            vals_list.append(vals)
        return self.env["kam.report.instance"].create(vals_list)
