from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

ACTIVITY = "key_account_management.mail_activity_type_renewal_decide"


class KamCreditRenewal(models.Model):
    """New limits and dates for many credit lines, approved as one.

    Amounts in the currency of the company. The limits come from the present ones by a
    percentage or a sum, and may be corrected line by line before submitting.
    """

    _name = "kam.credit.renewal"
    _description = "Renewal of Credit Lines"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
    _order = "id desc"

    _fixed_fields = frozenset(
        ("name", "company_id", "method", "change", "valid_until", "reason", "line_ids")
    )
    _fixed_unless = frozenset(("draft",))

    name = fields.Char(required=True, default=lambda self: self.env._("Renewal"))
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    method = fields.Selection(
        [("percent", "Percent"), ("amount", "Sum")], default="percent", required=True
    )
    change = fields.Float(
        digits=(16, 2),
        help="By how many percent, or by which sum, each limit changes.",
    )
    valid_until = fields.Date(string="Valid until", required=True)
    reason = fields.Char(required=True, help="Kept in the history of each line.")
    line_ids = fields.One2many(
        comodel_name="kam.credit.renewal.line",
        inverse_name="renewal_id",
        string="Lines",
    )
    line_count = fields.Integer(compute="_compute_totals")
    total_before = fields.Monetary(compute="_compute_totals")
    total_after = fields.Monetary(compute="_compute_totals")
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
    approve_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    date_ended = fields.Date(string="Decided on", readonly=True, copy=False)
    may_decide = fields.Boolean(compute="_compute_obstacle")
    may_approve = fields.Boolean(compute="_compute_obstacle")
    obstacle = fields.Char(
        compute="_compute_obstacle", help="Why the user may not approve the renewal."
    )
    approver_names = fields.Char(
        string="Who Decides",
        compute="_compute_approver_names",
        help="Who may approve all limits, by authority.",
    )

    @api.depends("line_ids.old_limit", "line_ids.new_limit")
    def _compute_totals(self):
        for renewal in self:
            renewal.line_count = len(renewal.line_ids)
            renewal.total_before = sum(renewal.line_ids.mapped("old_limit"))
            renewal.total_after = sum(renewal.line_ids.mapped("new_limit"))

    @api.depends_context("uid", "lang")
    @api.depends("state", "line_ids.old_limit", "line_ids.new_limit")
    def _compute_obstacle(self):
        for renewal in self:
            is_submitted = renewal.state == "submitted"
            obstacle = renewal._get_obstacle() if is_submitted else ""
            renewal.may_decide = is_submitted and not obstacle
            if renewal.may_decide:
                obstacle = renewal._get_line_obstacle()
            renewal.obstacle = obstacle
            renewal.may_approve = is_submitted and not obstacle

    @api.depends("state", "line_ids.new_limit")
    def _compute_approver_names(self):
        for renewal in self:
            users = self.env["res.users"].sudo()
            if renewal.state == "submitted":
                users = renewal._get_approvers()
            renewal.approver_names = ", ".join(users.mapped("name"))

    @api.model
    def _get_system_message(self, names):
        return self.env._(
            "A renewal begins as the draft of its author and goes on by its buttons: "
            "submit, approve, reject."
        )

    def _get_fixed_message(self):
        return self.env._("A renewal that was submitted stays as it is. Copy it.")

    def _check_draft(self):
        self._check_unfixed()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_draft()

    @api.model
    def _make(self, lines):
        """Return a draft of the renewal of credit lines of one company.

        :raise UserError: for lines of several companies
        :raise AccessError: for whoever may not renew
        """
        if len(lines.company_id) != 1:
            raise UserError(self.env._("Choose credit lines of one company."))
        today = lines.company_id._kam_today()
        return self.create(
            {
                "company_id": lines.company_id.id,
                "valid_until": fields.Date.add(today, years=1),
                "reason": self.env._("Renewal"),
                "line_ids": [Command.create({"line_id": line.id}) for line in lines],
            }
        )

    def action_submit(self):
        """Hand the renewal to whoever may approve it.

        :raise UserError: no draft, without lines, or with an end in the past
        """
        self.check_access("write")
        self._check_draft()
        for renewal in self:
            if not renewal.line_ids:
                raise UserError(self.env._("Choose the credit lines to renew."))
            if renewal.valid_until < renewal.company_id._kam_today():
                raise UserError(
                    self.env._("The renewed lines would have ended already.")
                )
        self.sudo().state = "submitted"
        for renewal in self:
            renewal._ask()
        return True

    def _get_approvers(self):
        """Return the users of the first level who may approve all of the lines."""
        return self.env["kam.credit.authority"]._get_approvers(
            self,
            [(x.new_limit, x.risk_class) for x in self.line_ids._get_highest()],
            self._get_involved(),
        )

    def _ask(self):
        """Give each of the approvers an activity, in his language.

        sudo: whoever submits plans nothing for others.
        """
        renewal = self.sudo().with_context(mail_activity_quick_update=True)
        for user in self._get_approvers():
            words = user._get_kam_words(self.company_id)
            renewal.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                date_deadline=self.company_id._kam_today(),
                summary=words._("Decide on the renewal of credit lines"),
            )

    def action_approve(self):
        """Write the new limits and dates to all lines, with the reason.

        :raise AccessError: for the author, the manager of one of the clients, with a
            line beyond the authority, or one that has changed since
        :raise UserError: not submitted
        """
        self._check_decision()
        if obstacle := self._get_line_obstacle():
            raise AccessError(obstacle)
        self.sudo()._end("approved")
        for line in self.sudo().line_ids:
            line.line_id.action_set(
                {"limit": line.new_limit, "valid_until": self.valid_until}, self.reason
            )
        return True

    def action_reject(self):
        """Leave all lines as they are."""
        self._check_decision()
        self.sudo()._end("rejected")
        return True

    def _end(self, state):
        self.write(
            {
                "state": state,
                "approve_user_id": self.env.uid,
                "date_ended": self.company_id._kam_today(),
            }
        )
        self.activity_unlink([ACTIVITY])

    def _check_decision(self):
        self.ensure_one()
        self.check_access("read")
        keys = [(line.client_id.id, self.company_id.id) for line in self.line_ids]
        self.env["kam.credit.lock"]._take(keys)
        self.invalidate_recordset(["state"])
        if self.state != "submitted":
            raise UserError(self.env._("Only a submitted renewal can be decided on."))
        if obstacle := self._get_obstacle():
            raise AccessError(obstacle)

    def _get_involved(self):
        """Return those who may not decide: the author, the managers of the clients."""
        return self.user_id | self.line_ids.client_id._get_acting_managers()

    def _get_obstacle(self):
        """Return why the user may not decide on the renewal, or nothing."""
        user = self.env.user
        if user in self._get_involved():
            return self.env._(
                "You made this renewal, or look after one of its clients. Somebody "
                "else decides."
            )
        if not self.env["kam.credit.authority"]._has_any(user, self.company_id):
            return self.env._(
                "You have no authority to decide on credit. Pass the renewal on to "
                "somebody who has."
            )
        return ""

    def _get_line_obstacle(self):
        """Return why one of the lines keeps the user from approving, or nothing."""
        lines = self.line_ids
        texts = [line._get_change_text() for line in lines]
        texts += [line._get_obstacle() for line in lines._get_highest()]
        return next(filter(None, texts), "")
