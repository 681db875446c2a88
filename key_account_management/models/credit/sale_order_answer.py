from odoo import api, fields, models


class SaleOrder(models.Model):
    """Answering a held order from its own form."""

    _inherit = "sale.order"

    credit_may_release = fields.Boolean(
        compute="_compute_credit_may_release", groups="base.group_user"
    )

    credit_may_reject = fields.Boolean(
        compute="_compute_credit_may_release", groups="base.group_user"
    )
    credit_is_changed = fields.Boolean(
        compute="_compute_credit_is_changed",
        groups="base.group_user",
        help="The amount of the held order is not that of the decision any more.",
    )

    @api.depends("credit_decision_id.state", "credit_decision_id.outcome")
    @api.depends_context("uid")
    def _compute_credit_may_release(self):
        for order in self:
            decision = order.sudo().credit_decision_id.sudo(False)
            decision = decision._filtered_access("read")
            order.credit_may_release = decision.may_release
            order.credit_may_reject = decision.may_reject

    @api.depends("credit_state", "credit_order_amount")
    @api.depends_context("uid")
    def _compute_credit_is_changed(self):
        for order in self:
            decision = order.sudo().credit_decision_id
            order.credit_is_changed = (
                order.credit_is_visible
                and order.state in ("draft", "sent")
                and order.credit_state in ("hold", "rejected")
                and order.credit_currency_id.compare_amounts(
                    order.credit_order_amount, decision.order_amount
                )
                != 0
            )

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

    def action_print_credit_decision(self):
        """Print the decision sheet of the latest decision."""
        self.ensure_one()
        report = self.env.ref(
            "key_account_management.action_report_kam_credit_decision"
        )
        return report.report_action(self.credit_decision_id)
