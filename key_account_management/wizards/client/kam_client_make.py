from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class KamClientMake(models.TransientModel):
    """Make partners legal entities of one key client, or of one each."""

    _name = "kam.client.make"
    _description = "Make Key Client"
    _inherit = ["kam.dialog.mixin"]

    partner_ids = fields.Many2many(
        comodel_name="res.partner", string="Companies", required=True
    )
    mode = fields.Selection(
        [
            ("new", "One new key client"),
            ("each", "A new key client for each company"),
            ("existing", "An existing key client"),
        ],
        default="new",
        required=True,
    )
    client_id = fields.Many2one(comodel_name="kam.client", string="Key Client")
    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
    )
    manager_id = fields.Many2one(
        comodel_name="res.users",
        string="Key Account Manager",
        domain=[("share", "=", False)],
    )
    tier_id = fields.Many2one(comodel_name="kam.tier")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        context = self.env.context
        if "partner_ids" in fields and context.get("active_model") == "res.partner":
            partners = self.env["res.partner"].browse(context.get("active_ids", []))
            companies = partners.commercial_partner_id
            values["partner_ids"] = [Command.set(companies.ids)]
        return values

    @api.depends("partner_ids")
    def _compute_name(self):
        for wizard in self:
            wizard.name = wizard.partner_ids[:1].name

    def action_apply(self):
        """Create or extend the key clients and fill their older documents.

        :raise UserError: a company belongs to another key client already
        :return: the action that opens the key clients
        """
        self.ensure_one()
        companies = self.partner_ids.commercial_partner_id
        if not companies:
            raise UserError(self.env._("Choose at least one company."))
        self._check_right(companies)
        clients = self._get_clients(companies)
        companies._fill_kam_documents()
        return self._get_result_action(clients)

    def _check_right(self, companies):
        self.env.user._check_kam_roles(
            "head",
            message=self.env._(
                "Key clients are made by the head of the department, the director "
                "or an administrator. Ask one of them."
            ),
        )
        if taken := companies.filtered("kam_membership_id"):
            raise UserError(
                self.env._(
                    "These companies belong to a key client already: %s. Take them "
                    "out of it first.",
                    ", ".join(
                        f"{p.display_name} ({p.sudo().kam_membership_id.name})"
                        for p in taken
                    ),
                )
            )

    def _get_clients(self, companies):
        if self.mode == "existing":
            if not self.client_id:
                raise UserError(self.env._("Choose the key client."))
            companies.write({"kam_membership_id": self.client_id.id})
            return self.client_id
        groups = companies if self.mode == "each" else [companies]
        return self.env["kam.client"].create(
            [
                {
                    "name": group.name if self.mode == "each" else self.name,
                    "partner_ids": [Command.set(group.ids)],
                    "manager_id": self.manager_id.id,
                    "tier_id": self.tier_id.id,
                }
                for group in groups
            ]
        )

    def _get_result_action(self, clients):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Key Clients"),
            "res_model": "kam.client",
            "view_mode": "form",
            "res_id": clients.id if len(clients) == 1 else False,
        }
        if len(clients) > 1:
            action.update(view_mode="list,form", domain=[("id", "in", clients.ids)])
        return action
