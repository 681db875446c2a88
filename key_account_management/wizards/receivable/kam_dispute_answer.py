from odoo import fields, models


class KamDisputeAnswer(models.TransientModel):
    _name = "kam.dispute.answer"
    _description = "Decide a Dispute"
    _inherit = ["kam.dialog.mixin"]

    dispute_id = fields.Many2one(
        comodel_name="kam.dispute", required=True, ondelete="cascade"
    )
    answer = fields.Char(string="Reason", required=True)

    def action_accept(self):
        """Accept the dispute."""
        self.dispute_id.action_accept(self.answer)
        return {"type": "ir.actions.act_window_close"}

    def action_reject(self):
        """Reject the dispute."""
        self.dispute_id.action_reject(self.answer)
        return {"type": "ir.actions.act_window_close"}
