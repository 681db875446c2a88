from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class KamDispute(models.Model):
    """A part of an invoice that the client does not accept.

    While open it stops the ladder; accepted, it also leaves the payment behaviour. It
    never leaves receivables, exposure or headroom. Amount in company currency.
    """

    _name = "kam.dispute"
    _description = "Dispute"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
    _order = "deadline, id"
    _rec_name = "move_id"
    _mail_post_access = "read"

    _system_fields = frozenset(
        ("state", "user_id", "decided_by_id", "date_decided", "answer")
    )

    _fixed_fields = frozenset(("move_id", "amount", "reason", "deadline"))

    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Document",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[
            "|",
            ("kam_client_id", "!=", False),
            ("partner_id.kam_client_id", "!=", False),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial")),
        ],
    )
    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        compute="_compute_client_id",
        store=True,
        precompute=True,
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(required=True)
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Opened by",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    deadline = fields.Date(required=True, help="By when the dispute is to be decided.")
    state = fields.Selection(
        [("open", "Open"), ("accepted", "Accepted"), ("rejected", "Rejected")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    decided_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    date_decided = fields.Date(string="Decided on", readonly=True, copy=False)
    answer = fields.Char(readonly=True, copy=False)

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "Enter the disputed amount: it must be more than zero."
    )

    @api.depends("move_id.kam_client_id", "move_id.commercial_partner_id.kam_client_id")
    def _compute_client_id(self):
        """The client that owes the document: it moves with the legal entity."""
        for dispute in self:
            if dispute.move_id:
                dispute.client_id = dispute.move_id._get_kam_debtor_client()
            else:
                dispute.client_id = False

    @api.depends("move_id")
    def _compute_company_id(self):
        for dispute in self:
            dispute.company_id = dispute.move_id.sudo().company_id.root_id

    @api.depends("move_id")
    def _compute_display_name(self):
        """The document by name: who stands in for a manager may not open it."""
        for dispute in self:
            dispute.display_name = dispute.move_id.sudo().display_name

    @api.constrains("move_id", "amount")
    def _check_amount(self):
        """The disputes of a document are no more than its total."""
        sums = dict(
            self.sudo()._read_group(
                [("move_id", "in", self.move_id.ids), ("state", "!=", "rejected")],
                ["move_id"],
                ["amount:sum"],
            )
        )
        for dispute in self.sudo():
            move, currency = dispute.move_id, dispute.currency_id
            if not dispute.client_id or move.move_type != "out_invoice":
                raise ValidationError(
                    self.env._("Choose an invoice of a key client to dispute.")
                )
            total = abs(move.amount_total_signed)
            if currency.compare_amounts(sums.get(move, 0), total) > 0:
                raise ValidationError(
                    self.env._(
                        "The disputes of %(document)s are more than its total of "
                        "%(total)s. Enter a smaller amount.",
                        document=move.display_name,
                        total=currency.format(total),
                    )
                )

    @api.model
    def _get_system_message(self, names):
        return self.env._("A dispute begins open, by the one who enters it.")

    def action_accept(self, answer):
        """Accept that the client need not pay the amount for now.

        :param answer: text kept with the dispute
        :raise AccessError: for those who do not decide on credit
        """
        return self._decide("accepted", answer)

    def action_reject(self, answer):
        """Refuse the dispute; see :meth:`action_accept`."""
        return self._decide("rejected", answer)

    def _decide(self, state, answer):
        """Close open disputes; sudo: nobody may write them directly."""
        self.check_access("create")
        self._check_decider()
        answer = self._take_text(answer, self._get_field_label("answer"))
        if not answer:
            raise UserError(self.env._("Enter the reason of the decision."))
        if self.filtered(lambda dispute: dispute.state != "open"):
            raise UserError(self.env._("This dispute was decided already."))
        self.sudo().write(
            {
                "state": state,
                "answer": answer,
                "decided_by_id": self.env.uid,
                "date_decided": self.company_id[:1]._kam_today(),
            }
        )
        return True

    def _check_decider(self):
        """Credit or head decides, on what neither he nor his own client brought."""
        groups = ("group_kam_credit", "group_kam_head", "group_kam_director")
        may = any(
            self.env.user.has_group(f"key_account_management.{group}")
            for group in groups
        )
        involved = self.user_id | self.client_id.manager_id
        if not may or self.env.user in involved:
            raise UserError(
                self.env._(
                    "Disputes are decided by credit control or the head, and not by "
                    "whoever entered them or manages the client. Ask one of them."
                )
            )
