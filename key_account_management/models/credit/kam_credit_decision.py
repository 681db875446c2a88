from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class KamCreditDecision(models.Model):
    """What was decided on an order, when, by which rules, with which figures.

    Amounts in the currency of the (root) company. Figures and reasons are kept as
    they were; only ``state`` moves on: open (in force), released, rejected,
    superseded (by a later decision on the same order).
    """

    _name = "kam.credit.decision"
    _description = "Credit Decision"
    _inherit = ["kam.guard.mixin", "kam.credit.chain.mixin"]
    _order = "date desc, id desc"
    _rec_names_search = ["order_id.name", "client_id.name"]

    _chain_money = (
        "order_amount",
        "order_total",
        "receivable",
        "uninvoiced",
        "limit",
        "headroom",
        "shortfall",
        "overdue",
    )
    _append_only = True
    _append_only_except = frozenset(("state",))
    _next_states = {
        "open": ("released", "rejected", "superseded"),
        "released": ("superseded",),
        "rejected": ("superseded",),
        "superseded": (),
    }

    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
        help="The client of the debtor, else the ordering one.",
    )
    ordering_client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Ordering Key Client",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_id = fields.Many2one(
        comodel_name="kam.credit.line",
        string="Credit Line",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    policy_id = fields.Many2one(
        comodel_name="kam.credit.policy", ondelete="restrict", readonly=True
    )
    manager_id = fields.Many2one(
        comodel_name="res.users",
        string="Key Account Manager",
        index="btree_not_null",
        readonly=True,
        help="Manager of the key client at the time of the decision.",
    )
    outcome = fields.Selection(
        [("pass", "Passed"), ("warn", "Warning"), ("hold", "Hold")],
        required=True,
        index=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("released", "Released"),
            ("rejected", "Rejected"),
            ("superseded", "Superseded"),
        ],
        default="open",
        required=True,
        index=True,
        readonly=True,
        group_expand="_group_expand_state",
    )
    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Confirmed by", required=True, readonly=True
    )
    on_behalf_of_id = fields.Many2one(
        comodel_name="res.users",
        string="On Behalf of",
        readonly=True,
        help="The absent manager for whom the substitute confirmed.",
    )
    debtor_id = fields.Many2one(
        comodel_name="res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The company that owes the order: that of the invoice address.",
    )
    is_foreign = fields.Boolean(
        string="Debtor in no Key Client",
        readonly=True,
        help="The order is invoiced to somebody who belongs to no key client.",
    )
    order_currency_id = fields.Many2one(
        comodel_name="res.currency", readonly=True, ondelete="restrict"
    )
    payment_term_id = fields.Many2one(
        comodel_name="account.payment.term",
        readonly=True,
        ondelete="set null",
        help="Terms of the held order.",
    )
    term_days = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Days to the last instalment of the held order.",
    )
    order_amount = fields.Monetary(
        readonly=True, help="What the order adds to the exposure, taxes included."
    )
    order_total = fields.Monetary(
        readonly=True, help="Total of the order at the time of the decision."
    )
    covered_basis = fields.Json(
        readonly=True,
        help="For what the confirmed order was in order before it was raised.",
    )
    receivable = fields.Monetary(string="Receivables", readonly=True)
    uninvoiced = fields.Monetary(string="Confirmed, not Invoiced", readonly=True)
    exposure = fields.Monetary(
        readonly=True, help="Receivables and confirmed orders before this order."
    )
    limit = fields.Monetary(string="Effective Limit", readonly=True)
    tolerance_percent = fields.Float(string="Tolerance (%)", readonly=True)
    headroom = fields.Monetary(readonly=True, help="Free limit after this order.")
    shortfall = fields.Monetary(readonly=True)
    overdue = fields.Monetary(readonly=True)
    oldest_overdue_days = fields.Integer(
        string="Oldest Overdue (days)", readonly=True, aggregator="max"
    )
    is_prepaid = fields.Boolean(string="Prepaid", readonly=True)
    is_rise = fields.Boolean(
        string="Raised after Confirmation",
        readonly=True,
        help="The order was confirmed already when it was judged.",
    )
    reason_ids = fields.One2many(
        comodel_name="kam.credit.reason", inverse_name="decision_id", string="Reasons"
    )
    verdict_ids = fields.One2many(
        comodel_name="kam.credit.verdict", inverse_name="decision_id"
    )
    request_ids = fields.One2many(
        comodel_name="kam.credit.request", inverse_name="decision_id", string="Requests"
    )
    request_count = fields.Integer(
        compute="_compute_request_count", string="Release Requests"
    )
    release_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Released by",
        compute="_compute_release",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    release_reason = fields.Char(
        compute="_compute_release", store=True, precompute=True
    )
    release_amount = fields.Monetary(
        compute="_compute_release", store=True, precompute=True
    )
    release_until = fields.Date(compute="_compute_release", store=True, precompute=True)
    reject_reason = fields.Char(compute="_compute_reject_reason")
    may_release = fields.Boolean(compute="_compute_may_release")
    may_reject = fields.Boolean(compute="_compute_may_release")

    @api.depends("verdict_ids")
    def _compute_release(self):
        for decision in self:
            release = decision.verdict_ids.filtered(lambda v: v.kind == "release")[:1]
            decision.release_user_id = release.user_id
            decision.release_reason = release.reason
            decision.release_amount = release.amount
            decision.release_until = release.until

    @api.depends("verdict_ids")
    def _compute_reject_reason(self):
        for decision in self:
            rejection = decision.verdict_ids.filtered(lambda v: v.kind == "reject")
            decision.reject_reason = rejection[:1].reason

    @api.depends("request_ids")
    def _compute_request_count(self):
        for decision in self:
            decision.request_count = len(decision.request_ids)

    @api.model
    def _group_expand_state(self, states, _domain):
        """Show the columns in which somebody has to do or wait for something."""
        shown = ("open", "released", "rejected", *states)
        return [key for key, _label in self._fields["state"].selection if key in shown]

    def _is_repeated(self):
        """Whether the order was held just like this before, and nobody has answered.

        Confirming again what did not change is decided again, yet told once.
        """
        earlier = self.search(
            [("order_id", "=", self.order_id.id), ("id", "<", self.id)],
            order="id desc",
            limit=1,
        )
        return (
            earlier.outcome == self.outcome
            and not (earlier.release_user_id or earlier.reject_reason)
            and not self.currency_id.compare_amounts(
                earlier.order_amount, self.order_amount
            )
            and earlier._get_broken_rules() == self._get_broken_rules()
        )

    def _get_broken_rules(self):
        broken = self.reason_ids.filtered(lambda reason: reason.outcome != "pass")
        return set(broken.mapped("rule"))

    def _get_label(self, field_name):
        selection = self._fields[field_name]._description_selection(self.env)
        return dict(selection).get(self[field_name], "")

    def write(self, vals):
        for decision in self if "state" in vals else ():
            if vals["state"] not in self._next_states[decision.state]:
                raise UserError(
                    self.env._(
                        "The decision on %(order)s is %(state)s and stays so.",
                        order=decision.order_id.name,
                        state=decision._get_label("state").lower(),
                    )
                )
        return super().write(vals)

    @api.model
    def _get_kept_message(self):
        return self.env._("A credit decision is kept as it was made.")

    def copy_data(self, default=None):
        raise UserError(self.env._("A credit decision cannot be duplicated."))

    @api.model
    def _record(self, judgement, **extra):
        """Write the decision of a judgement and put it in force on its order.

        Runs as superuser: nobody has the right to create decisions.

        :param judgement: :class:`~.sale_order_judgement.Judgement`
        :param extra: further values, such as ``is_rise``
        :return: the new decision
        """
        vals = self._prepare_vals(judgement, **extra)
        previous = judgement.order.sudo().credit_decision_id
        if previous.state in ("open", "released", "rejected"):
            previous.write({"state": "superseded"})
        decision = self.sudo()._chain_create(vals)
        judgement.order.sudo().credit_decision_id = decision
        if decision.outcome == "hold":
            decision._trigger_review_of_hold()
        return decision

    @api.model
    def _prepare_vals(self, judgement, **extra):
        client = judgement.order.sudo(False).kam_client_id
        return {
            **judgement.prepare_decision_vals(),
            **extra,
            "user_id": self.env.uid,
            "date": fields.Datetime.now(),
            "on_behalf_of_id": client._get_absent_manager().id,
        }

    @api.model
    def _record_rise(self, judgement, **extra):
        """Write the decision on a rise: one for all changes of a transaction.

        The decision on an earlier change of the same transaction, which nobody else
        has seen, is made anew while it is the end of its chain.

        :return: the decision
        """
        order = judgement.order.sudo()
        made = self.env.cr.precommit.data.setdefault("kam_credit_rises", {})
        decision, before = made.get(order.id, (None, ""))
        current = order.credit_decision_id
        if current.id == decision and current.state == "open":
            vals = self._prepare_vals(judgement, is_rise=True, **extra)
            if current._make_anew(vals, before):
                if current.outcome == "hold":
                    current._trigger_review_of_hold()
                return current
        before = self.env["kam.credit.lock"]._get_end(judgement.key)
        current = self._record(judgement, is_rise=True, **extra)
        made[order.id] = current.id, before
        return current

    def _make_anew(self, vals, before):
        """Give other figures to a decision of this transaction.

        :param before: hash of the entry before it in its chain
        :return: False if entries of the chain follow it, or the chain is another
        """
        key = self._get_chain_key(vals)
        if key != (self.client_id.id, self.company_id.id):
            return False
        text = "|".join(self._get_chain_text(self._prepare_chain_vals(vals)))
        digest = self.env["kam.credit.lock"]._replace_end(
            key, self.chain_position, before, text
        )
        if not digest:
            return False
        # Past the guards, which know no unfinished decision.
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM kam_credit_reason WHERE decision_id = %s", self.id)
        )
        self.env["kam.credit.reason"].invalidate_model()
        self.invalidate_recordset(["reason_ids"])
        return self._write_unguarded({**vals, "chain_hash": digest})

    def _get_chain_key(self, vals):
        return vals["client_id"], vals["company_id"]

    @api.model
    def _prepare_chain_vals(self, vals):
        """Reasons have amounts as well."""
        reasons = self.env["kam.credit.reason"]
        return {
            **super()._prepare_chain_vals(vals),
            "reason_ids": [
                reasons._prepare_chain_vals(command[2])
                for command in vals["reason_ids"]
            ],
        }

    def _get_chain_text(self, vals):
        money = self._format_chain_money
        return [
            "decision",
            *(str(vals[name]) for name in ("order_id", "client_id", "company_id")),
            vals["outcome"],
            *(money(vals[name]) for name in self._chain_money),
            str(vals["user_id"]),
            fields.Datetime.to_string(vals["date"]),
            *(
                f"{r['rule']} {r['outcome']} "
                f"{money(r['measured'], 2)} {money(r['allowed'], 2)}"
                # Entries from before there were causes keep their text.
                + (f" {r['cause']}" if r.get("cause") else "")
                for r in vals["reason_ids"]
            ),
        ]

    def _get_chain_vals(self, stored):
        return {
            **stored,
            "outcome": self.outcome,
            "date": self.date,
            "order_id": self.order_id.id,
            "client_id": self.client_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
        }

    def _get_chain_stored(self):
        """Reasons have amounts as well."""
        stored = super()._get_chain_stored()
        reasons = self.reason_ids._get_chain_stored()
        for decision in self:
            stored[decision.id]["reason_ids"] = [
                reasons[reason.id] for reason in decision.reason_ids.sorted("id")
            ]
        return stored

    @api.model
    def _check_chain(self):
        """Prove that no decision, release or rejection was changed or removed.

        :return: list of problems in words
        """
        return self.env["kam.credit.lock"]._check_chains(
            ["kam.credit.decision", "kam.credit.verdict"]
        )
