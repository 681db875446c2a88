from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from .kam_credit_ledger import FIGURES

RISK_CLASSES = [(c, c.upper()) for c in "abcde"]


class KamCreditLine(models.Model):
    """The approved credit limit of a key client in a company and its branches.

    Amounts in the currency of the company. A limit of 0 means no credit. The
    figures are those at the close of today, or of the day ``to_date`` of the context,
    over all legal entities of the client and all branches of the company, and are
    never stored.
    """

    _name = "kam.credit.line"
    _description = "Credit Line"
    _inherit = ["kam.guard.mixin", "kam.measure.mixin", "kam.thread.mixin"]
    _order = "client_id, company_id"
    _rec_name = "client_id"

    _check_company_auto = True

    _measured_fields = (
        ("effective_limit", "receivable", "uninvoiced", "exposure", "headroom")
        + ("overdue", "aging_not_due", "aging_1_30", "aging_31_60", "aging_61_90")
        + ("aging_over_90", "aging_unallocated")
    )
    _logged_fields = (
        "limit",
        "temporary_limit",
        "temporary_until",
        "term_days",
        "policy_id",
        "risk_class",
        "valid_until",
        "is_stopped",
        "stop_reason",
        "active",
    )

    client_id = fields.Many2one(
        comodel_name="kam.client", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        help="The line holds for this company and all its branches.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    manager_id = fields.Many2one(related="client_id.manager_id")
    team_id = fields.Many2one(related="client_id.team_id")
    tier_id = fields.Many2one(related="client_id.tier_id")
    active = fields.Boolean(default=True)
    limit = fields.Monetary(
        string="Credit Limit",
        required=True,
        tracking=True,
        help="Approved limit. 0 means no credit at all.",
    )
    temporary_limit = fields.Monetary(
        help="Replaces the approved limit up to and including its last day.",
    )
    temporary_until = fields.Date(string="Temporary until")
    term_days = fields.Integer(
        string="Approved Term (days)",
        aggregator=None,
        help="Payment term that was approved with the limit.",
    )
    effective_limit = fields.Monetary(
        compute="_compute_effective_limit", search="_search_effective_limit"
    )
    policy_id = fields.Many2one(
        comodel_name="kam.credit.policy",
        string="Credit Policy",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Empty: the policy of the client's tier, else the default one.",
    )
    applied_policy_id = fields.Many2one(
        comodel_name="kam.credit.policy", compute="_compute_applied_policy_id"
    )
    risk_class = fields.Selection(RISK_CLASSES, tracking=True)
    valid_until = fields.Date(
        string="Valid until", help="Last day on which the line is valid."
    )
    is_stopped = fields.Boolean(string="Shipment Stop", tracking=True)
    stop_reason = fields.Char()
    change_ids = fields.One2many(
        comodel_name="kam.credit.line.change", inverse_name="line_id", string="History"
    )
    first_change_ids = fields.Many2many(
        comodel_name="kam.credit.line.change",
        string="Changes",
        compute="_compute_first_change_ids",
        help="One row of each change; see `kam.credit.line.change`.",
    )
    receivable = fields.Monetary(
        compute="_compute_figures",
        search="_search_receivable",
        string="Receivables",
    )
    uninvoiced = fields.Monetary(
        compute="_compute_figures",
        search="_search_uninvoiced",
        string="Confirmed, not Invoiced",
        help="Rests of confirmed orders, and invoices dated later than today.",
    )
    exposure = fields.Monetary(compute="_compute_figures", search="_search_exposure")
    headroom = fields.Monetary(
        compute="_compute_figures",
        search="_search_headroom",
        help="Effective limit with tolerance, less the exposure.",
    )
    utilization = fields.Float(
        compute="_compute_figures",
        search="_search_utilization",
        help="Exposure as a share of the effective limit.",
        aggregator=None,
    )
    overdue = fields.Monetary(compute="_compute_figures", search="_search_overdue")
    oldest_overdue_days = fields.Integer(
        compute="_compute_figures",
        search="_search_oldest_overdue_days",
        string="Oldest Overdue (days)",
        aggregator="max",
    )
    aging_not_due = fields.Monetary(compute="_compute_figures", string="Not Due")
    aging_1_30 = fields.Monetary(compute="_compute_figures", string="1–30 Days")
    aging_31_60 = fields.Monetary(compute="_compute_figures", string="31–60 Days")
    aging_61_90 = fields.Monetary(compute="_compute_figures", string="61–90 Days")
    aging_over_90 = fields.Monetary(compute="_compute_figures", string="Over 90 Days")
    aging_unallocated = fields.Monetary(
        compute="_compute_figures", string="Unallocated"
    )
    paid_amount = fields.Monetary(
        string="Paid in 12 Months",
        compute="_compute_payment_behaviour",
        help="What was paid of the instalments due in the last 12 months.",
    )
    paid_on_time_percent = fields.Float(
        string="Paid on Time (%)",
        compute="_compute_payment_behaviour",
        digits=(16, 1),
        aggregator=None,
        help="Share of what fell due in the last 12 months that was paid by then.",
    )
    average_days_late = fields.Float(
        compute="_compute_payment_behaviour",
        digits=(16, 1),
        aggregator=None,
        help="Days past due, weighted by value: 0 for money that came early, up to "
        "today for what is unpaid.",
    )
    largest_debt = fields.Monetary(
        compute="_compute_payment_behaviour",
        help="Highest balance of receivables in the last 12 months.",
    )
    chart = fields.Json(
        compute="_compute_chart",
        string="Last 12 Months",
        help="Limit, receivables and overdue debt day by day, and today.",
    )

    _client_company_uniq = models.Constraint(
        "UNIQUE (client_id, company_id)",
        "This key client has a credit line in this company already. Change that one.",
    )

    @api.depends("change_ids")
    def _compute_first_change_ids(self):
        for line in self:
            line.first_change_ids = line.change_ids.filtered("is_first")

    @api.depends("limit", "temporary_limit", "temporary_until")
    @api.depends_context("to_date")
    def _compute_effective_limit(self):
        day = fields.Date.to_date(self.env.context.get("to_date"))
        past = self.filtered(
            lambda line: line.id and day and day < line.company_id._kam_today()
        )
        limits = self.env["kam.credit.line.change"]._get_limits_of(past, day)
        for line in past:
            line.effective_limit = limits[line._origin.id]
        for company, lines in (self - past).grouped("company_id").items():
            today = company._kam_today()
            for line in lines:
                until = line.temporary_until
                is_temporary = until and until >= today
                line.effective_limit = (
                    line.temporary_limit if is_temporary else line.limit
                )

    def _search_effective_limit(self, operator, value):
        return self.env["kam.credit.finder"]._by_limit(operator, value)

    @api.depends("policy_id", "client_id.tier_id.credit_policy_id")
    def _compute_applied_policy_id(self):
        default = self.env["kam.credit.policy"]._get_default()
        for line in self:
            line.applied_policy_id = (
                line.policy_id or line.client_id.tier_id.credit_policy_id or default
            )

    @api.depends("client_id", "company_id", "effective_limit", "applied_policy_id")
    @api.depends_context("to_date")
    def _compute_figures(self):
        """Set the figures of lines, those of a company at the close of its own day."""
        days = defaultdict(self.browse)
        for company, lines in self.grouped("company_id").items():
            days[company._kam_today()] += lines
        for lines in days.values():
            lines._set_figures()

    def _set_figures(self):
        ledger = self.env["kam.credit.ledger"]
        keys = ledger._get_keys(self)
        source = [
            (number, *keys[line], *line._get_allowance())
            for number, line in enumerate(self)
        ]
        values = SQL(", ").join(SQL("%s", row) for row in source)
        rows = ledger._get_figures(
            SQL(
                "SELECT * FROM (VALUES %s) line"
                ' (id, client_id, company_id, "limit", tolerance, horizon)',
                values,
            ),
            keys=keys.values(),
            company=self.company_id[:1],
        )
        found = {number: figures for number, *figures in rows}
        # Rounded already: written to the cache at once, not amount by amount.
        for position, name in enumerate(FIGURES):
            column = [found[number][position] for number in range(len(self))]
            self._fields[name]._insert_cache(self, column)

    def _get_allowance(self):
        """Return effective limit, tolerance and horizon of the policy."""
        policy = self.applied_policy_id
        return self.effective_limit, policy.limit_tolerance_percent, policy.horizon_days

    def _search_receivable(self, operator, value):
        finder = self.env["kam.credit.finder"]
        return finder._by_figure("receivable", operator, value)

    def _search_uninvoiced(self, operator, value):
        finder = self.env["kam.credit.finder"]
        return finder._by_figure("uninvoiced", operator, value)

    def _search_exposure(self, operator, value):
        finder = self.env["kam.credit.finder"]
        return finder._by_figure("exposure", operator, value)

    def _search_headroom(self, operator, value):
        finder = self.env["kam.credit.finder"]
        return finder._by_figure("headroom", operator, value)

    def _search_utilization(self, operator, value):
        finder = self.env["kam.credit.finder"]
        return finder._by_figure("utilization", operator, value)

    def _search_overdue(self, operator, value):
        finder = self.env["kam.credit.finder"]
        return finder._by_figure("overdue", operator, value)

    def _search_oldest_overdue_days(self, operator, value):
        finder = self.env["kam.credit.finder"]
        return finder._by_figure("oldest_overdue_days", operator, value)

    @api.depends("client_id", "company_id")
    def _compute_payment_behaviour(self):
        keys = self.env["kam.credit.ledger"]._get_keys(self)
        behaviour = self.env["kam.payment.behaviour"]._get_year(keys.values())
        for line, key in keys.items():
            line.update(behaviour[key])

    @api.depends_context("lang", "uid")
    @api.depends("client_id", "company_id")
    def _compute_chart(self):
        """Days and figures for the chart; empty without a snapshot."""
        charts = self.env["kam.credit.snapshot"]._get_charts(self)
        for line in self:
            line.chart = charts.get(line)

    @api.constrains("company_id")
    def _check_company_id(self):
        for line in self:
            if line.company_id.root_id != line.company_id:
                raise ValidationError(
                    self.env._(
                        "%(branch)s is a branch. A credit line belongs to the whole "
                        "company: choose %(company)s.",
                        branch=line.company_id.name,
                        company=line.company_id.root_id.name,
                    )
                )

    @api.constrains("client_id", "company_id")
    def _check_client_company(self):
        for line in self:
            company = line.client_id.company_id
            if company and company.root_id != line.company_id:
                raise ValidationError(
                    self.env._(
                        "%(client)s is a key client of %(company)s only. Choose that "
                        "company.",
                        client=line.client_id.name,
                        company=company.name,
                    )
                )

    @api.constrains("limit", "temporary_limit", "term_days")
    def _check_limit(self):
        for line in self:
            if line.term_days < 0:
                raise ValidationError(
                    self.env._("A payment term cannot be below zero days.")
                )
            if line.limit < 0 or line.temporary_limit < 0:
                raise ValidationError(
                    self.env._(
                        "A credit limit cannot be below zero. Enter 0 for no credit."
                    )
                )

    @api.constrains("is_stopped", "stop_reason")
    def _check_stop_reason(self):
        for line in self:
            if line.is_stopped and not (line.stop_reason or "").strip():
                raise ValidationError(
                    self.env._("Enter the reason of the shipment stop.")
                )

    @api.constrains("temporary_limit", "temporary_until")
    def _check_temporary_until(self):
        for line in self:
            if line.temporary_limit and not line.temporary_until:
                raise ValidationError(
                    self.env._("Enter the last day of the temporary limit.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        changes = self.env["kam.credit.line.change"]
        for line in lines:
            changes._log(line, dict.fromkeys(self._logged_fields, ""))
        lines._trigger_review()
        return lines

    def write(self, vals):
        logged = set(self._logged_fields) & set(vals)
        if {"client_id", "company_id"} & set(vals):
            self._check_unmoved(vals)
        changes = self.env["kam.credit.line.change"]
        before = {line: changes._get_values(line) for line in self if logged}
        result = super().write(vals)
        for line, values in before.items():
            changes._log(line, values)
        if logged:
            self._trigger_review()
        return result

    def _check_unmoved(self, vals):
        for line in self:
            if vals.get("client_id", line.client_id.id) != line.client_id.id or (
                vals.get("company_id", line.company_id.id) != line.company_id.id
            ):
                raise UserError(
                    self.env._(
                        "A credit line stays with its client and company. Create "
                        "another one instead."
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if (
            self.env["kam.credit.decision"]
            .sudo()
            .search_count([("line_id", "in", self.ids)], limit=1)
        ):
            raise UserError(
                self.env._(
                    "Orders were decided on this credit line, so it is kept. Set its "
                    "limit to 0 or archive it."
                )
            )

    def action_set(self, vals, reason):
        """Change the line with a reason.

        :param vals: new values of logged fields
        :param reason: text kept in the history
        :raise UserError: without a reason
        :raise AccessError: if the user may not change credit lines
        """
        self.ensure_one()
        self.check_access("write")
        reason = self._take_text(reason, self.env._("Reason"))
        if not reason:
            raise UserError(self.env._("Enter the reason of the change."))
        unknown = set(vals) - set(self._logged_fields)
        if unknown:
            raise AccessError(
                self.env._(
                    "These fields are not changed here: %s", ", ".join(sorted(unknown))
                )
            )
        self.with_context(kam_reason=reason).write(vals)
        return True

    def _trigger_review(self):
        """Have the held orders of these clients judged again soon."""
        self.env["kam.credit.gate"]._trigger_review(self.client_id)

    # --- buttons ---

    def action_open_client(self):
        """Open the key client."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.client",
            "res_id": self.client_id.id,
            "view_mode": "form",
        }

    def action_open_documents(self):
        """Open the documents that make up the exposure."""
        self.ensure_one()
        return self.env["kam.credit.exposure"]._get_action(
            self.client_id, self.company_id
        )

    def action_open_history(self):
        """Open the debts of this line day by day."""
        self.ensure_one()
        return self.env["kam.credit.history"]._get_action(self)

    def action_open_decisions(self):
        """Open the credit decisions on this line."""
        self.ensure_one()
        return self.client_id._get_record_action(
            "key_account_management.kam_credit_decision_action",
            [
                ("client_id", "=", self.client_id.id),
                ("company_id", "=", self.company_id.id),
            ],
        )

    # --- what the gate asks ---

    @api.model
    def _get_terms(self, keys):
        """Return what the gate needs of client, tier and line, in one query.

        Not limited by rights: the gate judges with figures that the user may not
        see.

        :param keys: iterable of (client id, root company id)
        :return: dict key -> dict of ``line_id`` (or None), ``limit`` (effective),
            ``valid_until``, ``is_stopped``, ``policy_id``, ``manager_id``
        """
        self.env["kam.client"].flush_model(["manager_id", "tier_id"])
        self.env["kam.tier"].flush_model(["credit_policy_id"])
        self.flush_model()
        company = self.env["res.company"]
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT key.client_id, key.company_id, line.id AS line_id,
                       COALESCE(CASE WHEN line.temporary_until >= key.today
                            THEN line.temporary_limit ELSE line."limit" END, 0)::float
                            AS "limit",
                       line.valid_until, COALESCE(line.is_stopped, FALSE) AS is_stopped,
                       %(policy)s AS policy_id,
                       client.manager_id
                  FROM (VALUES %(keys)s) key (client_id, company_id, today)
                  JOIN kam_client client ON client.id = key.client_id
             LEFT JOIN kam_tier tier ON tier.id = client.tier_id
             LEFT JOIN kam_credit_line line ON line.client_id = key.client_id
                   AND line.company_id = key.company_id AND line.active
                """,
                policy=self.env["kam.credit.policy"]._get_line_policy(),
                keys=SQL(", ").join(
                    SQL("(%s, %s, %s::date)", *key, company.browse(key[1])._kam_today())
                    for key in sorted(set(keys))
                ),
            )
        )
        return {(row["client_id"], row["company_id"]): row for row in rows}
