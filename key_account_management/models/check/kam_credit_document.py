from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain


class KamCreditDocument(models.Model):
    """A document of a creditworthiness check; holds personal data.

    The file goes when the term of the company is over; that it was there stays.
    """

    _name = "kam.credit.document"
    _description = "Credit Document"
    _inherit = ["kam.guard.mixin"]
    _order = "check_id desc, sequence, id"
    _rec_name = "type_id"

    _fixed_by = "check_id"

    check_id = fields.Many2one(
        comodel_name="kam.credit.check", required=True, index=True, ondelete="cascade"
    )
    client_id = fields.Many2one(related="check_id.client_id", store=True, index=True)
    company_id = fields.Many2one(related="check_id.company_id", store=True, index=True)
    type_id = fields.Many2one(
        comodel_name="kam.credit.document.type", required=True, ondelete="restrict"
    )
    sequence = fields.Integer(related="type_id.sequence", store=True)
    required = fields.Boolean(
        compute="_compute_required",
        store=True,
        precompute=True,
        help="As the catalogue said when the document was asked for.",
    )
    date_received = fields.Date(string="Received on")
    valid_until = fields.Date(
        string="Valid until",
        compute="_compute_valid_until",
        store=True,
        readonly=False,
        precompute=True,
        help="Last day on which the document counts; empty: without end.",
    )
    file = fields.Binary(attachment=True)
    file_name = fields.Char()
    note = fields.Char()
    date_deleted = fields.Date(
        string="File Deleted on",
        readonly=True,
        help="The term for keeping personal data was over.",
    )
    state = fields.Selection(
        [("missing", "Missing"), ("valid", "Received"), ("expired", "Expired")],
        compute="_compute_state",
    )

    @api.depends("type_id")
    def _compute_required(self):
        for document in self:
            document.required = document.type_id.required

    @api.depends("type_id", "date_received")
    def _compute_valid_until(self):
        for document in self:
            months = document.type_id.validity_months
            received = document.date_received
            document.valid_until = (
                fields.Date.add(received, months=months)
                if received and months
                else False
            )

    @api.depends("date_received", "valid_until")
    def _compute_state(self):
        for document in self:
            today = document.company_id._kam_today()
            received = document.date_received
            if not received or received > today:
                document.state = "missing"
            elif document.valid_until and document.valid_until < today:
                document.state = "expired"
            else:
                document.state = "valid"

    def _check_fixed_fields(self, vals):
        """A document stays what it was asked for as."""
        if not {"check_id", "type_id"}.isdisjoint(vals):
            raise UserError(
                self.env._(
                    "A document stays with its check and its type. Add another one "
                    "instead."
                )
            )
        return super()._check_fixed_fields(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_required(self):
        """Only who decides on credit takes a required document off a check."""
        groups = "group_kam_credit", "group_kam_director"
        if self.env.su or self.env.user.has_groups(
            ",".join(f"key_account_management.{group}" for group in groups)
        ):
            return
        if required := self.filtered("required"):
            raise UserError(
                self.env._(
                    "The check needs these documents: %s. Ask credit control to take "
                    "them off.",
                    ", ".join(required.type_id.mapped("name")),
                )
            )

    @api.model
    def _fill(self, checks):
        """Ask for the documents of the catalogue; those still valid come along.

        sudo: the catalogue and the last approved check of the client are read for
        whoever may make a check.
        """
        checks = checks.sudo()
        types = self.env["kam.credit.document.type"].sudo().search(Domain.TRUE)
        for check in checks:
            held = self._get_previous(check)
            by_type = {d.type_id: d for d in held if d.state == "valid"}
            check.document_ids = [
                Command.create(self._prepare(kind, by_type.get(kind)))
                for kind in types - check.document_ids.type_id
            ]

    @api.model
    def _get_previous(self, check):
        """Return the documents of the last approved check of client and company."""
        previous = check.search(
            [
                ("client_id", "=", check.client_id.id),
                ("company_id", "=", check.company_id.id),
                ("state", "=", "approved"),
            ],
            limit=1,
        )
        return previous.document_ids

    @api.model
    def _prepare(self, kind, held=None):
        """Return values of a document of a type, with those of the one held."""
        vals = {"type_id": kind.id}
        if held:
            names = ("date_received", "valid_until", "file", "file_name", "note")
            vals.update({name: held[name] for name in names})
        return vals

    def _get_wanting(self):
        """Return the required documents that are missing or expired."""
        return self.filtered(
            lambda document: document.required and document.state != "valid"
        )

    def _check_received(self):
        """Refuse approval while a required document is missing or expired.

        :raise UserError: naming the documents
        """
        if wanting := self._get_wanting():
            raise UserError(
                self.env._(
                    "Not approved yet: these documents are missing or expired: "
                    "%(documents)s. Enter when they were received.",
                    documents=", ".join(wanting.type_id.mapped("name")),
                )
            )

    @api.model
    def _cron_delete_files(self):
        """Delete files of checks that ended longer ago than the company keeps them."""
        companies = self.env["res.company"].search(
            [("parent_id", "=", False), ("kam_check_keep_months", ">", 0)]
        )
        over = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain(
                "check_id.date_ended",
                "<",
                fields.Date.subtract(
                    company._kam_today(), months=company.kam_check_keep_months
                ),
            )
            for company in companies
        )
        kept = Domain("date_deleted", "=", False) & Domain("file", "!=", False)
        documents = self.sudo().search(over & kept)
        self.env["kam.job"]._run(
            documents,
            lambda document: document.write(
                {"file": False, "date_deleted": document.company_id._kam_today()}
            ),
            domain=[("date_deleted", "=", False)],
        )

    def copy_data(self, default=None):
        raise UserError(self.env._("Documents are received, not duplicated."))
