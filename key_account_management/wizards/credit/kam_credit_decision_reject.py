from odoo import models


class KamCreditDecisionReject(models.TransientModel):
    _name = "kam.credit.decision.reject"
    _description = "Reject a Held Order"
    _inherit = ["kam.credit.decision.answer"]

    def action_apply(self):
        """Reject the order with the reason."""
        self.ensure_one()
        self.decision_id.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
