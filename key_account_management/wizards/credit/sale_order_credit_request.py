from odoo import fields, models


class SaleOrderCreditRequest(models.TransientModel):
    _name = "sale.order.credit.request"
    _description = "Ask for Release"
    _inherit = ["kam.dialog.mixin"]

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, ondelete="cascade"
    )
    message = fields.Char(related="order_id.credit_message", related_sudo=False)
    comment = fields.Text(
        required=True, help="Why the order should go out, for those who decide."
    )

    def action_apply(self):
        """Ask for the release of the order."""
        self.ensure_one()
        self.order_id.action_credit_request(self.comment)
        return {"type": "ir.actions.act_window_close"}
