from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

OPEN = ("due", "late", "returned")
ACTIVITY = "mail.mail_activity_data_todo"


class KamReportInstance(models.Model):
    """One report that one manager owes for one period.

    Made by its duty; the manager writes and sends it, whoever accepts it accepts it
    or gives it back with a remark. Late is what was not sent when it was due.
    """

    _name = "kam.report.instance"
    _description = "Report Due"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
    _order = "date_due desc, user_id, id"

    _mail_post_access = "read"

    _fixed_fields = frozenset(("note",))
    _fixed_unless = frozenset(OPEN)

    duty_id = fields.Many2one(
        comodel_name="kam.report.duty",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Key Account Manager",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        compute="_compute_team_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="duty_id.company_id", store=True, index=True)
    source = fields.Selection(related="duty_id.source", store=True)
    instruction = fields.Html(related="duty_id.instruction")
    template = fields.Binary(related="duty_id.template")
    template_name = fields.Char(related="duty_id.template_name")
    period_from = fields.Date(string="From", required=True, readonly=True)
    period_to = fields.Date(string="To", required=True, readonly=True)
    date_due = fields.Datetime(
        string="Deadline", required=True, readonly=True, index=True
    )
    day_due = fields.Date(readonly=True, help="The day on the clock of the manager.")
    date_submitted = fields.Datetime(
        string="Sent on",
        readonly=True,
        copy=False,
        help="The first time; a report that was given back is not late for it.",
    )
    date_accepted = fields.Datetime(string="Accepted on", readonly=True, copy=False)
    accepted_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    state = fields.Selection(
        selection=[
            ("due", "To Be Sent"),
            ("late", "Late"),
            ("returned", "Given Back"),
            ("submitted", "Sent"),
            ("accepted", "Accepted"),
        ],
        default="due",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_late = fields.Boolean(
        string="Was Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="Not sent when it was due.",
    )
    returned_count = fields.Integer(
        string="Times Returned",
        readonly=True,
        copy=False,
        help="0: accepted the first time.",
    )
    remark = fields.Text(string="What to Change", readonly=True, copy=False)
    note = fields.Html(string="Report")
    figures = fields.Json(
        readonly=True, copy=False, help="Rows of name, number and kind of number."
    )
    content = fields.Html(compute="_compute_content", string="From the Data")
    may_submit = fields.Boolean(compute="_compute_may")
    may_accept = fields.Boolean(compute="_compute_may")

    _once = models.UniqueIndex(
        "(duty_id, user_id, period_from)", "A report is due once per period."
    )

    @api.depends("duty_id", "user_id", "period_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            day = report.period_from and format_date(self.env, report.period_from)
            report.display_name = f"{report.duty_id.name}, {day or ''}"

    @api.depends("user_id")
    def _compute_team_id(self):
        teams = self.user_id._get_kam_teams()
        for report in self:
            report.team_id = teams.get(report.user_id)

    @api.depends("date_due", "date_submitted")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for report in self:
            sent = report.date_submitted or now
            report.is_late = bool(report.date_due and sent > report.date_due)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["kam.report.instance"].flush_model(["date_due", "date_submitted"])
        late = SQL(
            "SELECT id FROM kam_report_instance"
            " WHERE COALESCE(date_submitted, %s) > date_due",
            fields.Datetime.now(),
        )
        return [("id", "in" if True in value else "not in", late)]

    @api.depends("figures")
    @api.depends_context("lang")
    def _compute_content(self):
        for report in self:
            report.content = report.figures and self.env["ir.qweb"]._render(
                "key_account_management.kam_report_content",
                self.env["kam.report.filler"]._prepare(report),
            )

    @api.depends("state", "user_id", "team_id")
    @api.depends_context("uid")
    def _compute_may(self):
        for report in self:
            is_plan = report.source == "weekly_plan"
            report.may_submit = (
                report.state in OPEN and not is_plan and report._may_submit()
            )
            report.may_accept = (
                report.state == "submitted" and not is_plan and report._may_accept()
            )

    def _may_submit(self):
        return self.env.su or self.env.user == self.user_id

    def _may_accept(self):
        """The acceptor of the duty, else the head, or the director; nobody his own."""
        user, report = self.env.user, self.sudo()
        if self.env.su:
            return True
        if user == report.user_id:
            return False
        acceptor = report.duty_id.acceptor_id or report.team_id.user_id
        return user == acceptor or user._has_kam_roles("director")

    def action_submit(self):
        """Send reports; those sent already stay as they are.

        :raise AccessError: for the report of another
        """
        for report in self.filtered(lambda report: report.state in OPEN):
            if not report._may_submit():
                raise AccessError(
                    self.env._("%s is sent by its manager.", report.display_name)
                )
            report._check_not_plan()
            self.env["kam.report.filler"]._fill(report)
            report.sudo().write(
                {
                    "state": "submitted",
                    "date_submitted": report.date_submitted or fields.Datetime.now(),
                }
            )
            report._tell_recipients()
        return True

    def _check_not_plan(self):
        if self.source == "weekly_plan":
            raise UserError(
                self.env._("A weekly plan is sent and approved where it is made.")
            )

    def _tell_recipients(self):
        """Ask whoever accepts, and tell the others; sudo: they are no followers."""
        report = self.sudo()
        acceptor = report.duty_id.acceptor_id or report.team_id.user_id
        acceptor = acceptor._filter_kam_present(report.company_id) - report.user_id
        if acceptor:
            words = acceptor._get_kam_words(report.company_id)
            report.activity_schedule(
                ACTIVITY,
                user_id=acceptor.id,
                summary=words._("Accept the report or give it back"),
            )
        others = report.duty_id.recipient_ids - acceptor
        for user in others._filter_kam_present(report.company_id):
            words = user._get_kam_words(report.company_id)
            report.message_notify(
                partner_ids=user.partner_id.ids,
                subject=report.with_env(words).display_name,
                body=words._("%s sent this report.", report.user_id.name),
            )

    def action_accept(self):
        """Accept reports that were sent; accepted ones stay as they are.

        :raise AccessError: for others than who accepts, and for one's own
        :raise UserError: for reports that were not sent
        """
        for report in self.filtered(lambda report: report.state != "accepted"):
            report._check_judge()
            report.sudo().write(
                {
                    "state": "accepted",
                    "date_accepted": fields.Datetime.now(),
                    "accepted_by_id": self.env.uid,
                }
            )
            report.sudo().activity_unlink([ACTIVITY])
        return True

    def action_return(self, remark):
        """Give reports back with a remark.

        :raise UserError: without a remark, and for reports that were not sent
        """
        remark = self._take_text(remark, self._get_field_label("remark"))
        if not remark:
            raise UserError(self.env._("Enter what is to be changed."))
        for report in self:
            report._check_judge()
            report.sudo().write(
                {
                    "state": "returned",
                    "remark": remark,
                    "returned_count": report.returned_count + 1,
                }
            )
            report.sudo().activity_unlink([ACTIVITY])
            words = report.user_id._get_kam_words(report.company_id)
            report.sudo().activity_schedule(
                ACTIVITY,
                user_id=report.user_id.id,
                summary=words._("A report was given back"),
                note=remark,
            )
        return True

    def _check_judge(self):
        self._check_not_plan()
        if not self._may_accept():
            raise AccessError(
                self.env._(
                    "Reports are accepted by whoever the duty names, else by the head, "
                    "and by nobody his own."
                )
            )
        if self.state != "submitted":
            raise UserError(self.env._("%s was not sent yet.", self.display_name))

    # What is due

    @api.model
    def _refresh_open(self):
        """Fill in the open reports anew, and mark those that are late."""
        waiting = [("state", "!=", "accepted")]
        reports = self.sudo().search(waiting)
        self.env["kam.job"]._run(
            reports.grouped(lambda r: (r.company_id, r.user_id)).values(),
            type(self)._refresh,
            domain=waiting,
        )

    def _refresh(self):
        """Take the state of weekly plans, fill in figures, mark what is late."""
        plans = self.filtered(lambda report: report.source == "weekly_plan")
        plans._follow_plans()
        opened = self.filtered(lambda report: report.state in OPEN)
        self.env["kam.report.filler"]._fill(opened - plans)
        now = fields.Datetime.now()
        late = opened.filtered(lambda r: r.state == "due" and r.date_due < now)
        late.state = "late"

    def _follow_plans(self):
        """Take over when weekly plans were sent, given back and approved."""
        plans = self.env["kam.visit.plan"].search(
            [
                ("user_id", "in", self.user_id.ids),
                ("week_start", "in", self.mapped("period_from")),
                ("company_id", "child_of", self.company_id.ids),
            ]
        )
        found = plans.grouped(lambda plan: (plan.user_id, plan.week_start))
        states = {
            "submitted": "submitted",
            "approved": "accepted",
            "closed": "accepted",
        }
        for report in self:
            plan = found.get((report.user_id, report.period_from), plans.browse())[:1]
            if not plan:
                continue
            returned = "returned" if plan.return_count else report.state
            report.write(
                {
                    "state": states.get(plan.state, returned),
                    "date_submitted": report.date_submitted or plan.submitted_at,
                    "returned_count": plan.return_count,
                }
            )

    @api.model
    def _get_reports_in(self, cards):
        """Return the reports due in the month of cards, for criterion 5.5.

        Weekly plans are counted by the card itself. What is not due yet is left out;
        whether it was accepted the first time counts once it was judged.

        :return: as ``kam.scorecard._get_reports_in``
        """
        reports = self.sudo().search(
            [
                ("company_id", "in", cards.company_id.ids),
                ("user_id", "in", cards.user_id.ids),
                ("source", "!=", "weekly_plan"),
                ("day_due", ">=", cards[:1].date_from),
                ("day_due", "<=", cards[:1].date_to),
                "|",
                ("date_due", "<=", fields.Datetime.now()),
                ("date_submitted", "!=", False),
            ]
        )
        return [row for report in reports for row in report._prepare_entries()]

    def _prepare_entries(self):
        self.ensure_one()
        words = self.user_id._get_kam_words(self.company_id)  # kept with the card
        common = {
            "user_id": self.user_id.id,
            "date": self.day_due,
            "name": self.with_env(words).display_name,
            "base": 1,
        }
        rows = [{**common, "kind": "done", "amount": int(not self.is_late)}]
        if self.state == "accepted" or self.returned_count:
            amount = int(not self.returned_count)
            rows.append({**common, "kind": "accepted", "amount": amount})
        return rows
