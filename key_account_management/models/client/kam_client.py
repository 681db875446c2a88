from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .rhythm import find_rhythm


class KamClient(models.Model):
    """A key client: one relationship with one or several legal entities."""

    _name = "kam.client"
    _description = "Key Client"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
    _order = "name, id"
    _rec_names_search = ["name", "partner_ids.name", "partner_ids.vat"]

    _assigning_fields = frozenset(
        ("manager_id", "team_id", "tier_id", "partner_ids", "company_id", "active")
    )
    _contact_domain = (("kam_membership_id", "=", False),)

    def _default_stage_id(self):
        return self.env["kam.stage"].search([("is_closed", "=", False)], limit=1)

    name = fields.Char(required=True, tracking=True, index="trigram")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="Leave empty to share the client between all companies.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        default=lambda self: self.env.company.currency_id,
        required=True,
        help="Currency in which agreements with the client are made.",
    )
    partner_ids = fields.One2many(
        comodel_name="res.partner",
        inverse_name="kam_membership_id",
        string="Legal Entities",
        context={"active_test": False},
    )
    main_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Main Legal Entity",
        compute="_compute_main_partner_id",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        domain="[('id', 'in', partner_ids)]",
    )
    main_phone = fields.Char(related="main_partner_id.phone", string="Phone")
    main_email = fields.Char(related="main_partner_id.email", string="E-mail")
    main_vat = fields.Char(related="main_partner_id.vat", string="Tax ID")
    manager_id = fields.Many2one(
        comodel_name="res.users",
        string="Key Account Manager",
        index=True,
        ondelete="restrict",
        tracking=True,
        domain=[("share", "=", False)],
    )
    acting_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Acting Managers",
        compute="_compute_acting_user_ids",
        compute_sudo=True,
        search="_search_acting_user_ids",
        help="The key account manager and whoever stands in for him today.",
    )
    substitute_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Substitutes",
        compute="_compute_acting_user_ids",
        compute_sudo=True,
        help="Who stands in for the key account manager today.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        index=True,
        tracking=True,
        help="The leader of the team is the head of the department.",
    )
    tier_id = fields.Many2one(
        comodel_name="kam.tier",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    color = fields.Integer(related="tier_id.color", string="Tier Color")
    stage_id = fields.Many2one(
        comodel_name="kam.stage",
        default=lambda self: self._default_stage_id(),
        group_expand="_read_group_expand_full",
        index=True,
        ondelete="restrict",
        tracking=True,
        copy=False,
    )
    assignment_ids = fields.One2many(
        comodel_name="kam.assignment",
        inverse_name="client_id",
        string="Owner History",
    )
    note = fields.Html(string="Notes")
    turnover_12m = fields.Monetary(
        string="Turnover of 12 Months",
        compute="_compute_turnover_12m",
        compute_sudo=True,
        currency_field="company_currency_id",
        help="Posted invoices less credit notes of the last 12 months, untaxed, in "
        "the currency of the current company.",
    )
    company_currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_company_currency_id",
    )
    contact_ids = fields.One2many(
        comodel_name="res.partner",
        compute="_compute_contact_ids",
        string="Contacts",
        help="People and addresses of the legal entities.",
    )
    contact_count = fields.Integer(compute="_compute_contact_ids")
    order_count = fields.Integer(compute="_compute_order_count")
    invoice_count = fields.Integer(compute="_compute_invoice_count")
    lead_count = fields.Integer(compute="_compute_lead_count")

    @api.depends("partner_ids")
    def _compute_main_partner_id(self):
        for client in self:
            if client.main_partner_id not in client.partner_ids:
                client.main_partner_id = client.partner_ids[:1]

    @api.depends("manager_id")
    def _compute_team_id(self):
        """The team of the manager; for a new client without one, the user's own."""
        led = self._get_led_team()
        for client in self:
            client.team_id = client.manager_id.sale_team_id or client.team_id or led

    @api.depends_context("company")
    def _compute_company_currency_id(self):
        self.company_currency_id = self.env.company.currency_id

    @api.depends_context("company")
    def _compute_turnover_12m(self):
        """Computed as superuser, for those clients only that the user may read."""
        own = self.sudo(False)
        clients = own._origin._filtered_access("read")
        company = own.env.company
        today = company._kam_today()
        turnover = dict(
            self.env["account.move"]._read_group(
                [
                    ("kam_client_id", "in", clients.ids),
                    ("company_id", "child_of", company.sudo().root_id.id),
                    ("state", "=", "posted"),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                    ("invoice_date", ">", fields.Date.subtract(today, years=1)),
                    ("invoice_date", "<=", today),
                ],
                ["kam_client_id"],
                ["amount_untaxed_signed:sum"],
            )
        )
        for client in self:
            client.turnover_12m = turnover.get(client._origin, 0.0)

    def _count_by_client(self, model, domain):
        counts = dict(
            self.env[model]._read_group(
                [("kam_client_id", "in", self.ids), *domain],
                ["kam_client_id"],
                ["__count"],
            )
        )
        return {client.id: counts.get(client, 0) for client in self}

    @api.depends("partner_ids")
    def _compute_contact_ids(self):
        contacts = (
            self.env["res.partner"]
            .search([("kam_client_id", "in", self.ids), *self._contact_domain])
            .grouped("kam_client_id")
        )
        for client in self:
            client.contact_ids = contacts.get(client._origin)
            client.contact_count = len(client.contact_ids)

    def _compute_order_count(self):
        counts = self._count_by_client("sale.order", [])
        for client in self:
            client.order_count = counts[client.id]

    def _compute_invoice_count(self):
        counts = self._count_by_client(
            "account.move", [("move_type", "in", ("out_invoice", "out_refund"))]
        )
        for client in self:
            client.invoice_count = counts[client.id]

    def _compute_lead_count(self):
        counts = self._count_by_client("crm.lead", [])
        for client in self:
            client.lead_count = counts[client.id]

    @api.constrains("main_partner_id", "partner_ids")
    def _check_main_partner_id(self):
        for client in self:
            if client.main_partner_id and (
                client.main_partner_id.kam_membership_id != client
            ):
                raise ValidationError(
                    self.env._(
                        "%(partner)s is not a legal entity of %(client)s. Add it to "
                        "the legal entities first, or choose another main one.",
                        partner=client.main_partner_id.display_name,
                        client=client.name,
                    )
                )

    @api.constrains("name")
    def _check_name(self):
        for client in self:
            if not client.name.strip():
                raise ValidationError(self.env._("Give the key client a name."))

    @api.model_create_multi
    def create(self, vals_list):
        clients = super().create([self._add_default_team(vals) for vals in vals_list])
        for manager, owned in clients.grouped("manager_id").items():
            if manager:
                self.env["kam.assignment"]._open_period(owned, manager)
        return clients

    @api.model
    def _add_default_team(self, vals):
        """Return creation values; without a manager, with the team that the user leads.

        Here, and not left to the compute: that may run for another user first.
        """
        if vals.get("manager_id") or "team_id" in vals:
            return vals
        return {**vals, "team_id": self._get_led_team().id}

    @api.model
    def _get_led_team(self):
        """Return the team that the user leads, or nothing."""
        return self.env["crm.team"].search([("user_id", "=", self.env.uid)], limit=1)

    def write(self, vals):
        self._check_assigning(vals)
        result = super().write(vals)
        if "manager_id" in vals:
            manager = self.env["res.users"].browse(vals["manager_id"] or [])
            self.env["kam.assignment"]._open_period(
                self, manager, reason=self.env.context.get("kam_assignment_reason")
            )
        return result

    def web_save(self, vals, specification, next_id=None):
        """Say what to do where the form would give a client out of the user's sight.

        :raise AccessError: when the new manager or team is not one of the user's
        """
        try:
            return super().web_save(vals, specification, next_id=next_id)
        except AccessError:
            if not self or self.has_access("read"):
                raise
        raise AccessError(
            self.env._(
                "With this manager or team the key client leaves your teams, and this "
                "form could not show it to you. Use Hand Over in the menu Actions: it "
                "keeps the date and the reason."
            )
        )

    def action_hand_over(self, manager, date, reason):
        """Give the clients to another manager from a date on, with a reason.

        From a later day the manager changes on that day.

        :param manager: res.users, or its id
        :param date: first day of the new manager
        :param reason: kept in the owner history
        :raise AccessError: below the head of the department
        :raise UserError: if a client changed hands after the date already
        """
        self._check_assigning({"manager_id": True})
        self.check_access("write")
        manager = self._take_record(
            "res.users", manager, self._get_field_label("manager_id")
        )
        self._check_employee("manager_id", manager.id)
        date = (
            self._take_day(date, self.env._("From Date"))
            or self.env["kam.assignment"]._get_today()
        )
        reason = self._take_text(reason, self.env._("Reason"))
        self.env["kam.assignment"]._open_period(self, manager, date, reason)
        for client in self:
            words = manager._get_kam_words(client.company_id)
            client._message_log(
                body=words._(
                    "Handed over from %(old)s to %(new)s from %(date)s: %(reason)s",
                    old=client.manager_id.name or "–",
                    new=manager.name,
                    date=format_date(words, date),
                    reason=reason,
                )
            )
        if date <= self.env["kam.assignment"]._get_today():
            self.sudo().manager_id = manager
        return True

    def action_dissolve(self, reason):
        """Make the clients ordinary customers again; their documents stay as marked.

        :param reason: kept in the history of the client
        :raise AccessError: below the head of the department
        """
        self._check_assigning({"active": False})
        for client in self:
            user = client._get_responsible_user()
            words = user._get_kam_words(client.company_id)
            client._message_log(body=words._("No longer a key client: %s", reason))
        self.partner_ids.write({"kam_membership_id": False})
        self.action_archive()
        return True

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for client, vals in zip(self, vals_list, strict=True):
            if not (default or {}).get("name"):
                vals["name"] = self.env._("%s (copy)", client.name)
        return vals_list

    def _check_assigning(self, vals):
        """Refuse changes of owner, tier or membership to anyone below the head.

        :raise AccessError: naming who may do it
        """
        if self._assigning_fields.isdisjoint(vals) or self.env.su:
            return
        self.env.user._check_kam_roles(
            "head",
            message=self.env._(
                "Manager, team, tier, company and legal entities of a key client "
                "are changed by the head of the department, the director or an "
                "administrator. Ask one of them."
            ),
        )

    def _get_responsible_user(self, company=None, first=None):
        """Return who is asked to act for this client; see the plural."""
        return self._get_responsible_users(company, first)[self[:1]]

    def _get_responsible_users(self, company=None, first=None):
        """Return who is asked to act for each client, the same for all rooms.

        The first of these who is here: those named, the manager, the leader of the
        team, a credit controller. Never somebody archived, a portal user, the
        system's robot or one without access to the company.

        :param company: res.company in which there is something to do; default any
        :param first: res.users who come before the manager
        :return: dict client -> res.users, empty where there is nobody; with the
            empty client, for what belongs to none
        """
        first = first if first is not None else self.env["res.users"]
        controllers, result = None, {}
        for client in [*self, self.browse()]:
            owner = client.sudo()
            asked = [first, owner.manager_id, owner.team_id.user_id]
            users = [user for users in asked for user in users]
            users = self.env["res.users"].browse([user.id for user in users])
            users = users._filter_kam_present(company)
            if not users and controllers is None:
                controllers = self._get_controllers(company)
            result[client] = (users or controllers)[:1]
        return result

    @api.model
    def _get_controllers(self, company=None):
        """Return the credit controllers who are here, else the administrators."""
        users = self.env["res.users"].sudo()
        for name in ("group_kam_credit", "group_kam_admin"):
            group = self.env.ref(f"key_account_management.{name}")
            found = users.search([("all_group_ids", "in", group.ids)], order="id")
            if found := found._filter_kam_present(company):
                return found.with_env(self.env)
        return users.browse().with_env(self.env)

    def _get_rhythm(self):
        """Return how often each client orders in the current company and its branches.

        Days are those of the company. Silent is who waits longer than twice the
        median of his gaps, and longer than 5 days.

        :return: dict client -> :class:`.rhythm.Rhythm`, or None after fewer than 4
            days with an order in the 365 days up to the last one
        """
        company = self.env.company.root_id
        zoned = self.with_context(tz=company._get_kam_timezone())
        today = company._kam_today()
        groups = zoned.env["sale.order"]._read_group(
            Domain("kam_client_id", "in", self.ids)
            & Domain("company_id", "child_of", company.id)
            & Domain("amount_total", ">", 0)
            & self._get_rhythm_domain(),
            ["kam_client_id", "date_order:day"],
        )
        days = {}
        for client, moment in groups:
            days.setdefault(client.id, []).append(moment.date())
        return {client: find_rhythm(days.get(client.id, ()), today) for client in self}

    @api.model
    def _get_rhythm_domain(self):
        """Return which orders count in the rhythm of a client: the confirmed ones."""
        return Domain("state", "=", "sale")

    def _get_record_action(self, xmlid, domain, **context):
        """Return the window action ``xmlid`` limited to records of this client."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = domain
        action["context"] = context
        return action

    def action_new_quotation(self):
        """Open a new quotation for the main legal entity."""
        self.ensure_one()
        self.check_access("read")
        return self._get_new_action(
            "sale.order", default_partner_id=self.main_partner_id.id
        )

    def _get_new_action(self, model, **context):
        """Return the window action on a new record, left by its breadcrumb."""
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "view_mode": "form",
            "views": [(False, "form")],
            "context": context,
        }

    def action_open_orders(self):
        return self._get_record_action(
            "sale.action_quotations_with_onboarding",
            [("kam_client_id", "=", self.id)],
            default_partner_id=self.main_partner_id.id,
        )

    def action_open_invoices(self):
        return self._get_record_action(
            "account.action_move_out_invoice_type",
            [
                ("kam_client_id", "=", self.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
            ],
            default_move_type="out_invoice",
            default_partner_id=self.main_partner_id.id,
        )

    def action_open_brief(self):
        """Open the brief of the client: one page that fits a phone."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/report/html/key_account_management.report_client_brief/{self.id}",
            "target": "new",
        }

    def action_open_contacts(self):
        return self._get_record_action(
            "base.action_partner_form",
            [("kam_client_id", "=", self.id), *self._contact_domain],
            default_parent_id=self.main_partner_id.id,
        )

    def action_open_leads(self):
        return self._get_record_action(
            "crm.crm_lead_opportunities",
            [("kam_client_id", "=", self.id)],
            default_partner_id=self.main_partner_id.id,
            default_type="opportunity",
        )

    # --- who has the rights of its manager at this moment ---
    # Record rules ask for ``acting_user_ids`` and hold nothing that changes with time:
    # Odoo keeps an evaluated rule without a date. Searching and reading take different
    # ways through the ORM, so both rest on one query, which takes the time from the
    # server and nothing from the context.

    @api.depends("manager_id")
    @api.depends_context("uid")
    def _compute_acting_user_ids(self):
        found = {}
        if self.ids:
            self.env["kam.client"].flush_model(["manager_id"])
            for client_id, user_id in self.env.execute_query(
                self._get_substitute_query(SQL("client.id IN %s", tuple(self.ids)))
            ):
                found.setdefault(client_id, []).append(user_id)
        users = self.env["res.users"]
        for client in self:
            client.substitute_user_ids = users.browse(found.get(client._origin.id, ()))
            client.acting_user_ids = client.manager_id | client.substitute_user_ids

    def _search_acting_user_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        ids = tuple(user_id for user_id in value if user_id)
        if not ids:
            return Domain.FALSE
        self.env["kam.client"].flush_model(["manager_id"])
        substituted = SQL(
            "(SELECT client_id FROM (%s) acting)",
            self._get_substitute_query(
                SQL("substitution.substitute_user_id IN %s", ids)
            ),
        )
        return Domain("manager_id", "in", ids) | Domain("id", "in", substituted)

    @api.model
    def _get_substitute_query(self, condition):
        """SQL of (client_id, user_id) of those who stand in at this moment.

        A client that the absent manager no longer has is not among them.

        :param condition: SQL on ``client`` and ``substitution``
        """
        return SQL(
            """
            SELECT client.id AS client_id, substitution.substitute_user_id AS user_id
              FROM kam_substitution substitution
              JOIN kam_client client ON client.manager_id = substitution.absent_user_id
             WHERE %(active)s AND %(condition)s
               AND (substitution.scope = 'all' OR EXISTS (
                    SELECT FROM kam_client_kam_substitution_rel selected
                     WHERE selected.kam_substitution_id = substitution.id
                       AND selected.kam_client_id = client.id))
            """,
            active=self.env["kam.substitution"]._get_active_condition(),
            condition=condition,
        )

    def _get_acting_managers(self):
        """Return the managers of these clients and who stands in for them now."""
        return self.sudo().acting_user_ids.sudo(False)

    def _get_involved_until(self, user):
        """Return until when the user looked after each of these clients.

        As manager or substitute, in a fixed number of queries. It agrees with
        ``kam.assignment._get_managers_since`` and
        ``kam.substitution._get_substitutes_since``: whoever is involved since a moment
        has a later one here.

        :return: dict client -> Datetime (UTC), later than now where he still does;
            without the clients that were never his
        """
        clients = self.sudo()
        if not clients:
            return {}
        found = dict.fromkeys(
            clients.filtered(lambda client: client.manager_id == user), datetime.max
        )
        periods = self.env["kam.assignment"]._get_periods(clients, user)
        stays = self.env["kam.substitution"]._get_stays(clients, user)
        for client, moment in (*periods, *stays):
            found[client] = max(found.get(client, datetime.min), moment)
        return {client.sudo(False): moment for client, moment in found.items()}

    def _get_absent_manager(self):
        """Return the manager for whom the user stands in on this client, or nobody.

        :return: res.users; empty for an empty client and for its own manager
        """
        user, client = self.env.user, self.sudo()
        if user != client.manager_id and user in client.substitute_user_ids:
            return client.manager_id.sudo(False)
        return self.env["res.users"]
