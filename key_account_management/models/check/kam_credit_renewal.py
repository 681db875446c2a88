from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


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

    @api.depends("line_ids.old_limit", "line_ids.new_limit")
    def _compute_totals(self):
        for renewal in self:
            renewal.line_count = len(renewal.line_ids)
            renewal.total_before = sum(renewal.line_ids.mapped("old_limit"))
            renewal.total_after = sum(renewal.line_ids.mapped("new_limit"))

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
        return True

    def action_approve(self):
        """Write the new limits and dates to all lines, with the reason.

        :raise AccessError: for the author, the manager of one of the clients, or
            whoever's authority does not cover each of the lines
        :raise UserError: not submitted, or a line has changed since
        """
        self._check_decision()
        for line in self.line_ids:
            line._check_approval()
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

    def _check_decision(self):
        self.ensure_one()
        self.check_access("read")
        keys = [(line.client_id.id, self.company_id.id) for line in self.line_ids]
        self.env["kam.credit.lock"]._take(keys)
        self.invalidate_recordset(["state"])
        if self.state != "submitted":
            raise UserError(self.env._("Only a submitted renewal can be decided on."))
        user = self.env.user
        involved = self.user_id | self.line_ids.client_id._get_acting_managers()
        if user in involved:
            raise AccessError(
                self.env._(
                    "You made this renewal, or look after one of its clients. Somebody "
                    "else decides."
                )
            )
        if not self.env["kam.credit.authority"]._has_any(user, self.company_id):
            raise AccessError(
                self.env._(
                    "You have no authority to decide on credit. Pass the renewal on to "
                    "somebody who has."
                )
            )
