from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .duty import get_due, get_period


class KamReportDuty(models.Model):
    """A report that managers owe: what, how often, by when, to whom, who accepts it.

    The reports themselves are `kam.report.instance`, made once per manager and period.
    """

    _name = "kam.report.duty"
    _description = "Report Duty"
    _inherit = ["kam.guard.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company.root_id,
    )
    source = fields.Selection(
        selection=[
            ("manual", "Written by the manager"),
            ("weekly_plan", "Weekly plan"),
            ("debts", "Debts of his clients"),
            ("plan_fact", "Plan and fact"),
            ("reconciliation", "Reconciliation statements"),
        ],
        string="Filled in from",
        default="manual",
        required=True,
        help="A weekly plan is sent and approved where it is made. The other reports "
        "are filled in with the figures of the day until they are sent.",
    )
    interval = fields.Selection(
        selection=[("week", "Week"), ("month", "Month"), ("quarter", "Quarter")],
        string="How Often",
        default="month",
        required=True,
    )
    due_anchor = fields.Selection(
        selection=[
            ("start", "First day of the period"),
            ("end", "Last day of the period"),
        ],
        string="Counted from",
        default="end",
        required=True,
    )
    due_days = fields.Integer(
        string="Due after (days)",
        help="Days after the first or last day of the period; below 0: before it.",
    )
    due_hour = fields.Float(
        string="Due at", default=18.0, help="On the clock of the manager."
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._kam_today(),
        help="Reports that were due earlier are not asked for.",
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="kam_report_duty_user_rel",
        string="Of Whom",
        domain=[("share", "=", False)],
        help="Leave empty for everybody who looks after key clients.",
    )
    recipient_ids = fields.Many2many(
        comodel_name="res.users",
        relation="kam_report_duty_recipient_rel",
        string="To Whom",
        domain=[("share", "=", False)],
        help="They are told when a report was sent.",
    )
    acceptor_id = fields.Many2one(
        comodel_name="res.users",
        string="Accepted by",
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Leave empty for the head of the manager's team.",
    )
    instruction = fields.Html(string="What Goes in")
    template = fields.Binary(attachment=True)
    template_name = fields.Char()
    instance_ids = fields.One2many(
        comodel_name="kam.report.instance", inverse_name="duty_id", readonly=True
    )

    _hour_range = models.Constraint(
        "CHECK (due_hour >= 0 AND due_hour <= 24)",
        "The hour lies between 0 and 24.",
    )
    _days_range = models.Constraint(
        "CHECK (due_days BETWEEN -31 AND 92)",
        "A report is due within a month before and three months after its period.",
    )

    @api.constrains("source", "interval")
    def _check_source(self):
        for duty in self:
            if duty.source == "weekly_plan" and duty.interval != "week":
                raise ValidationError(self.env._("A weekly plan is due each week."))

    @api.constrains("company_id")
    def _check_company_id(self):
        if self.company_id.sudo().parent_id:
            raise ValidationError(
                self.env._("Duties are of a main company, not of its branches.")
            )

    def _get_users(self, first, last):
        """Return who owes the report of a period; sudo: a job's work."""
        self.ensure_one()
        duty = self.sudo()
        users = duty.user_ids or self.env["kam.scorecard.engine"].sudo()._get_owners_of(
            duty.company_id, first, last
        )
        return users._filter_kam_present(duty.company_id)

    def _get_periods(self, today):
        """Return the periods whose reports are asked for by now: this and the next.

        The next one only where its report is due within a week, as plans are that are
        due before their week begins.
        """
        self.ensure_one()
        this = get_period(today, self.interval)
        after = get_period(this[1] + timedelta(days=1), self.interval)
        anchor = after[0 if self.due_anchor == "start" else 1]
        due = anchor + timedelta(days=self.due_days)
        return [this, after] if due <= today + timedelta(days=7) else [this]

    def _make_instances(self):
        """Make the reports that are due and missing; safe to repeat."""
        instances = self.env["kam.report.instance"].sudo()
        for duty in self.sudo():
            for period in duty._get_periods(duty.company_id._kam_today()):
                duty._make_period(period, instances)

    def _make_period(self, period, instances):
        """Make the reports of one period."""
        users = self._get_users(*period)
        known = instances.search(
            [("duty_id", "=", self.id), ("period_from", "=", period[0])]
        )
        instances.create(
            [
                vals
                for user in (users - known.user_id).sorted("id")
                if (vals := self._prepare_instance(user, period))
            ]
        )

    def _prepare_instance(self, user, period):
        """Return the values of a report, or nothing before the duty began."""
        zone = user.sudo().tz or self.company_id._get_kam_timezone()
        due = get_due(period, self.due_anchor, self.due_days, self.due_hour, zone)
        anchor = period[0 if self.due_anchor == "start" else 1]
        day = anchor + timedelta(days=self.due_days)
        if day < self.date_from:
            return {}
        return {
            "duty_id": self.id,
            "user_id": user.id,
            "period_from": period[0],
            "period_to": period[1],
            "date_due": due,
            "day_due": day,
        }

    @api.model
    def _cron_make(self):
        """Make the reports of all duties and look after those that are open."""
        job = self.env["kam.job"]
        if job._run(self.search([("active", "=", True)]), type(self)._make_instances):
            self.env["kam.report.instance"]._refresh_open()
