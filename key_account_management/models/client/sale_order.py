from odoo import api, fields, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "kam.guard.mixin"]

    _kam_open_states = ("draft", "sent")

    kam_client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        compute="_compute_kam_client_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        copy=False,
        groups="base.group_user",
        help="Follows the customer while the order is a quotation; fixed when it is "
        "confirmed.",
    )

    @api.depends("partner_id.kam_client_id")
    def _compute_kam_client_id(self):
        for order in self:
            if order.state in self._kam_open_states or not order._origin:
                order.kam_client_id = order.partner_id.kam_client_id
            else:
                order.kam_client_id = order.kam_client_id
