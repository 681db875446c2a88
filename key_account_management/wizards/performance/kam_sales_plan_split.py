from odoo import fields, models


class KamSalesPlanSplit(models.TransientModel):
    _name = "kam.sales.plan.split"
    _description = "Split a Sales Plan"
    _inherit = ["kam.dialog.mixin"]

    plan_id = fields.Many2one(
        comodel_name="kam.sales.plan",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    method = fields.Selection(
        selection=[
            ("equal", "Equal parts"),
            ("last_year", "By last year's facts"),
            ("potential", "By the potential of the clients' tiers"),
            ("mix", "A mix of these"),
        ],
        required=True,
        default="last_year",
    )
    percent_equal = fields.Float(string="Equal (%)", default=20.0)
    percent_last_year = fields.Float(string="Last Year (%)", default=50.0)
    percent_potential = fields.Float(string="Potential (%)", default=30.0)

    def action_apply(self):
        """Split the plan over the managers of the department."""
        self.plan_id.action_split(
            self.method,
            {
                "equal": self.percent_equal,
                "last_year": self.percent_last_year,
                "potential": self.percent_potential,
            },
        )
        return {"type": "ir.actions.act_window_close"}
