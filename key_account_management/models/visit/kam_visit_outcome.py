from odoo import fields, models


class KamVisitOutcome(models.Model):
    _name = "kam.visit.outcome"
    _description = "Outcome of a Visit"
    _inherit = ["kam.guard.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    is_success = fields.Boolean(
        string="Success", help="The visit reached what it was made for."
    )
    active = fields.Boolean(default=True)
