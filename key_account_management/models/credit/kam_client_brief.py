from odoo import api, models

TOP = 5


class KamClientBrief(models.AbstractModel):
    """Debt and headroom, orders on hold, open orders."""

    _inherit = "kam.client.brief"

    @api.model
    def _get_blocks(self, client):
        blocks = super()._get_blocks(client)
        if self.env["kam.credit.line"].has_access("read"):
            blocks.append(self._prepare_block("credit", 40, line=client.credit_line_id))
        if self.env["sale.order"].has_access("read"):
            blocks.append(self._block_orders(client))
        return blocks

    def _block_orders(self, client):
        """Orders that are not finished: held ones first, then the newest."""
        orders = self.env["sale.order"].search(
            [
                ("kam_client_id", "=", client.id),
                "|",
                ("state", "in", ("draft", "sent")),
                ("credit_rest", ">", 0),
            ],
            order="date_order DESC, id DESC",
            limit=40,
        )
        orders = orders.sorted(lambda order: order.credit_state != "hold")
        return self._prepare_block("orders", 50, orders=orders[:TOP])
