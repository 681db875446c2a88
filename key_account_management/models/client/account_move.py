from odoo import api, fields, models
from odoo.tools import SQL


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "kam.guard.mixin"]

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

    @api.model
    def _get_system_message(self, names):
        return self.env._(
            "Key client and manager of a document follow from its customer and date "
            "and cannot be entered."
        )

    def _post(self, soft=True):
        self.mapped("kam_client_id")  # follows the customer up to here, then is fixed
        posted = super()._post(soft=soft)
        posted.filtered(lambda move: move.is_sale_document())._stamp_kam()
        return posted

    def _stamp_kam(self):
        """Keep owner and costs of posted sales documents, in one statement.

        Past the ORM, which would balance the entry anew for each line that is
        written; neither owner nor cost plays a part in that.
        """
        for company, moves in self.sudo().grouped("company_id").items():
            lines = moves.invoice_line_ids
            moves._flush_kam_sources(lines)
            self.env.cr.execute(
                SQL(
                    "WITH stamped AS (%s) %s",
                    moves._get_kam_manager_query(),
                    lines.with_company(company)._get_kam_unit_cost_query(),
                )
            )
            moves.invalidate_recordset(["kam_manager_id"], flush=False)
            lines.invalidate_recordset(["kam_unit_cost"], flush=False)

    def _flush_kam_sources(self, lines):
        """Flush what :meth:`_stamp_kam` reads, where it waits to be written."""
        self.flush_recordset(["kam_client_id", "kam_manager_id", "invoice_date"])
        lines.flush_recordset(["product_id", "product_uom_id", "kam_unit_cost"])
        self.env["kam.assignment"].flush_model()
        self.env["product.product"].flush_model(["standard_price"])

    def _get_kam_manager_query(self):
        """SQL that sets the owner of the client on the invoice date.

        A credit note with an original takes the original's manager, so that what he
        sold is taken back from him. Whoever is set already stays, so that posting
        again rewrites nothing, unless the draft was given to a client that he never
        looked after.
        """
        client, date = SQL("move.kam_client_id"), SQL("move.invoice_date")
        return SQL(
            """
            UPDATE account_move move SET kam_manager_id = COALESCE((
                    SELECT original.kam_manager_id FROM account_move original
                     WHERE original.id = move.reversed_entry_id
                       AND original.kam_client_id = move.kam_client_id), (%(owner)s))
             WHERE move.id IN %(moves)s
               AND (move.kam_client_id IS NOT NULL OR move.kam_manager_id IS NOT NULL)
               AND NOT EXISTS (
                    SELECT FROM kam_assignment kept
                     WHERE kept.client_id = move.kam_client_id
                       AND kept.manager_id = move.kam_manager_id)
            """,
            owner=self.env["kam.assignment"]._get_owner_query(client, date),
            moves=tuple(self.ids),
        )
