from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kam_substitute_keeps_owner = fields.Boolean(
        string="Orders of Substitutes Stay the Absent Manager's",
        default=True,
        help="The absent manager is the salesperson of orders that a substitute takes.",
    )

    def _get_kam_timezone(self):
        """Return the name of the time zone in which days of the company end."""
        self.ensure_one()
        company = self.sudo()
        return company.partner_id.tz or company.resource_calendar_id.tz or "UTC"
