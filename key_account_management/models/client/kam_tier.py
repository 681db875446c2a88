from odoo import fields, models


class KamTier(models.Model):
    _name = "kam.tier"
    _description = "Key Client Tier"
    _inherit = ["kam.guard.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="The lowest sequence is the highest service standard."
    )
    color = fields.Integer()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="Leave empty to share the tier between all companies.",
    )
    visit_interval_days = fields.Integer(
        string="Visit Every (days)",
        help="Days between two visits to a client of this tier. 0: no visits are due.",
    )
    call_interval_days = fields.Integer(
        string="Call Every (days)",
        help="Days between two calls to a client of this tier. 0: no calls are due.",
    )
    client_ids = fields.One2many(
        comodel_name="kam.client", inverse_name="tier_id", string="Key Clients"
    )
    client_count = fields.Integer(compute="_compute_client_count")

    _visit_interval_positive = models.Constraint(
        "CHECK (visit_interval_days >= 0)",
        "The days between two visits cannot be negative. Enter 0 for no visits.",
    )
    _call_interval_positive = models.Constraint(
        "CHECK (call_interval_days >= 0)",
        "The days between two calls cannot be negative. Enter 0 for no calls.",
    )

    def _compute_client_count(self):
        counts = dict(
            self.env["kam.client"]._read_group(
                [("tier_id", "in", self.ids)], ["tier_id"], ["__count"]
            )
        )
        for tier in self:
            tier.client_count = counts.get(tier, 0)
