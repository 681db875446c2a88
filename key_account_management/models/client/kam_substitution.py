from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL, format_date


class KamSubstitution(models.Model):
    """Who stands in for an absent manager, on which days, for which clients.

    The rights begin and end by ``start_at`` and ``end_at`` alone (see
    `kam.client`): nothing is granted or taken back. A confirmed one is
    kept as it is; it can only be cancelled before it begins, or ended.
    """

    _name = "kam.substitution"
    _description = "Substitution"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "absent_user_id"

    _fixed_fields = frozenset(
        ("absent_user_id", "substitute_user_id", "date_from", "date_to")
        + ("scope", "client_ids", "reason")
    )
    _fixed_unless = frozenset(("draft",))
    _fixed_state_field = "decision"

    absent_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Absent Manager",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain=[("share", "=", False)],
    )
    substitute_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Substitute",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('share', '=', False), ('id', '!=', absent_user_id)]",
    )
    date_from = fields.Date(string="From", required=True, tracking=True)
    date_to = fields.Date(
        string="To", required=True, tracking=True, help="Last day of the absence."
    )
    start_at = fields.Datetime(
        compute="_compute_moments",
        store=True,
        precompute=True,
        help="Midnight of the first day where the absent manager is.",
    )
    end_at = fields.Datetime(
        compute="_compute_moments",
        store=True,
        precompute=True,
        help="Midnight after the last day where the absent manager is, or the moment "
        "at which the substitution was ended.",
    )
    scope = fields.Selection(
        [("all", "All Clients"), ("selected", "Selected Clients")],
        default="all",
        required=True,
        tracking=True,
    )
    client_ids = fields.Many2many(
        comodel_name="kam.client",
        string="Key Clients",
        domain="[('manager_id', '=', absent_user_id)]",
    )
    decision = fields.Selection(
        [("draft", "Draft"), ("confirmed", "Confirmed"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("confirmed", "Confirmed"),
            ("active", "Active"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        search="_search_state",
        help="By date: a confirmed substitution is active during its days.",
    )
    may_decide = fields.Boolean(compute="_compute_may_decide")
    reason = fields.Selection(
        [
            ("trip", "Business Trip"),
            ("leave", "Leave"),
            ("illness", "Illness"),
            ("other", "Other"),
        ],
        default="leave",
        required=True,
    )
    note = fields.Text(help="What the substitute has to know.")
    closed_at = fields.Datetime(
        string="Closed on",
        readonly=True,
        copy=False,
        help="When the work was given back and the manager was told what was done.",
    )
    brief_count = fields.Integer(
        compute="_compute_brief_count", help="Clients whose brief the reader may print."
    )

    _dates_order = models.Constraint(
        "CHECK (date_from <= date_to)",
        "A substitution cannot end before it begins. Correct the dates.",
    )
    _two_people = models.Constraint(
        "CHECK (absent_user_id != substitute_user_id)",
        "Nobody stands in for himself. Choose somebody else as substitute.",
    )

    @api.depends("date_from", "date_to", "absent_user_id")
    def _compute_moments(self):
        for substitution in self:
            zone = pytz.timezone(substitution.absent_user_id.sudo().tz or "UTC")
            first, last = substitution.date_from, substitution.date_to
            substitution.start_at = first and self._get_midnight(first, zone)
            substitution.end_at = last and self._get_midnight(
                last + timedelta(days=1), zone
            )

    @api.model
    def _get_midnight(self, day, zone):
        """Return the UTC moment at which a day begins in a time zone."""
        midnight = zone.localize(datetime.combine(day, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    @api.depends("decision", "start_at", "end_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for substitution in self:
            state = substitution.decision
            if state == "confirmed" and substitution.end_at <= now:
                state = "done"
            elif state == "confirmed" and substitution.start_at <= now:
                state = "active"
            substitution.state = state

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        begun = Domain("start_at", "<=", now)
        ended = Domain("end_at", "<=", now)
        confirmed = Domain("decision", "=", "confirmed")
        domains = {
            "draft": Domain("decision", "=", "draft"),
            "confirmed": confirmed & ~begun & ~ended,
            "active": confirmed & begun & ~ended,
            "done": confirmed & ended,
            "cancelled": Domain("decision", "=", "cancelled"),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("absent_user_id", "scope", "client_ids")
    @api.depends_context("uid")
    def _compute_brief_count(self):
        for substitution in self:
            substitution.brief_count = len(substitution._get_brief_clients())

    @api.depends("absent_user_id", "substitute_user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for substitution in self.sudo():
            substitution.display_name = self.env._(
                "%(substitute)s for %(absent)s",
                substitute=substitution.substitute_user_id.name or "",
                absent=substitution.absent_user_id.name or "",
            )

    @api.constrains("scope", "client_ids", "absent_user_id")
    def _check_client_ids(self):
        """Selected clients are those of the absent manager."""
        for substitution in self:
            clients = substitution.client_ids.sudo()
            others = clients.filtered(
                lambda client, absent=substitution.absent_user_id: (
                    client.manager_id != absent
                )
            )
            if substitution.scope == "selected" and others:
                raise ValidationError(
                    self.env._(
                        "%(client)s is no client of %(manager)s. Choose among the "
                        "clients of the absent manager.",
                        client=others[0].name,
                        manager=substitution.absent_user_id.name,
                    )
                )

    @api.model
    def _get_system_message(self, names):
        return self.env._(
            "A substitution is confirmed, cancelled and ended by its buttons. Once "
            "confirmed it stays as it is: end it, and make a new one."
        )

    def _get_fixed_message(self):
        return self._get_system_message(())

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(substitution.decision != "draft" for substitution in self):
            raise UserError(
                self.env._("Only a draft of a substitution can be deleted.")
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        return [{**vals, "client_ids": [Command.clear()]} for vals in vals_list]

    def action_confirm(self):
        """Put drafts in force for their days and tell the substitutes.

        :raise AccessError: for whoever does not lead the team of the absent manager,
            or is absent or substitute himself
        :raise UserError: when another substitution stands against it
        """
        self._check_decider()
        for substitution in self:
            if substitution.decision != "draft":
                raise UserError(self.env._("Only a draft can be confirmed."))
            substitution._check_clients()
            self.env["kam.substitution.conflict"]._check(substitution)
            substitution.sudo().decision = "confirmed"
            substitution._tell_substitute()
        return True

    def action_cancel(self):
        """Take back substitutions that have not begun.

        :raise UserError: when one has begun or is over
        """
        self._check_decider()
        if any(state not in ("draft", "confirmed") for state in self.mapped("state")):
            raise UserError(self.env._("What has begun cannot be cancelled. End it."))
        self.sudo().decision = "cancelled"
        self._give_back()
        return True

    def action_end(self):
        """End active substitutions at this moment.

        :raise UserError: when one is not active
        """
        self._check_decider()
        if any(state != "active" for state in self.mapped("state")):
            raise UserError(self.env._("Only an active substitution can be ended."))
        self.sudo().end_at = fields.Datetime.now()
        self.invalidate_recordset(["state"])
        self._give_back()
        return True

    def action_transfer(self):
        """Open the dialog that hands work of these days over to the substitute."""
        return self._open_dialog(
            "kam.substitution.transfer",
            self.env._("Transfer Work"),
            default_substitution_id=self.id,
        )

    def action_print_briefs(self):
        """Print the briefs of all clients of the substitution as one document."""
        self.ensure_one()
        report = self.env.ref("key_account_management.action_report_substitution_brief")
        return report.report_action(self)

    def _give_back(self):
        for substitution in self:
            self.env["kam.substitution.work"]._give_back(substitution)

    def _get_covered_clients(self):
        """Return the clients of a substitution; sudo: for those who plan it."""
        owner = self.sudo()
        clients = owner.env["kam.client"].search(
            [("manager_id", "=", owner.absent_user_id.id)]
        )
        if self.scope == "selected":
            clients &= owner.client_ids
        return clients.sudo(False)

    def _get_brief_clients(self):
        """Return the clients of a substitution that the user may read."""
        return self._get_covered_clients()._filtered_access("read")

    @api.depends("absent_user_id", "substitute_user_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        user = self.env.user
        leads_all = user._has_kam_roles("director")
        for substitution in self:
            known = substitution.sudo()
            leader = known.absent_user_id.sale_team_id.user_id
            people = known.absent_user_id | known.substitute_user_id
            substitution.may_decide = user not in people and (
                leads_all or leader == user
            )

    def _check_decider(self):
        """Only who leads the absent manager decides, and never for himself."""
        self.check_access("write")
        if self.env.su:
            return
        for substitution in self:
            if not substitution.may_decide:
                raise AccessError(
                    self.env._(
                        "The substitution of %(manager)s is decided by the head of the "
                        "team, the director or an administrator, and by nobody for "
                        "himself. Ask one of them.",
                        manager=substitution.sudo().absent_user_id.name,
                    )
                )

    def _check_clients(self):
        if self.scope == "selected" and not self.client_ids:
            raise UserError(
                self.env._("Choose the clients, or let the scope be all clients.")
            )
        self._check_client_ids()

    def _get_names(self):
        """Return people and days as they are named in messages."""
        return {
            "substitute": self.substitute_user_id.name,
            "absent": self.absent_user_id.name,
            "date_from": format_date(self.env, self.date_from),
            "date_to": format_date(self.env, self.date_to),
        }

    def _tell_substitute(self):
        substitute = self.substitute_user_id.sudo()
        spoken = self.with_context(lang=substitute.lang)
        self.message_post(
            body=spoken.env._(
                "%(substitute)s, you stand in for %(absent)s from %(date_from)s to "
                "%(date_to)s.",
                **spoken.sudo()._get_names(),
            ),
            partner_ids=substitute.partner_id.ids,
        )

    @api.model
    def _get_active_condition(self):
        """SQL on ``substitution``: it is in force at this moment.

        The time is the server's, as a parameter: neither a rule nor the context has
        a say in when a right begins and ends.
        """
        self.flush_model()
        return SQL(
            """
            (substitution.decision = 'confirmed'
             AND substitution.start_at <= %(now)s AND substitution.end_at > %(now)s)
            """,
            now=fields.Datetime.now(),
        )

    @api.model
    def _get_substitutes_since(self, clients, moment):
        """Return everybody who stood in on these clients at or after a moment.

        :param moment: Datetime, UTC
        :return: res.users
        """
        found = self.sudo().search(
            [
                ("decision", "=", "confirmed"),
                ("absent_user_id", "in", clients.sudo().manager_id.ids),
                ("start_at", "<=", fields.Datetime.now()),
                ("end_at", ">", moment),
            ]
        )
        return found.filtered(
            lambda s: s.scope == "all" or s.client_ids & clients.sudo()
        ).substitute_user_id.sudo(False)

    @api.model
    def _get_substitute(self, user, day, client):
        """Return who stands in for a user on a day, or nobody.

        :param user: res.users
        :param day: date, in the time zone of the user
        :param client: kam.client concerned; empty: only who stands in for all counts
        :return: res.users
        """
        zone = pytz.timezone(user.sudo().tz or "UTC")
        moment = self._get_midnight(day, zone)
        found = self.sudo().search(
            [
                ("decision", "=", "confirmed"),
                ("absent_user_id", "=", user.id),
                ("start_at", "<=", moment),
                ("end_at", ">", moment),
            ]
        )
        return found.filtered(
            lambda s: s.scope == "all" or (client and client in s.client_ids)
        )[:1].substitute_user_id.sudo(False)

    @api.model
    def _get_stays(self, clients, user):
        """Return (client, end) of when the user stood in on these clients.

        :return: list; as `_get_substitutes_since` takes them
        """
        found = self.sudo().search_fetch(
            [
                ("decision", "=", "confirmed"),
                ("substitute_user_id", "=", user.id),
                ("start_at", "<=", fields.Datetime.now()),
            ]
        )
        return [
            (client, stay.end_at)
            for stay in found
            for client in clients.sudo()
            if client.manager_id == stay.absent_user_id
            and (stay.scope == "all" or client in stay.client_ids)
        ]
