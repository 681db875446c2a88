from datetime import timedelta

from odoo import fields, models, tools


class ResCompany(models.Model):
    """The day of a company.

    A company and its branches have one day, in the time zone of the contact of the
    root company, else of its working hours, else UTC. Administrators alone set these,
    so neither the user nor the robot of a job, nor the context, moves the day.
    """

    _inherit = "res.company"

    kam_substitute_keeps_owner = fields.Boolean(
        string="Orders of Substitutes Stay the Absent Manager's",
        default=True,
        help="The absent manager is the salesperson of orders that a substitute takes.",
    )

    def _get_kam_timezone(self):
        """Return the name of the time zone in which days of the company end.

        :param self: one company, or none for that of the environment
        """
        return (self or self.env.company)._find_kam_timezone()

    @tools.ormcache("self.id")
    def _find_kam_timezone(self):
        company = self.sudo().root_id
        return company.partner_id.tz or company.resource_calendar_id.tz or "UTC"

    def write(self, vals):
        result = super().write(vals)
        if not {"partner_id", "resource_calendar_id"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    def _kam_today(self):
        """Return today in the company, whoever asks.

        :param self: one company, or none for that of the environment
        """
        company = self.with_context(tz=self._get_kam_timezone())
        return fields.Date.context_today(company)

    def _get_kam_yesterday(self):
        """Return the last day that has ended in the company."""
        return self._kam_today() - timedelta(days=1)

    def _group_kam_days(self):
        """Return ``{today: companies}``; nearly always they have one day."""
        return self.grouped(lambda company: company._kam_today())
