from odoo import fields, models

METRICS = ("turnover", "active_clients", "new_clients", "margin", "collections")


class KamSalesPlanFill(models.TransientModel):
    _name = "kam.sales.plan.fill"
    _description = "Fill a Sales Plan from Last Year"
    _inherit = ["kam.dialog.mixin"]

    plan_id = fields.Many2one(
        comodel_name="kam.sales.plan",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    growth = fields.Float(
        string="Growth (%)", default=10.0, help="Added to each month of last year."
    )
    plan_turnover = fields.Boolean(string="Turnover", default=True)
    plan_active_clients = fields.Boolean(string="Active Clients", default=True)
    plan_new_clients = fields.Boolean(string="New Clients", default=True)
    plan_margin = fields.Boolean(string="Margin")
    plan_collections = fields.Boolean(string="Money Collected")

    def action_apply(self):
        """Write the targets, month by month as the season was."""
        metrics = [metric for metric in METRICS if self[f"plan_{metric}"]]
        self.plan_id.action_copy_last_year(self.growth, metrics)
        return {"type": "ir.actions.act_window_close"}
