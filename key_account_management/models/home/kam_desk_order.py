from odoo import models
from odoo.tools import format_date

from .kam_desk_tile import ROWS


class KamDeskOrder(models.AbstractModel):
    """Orders that sales support has to finish."""

    _name = "kam.desk.order"
    _description = "My Desk: Orders"
    _inherit = ["kam.desk.tile"]

    def _tile_drafts(self, morning):
        """Return quotations of key clients that are neither confirmed nor held."""
        title = self.env._("Drafts to Finish")
        domain = [
            ("kam_client_id", "!=", False),
            ("state", "in", ("draft", "sent")),
            ("credit_state", "not in", ("hold", "rejected")),
            ("company_id", "child_of", morning.company.id),
        ]
        orders = self.env["sale.order"]
        opens = self._open("sale_order_action", orders._name, domain, title)
        count = orders.search_count(domain)
        shown = orders.search_fetch(domain, limit=ROWS, order="date_order, id")
        return self._tile(
            title,
            [self._figure(self.env._("Orders"), count, opens)],
            [
                self._row(
                    order,
                    order.partner_id.display_name,
                    f"{order.name} · {format_date(self.env, order.date_order)}",
                    [
                        self._row_figure(
                            order, "amount_total", currency=order.currency_id
                        )
                    ],
                )
                for order in shown
            ],
            empty=self.env._("Every order of key clients is finished."),
        )
