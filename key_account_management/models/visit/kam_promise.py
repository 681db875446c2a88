from odoo import fields, models


class KamPromise(models.Model):
    _inherit = "kam.promise"

    visit_id = fields.Many2one(
        comodel_name="kam.visit",
        string="Made at",
        index="btree_not_null",
        ondelete="set null",
        domain="[('client_id', '=', client_id)]",
        groups="key_account_management.group_kam_user",
        help="The visit at which it was made.",
    )
