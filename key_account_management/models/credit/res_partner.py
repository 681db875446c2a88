from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    _credit_moving_fields = frozenset(("is_company", "parent_id"))

    def write(self, vals):
        """Judge confirmed orders again whose debtor leaves the key client.

        Moving an invoice address is no way round the gate.
        """
        if self._credit_moving_fields.isdisjoint(vals):
            return super().write(vals)
        with self._get_credit_orders()._credit_watch():
            return super().write(vals)

    def _get_credit_orders(self):
        """Return the confirmed orders that these partners of key clients pay.

        As superuser: an address is moved whoever may see its orders.
        """
        partners = self.sudo().filtered("kam_client_id")
        orders = self.env["sale.order"].sudo()
        if not partners:
            return orders
        return orders.search(
            [
                ("partner_invoice_id", "child_of", partners.ids),
                ("state", "=", "sale"),
                ("credit_rest", ">", 0),
            ]
        )
