from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

MEMORY_MONTHS = 3
TOLERANCE = 1.0  # one unit of the currency


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
        job, paid = self.env["kam.job"], {}
        for company in companies:
            job._try(company, lambda one: paid.update(self._get_changed(one)))
        job._run(
            list(paid),
            lambda promise: promise._judge_one(paid[promise]),
            domain=[("state", "!=", "cancelled")],
        )

    @api.model
    def _judge(self, company=None):
        """Judge the clients' promises of a company, in a few queries for all.

        Money counts that came from the day of the promise through its deadline and
        was not given back by then; each unit of it once, for the promise with the
        earliest date. Promises of the last months are judged again, since money may
        be posted, or reversed, late.

        :param company: root company; default that of the user
        """
        company = company or self.env.company.root_id
        for promise, paid in self._get_changed(company).items():
            promise._judge_one(paid)

    @api.model
    def _get_changed(self, company):
        """Return the money in time per promise of a company that changes by it."""
        today = company._kam_today()
        theirs = [
            ("direction", "=", "theirs"),
            ("state", "!=", "cancelled"),
            ("company_id", "=", company.id),
        ]
        first = fields.Date.subtract(today, months=MEMORY_MONTHS)
        clients = self.search([*theirs, ("date", ">=", first)]).client_id
        promises = self.search(
            [*theirs, ("client_id", "in", clients.ids)], order="date, id"
        )
        paid = promises._get_paid(company)
        return {
            promise: paid[promise]
            for promise in promises
            if (promise.state == "open" or promise.date >= first)
            and promise._prepare_judged_vals(paid[promise], today)
        }

    def _judge_one(self, paid):
        """Write what came and the state it makes, if they differ."""
        self.ensure_one()
        was_judged = self.state != "open"
        today = self.company_id._kam_today()
        vals = self._prepare_judged_vals(paid, today)
        if not vals:
            return
        self.write(vals)
        if was_judged and "state" in vals:
            user = self.client_id._get_responsible_user(self.company_id, self.user_id)
            words = user._get_kam_words(self.company_id)
            self.message_post(
                body=words._("Judged again: the money was posted or changed later.")
            )

    def _prepare_judged_vals(self, paid, today):
        """Return what changes by the money that came: its amount, and the state.

        A promise whose money is all there is kept at once; any other is judged when
        its deadline has passed.
        """
        self.ensure_one()
        vals = {}
        if self.currency_id.compare_amounts(paid, self.paid):
            vals["paid"] = paid
        is_over = today > self.company_id._get_promise_deadline(self.date)
        state = self._get_judged_state(paid)
        if state != "kept" and not is_over:
            state = "open"
        if state != self.state:
            vals["state"] = state
        return vals

    def _get_judged_state(self, paid):
        if self.currency_id.compare_amounts(self.amount - paid, TOLERANCE) <= 0:
            return "kept" if paid > 0 else "broken"
        return "partly" if self.currency_id.compare_amounts(paid, 0) > 0 else "broken"

    def _get_paid(self, company):
        """Return the money in time for each promise of ``self``, in their order."""
        matched = self._get_matched()
        receipts = self._get_receipts(company, matched)
        returns = self._get_returns(receipts)
        used = defaultdict(float)
        by_client = defaultdict(list)
        for line_id, (client_id, _date, amount) in receipts.items():
            by_client[client_id].append((line_id, amount))
        result = {}
        for promise in self:
            deadline = company._get_promise_deadline(promise.date)
            parts = by_client[promise.client_id.id]
            if promise.move_ids:
                parts = [p for m in promise.move_ids for p in matched.get(m.id, ())]
            paid = 0.0
            for line_id, amount in parts:
                _client, date, money = receipts.get(line_id, (None, None, 0.0))
                if date and promise.date_made <= date <= deadline:
                    money -= sum(a for day, a in returns[line_id] if day <= deadline)
                    share = min(amount, money - used[line_id], promise.amount - paid)
                    used[line_id] += max(share, 0.0)
                    paid += max(share, 0.0)
            result[promise] = company.currency_id.round(paid)
        return result

    def _get_receipts(self, company, matched):
        """Return dict item id -> (client id, date, amount) of money, oldest first.

        Money is a credit on a receivable account in a journal of bank or cash: of the
        clients, and of whoever else paid a document of theirs.

        :param matched: as of :meth:`_get_matched`
        """
        if not self:
            return {}
        self.env["account.move.line"].flush_model()
        self.env["res.partner"].flush_model(["kam_client_id"])
        paying = [line_id for parts in matched.values() for line_id, _amount in parts]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, partner.kam_client_id, line.date, -line.balance
                  FROM account_move_line line
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN account_journal journal ON journal.id = line.journal_id
                   AND journal.type IN ('bank', 'cash', 'credit')
                 WHERE (partner.kam_client_id IN %(clients)s OR line.id IN %(paying)s)
                   AND line.company_id IN %(companies)s
                   AND line.parent_state = 'posted' AND line.balance < 0
                   AND line.date >= %(start)s
              ORDER BY line.date, line.id
                """,
                clients=tuple(self.client_id.ids),
                paying=(*paying, 0),
                companies=self._get_branches(company),
                start=min(self.mapped("date_made")),
            )
        )
        return {
            line_id: (client_id, date, float(amount))
            for line_id, client_id, date, amount in rows
        }

    def _get_returns(self, receipts):
        """Return dict item id -> list of (date, amount) of the money given back.

        What a reversal or an outgoing payment is matched with went back; what an
        outgoing payment leaves open is taken from the receipts before it, the latest
        first. One that pays a credit note out takes nothing.
        """
        result = defaultdict(list)
        if not receipts:
            return result
        self.env["account.partial.reconcile"].flush_model()
        for line_id, date, amount in self._query_matched_returns(tuple(receipts)):
            result[line_id].append((date, float(amount)))
        for client_id, date, amount in self._query_open_returns(receipts):
            rest = float(amount)
            for line_id, (owner_id, day, money) in reversed(receipts.items()):
                if owner_id == client_id and day <= date and rest > 0:
                    share = min(rest, money - sum(a for _d, a in result[line_id]))
                    if share > 0:
                        result[line_id].append((date, share))
                        rest -= share
        return result

    def _query_matched_returns(self, line_ids):
        """Return (receipt, date, amount): reversals and outgoing payments of it."""
        return self.env.execute_query(
            SQL(
                """
                SELECT part.credit_move_id, debit.date, part.amount
                  FROM account_partial_reconcile part
                  JOIN account_move_line debit ON debit.id = part.debit_move_id
                  JOIN account_journal journal ON journal.id = debit.journal_id
                   AND journal.type IN ('bank', 'cash', 'credit')
                 WHERE part.credit_move_id IN %s AND debit.parent_state = 'posted'
              ORDER BY part.id
                """,
                line_ids,
            )
        )

    def _query_open_returns(self, receipts):
        """Return (client, date, amount) of outgoing money that is matched with nothing.

        On the accounts of the receipts only, so that it is of the same companies.
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT partner.kam_client_id, debit.date, debit.amount_residual
                  FROM account_move_line debit
                  JOIN res_partner partner ON partner.id = debit.partner_id
                  JOIN account_journal journal ON journal.id = debit.journal_id
                   AND journal.type IN ('bank', 'cash', 'credit')
                 WHERE partner.kam_client_id IN %(clients)s
                   AND debit.parent_state = 'posted' AND debit.amount_residual > 0
                   AND (debit.account_id, debit.company_id) IN (
                        SELECT account_id, company_id FROM account_move_line
                         WHERE id IN %(receipts)s)
              ORDER BY debit.date, debit.id
                """,
                clients=(*{row[0] or 0 for row in receipts.values()}, 0),
                receipts=tuple(receipts),
            )
        )

    def _get_matched(self):
        """Return per document the (item id, amount) of the credits matched with it."""
        moves = self.move_ids
        if not moves:
            return {}
        self.env["account.partial.reconcile"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.move_id, part.credit_move_id, part.amount
                  FROM account_partial_reconcile part
                  JOIN account_move_line line ON line.id = part.debit_move_id
                 WHERE line.move_id IN %s
              ORDER BY part.id
                """,
                tuple(moves.ids),
            )
        )
        matched = defaultdict(list)
        for move_id, line_id, amount in rows:
            matched[move_id].append((line_id, float(amount)))
        return matched

    def _get_branches(self, company):
        branches = (
            self.env["res.company"].sudo().search([("id", "child_of", company.id)])
        )
        return tuple(branches.ids)
