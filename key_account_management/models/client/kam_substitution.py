from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain


class KamSubstitution(models.Model):
    """Who stands in for an absent manager, on which days, for which clients.

    The rights begin and end by ``start_at`` and ``end_at`` alone (see
    `kam_client_substitution`): nothing is granted or taken back. A confirmed one is
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
