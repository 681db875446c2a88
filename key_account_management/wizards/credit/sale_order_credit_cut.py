from odoo import api, fields, models
from odoo.fields import Command

from .cutting import take_off


class SaleOrderCreditCut(models.TransientModel):
    """Quantities to take off a held order, until it fits the limit.

    Proposed are whole units of the lines with the lowest margin rate. Money is in the
    currency of the order, taxes included.
    """

    _name = "sale.order.credit.cut"
    _description = "Cut an Order to Fit"
    _inherit = ["kam.dialog.mixin"]

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="order_id.currency_id", related_sudo=False)
    order_state = fields.Selection(related="order_id.state", related_sudo=False)
    line_ids = fields.One2many(
        comodel_name="sale.order.credit.cut.line", inverse_name="cut_id", string="Lines"
    )
    shortfall = fields.Monetary(
        compute="_compute_shortfall", help="What the order exceeds the limit by."
    )
    left = fields.Monetary(
        compute="_compute_left",
        string="Still to Take Off",
        help="Shortfall less what is taken off; below 0 the order fits with so much "
        "room.",
    )

    @api.depends("order_id")
    def _compute_shortfall(self):
        for cut in self:
            order = cut.order_id
            short = max(0.0, -order.credit_headroom)
            cut.shortfall = order.currency_id.round(
                short * (order._get_credit_rate() or 0.0)
            )

    @api.depends("shortfall", "line_ids.taken")
    def _compute_left(self):
        for cut in self:
            cut.left = cut.shortfall - sum(cut.line_ids.mapped("taken"))

    def _propose(self):
        """Fill in the lines with what to take off."""
        self.ensure_one()
        lines = self.order_id.order_line.filtered(
            lambda line: not line.display_type and line.product_uom_qty > 0
        )
        self.line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {"order_line_id": line.id, "quantity": line.product_uom_qty}
                )
                for line in lines
            ),
        ]
        rates = lines._get_credit_margin_rates()
        rows = self.line_ids.sorted(lambda row: rates[row.order_line_id])
        free = [(row.ordered - row.least, row.unit_amount) for row in rows]
        for row, units in zip(rows, take_off(free, self.shortfall), strict=True):
            row.quantity = row.ordered - units

    def action_apply(self):
        """Write the quantities, and have the order judged again.

        :raise UserError: a quantity is above the ordered one, or below what was
            delivered or invoiced
        """
        self.ensure_one()
        self.line_ids._check_quantities()
        # in one change: a confirmed order is judged once, not line by line
        self.order_id.order_line = [
            Command.update(row.order_line_id.id, {"product_uom_qty": row.quantity})
            for row in self.line_ids
            if row.quantity != row.ordered
        ]
        closed = {"type": "ir.actions.act_window_close"}
        if self.order_id.state not in ("draft", "sent"):
            return closed  # a confirmed order is judged when it is lowered
        answer = self.order_id.action_confirm()
        if isinstance(answer, dict) and answer.get("tag") == "display_notification":
            return {**answer, "params": {**answer["params"], "next": closed}}
        return closed
