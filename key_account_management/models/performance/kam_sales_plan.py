from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

# Part of a forecast -> the field that shows it.
FORECASTS = {
    "run_rate": "forecast_run_rate",
    "orders": "forecast_orders",
    "pipeline": "forecast_pipeline",
    "forecast": "forecast",
    "error": "forecast_error",
}
LENGTHS = {"month": 1, "quarter": 3, "year": 12}


class KamSalesPlan(models.Model):
    """A sales plan of a department or of one manager, month by month.

    Plans of managers are children of the department's. A plan is edited while it is
    a draft; approved it governs its months, and closed it keeps its facts. Of several
    versions the one with the latest effective date governs a month.
    """

    _name = "kam.sales.plan"
    _description = "Sales Plan"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
    _order = "date_from desc, team_id, user_id, version desc, id desc"

    _fixed_fields = frozenset(
        (
            *("name", "company_id", "team_id", "user_id", "period", "date_from"),
            *("version_reason", "line_ids"),
        )
    )
    _fixed_unless = frozenset(("draft",))

    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        help="The figures of this company and all its branches.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Department",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["crm.team"].search(
            [("user_id", "=", self.env.uid)], limit=1
        ),
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Key Account Manager",
        index=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Leave empty for the plan of the whole department.",
    )
    parent_id = fields.Many2one(
        comodel_name="kam.sales.plan",
        string="Department Plan",
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    child_ids = fields.One2many(
        comodel_name="kam.sales.plan",
        inverse_name="parent_id",
        string="Plans of Managers",
        readonly=True,
    )
    period = fields.Selection(
        selection=[("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        required=True,
        default="quarter",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.start_of(
            fields.Date.context_today(self) + relativedelta(months=3), "quarter"
        ),
    )
    date_to = fields.Date(
        string="To", compute="_compute_date_to", store=True, precompute=True
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    state = fields.Selection(
        selection=[
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
    effective_date = fields.Date(
        string="Governs from",
        readonly=True,
        copy=False,
        help="First month that is judged by this version.",
    )
    substitution_id = fields.Many2one(
        comodel_name="kam.substitution",
        string="Scaled for",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The absence whose working days were taken out of the plan.",
    )
    version_reason = fields.Char(string="Reason of the Version", copy=False)
    approved_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    date_approved = fields.Date(string="Approved on", readonly=True, copy=False)
    line_ids = fields.One2many(
        comodel_name="kam.sales.plan.line",
        inverse_name="plan_id",
        string="Targets",
        copy=True,
    )
    target_turnover = fields.Monetary(
        string="Turnover Planned", compute="_compute_turnover"
    )
    fact_turnover = fields.Monetary(
        string="Turnover Reached", compute="_compute_turnover"
    )
    completion = fields.Float(
        compute="_compute_turnover", help="Turnover reached ÷ turnover planned."
    )
    earlier_id = fields.Many2one(
        comodel_name="kam.sales.plan",
        string="Version before",
        compute="_compute_earlier_id",
    )
    earlier_completion = fields.Float(
        string="Completion by the Version before",
        compute="_compute_earlier_id",
        help="Turnover reached ÷ what the version before planned.",
    )
    forecast_run_rate = fields.Monetary(
        string="Run Rate",
        compute="_compute_forecast",
        compute_sudo=True,
        help="What the period brings if it goes on as it began, by working days.",
    )
    forecast_orders = fields.Monetary(
        string="Confirmed Orders",
        compute="_compute_forecast",
        compute_sudo=True,
        help="Untaxed rest of confirmed orders that are due in the period.",
    )
    forecast_pipeline = fields.Monetary(
        string="Weighted Pipeline",
        compute="_compute_forecast",
        compute_sudo=True,
        help="Expected revenue × probability of chances that close in the period.",
    )
    forecast = fields.Monetary(
        compute="_compute_forecast",
        compute_sudo=True,
        help="Turnover of the period: run rate + confirmed orders + weighted pipeline.",
    )
    forecast_error = fields.Float(
        string="Error of Past Forecasts (%)",
        compute="_compute_forecast",
        compute_sudo=True,
        help="Mean of |forecast − fact| ÷ fact at the checkpoints of the last 12 "
        "months (MAPE).",
    )
    may_approve = fields.Boolean(compute="_compute_may_approve")
    has_begun = fields.Boolean(compute="_compute_has_begun")
    is_over = fields.Boolean(compute="_compute_has_begun")

    _version_uniq = models.UniqueIndex(
        "(company_id, team_id, COALESCE(user_id, 0), date_from, period, version)",
        "There is a plan of this version for the period already. Open that one.",
    )
    _no_own_parent = models.Constraint(
        "CHECK (parent_id IS NULL OR user_id IS NOT NULL)",
        "Only the plan of a manager belongs to the plan of a department.",
    )

    @api.depends("team_id", "user_id", "date_from", "period", "version")
    def _compute_name(self):
        for plan in self:
            whose = plan.user_id.sudo().name or plan.team_id.sudo().name or ""
            start = plan.date_from
            periods = {
                "month": start and start.strftime("%m.%Y"),
                "quarter": start and f"Q{(start.month + 2) // 3} {start.year}",
                "year": start and str(start.year),
            }
            name = f"{whose}, {periods.get(plan.period) or ''}"
            plan.name = f"{name} (v{plan.version})" if plan.version > 1 else name

    @api.depends("date_from", "period")
    def _compute_date_to(self):
        for plan in self:
            length = LENGTHS.get(plan.period, 1)
            plan.date_to = plan.date_from and (
                plan.date_from + relativedelta(months=length, days=-1)
            )

    @api.depends("line_ids.target", "line_ids.fact", "line_ids.metric")
    def _compute_turnover(self):
        for plan in self:
            lines = plan.line_ids.filtered(
                lambda line: line.metric == "turnover" and line.is_whole
            )
            plan.target_turnover = sum(lines.mapped("target"))
            plan.fact_turnover = sum(lines.mapped("fact"))
            plan.completion = (
                plan.fact_turnover / plan.target_turnover if plan.target_turnover else 0
            )

    @api.depends("version", "user_id", "team_id", "date_from", "fact_turnover")
    def _compute_earlier_id(self):
        """The approved version before, and how far it would be fulfilled."""
        governance = self.env["kam.sales.plan.governance"]
        for plan in self:
            plan.earlier_id = governance._get_earlier(plan)
            target = plan.earlier_id.target_turnover
            plan.earlier_completion = plan.fact_turnover / target if target else 0

    @api.depends("state", "user_id", "team_id", "date_from", "period")
    def _compute_forecast(self):
        """Forecasts as of today, computed as superuser for saved plans he may read."""
        seen = self.sudo(False)._origin._filtered_access("read").ids
        plans = self.filtered(lambda plan: plan._origin.id in seen)
        found = self.env["kam.sales.forecaster"]._get_plan_forecasts(plans)
        for plan in self:
            for part, name in FORECASTS.items():
                plan[name] = found.get(plan, {}).get(part, 0)

    @api.depends("state", "user_id", "team_id")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        for plan in self:
            plan.may_approve = plan.state == "submitted" and plan._may_approve()

    @api.depends("date_from", "date_to", "company_id")
    def _compute_has_begun(self):
        """Whether the period began, and whether it is over, on the company's day."""
        for plan in self:
            company = plan.company_id.sudo()
            today = company._kam_today() if company else None
            plan.has_begun = bool(today and plan.date_from and today >= plan.date_from)
            plan.is_over = bool(today and plan.date_to and today > plan.date_to)

    @api.constrains("date_from", "period")
    def _check_date_from(self):
        for plan in self:
            if plan.date_from != fields.Date.start_of(plan.date_from, plan.period):
                raise ValidationError(
                    self.env._(
                        "A plan begins on the first day of its month, quarter or "
                        "year. Change 'From' or the period."
                    )
                )

    def _check_member(self):
        """A head plans for his own team, whose facts he sees; code plans as it was.

        No constraint, which runs as superuser for everybody.
        """
        for plan in self:
            team = plan.team_id.sudo()
            if plan.user_id and plan.user_id not in team.member_ids | team.user_id:
                raise ValidationError(
                    self.env._(
                        "%(user)s is no member of %(team)s. Add him to the team first, "
                        "or choose one of its members.",
                        user=plan.user_id.name,
                        team=team.name,
                    )
                )

    @api.constrains("company_id")
    def _check_company_id(self):
        for plan in self:
            if plan.company_id.sudo().parent_id:
                raise ValidationError(
                    self.env._("Plans are of a main company, not of its branches.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        if not self.env.su:
            plans._check_member()
        return plans

    def write(self, vals):
        result = super().write(vals)
        if not self.env.su and {"user_id", "team_id"} & set(vals):
            self._check_member()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._check_editable()

    def _check_editable(self):
        """Keep what was submitted, but from the superuser.

        :raise UserError: naming the way to change it
        """
        if not self.env.su:
            self._check_unfixed()

    def _get_fixed_message(self):
        return self.env._(
            "%s is no draft and stays as it is. Make a new version of it.", self.name
        )

    def _get_users(self):
        """Return whose facts the plan is compared with."""
        self.ensure_one()
        if self.user_id:
            return self.user_id
        team = self.team_id.sudo()
        return team.member_ids | team.user_id | self.child_ids.user_id

    # Splitting

    def action_split(self, method, percents=None):
        """Split the plan of a department over the managers of its team.

        Writes into the plans of the managers that exist as drafts and makes those
        missing. Money is split in cents, clients in whole numbers, both by largest
        remainder, so that the parts sum to the whole.

        :param method: equal, last_year, potential or mix
        :param percents: dict method -> percent, for ``mix``
        :return: True
        :raise UserError: for a plan of one manager, a team without members, or when
            the plan of a manager is no draft any longer
        """
        for plan in self:
            plan.check_access("write")
            self.env["kam.sales.plan.splitter"]._split(plan, method, percents)
        return True

    def _get_members(self):
        """Return the managers whom the plan is split over, by id."""
        team = self.team_id.sudo()
        members = team.member_ids.filtered("active") - team.user_id
        return members.sorted("id").sudo(False)

    def _get_children(self, users):
        """Return dict user -> plan of the manager, made where it is missing."""
        known = {child.user_id: child for child in self.child_ids}
        missing = users.filtered(lambda user: user not in known)
        made = self.sudo().create(
            [
                {
                    "company_id": self.company_id.id,
                    "team_id": self.team_id.id,
                    "user_id": user.id,
                    "parent_id": self.id,
                    "period": self.period,
                    "date_from": self.date_from,
                    "version": self.version,
                }
                for user in missing
            ]
        )
        return {**known, **{child.user_id: child for child in made.sudo(False)}}

    def action_roll_up(self):
        """Set the targets of the department to the sums of its managers' plans."""
        for plan in self:
            plan.check_access("write")
            plan._check_editable()
            sums = {}
            for line in plan.child_ids.line_ids:
                cell = line._get_cell()
                sums[cell] = sums.get(cell, 0) + line.target
            known = {line._get_cell(): line for line in plan.line_ids}
            for cell, target in sums.items():
                if cell in known:
                    known[cell].target = target
                else:
                    plan._add_line(cell, target)
        return True

    def _add_line(self, cell, target):
        metric, month, client_id, category_id = cell
        self.env["kam.sales.plan.line"].create(
            {
                "plan_id": self.id,
                "metric": metric,
                "month": month,
                "client_id": client_id,
                "category_id": category_id,
                "target": target,
            }
        )

    def action_copy_last_year(self, growth=0.0, metrics=("turnover", "active_clients")):
        """Set the targets to the facts of a year ago, which carry the season.

        :param growth: percent that is added
        :param metrics: what is planned
        """
        known = dict(self.env["kam.sales.plan.line"]._fields["metric"].selection)
        if not isinstance(metrics, (list, tuple)) or set(metrics) - set(known):
            raise UserError(
                self.env._("Choose metrics of a plan: %s.", ", ".join(known))
            )
        growth = self._take_number(growth, self.env._("Growth (%)"))
        for plan in self:
            plan.check_access("write")
            plan._check_editable()
            self.env["kam.sales.plan.splitter"]._copy_last_year(plan, growth, metrics)
        return True

    def _get_months(self):
        """Return the first days of the months of the plan."""
        return [
            self.date_from + relativedelta(months=number)
            for number in range(LENGTHS[self.period])
        ]

    # Approval

    def _may_approve(self):
        """The head approves plans of his managers, the director those of heads."""
        user = self.env.user
        if self.env.su or user._has_kam_roles("director"):
            return self.env.su or user != self.user_id
        is_head = self.team_id.sudo().user_id == user and user._has_kam_roles("head")
        return bool(is_head and self.user_id and self.user_id != user)

    def action_submit(self):
        """Submit drafts for approval.

        :raise UserError: for a plan without targets
        """
        for plan in self.filtered(lambda plan: plan.state == "draft"):
            plan.check_access("write")
            if not plan.line_ids:
                raise UserError(
                    self.env._("%s has no targets. Enter them first.", plan.name)
                )
            plan.sudo().state = "submitted"
        return True

    def action_return(self):
        """Give submitted plans back to be changed."""
        for plan in self.filtered(lambda plan: plan.state == "submitted"):
            plan._check_approver()
            plan.sudo().state = "draft"
        return True

    def action_approve(self, effective_date=None, reason=None):
        """Approve submitted plans.

        A plan whose period has begun is approved by the director only, with the
        first month that it governs and a reason.

        :param effective_date: first day of a month of the plan
        """
        for plan in self.filtered(lambda plan: plan.state != "approved"):
            plan._check_approver()
            if plan.state != "submitted":
                raise UserError(self.env._("%s must be submitted first.", plan.name))
            day = plan._take_day(
                effective_date, plan._get_field_label("effective_date")
            )
            reason = plan._take_text(reason, plan._get_field_label("version_reason"))
            plan._approve(day, reason)
        return True

    def _check_approver(self):
        if not self._may_approve():
            raise AccessError(
                self.env._(
                    "The plan of a manager is approved by the head of the department, "
                    "that of a department by the director, and by nobody his own."
                )
            )

    def _approve(self, effective_date, reason):
        """Approve one plan; sudo: the state is nobody's to write."""
        today = self.company_id.sudo()._kam_today()
        if today >= self.date_from:
            reason = reason or (self.version_reason or "").strip()
            is_director = self.env.su or self.env.user._has_kam_roles("director")
            if not (is_director and effective_date and reason):
                raise UserError(
                    self.env._(
                        "The period of %s has begun: the director approves it, with "
                        "the first month that it governs and a reason.",
                        self.name,
                    )
                )
            if effective_date not in self._get_months():
                raise UserError(
                    self.env._(
                        "A plan governs from the first day of one of its months."
                    )
                )
        self.sudo().write(
            {
                "state": "approved",
                "effective_date": effective_date or self.date_from,
                "version_reason": reason or self.version_reason,
                "approved_by_id": self.env.uid,
                "date_approved": today,
            }
        )

    def action_close(self):
        """Close approved plans of a period that is over, and keep their facts."""
        for plan in self.filtered(lambda plan: plan.state != "closed"):
            plan._check_approver()
            if plan.state != "approved":
                raise UserError(self.env._("%s must be approved first.", plan.name))
            if plan.company_id.sudo()._kam_today() <= plan.date_to:
                raise UserError(
                    self.env._(
                        "%(plan)s can be closed from the day after %(date)s.",
                        plan=plan.name,
                        date=format_date(self.env, plan.date_to),
                    )
                )
            for line in plan.sudo().line_ids:
                line.closed_fact = line.fact
            plan.sudo().state = "closed"
        return True

    def action_open_forecasts(self):
        """Open the forecasts that were kept at checkpoints of the plan's managers."""
        return self._get_managers_action("kam_sales_forecast_action")

    def action_open_chart(self):
        """Open plan, fact, forecast and last year of the plan's managers and months."""
        action = self._get_managers_action("kam_plan_chart_action")
        action["domain"] += [("month", "in", self._get_months())]
        action["context"] = {"search_default_turnover": 1}
        return action

    def _get_managers_action(self, name):
        """Return a window action on the records of the plan's managers."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"key_account_management.{name}"
        )
        action["domain"] = [
            ("company_id", "=", self.company_id.id),
            ("user_id", "in", self._get_users().ids),
        ]
        return action

    def action_new_version(self):
        """Copy an approved plan, with those of its managers, as the next version."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "approved":
            raise UserError(self.env._("A draft is changed, not copied."))
        governance = self.env["kam.sales.plan.governance"]
        plan = governance._copy(self, self.parent_id)
        for child in self.child_ids:
            governance._copy(child, plan)
        return plan._get_records_action()

    @api.model
    def _get_governing_lines(self, company, date_from, date_to, *, is_first=False):
        """Return the targets that govern months; see ``kam.sales.plan.governance``."""
        return self.env["kam.sales.plan.governance"]._get_lines(
            company, date_from, date_to, is_first=is_first
        )
