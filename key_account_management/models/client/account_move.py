from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    _kam_open_states = ("draft",)

    kam_client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        compute="_compute_kam_client_id",
        store=True,
        index="btree_not_null",
        copy=False,
        groups="base.group_user",
        help="Follows the customer while the document is a draft; fixed when it is "
        "posted.",
    )
    kam_manager_id = fields.Many2one(
        comodel_name="res.users",
        string="Key Account Manager",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Owner of the key client on the invoice date, set when the document is "
        "posted and kept, so that handing a client over does not rewrite history.",
    )

    @api.depends("partner_id.kam_client_id")
    def _compute_kam_client_id(self):
        for move in self:
            if move.state in self._kam_open_states or not move._origin:
                move.kam_client_id = move.partner_id.kam_client_id
            else:
                move.kam_client_id = move.kam_client_id

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._stamp_kam_manager()
        return posted

    def _stamp_kam_manager(self):
        """Set the owner of the client on the invoice date where none is set yet."""
        moves = self.sudo().filtered(
            lambda m: m.kam_client_id and not m.kam_manager_id and m.is_sale_document()
        )
        if not moves:
            return
        owners = self.env["kam.assignment"]._get_owners(
            (move.kam_client_id, move.invoice_date) for move in moves
        )
        for move in moves:
            move.kam_manager_id = owners[move.kam_client_id, move.invoice_date]
