from datetime import datetime, time, timedelta

import pytz

from odoo import SUPERUSER_ID, models


class ResUsers(models.Model):
    """Who is there, in which language he reads, and when he works next."""

    _inherit = "res.users"

    def _filter_kam_present(self, company=None):
        """Return those who can be given something to do, in the order of ``self``.

        Nobody who is archived, a portal user, the system's robot or, if a company is
        named, without access to it. sudo: for everybody who plans work for others.
        """
        users = self.sudo().filtered(
            lambda user: user.active and not user.share and user.id != SUPERUSER_ID
        )
        if company:
            # whoever works in a branch works for the company
            root = company.sudo().root_id
            users = users.filtered(lambda user: root in user.company_ids.root_id)
        return users.with_env(self.env)

    def _get_kam_teams(self):
        """Return dict user -> sales team whose leader is his head; empty: none.

        That of which he is a member, else the one he leads himself. sudo: whoever sees
        a manager's card, plan or remark knows his team.
        """
        users = self.sudo()
        led = self.env["crm.team"].sudo().search([("user_id", "in", users.ids)])
        of_leader = led.grouped("user_id")
        return {
            user.with_env(self.env): user.sale_team_id
            or of_leader.get(user, led.browse())[:1]
            for user in users
        }

    def _get_kam_words(self, company=None):
        """Return the environment in whose language this user is written to.

        Text that is stored for others is in the language of its reader, whoever or
        whatever set it going: his own, else that of the company. Usage::

            user._get_kam_words(company)._("Match the payments")
        """
        company = (company or self.env.company).sudo()
        lang = self[:1].sudo().lang or company.partner_id.lang or self.env.lang
        return self.env(context={**self.env.context, "lang": lang})

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
