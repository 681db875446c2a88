from odoo import api, fields, models
from odoo.exceptions import AccessError


class AccountMove(models.Model):
    _inherit = "account.move"

    _kam_open_states = ("draft",)
    _kam_computed_fields = frozenset(("kam_client_id", "kam_manager_id"))

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

    @api.model
    def default_get(self, fields):
        """Take no default, which anybody may choose, for what is computed."""
        return super().default_get(
            [name for name in fields if name not in self._kam_computed_fields]
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_kam_computed(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_kam_computed(vals)
        return super().write(vals)

    @api.model
    def _check_kam_computed(self, vals):
        """Refuse to write whose a document is; it follows from customer and date.

        :raise AccessError: if anybody but the system does
        """
        if not self.env.su and not self._kam_computed_fields.isdisjoint(vals):
            raise AccessError(
                self.env._(
                    "Key client and manager of a document follow from its customer "
                    "and date and cannot be entered."
                )
            )

    def _post(self, soft=True):
        self.mapped("kam_client_id")  # follows the customer up to here, then is fixed
        posted = super()._post(soft=soft)
        sales = posted.filtered(lambda move: move.is_sale_document())
        sales._stamp_kam_manager()
        sales.invoice_line_ids.sudo().filtered(
            lambda line: line.product_id and not line.kam_unit_cost
        )._stamp_kam_unit_cost()
        return posted

    def _stamp_kam_manager(self):
        """Set the owner of the client on the invoice date.

        Whoever is set already stays, so that posting again rewrites nothing, unless
        the draft was given to a client that he never looked after.
        """
        moves = self.sudo().filtered(
            lambda m: (
                m.is_sale_document()
                and (m.kam_client_id or m.kam_manager_id)
                and not m._is_kam_manager_kept()
            )
        )
        owners = self.env["kam.assignment"]._get_owners(
            (move.kam_client_id, move.invoice_date)
            for move in moves.filtered("kam_client_id")
        )
        for move in moves:
            move.kam_manager_id = owners.get((move.kam_client_id, move.invoice_date))

    def _is_kam_manager_kept(self):
        manager = self.kam_manager_id
        return manager and manager in self.kam_client_id.assignment_ids.manager_id
