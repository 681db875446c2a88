from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain


class KamReconciliationPrepare(models.TransientModel):
    """Makes statements of a period for every legal entity of many clients."""

    _name = "kam.reconciliation.prepare"
    _description = "Prepare Reconciliation Statements"
    _inherit = ["kam.dialog.mixin"]

    def _default_date_to(self):
        """The last day of the last month."""
        return self.env.company._kam_today().replace(day=1) - timedelta(days=1)

    def _default_date_from(self):
        return self._default_date_to().replace(day=1)

    scope = fields.Selection(
        selection=[("all", "All Key Clients"), ("chosen", "Chosen Key Clients")],
        string="Whose",
        compute="_compute_scope",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    client_ids = fields.Many2many(
        comodel_name="kam.client",
        string="Key Clients",
        default=lambda self: (
            [Command.set(self.env.context.get("active_ids", []))]
            if self.env.context.get("active_model") == "kam.client"
            else False
        ),
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._default_date_from(),
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: self._default_date_to()
    )
    answer_deadline = fields.Date()
    is_sending = fields.Boolean(
        string="Send Them",
        help="The scheduled action mails them one by one; otherwise they stay drafts.",
    )

    @api.depends("client_ids")
    def _compute_scope(self):
        for dialog in self:
            dialog.scope = "chosen" if dialog.client_ids else "all"

    def action_prepare(self):
        """Make, compute and on request queue the statements that are missing.

        :return: the action that shows them
        :raise UserError: if every legal entity has one for the period
        """
        self.ensure_one()
        clients = self._get_clients()
        if not clients:
            raise UserError(self.env._("Choose key clients, or prepare for all."))
        statements = self.env["kam.reconciliation"]
        statements = statements.create(self._prepare_vals(clients))
        if not statements:
            raise UserError(
                self.env._(
                    "Every legal entity of these clients has a statement for this "
                    "period. Choose another period."
                )
            )
        statements.action_compute()
        if self.is_sending:
            statements.action_queue()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "key_account_management.kam_reconciliation_action"
        )
        return {**action, "domain": [("id", "in", statements.ids)], "context": {}}

    def _get_clients(self):
        """Return the clients to prepare for: all that the user sees, or the chosen."""
        if self.scope == "all":
            return self.env["kam.client"].search(
                Domain("company_id", "=", False)
                | Domain("company_id", "child_of", self.company_id.ids)
            )
        self.client_ids.check_access("read")
        return self.client_ids

    def _prepare_vals(self, clients):
        """Values of a statement per legal entity that has none for the period."""
        period = {
            "company_id": self.company_id.id,
            "date_from": self.date_from,
            "date_to": self.date_to,
        }
        existing = self.env["kam.reconciliation"].search(
            [(name, "=", value) for name, value in period.items()]
            + [("client_id", "in", clients.ids)]
        )
        partners = clients.sudo().partner_ids - existing.sudo().partner_id
        return [
            {
                **period,
                "client_id": partner.kam_membership_id.id,
                "partner_id": partner.id,
                "answer_deadline": self.answer_deadline,
            }
            for partner in partners
        ]
