from odoo import fields, models


class MailActivity(models.Model):
    """For whom an activity is done while he is absent."""

    _name = "mail.activity"
    _inherit = ["mail.activity", "kam.guard.mixin"]

    kam_absent_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Absent Manager",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="It goes to his substitute on the first day of the absence and comes back "
        "to him after it.",
    )
