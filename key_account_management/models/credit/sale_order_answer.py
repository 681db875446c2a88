from odoo import api, fields, models


class SaleOrder(models.Model):
    """Answering a held order from its own form."""

    _inherit = "sale.order"

    credit_may_release = fields.Boolean(
        compute="_compute_credit_may_release", groups="base.group_user"
    )

    @api.depends("credit_decision_id.state", "credit_decision_id.outcome")
    @api.depends_context("uid")
    def _compute_credit_may_release(self):
        for order in self:
            decision = order.credit_decision_id._filtered_access("read")
            order.credit_may_release = decision.may_release

    def action_credit_release(self):
        """Open the dialog that releases the held order."""
        self.ensure_one()
        return self.credit_decision_id.action_open_release()

    def action_credit_reject(self):
        """Open the dialog that rejects the held order."""
        self.ensure_one()
        return self.credit_decision_id.action_open_reject()

    def action_open_credit_decision(self):
        """Open the case: the latest credit decision."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.credit.decision",
            "res_id": self.credit_decision_id.id,
            "view_mode": "form",
        }
