from odoo import fields, models

CELLS = tuple(f"month_{number}" for number in range(1, 13))


class KamSalesPlanGridLine(models.TransientModel):
    """A row of the table: a metric of the department, of a manager, or the gap."""

    _name = "kam.sales.plan.grid.line"
    _description = "Row of a Sales Plan"
    _inherit = ["kam.dialog.mixin"]
    _order = "sequence, id"

    grid_id = fields.Many2one(
        comodel_name="kam.sales.plan.grid", required=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    kind = fields.Selection(
        selection=[
            ("department", "Department"),
            ("manager", "Manager"),
            ("gap", "Gap"),
        ],
        string="Row",
        required=True,
        default="manager",
    )
    metric = fields.Selection(
        selection=lambda self: (
            self.env["kam.sales.plan.line"]._fields["metric"].selection
        ),
        required=True,
        default="turnover",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Manager", ondelete="cascade"
    )
    month_1 = fields.Float(string="January", digits=(16, 2))
    month_2 = fields.Float(string="February", digits=(16, 2))
    month_3 = fields.Float(string="March", digits=(16, 2))
    month_4 = fields.Float(string="April", digits=(16, 2))
    month_5 = fields.Float(string="May", digits=(16, 2))
    month_6 = fields.Float(string="June", digits=(16, 2))
    month_7 = fields.Float(string="July", digits=(16, 2))
    month_8 = fields.Float(string="August", digits=(16, 2))
    month_9 = fields.Float(string="September", digits=(16, 2))
    month_10 = fields.Float(string="October", digits=(16, 2))
    month_11 = fields.Float(string="November", digits=(16, 2))
    month_12 = fields.Float(string="December", digits=(16, 2))
