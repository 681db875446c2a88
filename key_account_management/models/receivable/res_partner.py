from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    kam_can_sign = fields.Boolean(
        string="May Sign Statements",
        copy=False,
        groups="base.group_user",
        help="May agree with reconciliation statements of the company in the portal.",
    )
