from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kam_substitute_keeps_owner = fields.Boolean(
        string="Orders of Substitutes Stay the Absent Manager's",
        default=True,
        help="The absent manager is the salesperson of orders that a substitute takes.",
    )
