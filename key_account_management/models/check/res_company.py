from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kam_check_drop_points = fields.Float(
        string="Check Early from a Drop of (points)",
        default=20.0,
        help="A client is to be checked again when the share of money paid on time in "
        "the last 3 months is so many percentage points below that of the year "
        "before. 0: never.",
    )
    kam_check_keep_months = fields.Integer(
        string="Keep Credit Documents for (months)",
        default=60,
        help="Files of checks that ended longer ago are deleted. 0: kept for ever.",
    )
