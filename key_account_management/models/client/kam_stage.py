from odoo import fields, models


class KamStage(models.Model):
    _name = "kam.stage"
    _description = "Key Client Stage"
    _inherit = ["kam.guard.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean(
        string="Folded in Kanban",
        help="The column is folded on the board of key clients.",
    )
    is_closed = fields.Boolean(
        string="Closed",
        help="Clients in this stage are no longer worked with. A client can be put "
        "here only when none of its orders waits for a credit decision.",
    )
    description = fields.Text(
        translate=True, help="What a client of this stage looks like."
    )
