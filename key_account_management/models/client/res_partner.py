from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "kam.guard.mixin"]

    _system_fields = frozenset(("commercial_partner_id",))

    kam_membership_id = fields.Many2one(
        comodel_name="kam.client",
        string="Legal Entity of Key Client",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        groups="base.group_user",
        help="Set on the company (commercial partner) only; its contacts and "
        "addresses follow it.",
    )
    kam_client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        compute="_compute_kam_client_id",
        store=True,
        index="btree_not_null",
        copy=False,
        groups="base.group_user",
    )
    is_key_client = fields.Boolean(
        string="Is a Key Client",
        compute="_compute_kam_client_id",
        store=True,
        copy=False,
        groups="base.group_user",
    )

    @api.depends("commercial_partner_id.kam_membership_id")
    def _compute_kam_client_id(self):
        for partner in self:
            client = partner.commercial_partner_id.kam_membership_id
            partner.kam_client_id = client
            partner.is_key_client = bool(client)

    @api.constrains("kam_membership_id", "commercial_partner_id")
    def _check_kam_membership_id(self):
        for partner in self:
            if partner.kam_membership_id and partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is a contact of %(company)s. Only a company (or "
                        "a person without one) can be a legal entity of the key "
                        "client %(client)s: choose %(company)s, or take "
                        "%(partner)s out of the key client first.",
                        partner=partner.name or partner.display_name,
                        company=partner.commercial_partner_id.display_name,
                        client=partner.kam_membership_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if clients := partners.kam_membership_id:
            self._check_kam_membership_right(clients)
            partners._log_kam_membership({})
        return partners

    def write(self, vals):
        if "tz" in vals:
            self._check_kam_timezone()
        if "kam_membership_id" not in vals:
            return super().write(vals)
        before = {partner.id: partner.kam_membership_id for partner in self}
        changed = self.filtered(
            lambda p: before[p.id].id != (vals["kam_membership_id"] or False)
        )
        if changed:
            clients = changed.kam_membership_id | self.env["kam.client"].browse(
                vals["kam_membership_id"] or []
            )
            self._check_kam_membership_right(clients)
        result = super().write(vals)
        changed._log_kam_membership(before)
        return result

    @api.model
    def _get_system_message(self, names):
        return self.env._(
            "The key client of a contact follows from its company. Change the legal "
            "entities of the key client instead."
        )

    def _check_kam_timezone(self):
        """Leave the day of a company to administrators: limits end with it.

        :raise AccessError: for others, if one of the contacts is that of a company
        """
        companies = self.env["res.company"].sudo()
        if not companies.search_count([("partner_id", "in", self.ids)], limit=1):
            return
        self.env.registry.clear_cache()  # the zones of companies are kept there
        if not (self.env.su or self.env.user._is_system()):
            raise AccessError(
                self.env._(
                    "The days of a company end by the time zone of its contact. Ask "
                    "an administrator to change it."
                )
            )

    def _check_kam_membership_right(self, clients):
        """Only head, director and administrator change legal entities.

        :param clients: kam.client that lose or gain the partner; the user must be
            allowed to write them
        :raise AccessError: if the user may not
        """
        if self.env.su:
            return
        self.env.user._check_kam_roles(
            "head",
            message=self.env._(
                "The legal entities of a key client are changed by the head of "
                "the department, the director or an administrator. Ask one of "
                "them."
            ),
        )
        clients.check_access("write")

    def _log_kam_membership(self, before):
        """Write joins and leaves into the history of the clients concerned."""
        for partner in self:
            old = before.get(partner.id, self.env["kam.client"])
            new = partner.kam_membership_id
            if old:
                words = old._get_responsible_user()._get_kam_words(old.company_id)
                old.sudo()._message_log(
                    body=words._(
                        "%s is no longer a legal entity of this key client.",
                        partner.display_name,
                    )
                )
            if new:
                words = new._get_responsible_user()._get_kam_words(new.company_id)
                new.sudo()._message_log(
                    body=words._(
                        "%s is a legal entity of this key client now.",
                        partner.display_name,
                    )
                )

    def _fill_kam_documents(self):
        """Give older documents of these partners their key client.

        Confirmed orders and posted entries keep the client they have; only those
        without one are filled, in SQL, since there may be thousands of them and
        nothing else depends on the field.
        """
        self.env.flush_all()
        for table in ("sale_order", "account_move"):
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE %(table)s doc SET kam_client_id = partner.kam_client_id
                      FROM res_partner partner
                     WHERE partner.id = doc.partner_id
                       AND partner.commercial_partner_id IN %(partners)s
                       AND partner.kam_client_id IS NOT NULL
                       AND doc.kam_client_id IS NULL
                    """,
                    table=SQL.identifier(table),
                    partners=tuple(self.commercial_partner_id.ids) or (0,),
                )
            )
        self.env["sale.order"].invalidate_model(["kam_client_id"])
        self.env["account.move"].invalidate_model(["kam_client_id"])

    def _recompute_kam_client(self):
        """Recompute key client of these partners, their contacts and open documents.

        For changes that did not go through the ORM (merging of partners).
        """
        partners = self.with_context(active_test=False).search(
            [("id", "child_of", self.ids)]
        )
        self.env.add_to_compute(partners._fields["kam_client_id"], partners)
        self.env.add_to_compute(partners._fields["is_key_client"], partners)
        for model in ("sale.order", "account.move"):
            documents = self.env[model].sudo()
            documents = documents.search(
                [
                    ("partner_id", "in", partners.ids),
                    ("state", "in", documents._kam_open_states),
                ]
            )
            self.env.add_to_compute(documents._fields["kam_client_id"], documents)

    def action_leave_kam_client(self):
        """Take the companies out of their key clients.

        :raise AccessError: below the head of the department
        """
        self.commercial_partner_id.write({"kam_membership_id": False})
        return True

    def action_open_kam_client(self):
        """Open the key client of this partner."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.client",
            "res_id": self.kam_client_id.id,
            "view_mode": "form",
        }
