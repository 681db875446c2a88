from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class KamPromise(models.Model):
    """What a client promised us, or we promised him; never changed afterwards.

    Theirs are promises to pay, judged by the money that came; ours are closed by hand.
    Amounts in the currency of the company, over all its branches.
    """

    _name = "kam.promise"
    _description = "Promise"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
    _order = "date desc, id desc"
    _mail_post_access = "read"

    _system_fields = frozenset(
        ("state", "paid", "date_made", "user_id", "close_reason")
    )

    _fixed_fields = frozenset(
        ("client_id", "company_id", "direction", "kind", "amount", "date")
        + ("move_ids", "person_id", "note")
    )

    client_id = fields.Many2one(
        comodel_name="kam.client", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    direction = fields.Selection(
        [("theirs", "Theirs"), ("ours", "Ours")], default="theirs", required=True
    )
    kind = fields.Selection(
        [
            ("payment", "Payment"),
            ("delivery", "Delivery"),
            ("act", "Act"),
            ("answer", "Answer"),
        ],
        compute="_compute_kind",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    amount = fields.Monetary()
    paid = fields.Monetary(
        readonly=True, copy=False, help="Money that came in time for this promise."
    )
    date_made = fields.Date(
        string="Made on",
        default=lambda self: self.env.company._kam_today(),
        required=True,
        readonly=True,
        help="Money dated before this day does not count.",
    )
    date = fields.Date(string="Promised for", required=True)
    move_ids = fields.Many2many(
        comodel_name="account.move",
        string="Documents",
        domain="[('state', '=', 'posted'), ('move_type', '=', 'out_invoice'), "
        "('payment_state', 'in', ('not_paid', 'partial')), '|', "
        "('partner_id.kam_client_id', '=', client_id), '&', "
        "('partner_id.kam_client_id', '=', False), ('kam_client_id', '=', client_id)]",
        help="Empty: any money of the client keeps the promise.",
    )
    person_id = fields.Many2one(
        comodel_name="res.partner",
        string="Promised by",
        index="btree_not_null",
        ondelete="set null",
    )
    note = fields.Char(string="What Was Said")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Taken by",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    on_behalf_of_id = fields.Many2one(
        comodel_name="res.users",
        string="On Behalf of",
        compute="_compute_on_behalf_of_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="The absent manager in whose place the promise was taken.",
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("kept", "Kept"),
            ("partly", "Partly Kept"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    close_reason = fields.Char(string="Reason", readonly=True, copy=False)

    _amount_positive = models.Constraint(
        "CHECK (amount > 0 OR (direction = 'ours' AND amount >= 0))",
        "Enter the promised amount: it must be more than zero.",
    )
    _date_after_made = models.Constraint(
        "CHECK (date >= date_made)", "A promise cannot be for a day in the past."
    )

    @api.depends("client_id")
    def _compute_on_behalf_of_id(self):
        for promise in self:
            promise.on_behalf_of_id = promise.client_id._get_absent_manager()

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        for absent, taken in promises.grouped("on_behalf_of_id").items():
            if absent:
                body = self.env._(
                    "Taken by %(substitute)s on behalf of %(absent)s.",
                    substitute=self.env.user.name,
                    absent=absent.name,
                )
                taken._message_log_batch(bodies=dict.fromkeys(taken.ids, body))
        return promises

    @api.depends("direction")
    def _compute_kind(self):
        for promise in self:
            if promise.direction == "theirs":
                promise.kind = "payment"
            elif promise.kind in (False, "payment"):
                promise.kind = "answer"

    @api.depends("client_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for promise in self:
            day = format_date(self.env, promise.date)
            promise.display_name = (
                f"{promise.client_id.sudo().name or ''} {day}".strip()
            )

    @api.constrains("company_id", "client_id", "move_ids")
    def _check_move_ids(self):
        for promise in self.sudo():
            if promise.company_id.root_id != promise.company_id:
                raise ValidationError(
                    self.env._("A promise belongs to a whole company, not a branch.")
                )
            for move in promise.move_ids:
                is_ours = move.company_id.root_id == promise.company_id
                if not is_ours or move._get_kam_debtor_client() != promise.client_id:
                    raise ValidationError(
                        self.env._(
                            "%(document)s is not a document of %(client)s in "
                            "%(company)s. Choose others.",
                            document=move.display_name,
                            client=promise.client_id.name,
                            company=promise.company_id.name,
                        )
                    )

    @api.onchange("amount", "client_id", "company_id", "direction")
    def _onchange_amount(self):
        """Ask whether more is really promised than what is owed."""
        if self.direction == "theirs":
            return self._ask_above_debt(self.client_id, self.company_id, self.amount)

    @api.model
    def _ask_above_debt(self, client, company, amount):
        """Return a warning for a form, where a promise is above the debt of its client.

        Only for whoever may read the client.
        """
        client, company = client._origin, company._origin
        if not (amount and client and company and client.has_access("read")):
            return None
        key = client.id, company.id
        debt = self.env["kam.credit.ledger"]._get_receivables([key])[key]["receivable"]
        currency = company.sudo().currency_id
        if currency.compare_amounts(amount, debt) <= 0:
            return None
        return {
            "warning": {
                "title": self.env._("More than the debt"),
                "message": self.env._(
                    "%(client)s owes %(debt)s, and the promise is %(amount)s. Save it "
                    "if that is what was said; otherwise correct the amount.",
                    client=client.name,
                    debt=currency.format(debt),
                    amount=currency.format(amount),
                ),
            }
        }

    @api.model
    def _get_system_message(self, names):
        return self.env._("A promise begins open, today, and by the one who took it.")

    def action_cancel(self, reason):
        """Take back an open promise.

        :param reason: text kept with the promise
        :raise UserError: without a reason, or when it is no longer open
        """
        return self._close("cancelled", reason)

    def action_keep(self):
        """Close our own promise as kept."""
        return self._close_ours("kept")

    def action_break(self):
        """Close our own promise as broken."""
        return self._close_ours("broken")

    def _close_ours(self, state):
        if self.filtered(lambda promise: promise.direction == "theirs"):
            raise UserError(
                self.env._(
                    "The client's promises are judged by the money that comes. Cancel "
                    "it if it no longer holds."
                )
            )
        user = self[:1].client_id._get_responsible_user(self[:1].company_id)
        words = user._get_kam_words(self[:1].company_id)
        states = self.with_env(words)._fields["state"]._description_selection(words)
        return self._close(state, dict(states)[state])

    def _close(self, state, reason):
        """Close open promises for those who may make them; sudo: nobody may write."""
        self.check_access("create")
        reason = self._take_text(reason, self._get_field_label("close_reason"))
        if not reason:
            raise UserError(self.env._("Enter why the promise is closed."))
        if self.filtered(lambda promise: promise.state != "open"):
            raise UserError(self.env._("Only an open promise can be closed."))
        self.sudo().write({"state": state, "close_reason": reason})
        return True

    @api.model
    def _cron_judge(self):
        """Judge promises, one per commit; safe to repeat."""
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        job, judge, paid = self.env["kam.job"], self.env["kam.promise.judge"], {}
        for company in companies:
            job._try(company, lambda one: paid.update(judge._get_changed(one)))
        job._run(
            list(paid),
            lambda promise: promise._judge_one(paid[promise]),
            domain=[("state", "!=", "cancelled")],
        )

    @api.model
    def _judge(self, company=None):
        """Judge the clients' promises of a company by the money that came.

        :param company: root company; default that of the user
        """
        company = company or self.env.company.root_id
        changed = self.env["kam.promise.judge"]._get_changed(company)
        for promise, paid in changed.items():
            promise._judge_one(paid)

    def _judge_one(self, paid):
        """Write what came and the state it makes, if they differ."""
        self.ensure_one()
        was_judged = self.state != "open"
        today = self.company_id._kam_today()
        vals = self.env["kam.promise.judge"]._prepare_vals(self, paid, today)
        if not vals:
            return
        self.write(vals)
        if was_judged and "state" in vals:
            user = self.client_id._get_responsible_user(self.company_id, self.user_id)
            words = user._get_kam_words(self.company_id)
            self.message_post(
                body=words._("Judged again: the money was posted or changed later.")
            )
