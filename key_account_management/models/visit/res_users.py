from pytz import timezone, utc

from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    kam_visits_per_day = fields.Integer(
        string="Visits per Day",
        default=4,
        help="Most visits that the weekly plan puts into one day.",
    )
    kam_calls_per_day = fields.Integer(
        string="Calls per Day",
        default=8,
        help="Most calls and online meetings that the weekly plan puts into one day.",
    )
    kam_plan_weekly = fields.Boolean(
        string="Plan My Week",
        default=True,
        help="The plan of the next week is proposed on Friday afternoon.",
    )

    _kam_per_day_positive = models.Constraint(
        "CHECK (kam_visits_per_day >= 0 AND kam_calls_per_day >= 0)",
        "Visits and calls per day cannot be negative. Enter 0 for none.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        own = ["kam_visits_per_day", "kam_calls_per_day", "kam_plan_weekly"]
        return [*super().SELF_READABLE_FIELDS, *own]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "kam_plan_weekly"]

    def _get_kam_zone(self):
        """Return the time zone of the user; sudo: colleagues' zones are no secret."""
        return timezone(self.sudo().tz or "UTC")

    def _get_kam_day(self, moment):
        """Return the day of a UTC moment where the user lives."""
        return moment and utc.localize(moment).astimezone(self._get_kam_zone()).date()
