from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from .calendar import get_share
from .forecasting import get_error, get_mean, parse_days

ACTIVITY = "mail.mail_activity_data_todo"
# Forecasts whose error is told: those of so many months.
MONTHS = 12


class KamSalesForecast(models.Model):
    """What a manager's month was forecast to bring at a checkpoint, and brought.

    Taken on the days of the month that the company chose and kept for ever, so that
    the error of forecasts can be told.
    """

    _name = "kam.sales.forecast"
    _description = "Forecast at a Checkpoint"
    _inherit = ["kam.guard.mixin"]
    _order = "month desc, checkpoint desc, user_id"
    _rec_name = "month"

    _system_only = True

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Key Account Manager",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Department",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    plan_id = fields.Many2one(
        comodel_name="kam.sales.plan",
        string="Sales Plan",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        help="The plan that governed the month at the checkpoint.",
    )
    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    checkpoint = fields.Integer(
        string="Checkpoint (day)", required=True, readonly=True, aggregator=None
    )
    date = fields.Date(string="Taken on", required=True, readonly=True)
    target = fields.Monetary(string="Plan of the Month", readonly=True)
    due = fields.Monetary(
        string="Plan to Date",
        readonly=True,
        help="The plan up to the same working day.",
    )
    reached = fields.Monetary(string="Reached by Then", readonly=True)
    run_rate = fields.Monetary(
        readonly=True,
        help="What the month brings if it goes on as it began, by working days.",
    )
    orders = fields.Monetary(
        string="Confirmed Orders",
        readonly=True,
        help="Untaxed rest of confirmed orders that are due in the month.",
    )
    pipeline = fields.Monetary(
        string="Weighted Pipeline",
        readonly=True,
        help="Expected revenue × probability of chances that close in the month.",
    )
    forecast = fields.Monetary(readonly=True)
    is_behind = fields.Boolean(
        string="Behind", readonly=True, help="Less was reached than planned to date."
    )
    is_over = fields.Boolean(
        string="Month Over", readonly=True, help="What the month brought is known."
    )
    fact = fields.Monetary(string="Brought", readonly=True)
    error = fields.Float(
        string="Error (%)",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="|forecast − fact| ÷ fact. The mean over forecasts is their MAPE.",
    )

    _checkpoint_uniq = models.UniqueIndex(
        "(company_id, user_id, month, checkpoint)",
        "A manager has one forecast a checkpoint.",
    )

    @api.model
    def _get_mape(self, company, users, month):
        """Return dict user id -> mean error in percent of the year before a month.

        Users without a forecast of a month that is over are left out.
        """
        rows = self.sudo()._read_group(
            [
                ("company_id", "=", company.id),
                ("user_id", "in", users.ids),
                ("is_over", "=", True),
                ("fact", "!=", 0),
                ("month", "<", month),
                ("month", ">=", month - relativedelta(months=MONTHS)),
            ],
            ["user_id"],
            ["error:array_agg"],
        )
        return {user.id: get_mean(errors) for user, errors in rows}

    # The nightly job

    @api.model
    def _cron_keep(self):
        """Keep the forecasts of today's checkpoint, and judge those of past months.

        A checkpoint that was missed is made up for on the next day; safe to repeat.
        """
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        self.env["kam.job"]._run(companies, self._keep)

    def _keep(self, companies):
        for company in companies:
            today = company._kam_today()
            self._judge(company, today)
            gone = [
                day
                for day in parse_days(company.kam_checkpoint_days)
                if day <= today.day
            ]
            if gone:
                self._take(company, gone[-1], today)._tell_managers()

    def _judge(self, company, today):
        """Write down what the months that are over brought."""
        month = fields.Date.start_of(today, "month")
        rows = self.search(
            [
                ("company_id", "=", company.id),
                ("is_over", "=", False),
                ("month", "<", month),
            ]
        )
        forecaster = self.env["kam.sales.forecaster"]
        for first, group in rows.grouped("month").items():
            last = fields.Date.end_of(first, "month")
            facts = dict(forecaster._get_turnover(company, first, last))
            for row in group:
                fact = facts.get(row.user_id.id, 0)
                error = get_error(row.forecast, fact)
                row.write({"fact": fact, "error": error or 0, "is_over": True})

    def _take(self, company, checkpoint, today):
        """Return the forecasts of a checkpoint that were missing.

        :param today: the day up to which documents count
        """
        month = fields.Date.start_of(today, "month")
        last = fields.Date.end_of(month, "month")
        lines = self.env["kam.sales.plan"]._get_governing_lines(company, month, month)
        lines = lines.filtered(lambda line: line.metric == "turnover")
        engine = self.env["kam.scorecard.engine"]
        users = lines.user_id | engine._get_owners_of(company, month, today)
        teams = users._get_kam_teams()
        known = self.search(
            [
                ("company_id", "=", company.id),
                ("month", "=", month),
                ("checkpoint", "=", checkpoint),
            ]
        )
        parts = self.env["kam.sales.forecaster"]._get_forecasts(
            company, month, last, today
        )
        share = get_share(month, last, today)
        vals_list = []
        for user in (users - known.user_id).sorted("id"):
            own = lines.filtered(lambda line, user=user: line.user_id == user)
            vals_list.append(
                {
                    "user_id": user.id,
                    "team_id": (own.team_id or teams[user])[:1].id,
                    "plan_id": own.plan_id[:1].id,
                    "company_id": company.id,
                    "month": month,
                    "checkpoint": checkpoint,
                    "date": today,
                    **self._prepare_figures(own, parts.get(user.id, {}), share),
                }
            )
        return self.create(vals_list)

    @api.model
    def _prepare_figures(self, lines, parts, share):
        """Return the values of a forecast.

        :param lines: targets of the month
        :param parts: as of ``kam.sales.forecaster._get_forecasts``
        :param share: share of the working days that have gone
        """
        target = sum(lines.mapped("target"))
        due, reached = round(target * share, 2), parts.get("fact", 0)
        names = ("run_rate", "orders", "pipeline", "forecast")
        return {
            "target": target,
            "due": due,
            "reached": reached,
            "is_behind": reached < due,
            **{name: parts.get(name, 0) for name in names},
        }

    def _tell_managers(self):
        """Plan an activity at the plan of each manager who is behind."""
        for row in self.filtered("is_behind"):
            row._tell_manager()

    def _tell_manager(self):
        """Plan an activity at the plan, in the words of its manager."""
        words = self.user_id._get_kam_words(self.company_id)
        currency = self.currency_id.with_env(words)
        self.plan_id.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY,
            date_deadline=self.date,
            user_id=self.user_id.id,
            summary=words._("Behind the sales plan"),
            note=words._(
                "%(reached)s reached, %(due)s planned to date. The month is forecast "
                "to bring %(forecast)s of %(target)s.",
                reached=currency.format(self.reached),
                due=currency.format(self.due),
                forecast=currency.format(self.forecast),
                target=currency.format(self.target),
            ),
        )
