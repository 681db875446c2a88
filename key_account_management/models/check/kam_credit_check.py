from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ..credit.kam_credit_line import RISK_CLASSES
from .kam_credit_approval import ACTIVITY

EDITABLE = ("draft", "submitted", "review")


class KamCreditCheck(models.Model):
    """The creditworthiness file of a client in a company and its branches.

    Amounts in the currency of the company. Holds personal data: read by credit
    control, the director and the manager of the client; the head sees it without the
    documents.
    """

    _name = "kam.credit.check"
    _description = "Creditworthiness Check"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
    _order = "id desc"
    _rec_name = "client_id"
    _mail_post_access = "read"

    _system_fields = frozenset(
        ("state", "user_id", "submit_user_id", "date_submitted", "date_ended")
        + ("valid_until", "reject_reason", "catalogue_date", "step_ids")
    )
    _fixed_fields = frozenset(
        ("client_id", "company_id", "requested_limit", "requested_term_days")
    )
    _fixed_unless = frozenset(("draft",))

    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        help="The check is for this company and all its branches.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    manager_id = fields.Many2one(related="client_id.manager_id")
    line_id = fields.Many2one(
        comodel_name="kam.credit.line",
        string="Credit Line",
        compute="_compute_line_id",
    )
    current_limit = fields.Monetary(compute="_compute_line_id")
    exposure = fields.Monetary(compute="_compute_line_id")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("review", "In Review"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    requested_limit = fields.Monetary(required=True, tracking=True)
    requested_term_days = fields.Integer(
        string="Requested Term (days)", required=True, default=30, tracking=True
    )
    reason = fields.Char(string="Reason of the Request")
    expected_turnover = fields.Monetary(
        string="Expected Monthly Turnover",
        help="Taxes included; used while the client has no turnover of a full month.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Author",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
    )
    submit_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Submitted by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    date_submitted = fields.Date(string="Submitted on", readonly=True, copy=False)
    date_ended = fields.Date(string="Decided on", readonly=True, copy=False)
    valid_until = fields.Date(
        string="Valid until",
        readonly=True,
        copy=False,
        help="Last day of the approved limit.",
    )
    reject_reason = fields.Char(readonly=True, copy=False)
    factor_ids = fields.One2many(
        comodel_name="kam.credit.check.factor",
        inverse_name="check_id",
        string="Factors",
    )
    document_ids = fields.One2many(
        comodel_name="kam.credit.document",
        inverse_name="check_id",
        string="Documents",
        groups="key_account_management.group_kam_user,"
        "key_account_management.group_kam_credit",
    )
    step_ids = fields.One2many(
        comodel_name="kam.credit.check.step", inverse_name="check_id", string="Steps"
    )
    catalogue_date = fields.Datetime(
        string="Catalogue of",
        readonly=True,
        copy=False,
        help="Last change of the factors, ranges and classes that the check was "
        "scored with.",
    )
    score = fields.Float(
        compute="_compute_score_and_class",
        store=True,
        digits=(16, 1),
        aggregator="avg",
        help="0 to 100, by the points and weights of the factors that count.",
    )
    applicable_percent = fields.Float(
        string="Known Share (%)",
        compute="_compute_score_and_class",
        store=True,
        digits=(16, 1),
        aggregator=None,
        help="Weight of the inputs that are known, in percent of all. Where less than "
        "half of the weight counts, the class is c at best.",
    )
    risk_class = fields.Selection(
        RISK_CLASSES, compute="_compute_score_and_class", store=True, tracking=True
    )
    class_factor = fields.Float(
        compute="_compute_score_and_class",
        store=True,
        digits=(16, 2),
        aggregator=None,
    )
    class_cap = fields.Monetary(
        string="Highest Limit of the Class",
        compute="_compute_score_and_class",
        store=True,
        aggregator=None,
        help="0: no highest limit.",
    )
    class_months = fields.Integer(
        string="Valid for (months)",
        compute="_compute_score_and_class",
        store=True,
        aggregator=None,
    )
    turnover = fields.Monetary(
        string="Monthly Turnover",
        readonly=True,
        copy=False,
        help="Average of the last 12 full months, or since the first invoice, taxes "
        "included and less credit notes.",
    )
    is_turnover_expected = fields.Boolean(
        string="Turnover is Expected",
        compute="_compute_recommended_limit",
        store=True,
        help="The client has no turnover of a full month: the expected one counts.",
    )
    turnover_limit = fields.Monetary(
        string="Limit by Turnover",
        compute="_compute_recommended_limit",
        store=True,
        help="Monthly turnover × term / 30 × factor of the class.",
    )
    recommended_limit = fields.Monetary(
        compute="_compute_recommended_limit",
        store=True,
        help="The least of what was requested, the limit by turnover and the highest "
        "limit of the class.",
    )
    approved_limit = fields.Monetary(
        compute="_compute_approved",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
    )
    approved_term_days = fields.Integer(
        string="Approved Term (days)",
        compute="_compute_approved",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        aggregator=None,
    )
    approve_reason = fields.Char(
        string="Why More",
        copy=False,
        help="Needed for a limit or term above the recommendation.",
    )
    is_above = fields.Boolean(
        string="Above the Recommendation", compute="_compute_is_above"
    )
    may_edit = fields.Boolean(compute="_compute_may_edit")
    may_decide = fields.Boolean(
        compute="_compute_may_decide", help="The user may take part in the approval."
    )
    may_approve = fields.Boolean(
        compute="_compute_may_decide", help="The user's authority covers the limit."
    )
    approver_names = fields.Char(
        string="Decided by",
        compute="_compute_approver_names",
        help="Who may approve the limit, by authority.",
    )
    missing_documents = fields.Char(
        compute="_compute_missing",
        compute_sudo=True,
        help="Required documents that were not received or have expired.",
    )
    unknown_inputs = fields.Char(
        compute="_compute_missing",
        compute_sudo=True,
        help="Typed inputs that are not known: they count 0 points.",
    )

    _one_open = models.UniqueIndex(
        "(client_id, company_id) WHERE state IN ('draft', 'submitted', 'review')",
        "This key client is being checked already. Work on that check.",
    )
    _requested_positive = models.Constraint(
        "CHECK (requested_limit >= 0 AND requested_term_days >= 0 "
        "AND COALESCE(expected_turnover, 0) >= 0)",
        "Limits, terms and turnovers are 0 or more.",
    )

    @api.depends("client_id", "company_id")
    def _compute_line_id(self):
        lines = self.env["kam.credit.line"].search(
            [
                ("client_id", "in", self.client_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        found = {(line.client_id, line.company_id): line for line in lines}
        for check in self:
            line = found.get((check.client_id, check.company_id), lines.browse())
            check.line_id = line
            check.current_limit = line.limit
            check.exposure = line.exposure

    @api.depends(
        "factor_ids.points",
        "factor_ids.weight",
        "factor_ids.is_applicable",
        "factor_ids.is_entered",
    )
    def _compute_score_and_class(self):
        for check in self:
            check.update(self.env["kam.credit.scoring"]._get_score(check))

    @api.depends(
        "requested_limit",
        "requested_term_days",
        "turnover",
        "expected_turnover",
        "class_factor",
        "class_cap",
    )
    def _compute_recommended_limit(self):
        for check in self:
            check.update(self.env["kam.credit.scoring"]._get_recommendation(check))

    @api.depends("recommended_limit", "requested_term_days")
    def _compute_approved(self):
        for check in self:
            check.approved_limit = check.recommended_limit
            check.approved_term_days = check.requested_term_days

    @api.depends(
        "approved_limit",
        "recommended_limit",
        "approved_term_days",
        "requested_term_days",
    )
    def _compute_is_above(self):
        for check in self:
            is_more = check.currency_id.compare_amounts(
                check.approved_limit, check.recommended_limit
            )
            check.is_above = (
                is_more > 0 or check.approved_term_days > check.requested_term_days
            )

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_may_edit(self):
        is_credit = self._is_credit()
        for check in self:
            check.may_edit = check.state == "draft" or (
                check.state in EDITABLE and is_credit
            )

    @api.depends_context("uid")
    @api.depends("state", "approved_limit", "risk_class", "is_above")
    def _compute_may_decide(self):
        approval = self.env["kam.credit.approval"]
        decidable = approval._filter(self)
        for check in self:
            check.may_decide = check in decidable
            check.may_approve = check.may_decide and approval._covers(
                check, self.env.user
            )

    @api.depends("state", "approved_limit", "risk_class", "is_above")
    def _compute_approver_names(self):
        for check in self:
            users = self.env["res.users"].sudo()
            if check._origin and check.state in ("submitted", "review"):
                users = self.env["kam.credit.approval"]._get_approvers(check)
            check.approver_names = ", ".join(users.mapped("name"))

    @api.depends(
        "document_ids.state",
        "document_ids.required",
        "factor_ids.is_entered",
        "factor_ids.factor_id",
    )
    @api.depends_context("lang")
    def _compute_missing(self):
        """Names alone, for all who read the check; sudo: not the documents.

        Searched, and not by ``document_ids``: its cache is that of the reader too.
        """
        documents = self.env["kam.credit.document"].search(
            [("check_id", "in", self.ids)]
        )
        wanting = documents._get_wanting().grouped("check_id")
        for check in self:
            missing = wanting.get(check._origin, documents.browse())
            check.missing_documents = ", ".join(missing.type_id.mapped("name"))
            unknown = check.factor_ids.filtered(
                lambda line: not line.is_computed and not line.is_entered
            )
            check.unknown_inputs = ", ".join(unknown.factor_id.mapped("name"))

    @api.constrains("company_id", "client_id")
    def _check_company_id(self):
        for check in self:
            company = check.client_id.sudo().company_id
            if check.company_id.root_id != check.company_id:
                raise ValidationError(
                    self.env._("A check is made for a whole company, not a branch.")
                )
            if company and company.root_id != check.company_id:
                raise ValidationError(
                    self.env._(
                        "%(client)s is a key client of %(company)s only. Choose that "
                        "company.",
                        client=check.client_id.name,
                        company=company.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.flush_model(["state"])  # one decided just now makes room for the next
        checks = super().create(vals_list)
        self.env["kam.credit.document"]._fill(checks)
        self.env["kam.credit.scoring"]._fill(checks)
        return checks

    def write(self, vals):
        if not self.env.su:
            self._check_editable()
        return super().write(vals)

    @api.model
    def _get_system_message(self, names):
        return self.env._(
            "A check begins as the draft of its author and goes on by its buttons: "
            "submit, approve, reject."
        )

    def _get_fixed_message(self):
        return self.env._(
            "What was requested stays as it was submitted. Reject the check and make "
            "another one."
        )

    def _check_lines_unfixed(self):
        self._check_editable()

    def _check_editable(self):
        """Refuse changes of decided checks, and by the manager once submitted."""
        self.check_access("read")
        is_credit = self._is_credit()
        for check in self:
            if check.state not in EDITABLE:
                raise UserError(
                    self.env._("A decided check is kept. Make another one instead.")
                )
            if check.state != "draft" and not is_credit:
                raise UserError(
                    self.env._(
                        "Once submitted, a check is worked on by credit control."
                    )
                )

    def _is_credit(self):
        """Tell whether the user is of credit control, or the director."""
        return self.env.user._has_kam_roles("credit", "director")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if any(check.state != "draft" for check in self):
            raise UserError(self.env._("Only the draft of a check can be deleted."))

    def action_compute(self):
        """Read the computed inputs from the ledger again; typed ones stay.

        :raise UserError: for a decided check
        """
        self.check_access("write")
        self._check_editable()
        self.env["kam.credit.scoring"]._fill(self)
        return True

    def action_open_line(self):
        """Open the credit line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.credit.line",
            "res_id": self.line_id.id,
            "view_mode": "form",
        }

    def action_submit(self):
        """Hand drafts to credit control; documents may still be missing.

        Those who may approve are asked by an activity.

        :return: a notification that tells who decides and what is missing
        :raise UserError: when a check is no draft
        """
        self.check_access("write")
        if any(check.state != "draft" for check in self):
            raise UserError(self.env._("Only a draft can be submitted."))
        self.env["kam.credit.scoring"]._fill(self)
        for check in self:
            check.sudo().write(
                {
                    "state": "submitted",
                    "submit_user_id": self.env.uid,
                    "date_submitted": check.company_id._kam_today(),
                }
            )
            self.env["kam.credit.check.step"]._log(check, "submitted", check.reason)
            self.env["kam.credit.approval"]._ask(check)
        return self.env["kam.credit.approval"]._get_submitted(self)

    def action_approve(self):
        """Approve the limit, or recommend it if the approver's authority is too low.

        The approved limit goes to the credit line. Lowering a limit below the
        exposure is asked back once; orders that went out stay as they are.

        :return: True, or the action of the dialog that asks back
        :raise AccessError: for the people of the client, or without authority
        :raise UserError: not submitted, a required document missing or expired, more
            than recommended without a reason
        """
        self.ensure_one()
        self.check_access("read")
        self._lock()
        if self.state not in ("submitted", "review"):
            raise UserError(self.env._("Only a submitted check can be approved."))
        if obstacle := self.env["kam.credit.approval"]._get_obstacle(self):
            raise AccessError(obstacle)
        self.sudo().document_ids._check_received()
        self._check_approved()
        if not self.env["kam.credit.approval"]._covers(self, self.env.user):
            return self._recommend()
        if self._lowers() and not self.env.context.get("kam_lower_confirmed"):
            return self._open_dialog(
                "kam.credit.check.lower",
                self.env._("Lower Limit"),
                default_check_id=self.id,
            )
        self._approve()
        return True

    def action_reject(self, reason):
        """Refuse the request; the credit line stays as it is.

        :param reason: text kept with the check
        :raise AccessError: for the people of the client, or without any authority
        :raise UserError: not submitted, or without a reason
        """
        self.ensure_one()
        self.check_access("read")
        self._lock()
        if self.state not in ("submitted", "review"):
            raise UserError(self.env._("Only a submitted check can be rejected."))
        if obstacle := self.env["kam.credit.approval"]._get_obstacle(self):
            raise AccessError(obstacle)
        reason = self._take_text(reason, self._get_field_label("reject_reason"))
        if not reason:
            raise UserError(self.env._("Enter the reason."))
        self.env["kam.credit.check.step"]._log(self, "rejected", reason)
        today = self.company_id._kam_today()
        self.sudo().write(
            {"state": "rejected", "reject_reason": reason, "date_ended": today}
        )
        self.sudo().activity_unlink([ACTIVITY])
        self.env["kam.credit.approval"]._tell(
            self, lambda words: words._("The check is rejected: %s", reason)
        )
        return True

    def action_open_reject(self):
        """Open the dialog that asks for the reason."""
        return self._open_dialog(
            "kam.credit.check.reject", self.env._("Reject"), default_check_id=self.id
        )

    def _lock(self):
        """Let two people decide on the client one after the other."""
        key = self.client_id.id, self.company_id.id
        self.env["kam.credit.lock"]._take([key])
        self.invalidate_recordset()

    def _check_approved(self):
        if self.approved_limit < 0 or self.approved_term_days < 0:
            raise ValidationError(
                self.env._("The approved limit and term are 0 or more.")
            )
        if self.is_above and not (self.approve_reason or "").strip():
            raise UserError(
                self.env._(
                    "The limit or term is above the recommendation: enter why, and "
                    "the next authority decides."
                )
            )

    def _lowers(self):
        """Tell whether the limit would fall below what the client owes already."""
        line = self.sudo().line_id
        compare = self.currency_id.compare_amounts
        return (
            compare(self.approved_limit, line.limit) < 0
            and compare(self.approved_limit, line.exposure) < 0
        )

    def _recommend(self):
        """Give the first step and leave the approval to a higher authority."""
        if self.state == "review":
            raise AccessError(
                self.env._(
                    "Your authority does not cover %(amount)s in class %(class)s. "
                    "Pass the check on to somebody whose authority does.",
                    **{
                        "amount": self.currency_id.format(self.approved_limit),
                        "class": (self.risk_class or "").upper(),
                    },
                )
            )
        self.env["kam.credit.check.step"]._log(self, "review", self.approve_reason)
        self.sudo().state = "review"
        self.env["kam.credit.approval"]._ask(self)
        return True

    def _approve(self):
        """Close the check and bring the credit line to it; sudo: only by approval."""
        today = self.company_id._kam_today()
        until = fields.Date.add(today, months=self.class_months or 12)
        self.env["kam.credit.check.step"]._log(self, "approved", self.approve_reason)
        self.sudo().write(
            {"state": "approved", "date_ended": today, "valid_until": until}
        )
        self.sudo().activity_unlink([ACTIVITY])
        self.env["kam.credit.line"]._apply_check(self)
        self.env["kam.credit.approval"]._tell(
            self,
            lambda words: words._(
                "Approved: %(limit)s until %(date)s.",
                limit=self.currency_id.format(self.approved_limit),
                date=format_date(words, until),
            ),
        )

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Creditworthiness %s", self.client_id.name)
