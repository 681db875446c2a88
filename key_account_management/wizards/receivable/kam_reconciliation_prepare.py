from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class KamReconciliationPrepare(models.TransientModel):
    """Makes statements of a period for every legal entity of many clients."""

    _name = "kam.reconciliation.prepare"
    _description = "Prepare Reconciliation Statements"
    _inherit = ["kam.dialog.mixin"]

    def _default_date_to(self):
        """The last day of the last quarter."""
        today = self.env.company._kam_today()
        first = today.replace(month=today.month - (today.month - 1) % 3, day=1)
        return first - timedelta(days=1)

    def _default_date_from(self):
        last = self._default_date_to()
        return last.replace(month=last.month - 2, day=1)

    client_ids = fields.Many2many(
        comodel_name="kam.client",
        string="Key Clients",
        required=True,
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

    def action_prepare(self):
        """Make, compute and on request queue the statements that are missing.

        :return: the action that shows them
        :raise UserError: if every legal entity has one for the period
        """
        self.ensure_one()
        self.client_ids.check_access("read")
        statements = self.env["kam.reconciliation"]
        statements = statements.create(self._prepare_vals())
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

    def _prepare_vals(self):
        """Values of a statement per legal entity that has none for the period."""
        period = {
            "company_id": self.company_id.id,
            "date_from": self.date_from,
            "date_to": self.date_to,
        }
        existing = self.env["kam.reconciliation"].search(
            [(name, "=", value) for name, value in period.items()]
            + [("client_id", "in", self.client_ids.ids)]
        )
        partners = self.client_ids.sudo().partner_ids - existing.sudo().partner_id
        return [
            {
                **period,
                "client_id": partner.kam_membership_id.id,
                "partner_id": partner.id,
                "answer_deadline": self.answer_deadline,
            }
            for partner in partners
        ]
