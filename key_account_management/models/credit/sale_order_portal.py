from odoo import SUPERUSER_ID, fields, models


class SaleOrder(models.Model):
    """What a customer hears whose order waits for a credit decision.

    That it was received and is being checked: no figure, no reason, no outcome.
    """

    _inherit = "sale.order"

    credit_customer_told = fields.Boolean(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The customer was told that his order is being checked.",
    )

    def _is_credit_being_checked(self):
        """Tell whether the customer did his part and the order waits for ours."""
        self.ensure_one()
        order = self.sudo()
        is_waiting = order.state in ("draft", "sent") and (
            order.credit_state in ("hold", "rejected")
        )
        return is_waiting and (bool(order.signature) or order._is_credit_paid_online())

    def _is_credit_paid_online(self):
        transactions = self.sudo().transaction_ids
        return any(tx.state in ("authorized", "done") for tx in transactions)

    def _credit_tell_customer(self):
        """Tell the customer once that his order was received and is being checked.

        Only if he himself signed or paid just now: portal and public users, or the
        system when it processes a payment. Runs as superuser, since the customer may
        not post; it lets out nothing of the decision.
        """
        is_system = self.env.uid == SUPERUSER_ID
        if not (self.env.user.share or is_system):
            return
        template = self.env.ref(
            "key_account_management.mail_template_order_received",
            raise_if_not_found=False,
        )
        for order in self.sudo():
            if order.credit_customer_told or not order._is_credit_being_checked():
                continue
            order.credit_customer_told = True
            order._send_order_notification_mail(template)
