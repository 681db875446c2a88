from odoo import fields, models


class KamPromiseCancel(models.TransientModel):
    _name = "kam.promise.cancel"
    _description = "Cancel a Promise"
    _inherit = ["kam.dialog.mixin"]

    promise_id = fields.Many2one(
        comodel_name="kam.promise", required=True, ondelete="cascade"
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        """Cancel the promise."""
        self.promise_id.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
