from datetime import datetime, time, timedelta

from pytz import timezone

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kam_bank_days = fields.Integer(
        string="Bank Days of a Promise",
        help="Working days that money may take to arrive after a promised date.",
    )
    kam_ladder_start = fields.Date(
        string="Ladder since",
        help="First day of the dunning ladder. Empty: it is off.",
    )
    kam_ladder_stage_id = fields.Many2one(
        comodel_name="kam.collection.stage",
        string="Old Items Enter at",
        ondelete="set null",
        help="Items that were further when the ladder started begin at this level "
        "and climb on from there. Empty: they are where their days put them.",
    )
    kam_ladder_approval = fields.Boolean(
        string="Letters Wait for Approval",
        default=True,
        help="Otherwise they are sent by the scheduled action.",
    )
    kam_demand_days = fields.Integer(
        string="Days from Letter to Demand",
        default=10,
        help="A formal demand leaves no earlier than so many days after a letter "
        "that was sent.",
    )
    kam_letter_days = fields.Integer(
        string="Days to Pay",
        default=7,
        help="Days that a letter gives the client to pay.",
    )
    kam_penalty_rate = fields.Float(
        string="Penalty (% per Day)",
        digits=(16, 4),
        help="Simple interest on overdue debt where no contract says otherwise.",
    )
    kam_penalty_cap = fields.Float(
        string="Penalty up to (%)",
        digits=(16, 2),
        help="Most that a penalty may come to, in percent of the item. 0: no cap.",
    )
    kam_accountant_id = fields.Many2one(
        comodel_name="res.users",
        string="Matches Payments",
        ondelete="set null",
        domain=[("share", "=", False)],
        help="The accountant who is asked to match payments before anybody is dunned.",
    )
    kam_reminder_count = fields.Integer(
        string="Reminders of a Statement",
        default=3,
        help="How often at most a legal entity is reminded of a reconciliation "
        "statement that it has not answered in time; 0: never.",
    )
    kam_reminder_days = fields.Integer(
        string="Days between Reminders",
        default=7,
        help="The first reminder goes out on the day after the deadline.",
    )

    _kam_bank_days_positive = models.Constraint(
        "CHECK (kam_bank_days >= 0)",
        "The bank days of a promise cannot be negative.",
    )
    _kam_ladder_numbers_positive = models.Constraint(
        """CHECK (kam_demand_days >= 0 AND kam_letter_days >= 0
            AND kam_penalty_rate >= 0 AND kam_penalty_cap >= 0)""",
        "Days and percentages of the dunning ladder cannot be negative.",
    )
    _kam_reminder_count_positive = models.Constraint(
        "CHECK (kam_reminder_count >= 0)",
        "The number of reminders of a statement cannot be negative.",
    )
    _kam_reminder_days_positive = models.Constraint(
        "CHECK (kam_reminder_days > 0)",
        "Leave at least one day between two reminders of a statement.",
    )

    def _get_promise_deadline(self, day):
        """Return the last day on which money promised for ``day`` is in time.

        A day on a weekend moves to Monday; bank days are working days.
        """
        self.ensure_one()
        left = self.sudo().kam_bank_days
        while day.weekday() > 4 or left:
            if day.weekday() <= 4:
                left -= 1
            day += timedelta(days=1)
        return day

    def _get_working_day(self, day):
        """Return the first working day from ``day`` on, by the calendar of the company.

        Without a calendar, or with one that has no work for a month, Saturday and
        Sunday are off.
        """
        self.ensure_one()
        days = [day + timedelta(days=count) for count in range(31)]
        off = {fields.Date.to_string(d): d.weekday() > 4 for d in days}
        if calendar := self.sudo().resource_calendar_id:
            zone = timezone(calendar.tz)
            unusual = calendar._get_unusual_days(
                zone.localize(datetime.combine(days[0], time.min)),
                zone.localize(datetime.combine(days[-1], time.max)),
                self,
            )
            off = off if all(unusual.values()) else unusual
        return next(d for d in days if not off[fields.Date.to_string(d)])
