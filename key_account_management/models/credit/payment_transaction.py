from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """A held order is not confirmed: the customer is told of his payment only."""
        orders = super()._check_amount_and_confirm_order()
        return orders.filtered(lambda order: order.state == "sale")

    def _filter_credit_roots(self):
        """Return these transactions without their parts and refunds."""
        return self.filtered(
            lambda transaction: (
                transaction.operation != "refund"
                and transaction.source_transaction_id not in self
            )
        )

    def _get_credit_money(self):
        """Return the money of the transaction that is there and pays nothing yet.

        What is authorised and neither captured nor voided, and what was captured, not
        paid back and not matched with a document yet. In its currency, at least 0.
        """
        self.ensure_one()
        parts = self.child_transaction_ids.filtered(
            lambda part: (
                part.operation != "refund"
                and part.state in ("pending", "done", "cancel")
            )
        )
        if not parts:
            return self._get_credit_captured()
        money = sum(part._get_credit_captured() for part in parts)
        if self.state == "authorized":
            money += max(0.0, self.amount - sum(parts.mapped("amount")))
        return money

    def _get_credit_captured(self):
        """Return what is there of this transaction alone, without its parts."""
        if self.state not in ("authorized", "done"):
            return 0.0
        refunds = self.child_transaction_ids.filtered(
            lambda part: (
                part.operation == "refund" and part.state not in ("cancel", "error")
            )
        )
        money = self.amount - sum(abs(refund.amount) for refund in refunds)
        if self.payment_id:
            money = min(money, self._get_credit_unmatched())
        return max(0.0, money)

    def _get_credit_unmatched(self):
        """Return what of the posted payment pays no document yet."""
        payment = self.payment_id
        if payment.state not in ("in_process", "paid"):
            return 0.0
        move = payment.move_id
        if not move:
            return payment.amount
        if move.state != "posted" or any(
            reversal.state == "posted" for reversal in move.reversal_move_ids
        ):
            return 0.0
        items = move.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )
        return max(0.0, -sum(items.mapped("amount_residual_currency")))

    def _send_invoice(self):
        """Make no document while other decisions on the client wait for this one."""
        if not self.env["kam.credit.lock"]._is_held():
            return super()._send_invoice()
        self.env["kam.credit.task"]._add(
            [{"kind": "invoice", "transaction_id": tx.id} for tx in self]
        )
        return None
