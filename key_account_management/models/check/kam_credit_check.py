from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from ..credit.kam_credit_line import RISK_CLASSES

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
    risk_class = fields.Selection(RISK_CLASSES)

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
        checks.sudo()._fill_documents()
        checks._compute_score()
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
        is_credit = any(
            self.env.user.has_group(f"key_account_management.group_kam_{group}")
            for group in ("credit", "director")
        )
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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if any(check.state != "draft" for check in self):
            raise UserError(self.env._("Only the draft of a check can be deleted."))

    def _fill_documents(self):
        """Ask for the documents of the catalogue; those still valid come along."""
        types = self.env["kam.credit.document.type"].search(Domain.TRUE)
        for check in self:
            previous = check._get_previous()
            held = previous.document_ids.filtered(lambda d: d.state == "valid")
            by_type = {document.type_id: document for document in held}
            present = check.document_ids.type_id
            check.document_ids = [
                Command.create(self._prepare_document(kind, by_type.get(kind)))
                for kind in types - present
            ]

    def _get_previous(self):
        """Return the last approved check of the same client and company."""
        return self.search(
            [
                ("client_id", "=", self.client_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "approved"),
            ],
            limit=1,
        )

    @api.model
    def _prepare_document(self, kind, held=None):
        vals = {"type_id": kind.id}
        if held:
            names = ("date_received", "valid_until", "file", "file_name", "note")
            vals.update({name: held[name] for name in names})
        return vals

    def action_open_line(self):
        """Open the credit line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.credit.line",
            "res_id": self.line_id.id,
            "view_mode": "form",
        }

    def _check_dossier(self):
        """Refuse the dossier to all but credit, director and the client's manager.

        :raise AccessError: naming who may see it
        """
        self.check_access("read")
        user = self.env.user
        sees_all = any(
            user.has_group(f"key_account_management.group_kam_{group}")
            for group in ("credit", "director")
        )
        if not sees_all and any(
            user not in check.client_id._get_acting_managers() for check in self
        ):
            raise AccessError(
                self.env._(
                    "The dossier holds personal data: it is seen by credit control, "
                    "the director and the manager of the client."
                )
            )

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Creditworthiness %s", self.client_id.name)
