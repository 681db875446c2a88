from odoo import fields, models


class KamSalesPlanApprove(models.TransientModel):
    _name = "kam.sales.plan.approve"
    _description = "Approve a Plan that Has Begun"
    _inherit = ["kam.dialog.mixin"]

    plan_id = fields.Many2one(
        comodel_name="kam.sales.plan",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    effective_date = fields.Date(
        string="Governs from",
        required=True,
        default=lambda self: fields.Date.start_of(
            fields.Date.context_today(self), "month"
        ),
        help="First day of the first month that is judged by this plan.",
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        """Approve the plan."""
        self.plan_id.action_approve(self.effective_date, self.reason)
        return {"type": "ir.actions.act_window_close"}
