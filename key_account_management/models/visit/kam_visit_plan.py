from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime

WEEK = timedelta(days=7)
ACTIVITY = "mail.mail_activity_data_todo"
FIGURES = (
    "planned_count",
    "done_count",
    "on_day_count",
    "missed_count",
    "unplanned_count",
    "touch_count",
    "success_count",
    "portfolio_count",
    "covered_count",
    "adherence",
    "coverage",
    "strike_rate",
)


def get_monday(day):
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


class KamVisitPlan(models.Model):
    """One manager's week: what is proposed, what was agreed, what came of it.

    The figures are those of `kam.visit.plan.report`, live until the plan is closed
    and kept as they were then.
    """

    _name = "kam.visit.plan"
    _description = "Weekly Plan"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin", "kam.workbook.mixin"]
    _order = "week_start desc, user_id"
    _check_company_auto = True

    _fixed_fields = frozenset(("user_id", "company_id", "week_start"))

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    week_start = fields.Date(
        string="Week of",
        required=True,
        index=True,
        default=lambda self: get_monday(self.env.company._kam_today()) + WEEK,
        help="A Monday.",
    )
    week_end = fields.Date(compute="_compute_week_end")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("closed", "Closed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    submitted_at = fields.Datetime(string="Submitted on", readonly=True, copy=False)
    reminded_at = fields.Datetime(
        readonly=True, copy=False, help="When the head was told that it is late."
    )
    visit_ids = fields.One2many(
        comodel_name="kam.visit", inverse_name="plan_id", string="Visits"
    )
    unplanned_line_ids = fields.One2many(
        comodel_name="kam.visit.plan.exception",
        inverse_name="plan_id",
        string="Not Planned",
        readonly=True,
    )
    note = fields.Text(string="Remarks")
    closed_figures = fields.Json(readonly=True, copy=False)
    planned_count = fields.Integer(string="Planned", compute="_compute_figures")
    done_count = fields.Integer(string="Done", compute="_compute_figures")
    on_day_count = fields.Integer(string="Done on the Day", compute="_compute_figures")
    missed_count = fields.Integer(string="Missed", compute="_compute_figures")
    unplanned_count = fields.Integer(string="Unplanned", compute="_compute_figures")
    touch_count = fields.Integer(
        string="Visits and Calls Done", compute="_compute_figures"
    )
    success_count = fields.Integer(string="With an Order", compute="_compute_figures")
    portfolio_count = fields.Integer(
        string="Clients of the Portfolio", compute="_compute_figures"
    )
    covered_count = fields.Integer(
        string="Clients with Kept Intervals", compute="_compute_figures"
    )
    adherence = fields.Float(
        compute="_compute_figures",
        aggregator=None,
        help="Planned visits that were done, late ones too. Those that the client "
        "cancelled do not count.",
    )
    coverage = fields.Float(
        compute="_compute_figures",
        aggregator=None,
        help="Clients of the portfolio with a tier whose intervals are kept on Sunday.",
    )
    strike_rate = fields.Float(
        compute="_compute_figures",
        aggregator=None,
        help="Visits, calls and online meetings that led to a confirmed order.",
    )
    concealed_text = fields.Text(
        string="Days as Substitute",
        compute="_compute_concealed_text",
        help="Visits of a substitution that has not begun: when, and whose clients.",
    )
    unplanned_line_count = fields.Integer(compute="_compute_unplanned_line_count")
    can_approve = fields.Boolean(compute="_compute_can_approve")
    can_change = fields.Boolean(compute="_compute_can_change")
    substitute_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Substitutes",
        compute="_compute_substitute_user_ids",
        compute_sudo=True,
        search="_search_substitute_user_ids",
        help="Who stands in for the manager with all clients at this moment. They "
        "read the plan and do not change it.",
    )

    _week_uniq = models.Constraint(
        "UNIQUE (user_id, company_id, week_start)",
        "This manager has a plan for this week already. Open that one.",
    )

    @api.depends("week_start")
    def _compute_week_end(self):
        for plan in self:
            plan.week_end = plan.week_start and plan.week_start + timedelta(days=6)

    @api.depends("visit_ids.decision", "state")
    def _compute_figures(self):
        """Sudo: the figures count visits of clients handed over since."""
        found = self.env["kam.visit.plan.report"].sudo()._get_figures(self.ids)
        for plan in self:
            row = found.get(plan._origin.id, {})
            for name in FIGURES:
                plan[name] = row.get(name, 0)

    @api.depends("visit_ids")
    @api.depends_context("uid", "lang")
    def _compute_concealed_text(self):
        """Say when and for whom, but not with whom, until the client may be seen.

        sudo: of visits that the reader of the plan may not read, their time and the
        manager of the client, and nothing else. Searched, so that the list of visits
        is not filled with them.
        """
        visits = self.env["kam.visit"].sudo()
        visits = visits.search(
            [("plan_id", "in", self.ids), ("decision", "!=", "cancelled")],
            order="date_planned, id",
        )
        readable = visits.sudo(False)._filtered_access("read")
        concealed = visits.filtered(
            lambda visit: visit.client_id and visit.sudo(False) not in readable
        ).grouped("plan_id")
        for plan in self:
            lines = concealed.get(plan._origin.sudo(), ())
            plan.concealed_text = "\n".join(map(self._get_concealed_line, lines))

    def _get_concealed_line(self, visit):
        zone = visit.user_id._get_kam_zone().zone
        return self.env._(
            "%(moment)s: client of %(manager)s",
            moment=format_datetime(
                self.env, visit.date_planned, tz=zone, dt_format="EEE d MMM, HH:mm"
            ),
            manager=visit.client_id.manager_id.name or "–",
        )

    @api.depends("unplanned_line_ids")
    def _compute_unplanned_line_count(self):
        for plan in self:
            plan.unplanned_line_count = len(plan.unplanned_line_ids)

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        for plan in self:
            plan.can_approve = plan._may_approve()

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_can_change(self):
        """A substitute reads the plan: no button is offered that only refuses."""
        changeable = self.sudo(False)._origin._filtered_access("write")
        for plan in self:
            plan.can_change = not plan._origin or plan._origin in changeable

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_substitute_user_ids(self):
        found = {}
        if self._origin:
            query = self._get_substitute_query(
                SQL("plan.id IN %s", tuple(self._origin.ids))
            )
            for plan_id, user_id in self.env.execute_query(query):
                found.setdefault(plan_id, []).append(user_id)
        users = self.env["res.users"]
        for plan in self:
            plan.substitute_user_ids = users.browse(found.get(plan._origin.id, ()))

    def _search_substitute_user_ids(self, operator, value):
        """Searching and reading rest on one query, as with `kam.client`."""
        if operator != "in":
            return NotImplemented
        ids = tuple(user_id for user_id in value if user_id)
        if not ids:
            return Domain.FALSE
        query = self._get_substitute_query(
            SQL("substitution.substitute_user_id IN %s", ids)
        )
        return Domain("id", "in", SQL("(SELECT plan_id FROM (%s) reader)", query))

    @api.model
    def _get_substitute_query(self, condition):
        """SQL of (plan_id, user_id) of those who stand in with all clients now.

        :param condition: SQL on ``plan`` and ``substitution``
        """
        self.flush_model(["user_id"])
        return SQL(
            """
            SELECT plan.id AS plan_id, substitution.substitute_user_id AS user_id
              FROM kam_substitution substitution
              JOIN kam_visit_plan plan ON plan.user_id = substitution.absent_user_id
             WHERE %s AND substitution.scope = 'all' AND %s
            """,
            self.env["kam.substitution"]._get_active_condition(),
            condition,
        )

    @api.depends("user_id", "week_start")
    def _compute_display_name(self):
        for plan in self:
            year, week = (plan.week_start or date.min).isocalendar()[:2]
            plan.display_name = self.env._(
                "%(user)s, week %(week)s/%(year)s",
                user=plan.sudo().user_id.name or "",
                week=week,
                year=year,
            )

    @api.constrains("week_start")
    def _check_week_start(self):
        for plan in self:
            if plan.week_start.weekday():
                raise ValidationError(
                    self.env._(
                        "“Week of” must be a Monday: choose %(monday)s instead of "
                        "%(day)s.",
                        monday=format_date(self.env, get_monday(plan.week_start)),
                        day=format_date(self.env, plan.week_start),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_planned_users({vals.get("user_id") for vals in vals_list})
        plans = super().create(vals_list)
        plans.sudo()._adopt_visits()
        return plans

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(plan.state != "draft" for plan in self):
            raise UserError(self.env._("Only a draft of a plan can be deleted."))

    def _check_planned_users(self, user_ids):
        """Say in our words what the record rule would refuse.

        :raise AccessError: below the head of the department
        """
        is_head = self.env.user._has_kam_roles("head")
        if not is_head and user_ids - {self.env.uid, None}:
            raise AccessError(
                self.env._(
                    "You plan your own week. Plans of others are made by the head of "
                    "the department."
                )
            )

    def _get_fixed_message(self):
        return self.env._(
            "Manager, company and week of a plan stay as they are. Delete the draft "
            "and make a new plan."
        )

    def _adopt_visits(self):
        """Take in the visits of the week that were made before the plan."""
        days = [plan.week_start + timedelta(days=n) for plan in self for n in range(7)]
        visits = self.env["kam.visit"].search(
            [
                ("user_id", "in", self.user_id.ids),
                ("planned_day", "in", days),
                ("plan_id", "=", False),
            ]
        )
        plans = {plan._get_key(): plan for plan in self}
        for key, adopted in visits.grouped(self._get_visit_key).items():
            if key in plans:
                adopted.plan_id = plans[key]

    def _get_key(self):
        return self.user_id, self.company_id, self.week_start

    @api.model
    def _get_visit_key(self, visit, day="planned_day"):
        return visit.user_id, visit.company_id, get_monday(visit[day])

    @api.model
    def _get_plans(self, visits, day="planned_day"):
        """Return the plan of the week of each visit, or an empty one; none closed.

        :param day: ``planned_day`` or ``done_day``
        """
        if not visits:
            return {}
        keys = {visit: self._get_visit_key(visit, day) for visit in visits}
        plans = self.sudo().search(
            [
                ("user_id", "in", visits.user_id.ids),
                ("company_id", "in", visits.company_id.ids),
                ("week_start", "in", [key[2] for key in keys.values()]),
                ("state", "!=", "closed"),
            ]
        )
        by_key = {plan._get_key(): plan for plan in plans}
        return {visit: by_key.get(key, self.browse()) for visit, key in keys.items()}

    @api.model
    def _join(self, visits):
        """Put open visits into the plan of their week; as superuser.

        A visit of an approved plan stays in it wherever its manager moves it: it was
        promised for that week. What comes to a plan that stands already, or out of one
        that is closed, is unplanned.
        """
        visits = visits.filtered(lambda visit: visit.decision == "open")
        plans = self._get_plans(visits)
        for visit in visits:
            current, plan = visit.plan_id, plans[visit]
            is_own = current.user_id == visit.user_id
            if current == plan or (is_own and current.state == "approved"):
                continue
            vals = {"plan_id": plan.id}
            if current.state == "closed" or (not current and plan._is_standing()):
                vals["is_unplanned"] = True
            visit.write(vals)

    @api.model
    def _leave_closed(self, visits):
        """What is done after its week was closed belongs to the week it is done in."""
        late = visits.filtered(lambda visit: visit.plan_id.state == "closed")
        plans = self._get_plans(late, "done_day")
        for visit in late:
            visit.write({"plan_id": plans[visit].id, "is_unplanned": True})

    def _is_standing(self):
        """Tell whether the week was agreed: what comes now is unplanned."""
        return self.state in ("approved", "closed")

    def _may_approve(self):
        """The leader of the manager's team or above him; nobody his own plan."""
        user = self.env.user
        if self.user_id == user:
            return False
        return user._leads_kam_team(self.sudo().user_id.sale_team_id)

    def _check_approver(self):
        for plan in self:
            if not plan._may_approve():
                raise AccessError(
                    self.env._(
                        "The plan of %s is approved by the leader of the team or the "
                        "director, never by its own manager. Ask one of them.",
                        plan.user_id.name,
                    )
                )

    def _check_state(self, *states):
        for plan in self:
            if plan.state not in states:
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(plan)s is %(state)s: this can be done while it is "
                        "%(states)s.",
                        plan=plan.display_name,
                        state=labels[plan.state].lower(),
                        states=", ".join(labels[state].lower() for state in states),
                    )
                )

    def action_generate(self):
        """Propose what is due in the week and is not planned yet; safe to repeat.

        What a person placed, moved or cancelled stays as it is and is not proposed
        again. What does not fit is listed with its reason.

        :raise UserError: for a plan that is approved or closed
        """
        self.check_access("write")
        self._check_state("draft", "submitted")
        self.sudo()._adopt_visits()
        self.env["kam.visit.planner"].sudo()._fill(self.sudo())
        return True

    def action_submit(self):
        """Hand the plan to the leader of the team.

        :raise UserError: if it is no draft
        """
        self.check_access("write")
        self._check_state("draft")
        now = fields.Datetime.now()
        plans = self.sudo()
        plans.write({"state": "submitted", "submitted_at": now})
        plans.activity_unlink([ACTIVITY])
        for plan in plans:
            words = plan.user_id.sale_team_id.user_id._get_kam_words(plan.company_id)
            plan._ask_head(words._("Weekly plan to approve"))
        return True

    def action_approve(self):
        """Agree to submitted plans.

        :raise AccessError: for the plan's own manager, and below the head
        """
        self.check_access("write")
        self._check_approver()
        self._check_state("submitted")
        plans = self.sudo()
        plans.state = "approved"
        plans.activity_unlink([ACTIVITY])
        return True

    def action_return(self, comment):
        """Give submitted plans back to their managers.

        :param comment: what to change; told to the manager
        :raise AccessError: for the plan's own manager, and below the head
        :raise UserError: without a comment
        """
        self.check_access("write")
        self._check_approver()
        self._check_state("submitted")
        comment = (comment or "").strip()
        if not comment:
            raise UserError(self.env._("Enter what the manager should change."))
        self.sudo().write({"state": "draft", "submitted_at": False})
        self.sudo().activity_unlink([ACTIVITY])
        for plan in self:
            plan.message_post(
                body=comment,
                partner_ids=plan.user_id.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
            )
        return True

    def action_close(self):
        """Keep the figures as they are; what is done later counts where it is done.

        :raise AccessError: for the plan's own manager, and below the head
        :raise UserError: if it is not approved, or its week is not over
        """
        self.check_access("write")
        self._check_approver()
        self._check_state("approved")
        for plan in self:
            if plan.week_end >= plan.user_id._get_kam_day(fields.Datetime.now()):
                raise UserError(
                    self.env._(
                        "The week of %s is not over. Close the plan after Sunday.",
                        plan.display_name,
                    )
                )
        self._close()
        return True

    def _ask_head(self, summary):
        """Give the leader of the manager's team something to do."""
        head = self.user_id.sale_team_id.user_id._filter_kam_present(self.company_id)
        if head and head != self.user_id:
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                ACTIVITY, summary=summary, user_id=head.id
            )

    def _close(self):
        """Keep the figures; sudo: nobody writes them."""
        self.env.flush_all()
        for plan in self.sudo():
            figures = {name: plan[name] for name in FIGURES}
            plan.write({"state": "closed", "closed_figures": figures})

    @api.model
    def _get_reasons(self, clients, week):
        """Return why clients should be met in a week, apart from their intervals.

        Rooms that know more reasons extend this; the weights are those of
        `kam.visit.reason`, whose ``_text_<code>`` tells the reason to its reader.

        :param clients: kam.client, as superuser
        :param week: Monday of the week
        :return: dict client -> list of (code, weight, figures); figures are JSON
        """
        return self.env["kam.visit.reason.finder"]._get_reasons(clients, week)

    def _get_workbook_name(self):
        if len(self) == 1:
            return self.display_name.replace("/", "-")
        return self.env._("Weekly plans")

    def _write_workbook(self, workbook):
        self.env["kam.visit.plan.sheet"]._write_workbook(workbook, self)

    def action_open_visits(self):
        """Open the visits of the plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "key_account_management.kam_visit_action"
        )
        action["domain"] = [("plan_id", "=", self.id)]
        action["context"] = {
            "default_user_id": self.user_id.id,
            "initial_date": fields.Date.to_string(self.week_start),
        }
        return action
