from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang

from .expected_money import CAUTIOUS, MEDIAN, get_expected_date
from .kam_credit_ledger import AGING
from .kam_payment_behaviour import BEHAVIOUR


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
    unallocated = fields.Monetary(
        string="Unallocated Money",
        readonly=True,
        help="Money and credit notes that were matched with no invoice yet.",
    )
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
    resolution_ids = fields.One2many(
        comodel_name="kam.credit.resolution",
        inverse_name="decision_id",
        string="Resolutions",
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
    status = fields.Selection(
        [
            ("pass", "Passed"),
            ("warn", "Warning"),
            ("hold", "On Hold"),
            ("released", "Released"),
            ("rejected", "Rejected"),
            ("superseded", "Superseded"),
        ],
        compute="_compute_status",
        help="What became of the order by this decision: its answer, else its outcome.",
    )
    headline = fields.Char(compute="_compute_summary")
    summary = fields.Char(compute="_compute_summary")
    asked_message = fields.Char(
        string="Release Asked for", compute="_compute_answer_messages"
    )
    who_message = fields.Char(
        string="Who May Release", compute="_compute_answer_messages"
    )

    # What whoever decides wants to know of the client today: of all its documents,
    # with or without a credit line; who may read the decision may see them.
    document_ids = fields.Many2many(
        comodel_name="kam.credit.exposure",
        string="Open Documents",
        compute="_compute_document_ids",
    )
    document_count = fields.Integer(compute="_compute_document_ids")
    earlier_decision_ids = fields.Many2many(
        comodel_name="kam.credit.decision",
        string="Earlier Decisions",
        compute="_compute_earlier_decision_ids",
    )
    allowed = fields.Monetary(
        string="Limit with Tolerance",
        compute="_compute_allowed",
    )
    aging_not_due = fields.Monetary(compute="_compute_aging", string="Not Due")
    aging_1_30 = fields.Monetary(compute="_compute_aging", string="1–30 Days")
    aging_31_60 = fields.Monetary(compute="_compute_aging", string="31–60 Days")
    aging_61_90 = fields.Monetary(compute="_compute_aging", string="61–90 Days")
    aging_over_90 = fields.Monetary(compute="_compute_aging", string="Over 90 Days")
    aging_unallocated = fields.Monetary(compute="_compute_aging", string="Unallocated")
    paid_amount = fields.Monetary(
        compute="_compute_payment_behaviour", string="Paid in 12 Months"
    )
    paid_on_time_percent = fields.Float(
        compute="_compute_payment_behaviour",
        string="Paid on Time (%)",
        digits=(16, 1),
        aggregator=None,
    )
    average_days_late = fields.Float(
        compute="_compute_payment_behaviour",
        digits=(16, 1),
        aggregator=None,
    )
    largest_debt = fields.Monetary(compute="_compute_payment_behaviour")
    expected_date = fields.Date(
        compute="_compute_expected",
        string="Money Expected",
        help="Day by which enough of the open items is paid if the client pays as late "
        "as he usually does (median of his past, by value).",
    )
    expected_cautious_date = fields.Date(
        compute="_compute_expected",
        string="Money Expected (80 %)",
        help="The same if he pays as late as for the slowest fifth of his money.",
    )
    expected_message = fields.Char(compute="_compute_expected_message")

    @api.depends("resolution_ids")
    def _compute_release(self):
        for decision in self:
            releases = decision.resolution_ids.filtered(lambda r: r.kind == "release")
            release = releases[:1]
            decision.release_user_id = release.user_id
            decision.release_reason = release.reason
            decision.release_amount = release.amount
            decision.release_until = release.until

    @api.depends("resolution_ids")
    def _compute_reject_reason(self):
        for decision in self:
            rejection = decision.resolution_ids.filtered(lambda r: r.kind == "reject")
            decision.reject_reason = rejection[:1].reason

    @api.depends("request_ids")
    def _compute_request_count(self):
        for decision in self:
            decision.request_count = len(decision.request_ids)

    @api.depends_context("uid")
    @api.depends("state", "outcome")
    def _compute_may_release(self):
        answering = self.env["kam.credit.answering"]
        rejectable = answering._filter_rejectable(self)
        releasable = answering._filter_covered(rejectable)
        for decision in self:
            decision.may_reject = decision in rejectable
            decision.may_release = decision in releasable

    @api.depends("order_id", "outcome", "state")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for decision in self:
            decision.display_name = self.env._(
                "%(order)s: %(outcome)s",
                order=decision.order_id.sudo().name,
                outcome=decision._get_label("status"),
            )

    @api.depends("outcome", "state")
    def _compute_status(self):
        for decision in self:
            is_open = decision.state == "open"
            decision.status = decision.outcome if is_open else decision.state

    @api.depends("outcome", "state")
    @api.depends_context("lang")
    def _compute_summary(self):
        wording = self.env["kam.credit.wording"]
        for decision in self:
            decision.headline = wording._get_headline(decision)
            decision.summary = wording._get_summary(decision)

    @api.depends("outcome", "state", "request_ids")
    @api.depends_context("uid", "lang", "tz")
    def _compute_answer_messages(self):
        wording = self.env["kam.credit.wording"]
        for decision in self:
            is_waiting = decision._is_waiting()
            decision.asked_message = wording._get_asked_text(decision)
            decision.who_message = is_waiting and wording._get_who_text(decision)

    @api.depends("client_id", "company_id")
    def _compute_document_ids(self):
        documents = self.env["kam.credit.exposure"].search(
            [
                ("client_id", "in", self.client_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        groups = documents.grouped(lambda d: (d.client_id.id, d.company_id.id))
        for decision, key in self.env["kam.credit.ledger"]._get_keys(self).items():
            found = groups.get(key, documents.browse())
            decision.document_ids = found
            decision.document_count = len(found)

    @api.depends("client_id", "company_id")
    def _compute_earlier_decision_ids(self):
        for decision in self:
            decision.earlier_decision_ids = self.search(
                [
                    ("client_id", "=", decision.client_id.id),
                    ("company_id", "=", decision.company_id.id),
                    ("id", "<", decision._origin.id),
                ],
                limit=100,
            )

    @api.depends("limit", "tolerance_percent")
    def _compute_allowed(self):
        for decision in self:
            decision.allowed = decision.limit * (1 + decision.tolerance_percent / 100)

    @api.depends("client_id", "company_id")
    def _compute_aging(self):
        keys = self.env["kam.credit.ledger"]._get_keys(self)
        receivables = self.env["kam.credit.ledger"]._get_receivables(keys.values())
        for decision, key in keys.items():
            for bucket in AGING:
                decision[f"aging_{bucket}"] = receivables[key][bucket]

    @api.depends("client_id", "company_id")
    def _compute_payment_behaviour(self):
        keys = self.env["kam.credit.ledger"]._get_keys(self)
        behaviour = self.env["kam.payment.behaviour"]._get_year(keys.values())
        for decision, key in keys.items():
            for name in BEHAVIOUR:
                decision[name] = behaviour[key][name]

    @api.depends("outcome", "state", "shortfall", "overdue")
    def _compute_expected(self):
        ledger = self.env["kam.credit.ledger"]
        waiting = self.filtered(lambda decision: decision._get_needed_money() > 0)
        (self - waiting).update(
            {"expected_date": False, "expected_cautious_date": False}
        )
        keys = ledger._get_keys(waiting)
        found = self.env["kam.payment.behaviour"]._get_expectations(keys.values())
        for decision, key in keys.items():
            today = decision.company_id._kam_today()
            items, credits, parts = found[key]
            needed = decision._get_needed_money() + credits
            for name, share in (
                ("expected_date", MEDIAN),
                ("expected_cautious_date", CAUTIOUS),
            ):
                decision[name] = get_expected_date(items, needed, parts, share, today)

    @api.depends("expected_date", "expected_cautious_date")
    @api.depends_context("lang")
    def _compute_expected_message(self):
        wording = self.env["kam.credit.wording"]
        for decision in self:
            decision.expected_message = wording._get_expected_text(decision)

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

    # --- what it says ---

    def _get_needed_money(self):
        """Return how much has to be paid before the held order fits."""
        if self.outcome != "hold" or self.state not in ("open", "rejected"):
            return 0.0
        return self.shortfall or self.overdue

    def _format_amount(self, value):
        """Format money for a sentence: no currency, no cents where there are none."""
        currency = self.currency_id
        is_whole = currency.is_zero(value - round(value))
        digits = 0 if is_whole else currency.decimal_places
        return formatLang(self.env, value, digits=digits)

    def _get_release_days_left(self):
        """Return the days up to the last day of the release; below 0 it ran out."""
        return (self.release_until - self.company_id._kam_today()).days

    def _is_waiting(self):
        """Tell whether the decision holds an order and nobody has answered yet."""
        return self.outcome == "hold" and self.state == "open"

    def _get_authority_amount(self, amount=None):
        """Return what an authority must cover: the shortfall, else the amount.

        :param amount: amount to release, company currency; default the order's
        """
        self.ensure_one()
        amount = self.order_amount if amount is None else amount
        short = self.shortfall + amount - self.order_amount
        return short if self.shortfall and short > 0 else amount

    def _get_default_release_until(self):
        today = self.company_id._kam_today()
        days = self.sudo().policy_id.release_days or 30
        return fields.Date.add(today, days=days)

    def _get_clients(self):
        """Return the clients whose managers may not decide; sudo: of any of them."""
        decisions = self.sudo()
        orders = decisions.order_id
        clients = decisions.client_id | decisions.ordering_client_id
        clients |= orders.kam_client_id | orders.partner_id.kam_client_id
        clients |= orders.partner_invoice_id.kam_client_id
        return clients | orders.credit_debtor_id.kam_client_id

    def _get_since(self):
        """Return the moment since which a manager of the client is involved."""
        return min(self.sudo().order_id.create_date, self.date)

    def _is_involved(self, user, until):
        """Tell whether the user is one of :meth:`_get_involved_managers`.

        :param until: dict client -> until when he looked after it
        """
        since = self._get_since()
        return user == self.sudo().manager_id or any(
            until[client] > since for client in self._get_clients() if client in until
        )

    def _get_involved_managers(self):
        """Return the managers who may never release this order.

        Those of the ordering client and of the debtor's and who stood in for them,
        now and at any time since the order was entered: handing the client over for
        an hour changes nothing.
        """
        decision = self.sudo()
        clients, since = self._get_clients(), self._get_since()
        owners = self.env["kam.assignment"]._get_managers_since(clients, since.date())
        owners |= self.env["kam.substitution"]._get_substitutes_since(clients, since)
        return clients._get_acting_managers() | decision.manager_id | owners.sudo(False)

    def _get_newest(self):
        """Return the newest hold of the order, if this one was made again since.

        Only if it asks for no more than this one: an answer is on what was seen.
        """
        self.ensure_one()
        self.check_access("read")
        # As superuser: the newest may be on a client whom the user may not see.
        seen = self.sudo()
        newest = seen.order_id.credit_decision_id
        same = ("client_id", "company_id", "debtor_id", "order_currency_id")
        compare = self.currency_id.compare_amounts
        is_newer = (
            seen.state == "superseded"
            and newest._is_waiting()
            and all(newest[name] == seen[name] for name in same)
            and newest.term_days <= seen.term_days
            and compare(newest.order_amount, seen.order_amount) <= 0
            and compare(newest.shortfall, seen.shortfall) <= 0
        )
        return newest.with_env(self.env) if is_newer else self

    @api.model
    def _get_held_groups(self, client=None):
        """Return ``[(client, company)]`` with open holds, of one client or of all."""
        domain = [("outcome", "=", "hold"), ("state", "=", "open")]
        if client:
            domain.append(("client_id", "=", client.id))
        return self._read_group(domain, ["client_id", "company_id"])

    # --- answering and looking ---

    def action_release(self, reason, amount=None, until=None):
        """Let the held order go out.

        :param reason: why; kept with the decision
        :param amount: up to which amount of the order (company currency, taxes
            included); default this order's amount
        :param until: last day of the release; default today plus the days of the
            policy
        :raise UserError: nothing is held, no reason, wrong amount or date
        :raise AccessError: the user looks after the client or has no authority
        """
        self.env["kam.credit.answering"]._release(
            self._get_newest(), reason, amount, until
        )
        return True

    def action_reject(self, reason):
        """Decide that the held order does not go out.

        :param reason: why; kept with the decision
        :raise UserError: nothing is held, or no reason
        :raise AccessError: the user looks after the client or decides on no orders
        """
        self.env["kam.credit.answering"]._reject(self._get_newest(), reason)
        return True

    def action_open_release(self):
        return self._open_answer("release", self.env._("Release"))

    def action_open_reject(self):
        return self._open_answer("reject", self.env._("Reject"))

    def _open_answer(self, kind, name):
        return self._open_dialog(
            f"kam.credit.decision.{kind}", name, default_decision_id=self.id
        )

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }

    def action_open_documents(self):
        """Open the documents that make up the exposure of the client."""
        self.ensure_one()
        return self.env["kam.credit.exposure"]._get_action(
            self.client_id, self.company_id
        )

    def action_open_line(self):
        """Open the credit line that the order was judged on."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.credit.line",
            "res_id": self.line_id.id,
            "view_mode": "form",
        }

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Credit decision %s", self.order_id.sudo().name)

    @api.model
    def _cron_review_held(self):
        """Judge all held orders again: time alone may let them go, too."""
        self.env["kam.credit.gate"]._trigger_review()

    # --- recording, for the gate ---

    @api.model
    def _record(self, judgement, **extra):
        """Write the decision of a judgement and put it in force on its order.

        Runs as superuser: nobody has the right to create decisions.

        :param judgement: :class:`~.judgement.Judgement`
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
            self.env["kam.credit.gate"]._trigger_review_of_hold(decision.client_id)
        return decision

    @api.model
    def _prepare_vals(self, judgement, **extra):
        """Return the creation values of the decision on a judgement.

        With all that is computed on creation: else each decision and each of its
        reasons is made in memory first to compute it, at half the time of recording.
        """
        client = judgement.order.sudo(False).kam_client_id
        vals = {
            **judgement.prepare_decision_vals(),
            **extra,
            "user_id": self.env.uid,
            "date": fields.Datetime.now(),
            "on_behalf_of_id": client._get_absent_manager().id,
            "release_user_id": False,
            "release_reason": False,
            "release_amount": 0.0,
            "release_until": False,
        }
        shared = ("client_id", "company_id", "manager_id", "date")
        for _command, _id, reason in vals["reason_ids"]:
            reason.update({name: vals[name] for name in shared})
        return vals

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
                    self.env["kam.credit.gate"]._trigger_review_of_hold(
                        current.client_id
                    )
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

    # --- its entry in the chain ---

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
            ["kam.credit.decision", "kam.credit.resolution"]
        )
