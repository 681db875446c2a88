from datetime import timedelta
from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

STATES = [
    ("planned", "Planned"),
    ("done", "Done"),
    ("missed", "Missed"),
    ("cancelled", "Cancelled"),
]


class KamVisit(models.Model):
    """A visit, call, online meeting, event or training with a client or a lead.

    Stored is what people decided (``decision``) and when the day is over
    (``missed_at``); the state follows from both and the time, so that a visit is
    missed at midnight where its user lives, without a job. A visit that is done
    stays as it was reported.
    """

    _name = "kam.visit"
    _description = "Visit"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
    _order = "date_planned desc, id desc"
    _check_company_auto = True

    _fixed_fields = frozenset(
        ("company_id", "client_id", "lead_id", "partner_id", "user_id", "kind_id")
        + ("date_planned", "duration", "date_done", "outcome_id", "next_step")
        + ("next_date", "missed_reason")
    )
    _fixed_unless = frozenset(("open",))
    _fixed_state_field = "decision"
    _event_fields = frozenset(
        ("date_planned", "duration", "user_id", "decision", "is_unplanned")
    )
    _placing_fields = frozenset(
        ("date_planned", "duration", "user_id", "kind_id", "client_id", "lead_id")
    )

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    kind_id = fields.Many2one(
        comodel_name="kam.visit.kind",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["kam.visit.kind"].search([], limit=1),
        tracking=True,
    )
    kind_code = fields.Selection(
        related="kind_id.code", string="Type of Contact", store=True
    )
    color = fields.Integer(related="kind_id.color")
    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Opportunity",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="For a customer who is no key client yet.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Site",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        domain="client_id and [('kam_client_id', '=', client_id)] or []",
        help="Where the visit takes place.",
    )
    phone = fields.Char(compute="_compute_contact_data")
    email = fields.Char(compute="_compute_contact_data")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
    )
    on_behalf_of_id = fields.Many2one(
        comodel_name="res.users",
        string="On Behalf of",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="The absent manager in whose place it was done.",
    )
    date_planned = fields.Datetime(
        string="Planned for",
        required=True,
        index=True,
        default=lambda self: fields.Datetime.now().replace(minute=0, second=0),
        tracking=True,
    )
    duration = fields.Float(
        string="Duration (hours)",
        compute="_compute_duration",
        store=True,
        readonly=False,
        precompute=True,
        aggregator="sum",
    )
    date_end = fields.Datetime(
        string="Ends", compute="_compute_date_end", inverse="_inverse_date_end"
    )
    planned_day = fields.Date(
        compute="_compute_planned_day",
        store=True,
        precompute=True,
        index=True,
        help="Day in the time zone of the manager.",
    )
    missed_at = fields.Datetime(
        compute="_compute_planned_day",
        store=True,
        precompute=True,
        help="Midnight after the planned day in the time zone of the manager.",
    )
    decision = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("cancelled", "Cancelled")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    state = fields.Selection(
        STATES,
        compute="_compute_state",
        search="_search_state",
        group_expand=True,
        help="Missed from midnight after the planned day where the manager lives.",
    )
    date_done = fields.Datetime(string="Done on", copy=False, tracking=True)
    done_day = fields.Date(
        compute="_compute_done_day",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="Day in the time zone of the manager.",
    )
    missed_reason = fields.Char(string="Why Late", copy=False)
    cancelled_at = fields.Datetime(string="Cancelled on", readonly=True, copy=False)
    cancel_reason = fields.Char(readonly=True, copy=False)
    is_cancelled_by_client = fields.Boolean(
        string="Cancelled by the Client", readonly=True, copy=False
    )
    is_unplanned = fields.Boolean(
        string="Unplanned",
        readonly=True,
        copy=False,
        help="Entered after it began, or when the plan of the week stood already.",
    )
    plan_id = fields.Many2one(
        comodel_name="kam.visit.plan",
        string="Weekly Plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    is_locked = fields.Boolean(
        string="Placed by Hand",
        default=True,
        readonly=True,
        copy=False,
        help="The weekly plan neither moves it nor proposes it again.",
    )
    proposed_week = fields.Date(
        readonly=True, copy=False, help="Monday of the week it was proposed for."
    )
    score = fields.Float(readonly=True, copy=False, aggregator=None)
    reasons = fields.Json(readonly=True, copy=False)
    reason_text = fields.Char(
        string="Why",
        compute="_compute_reason_text",
        help="Why the weekly plan proposes this visit.",
    )
    contact_ids = fields.Many2many(
        comodel_name="res.partner",
        string="People Met",
        domain="client_id and [('kam_client_id', '=', client_id), "
        "('is_company', '=', False)] or []",
    )
    purpose_ids = fields.Many2many(comodel_name="kam.visit.purpose", string="Purposes")
    agenda = fields.Text()
    outcome_id = fields.Many2one(
        comodel_name="kam.visit.outcome",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        tracking=True,
    )
    note = fields.Text(string="What Came of It", copy=False)
    next_step = fields.Char(copy=False)
    next_date = fields.Date(string="Next Step on", copy=False, index="btree_not_null")
    order_ids = fields.Many2many(
        comodel_name="sale.order",
        string="Orders",
        copy=False,
        domain="[('kam_client_id', '=', client_id)]",
    )
    promise_ids = fields.One2many(
        comodel_name="kam.promise",
        inverse_name="visit_id",
        string="Promises",
        help="What the client promised, or what we promised him.",
    )
    calendar_event_id = fields.Many2one(
        comodel_name="calendar.event",
        string="Meeting",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    check_in = fields.Datetime(string="Arrived", copy=False)
    check_out = fields.Datetime(string="Left", copy=False)
    latitude = fields.Float(digits=(10, 7), copy=False, aggregator=None)
    longitude = fields.Float(digits=(10, 7), copy=False, aggregator=None)

    _client_or_lead = models.Constraint(
        "CHECK ((client_id IS NULL) <> (lead_id IS NULL))",
        "Choose either a key client or an opportunity: a visit is for one of them.",
    )
    _duration_positive = models.Constraint(
        "CHECK (duration > 0)",
        "A visit cannot end before it starts. Enter a duration of more than 0 hours.",
    )
    _check_out_after_in = models.Constraint(
        "CHECK (check_out IS NULL OR check_in IS NOT NULL AND check_out >= check_in)",
        "The check-out cannot be before the check-in. Correct one of the two times.",
    )
    _position_in_range = models.Constraint(
        "CHECK (COALESCE(latitude, 0) BETWEEN -90 AND 90"
        " AND COALESCE(longitude, 0) BETWEEN -180 AND 180)",
        "The latitude lies between -90 and 90 and the longitude between -180 and 180. "
        "Correct the coordinates.",
    )
    _client_done_idx = models.Index("(client_id, done_day) WHERE decision = 'done'")

    @api.depends("client_id", "lead_id")
    def _compute_partner_id(self):
        for visit in self:
            client = visit.client_id
            if client and visit.partner_id.kam_client_id != client:
                visit.partner_id = client.main_partner_id
            elif visit.lead_id:
                visit.partner_id = visit.lead_id.partner_id

    @api.depends("partner_id", "contact_ids", "lead_id")
    def _compute_contact_data(self):
        for visit in self:
            people = visit.contact_ids[:1] | visit.partner_id
            lead = visit.lead_id
            phones = [*people.mapped("phone"), lead.phone]
            emails = [*people.mapped("email"), lead.email_from]
            visit.phone = next(filter(None, phones), False)
            visit.email = next(filter(None, emails), False)

    @api.depends("kind_id")
    def _compute_duration(self):
        for visit in self:
            visit.duration = visit.kind_id.duration or 1.0

    @api.depends("date_planned", "duration")
    def _compute_date_end(self):
        for visit in self:
            length = timedelta(hours=visit.duration)
            visit.date_end = visit.date_planned and visit.date_planned + length

    def _inverse_date_end(self):
        for visit in self.filtered("date_end"):
            length = visit.date_end - visit.date_planned
            visit.duration = length.total_seconds() / 3600

    @api.depends("date_planned", "user_id.tz")
    def _compute_planned_day(self):
        midnight = self.env["kam.substitution"]._get_midnight
        for visit in self:
            zone = visit.user_id._get_kam_zone()
            day = visit.user_id._get_kam_day(visit.date_planned)
            visit.planned_day = day
            visit.missed_at = day and midnight(day + timedelta(days=1), zone)

    @api.depends("decision", "missed_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for visit in self:
            state = visit.decision
            if state == "open":
                is_over = visit.missed_at and visit.missed_at <= now
                state = "missed" if is_over else "planned"
            visit.state = state

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        is_over = Domain("missed_at", "<=", fields.Datetime.now())
        is_open = Domain("decision", "=", "open")
        domains = {
            "planned": is_open & ~is_over,
            "missed": is_open & is_over,
            "done": Domain("decision", "=", "done"),
            "cancelled": Domain("decision", "=", "cancelled"),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    def _field_to_sql(self, alias, field_expr, query=None):
        """The state can be grouped and sorted by: the same rule as its compute."""
        if field_expr != "state":
            return super()._field_to_sql(alias, field_expr, query)
        return SQL(
            "(CASE WHEN %(decision)s <> 'open' THEN %(decision)s"
            " WHEN %(missed_at)s <= %(now)s THEN 'missed' ELSE 'planned' END)",
            decision=self._field_to_sql(alias, "decision", query),
            missed_at=self._field_to_sql(alias, "missed_at", query),
            now=fields.Datetime.now(),
        )

    @api.depends("date_done", "user_id.tz")
    def _compute_done_day(self):
        for visit in self:
            visit.done_day = visit.user_id._get_kam_day(visit.date_done)

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for visit in self:
            visit.reason_text = self.env["kam.visit.reason"]._get_text(visit.reasons)

    @api.depends("kind_id", "client_id", "lead_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for visit in self:
            whom = visit.client_id.name or visit.lead_id.name or ""
            visit.display_name = f"{visit.kind_id.name or ''}: {whom}"

    @api.constrains("partner_id", "client_id")
    def _check_partner_id(self):
        for visit in self.sudo().filtered(lambda v: v.client_id and v.partner_id):
            if visit.partner_id.kam_client_id != visit.client_id:
                raise ValidationError(
                    self.env._(
                        "%(site)s does not belong to %(client)s. Choose a site of this "
                        "client.",
                        site=visit.partner_id.display_name,
                        client=visit.client_id.name,
                    )
                )

    @api.constrains("date_done")
    def _check_date_done(self):
        now = fields.Datetime.now()
        for visit in self.filtered("date_done"):
            if visit.date_done > now:
                raise ValidationError(
                    self.env._(
                        "A visit cannot be done in the future. Enter in “Done on” when "
                        "it took place."
                    )
                )

    @api.constrains("decision", "outcome_id", "next_step", "next_date", "kind_id")
    def _check_done(self):
        done = self.filtered(lambda visit: visit.decision == "done")
        self.env["kam.visit.completion"]._check(done)

    def _get_label(self, name):
        return self._fields[name]._description_string(self.env)

    @api.onchange("client_id")
    def _onchange_client_id(self):
        if self.client_id:
            self.lead_id = False

    @api.onchange("lead_id")
    def _onchange_lead_id(self):
        if self.lead_id:
            self.client_id = False

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        visits._check_lead_access()
        visits._check_managers()
        if not self.env.su:
            completion = self.env["kam.visit.completion"]
            completion._mark_entered(visits.sudo(), self.env.user)
        self.env["kam.visit.plan"].sudo()._join(visits.sudo())
        self.env["kam.visit.meeting"].sudo()._sync(visits.sudo())
        return visits

    def write(self, vals):
        result = super().write(vals)
        if not self.env.su and self._placing_fields & set(vals):
            self.sudo().filtered(lambda visit: not visit.is_locked).is_locked = True
        if "lead_id" in vals:
            self._check_lead_access()
        if {"user_id", "client_id", "lead_id"} & set(vals):
            self._check_managers()
        if {"date_planned", "user_id", "company_id"} & set(vals):
            self.env["kam.visit.plan"].sudo()._join(self.sudo())
        if self._event_fields & set(vals):
            self.env["kam.visit.meeting"].sudo()._sync(self.sudo())
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(visit.decision == "done" for visit in self):
            raise UserError(self.env._("A visit that is done is kept."))

    def _get_fixed_message(self):
        if self.decision == "cancelled":
            return self.env._("%s is cancelled. Make a new one.", self.display_name)
        return self.env._(
            "%s is done: its report stays as it is. Add to the note, or write a "
            "message.",
            self.display_name,
        )

    def _check_managers(self):
        """Nobody fills the week of a colleague who has nothing to do there.

        :raise ValidationError: below the head of the department
        """
        if self.env.su or self.env.user._has_kam_roles("head"):
            return
        for visit in self:
            allowed = self.env.user | visit.client_id._get_acting_managers()
            if visit.user_id not in allowed:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not look after %(client)s. Choose its manager, "
                        "or ask the head of the department.",
                        user=visit.user_id.name,
                        client=visit.client_id.name or visit.lead_id.name,
                    )
                )

    def _check_lead_access(self):
        """A visit shows a lead only to who may read it."""
        self.lead_id.check_access("read")

    def action_done(self):
        """Finish visits that are planned or missed.

        ``date_done`` is now unless it was entered.

        :raise UserError: for a visit that is done or cancelled already
        :raise ValidationError: naming what the report still needs
        """
        self.check_access("write")
        completion = self.env["kam.visit.completion"]
        for visit in self:
            visit._check_open()
        completion._check_lateness(self)
        visits = self.sudo()
        completion._mark_done_by(visits, self.env.user)
        visits.filtered(lambda v: not v.date_done).date_done = fields.Datetime.now()
        visits.decision = "done"
        self.env["kam.visit.plan"].sudo()._leave_closed(visits)
        completion._note_on_clients(visits)
        return True

    def _check_open(self):
        if self.decision != "open":
            raise UserError(
                self.env._(
                    "%(visit)s is %(state)s already.",
                    visit=self.display_name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        self.state
                    ].lower(),
                )
            )

    def action_cancel(self, reason, by_client=False):
        """Cancel visits that are planned or missed.

        :param reason: text kept with the visit
        :param by_client: the client cancelled: the plan is not held against its user
        :raise UserError: without a reason, or for a visit that is done or cancelled
        """
        self.check_access("write")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Enter why the visit is cancelled."))
        for visit in self:
            visit._check_open()
        self.sudo().write(
            {
                "decision": "cancelled",
                "cancelled_at": fields.Datetime.now(),
                "cancel_reason": reason,
                "is_cancelled_by_client": by_client,
                "is_locked": True,
            }
        )
        return True

    def action_check_in(self, latitude=None, longitude=None):
        """Note the arrival at the site, now.

        :param latitude: of the phone, if its user agrees
        :param longitude: likewise
        """
        self.ensure_one()
        self._check_open()
        vals = {"check_in": fields.Datetime.now()}
        if latitude is not None and longitude is not None:
            vals.update(latitude=latitude, longitude=longitude)
        return self.write(vals)

    def action_check_out(self):
        """Note the departure from the site, now.

        :raise UserError: before the arrival was noted
        """
        self.ensure_one()
        self._check_open()
        if not self.check_in:
            raise UserError(self.env._("Note your arrival first: press “Arrive”."))
        return self.write({"check_out": fields.Datetime.now()})

    def action_finish(self):
        """Open the dialog in which the visit is finished."""
        return self._open_dialog(
            "kam.visit.finish", self.display_name, default_visit_id=self.id
        )

    def action_open_plan(self):
        """Open the weekly plan of the visit."""
        self.ensure_one()
        return self.plan_id._get_records_action(name=self.env._("Weekly Plan"))

    def action_open_brief(self):
        """Open what to know about the client before the door."""
        self.ensure_one()
        return self.client_id.action_open_brief()

    def action_open_map(self):
        """Open a map at the address of the site."""
        self.ensure_one()
        partner = self.partner_id
        if partner.partner_latitude or partner.partner_longitude:
            where = f"{partner.partner_latitude},{partner.partner_longitude}"
        else:
            where = partner.contact_address_inline or partner.name
        if not where:
            raise UserError(self.env._("The site has no address. Enter one first."))
        return {
            "type": "ir.actions.act_url",
            "url": "https://www.openstreetmap.org/search?"
            + urlencode({"query": where}),
        }

    def action_new_order(self):
        """Open a new quotation for the site."""
        self.ensure_one()
        return self.env["kam.client"]._get_new_action(
            "sale.order", default_partner_id=self.partner_id.id
        )
