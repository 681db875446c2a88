from datetime import datetime, time, timedelta

import pytz

from odoo import models


class ResUsers(models.Model):
    """Working days of a colleague."""

    _inherit = "res.users"

    def _get_kam_next_working_day(self, day):
        """Return the first working day of the user after a day.

        By his own working hours, else those of his company, public holidays left
        out; the next day if neither has working hours. Read as superuser: whoever
        sends a proposal may not see the working hours of a colleague.

        :param day: date
        """
        self.ensure_one()
        user = self.sudo()
        calendar = user.resource_calendar_id or user.company_id.resource_calendar_id
        tomorrow = day + timedelta(days=1)
        if not calendar:
            return tomorrow
        zone = pytz.timezone(user.tz or calendar.tz or "UTC")
        begin = zone.localize(datetime.combine(tomorrow, time.min))
        end = calendar.plan_days(1, begin, compute_leaves=True)
        return end.astimezone(zone).date() if end else tomorrow
