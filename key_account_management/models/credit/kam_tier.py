from odoo import fields, models


class KamTier(models.Model):
    _inherit = "kam.tier"

    credit_policy_id = fields.Many2one(
        comodel_name="kam.credit.policy",
        index="btree_not_null",
        ondelete="restrict",
        help="For clients whose credit line names no policy of its own.",
    )
