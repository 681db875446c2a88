from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """A held order is not confirmed: the customer is told of his payment only."""
        orders = super()._check_amount_and_confirm_order()
        return orders.filtered(lambda order: order.state == "sale")

    def _send_invoice(self):
        """Make no document while other decisions on the client wait for this one."""
        if not self.env["kam.credit.lock"]._is_held():
            return super()._send_invoice()
        self.env["kam.credit.task"]._add(
            [{"kind": "invoice", "transaction_id": tx.id} for tx in self]
        )
        return None
