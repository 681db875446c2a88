from datetime import datetime, time, timedelta

import pytz

from odoo import SUPERUSER_ID, models
from odoo.exceptions import AccessError


class ResUsers(models.Model):
    """Who is there, in which language he reads, and when he works next."""

    _inherit = "res.users"

    def _has_kam_roles(self, *roles):
        """Return whether the user has one of the roles of the department.

        :param roles: user (key account manager), support, credit (controller), head,
            director or admin; those that imply one of them count as well
        """
        groups = (f"key_account_management.group_kam_{role}" for role in roles)
        return self.has_groups(",".join(groups))

    def _check_kam_roles(self, *roles, message):
        """Refuse whoever has none of the roles.

        A user never knows whether his caller acts for the system: who lets that pass
        looks at ``self.env.su`` first.

        :param message: who may do it and whom to ask
        :raise AccessError: with this message
        """
        if not self._has_kam_roles(*roles):
            raise AccessError(message)

    def _leads_kam_team(self, team):
        """Return whether the user leads a team: the director any, a head his own.

        :param team: crm.team, or none; sudo: that of a colleague may be asked for
        """
        if self._has_kam_roles("director"):
            return True
        return self._has_kam_roles("head") and self == team.sudo().user_id

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
