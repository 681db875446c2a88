from odoo import fields, models


class KamVisitCancel(models.TransientModel):
    _name = "kam.visit.cancel"
    _description = "Cancel a Visit"
    _inherit = ["kam.dialog.mixin"]

    visit_ids = fields.Many2many(
        comodel_name="kam.visit",
        string="Visits",
        required=True,
        default=lambda self: self.env["kam.visit"].browse(
            self.env.context.get("active_ids", [])
        ),
    )
    reason = fields.Char(required=True)
    is_by_client = fields.Boolean(
        string="The Client Cancelled",
        help="Then the visit is not held against its manager.",
    )

    def action_apply(self):
        """Cancel the visits."""
        self.visit_ids.action_cancel(self.reason, by_client=self.is_by_client)
        return {"type": "ir.actions.act_window_close"}
