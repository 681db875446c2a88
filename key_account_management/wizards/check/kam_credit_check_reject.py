from odoo import fields, models


class KamCreditCheckReject(models.TransientModel):
    """Rejects a creditworthiness check with a reason."""

    _name = "kam.credit.check.reject"
    _description = "Reject a Creditworthiness Check"
    _inherit = ["kam.dialog.mixin"]

    check_id = fields.Many2one(
        comodel_name="kam.credit.check", required=True, ondelete="cascade"
    )
    reason = fields.Char(required=True, help="Kept with the check.")

    def action_apply(self):
        """Reject the check."""
        self.ensure_one()
        self.check_id.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
