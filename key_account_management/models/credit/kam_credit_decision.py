from odoo import api, fields, models
from odoo.exceptions import UserError


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
        vals = judgement.prepare_decision_vals()
        vals.update(extra, user_id=self.env.uid, date=fields.Datetime.now())
        client = judgement.order.sudo(False).kam_client_id
        vals["on_behalf_of_id"] = client._get_absent_manager().id
        previous = judgement.order.sudo().credit_decision_id
        if previous.state in ("open", "released", "rejected"):
            previous.write({"state": "superseded"})
        decision = self.sudo()._chain_create(vals)
        judgement.order.sudo().credit_decision_id = decision
        return decision

    def _get_chain_key(self, vals):
        return vals["client_id"], vals["company_id"]

    def _get_chain_text(self, vals):
        reasons = [command[2] for command in vals["reason_ids"]]
        money = (
            "order_amount",
            "order_total",
            "receivable",
            "uninvoiced",
            "limit",
            "headroom",
            "shortfall",
            "overdue",
        )
        return [
            "decision",
            *(str(vals[name]) for name in ("order_id", "client_id", "company_id")),
            vals["outcome"],
            *(f"{vals[name]:.3f}" for name in money),
            str(vals["user_id"]),
            fields.Datetime.to_string(vals["date"]),
            *(
                f"{r['rule']} {r['outcome']} {r['measured']:.2f} {r['allowed']:.2f}"
                for r in reasons
            ),
        ]

    def _get_chain_vals(self):
        names = (
            "outcome order_amount order_total receivable uninvoiced limit headroom "
            "shortfall overdue date"
        ).split()
        return {
            **{name: self[name] for name in names},
            "order_id": self.order_id.id,
            "client_id": self.client_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "reason_ids": [
                (
                    0,
                    0,
                    {
                        "rule": reason.rule,
                        "outcome": reason.outcome,
                        "measured": reason.measured,
                        "allowed": reason.allowed,
                    },
                )
                for reason in self.reason_ids.sorted("id")
            ],
        }

    @api.model
    def _check_chain(self):
        """Prove that no decision, release or rejection was changed or removed.

        :return: list of problems in words
        """
        return self.env["kam.credit.lock"]._check_chains(
            ["kam.credit.decision", "kam.credit.verdict"]
        )
