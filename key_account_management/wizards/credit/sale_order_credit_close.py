from odoo import fields, models


class SaleOrderCreditClose(models.TransientModel):
    _name = "sale.order.credit.close"
    _description = "Close the Rest of an Order"
    _inherit = ["kam.dialog.mixin"]

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(
        related="order_id.credit_currency_id", related_sudo=False
    )
    rest = fields.Monetary(related="order_id.credit_rest", related_sudo=False)
    is_closed = fields.Boolean(
        related="order_id.credit_rest_closed", related_sudo=False
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        """Close the rest, or open it again if it was closed."""
        self.ensure_one()
        if self.is_closed:
            self.order_id.action_credit_open_rest(self.reason)
        else:
            self.order_id.action_credit_close_rest(self.reason)
        return {"type": "ir.actions.act_window_close"}
