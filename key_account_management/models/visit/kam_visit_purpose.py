from odoo import fields, models


class KamVisitPurpose(models.Model):
    _name = "kam.visit.purpose"
    _description = "Purpose of a Visit"
    _inherit = ["kam.guard.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
