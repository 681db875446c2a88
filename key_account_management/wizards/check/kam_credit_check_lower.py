from odoo import fields, models


class KamCreditCheckLower(models.TransientModel):
    """Asks back before a limit falls below what the client owes already."""

    _name = "kam.credit.check.lower"
    _description = "Lower a Limit below the Exposure"
    _inherit = ["kam.dialog.mixin"]

    check_id = fields.Many2one(
        comodel_name="kam.credit.check", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="check_id.currency_id", related_sudo=False)
    exposure = fields.Monetary(related="check_id.exposure", related_sudo=False)
    current_limit = fields.Monetary(
        related="check_id.current_limit", related_sudo=False
    )
    approved_limit = fields.Monetary(
        related="check_id.approved_limit", related_sudo=False
    )

    def action_apply(self):
        """Approve all the same; orders that went out stay as they are."""
        self.ensure_one()
        self.check_id.with_context(kam_lower_confirmed=True).action_approve()
        return {"type": "ir.actions.act_window_close"}
