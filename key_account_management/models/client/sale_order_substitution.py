from odoo import api, fields, models


class SaleOrder(models.Model):
    """Orders that a substitute takes stay the absent manager's."""

    _inherit = "sale.order"

    taken_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Taken by",
        index="btree_not_null",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        groups="base.group_user",
        help="Who entered the order.",
    )
    on_behalf_of_id = fields.Many2one(
        comodel_name="res.users",
        string="On Behalf of",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The absent manager for whom the order was entered.",
    )

    def _compute_user_id(self):
        """The absent manager stays the salesperson, unless the company says else."""
        super()._compute_user_id()
        for order in self.filtered("partner_id"):
            company = order.company_id or self.env.company
            absent = order.partner_id.sudo().kam_client_id._get_absent_manager()
            if absent and company.kam_substitute_keeps_owner:
                if order.user_id in (self.env.user, self.env["res.users"]):
                    order.user_id = absent

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        for client, entered in orders.sudo().grouped("kam_client_id").items():
            if absent := client._get_absent_manager():
                entered.on_behalf_of_id = absent
                body = self.env._(
                    "Entered by %(substitute)s on behalf of %(absent)s.",
                    substitute=self.env.user.name,
                    absent=absent.name,
                )
                entered._message_log_batch(bodies=dict.fromkeys(entered.ids, body))
        return orders
