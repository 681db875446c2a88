from odoo import fields, models


class KamVisitPlanReturn(models.TransientModel):
    _name = "kam.visit.plan.return"
    _description = "Return a Weekly Plan"
    _inherit = ["kam.dialog.mixin"]

    plan_ids = fields.Many2many(
        comodel_name="kam.visit.plan",
        string="Weekly Plans",
        required=True,
        default=lambda self: self.env["kam.visit.plan"].browse(
            self.env.context.get("active_ids", [])
        ),
    )
    comment = fields.Text(string="What to Change", required=True)

    def action_apply(self):
        """Give the plans back to their managers."""
        self.plan_ids.action_return(self.comment)
        return {"type": "ir.actions.act_window_close"}
