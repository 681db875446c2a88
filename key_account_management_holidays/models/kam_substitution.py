from odoo import fields, models


class KamSubstitution(models.Model):
    _inherit = "kam.substitution"

    leave_id = fields.Many2one(
        comodel_name="hr.leave",
        string="Time Off",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        readonly=True,
        groups="hr_holidays.group_hr_holidays_user",
        help="The absence for which this substitution was proposed.",
    )
