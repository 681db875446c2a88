from odoo import api, fields, models

# Days before its last day from which a release that was not used warns.
RELEASE_WARNING_DAYS = 3


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
        help="The amount of the held order is no longer that of the decision.",
    )
    credit_who_message = fields.Char(
        string="Who May Release",
        compute="_compute_credit_answer_messages",
        groups="base.group_user",
    )
    credit_asked_message = fields.Char(
        string="Release Asked for",
        compute="_compute_credit_answer_messages",
        groups="base.group_user",
    )
    credit_release_message = fields.Char(
        string="Release Given",
        compute="_compute_credit_answer_messages",
        groups="base.group_user",
    )
    credit_release_ends = fields.Boolean(
        compute="_compute_credit_answer_messages",
        groups="base.group_user",
        help="The release of an order not yet confirmed runs out within three days.",
    )

    @api.depends("credit_decision_id.state", "credit_decision_id.request_ids", "state")
    @api.depends_context("uid", "lang", "tz")
    def _compute_credit_answer_messages(self):
        """Nothing is told to whoever may not read the decision."""
        for order in self:
            decision = order.sudo().credit_decision_id.sudo(False)
            decision = decision._filtered_access("read")
            is_waiting = decision.outcome == "hold" and decision.state == "open"
            is_released = decision.state == "released"
            order.credit_who_message = is_waiting and decision._get_who_text()
            order.credit_asked_message = is_waiting and decision._get_asked_text()
            order.credit_release_message = is_released and decision._get_release_text()
            order.credit_release_ends = (
                is_released
                and order.state in ("draft", "sent")
                and decision._get_release_days_left() < RELEASE_WARNING_DAYS
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
