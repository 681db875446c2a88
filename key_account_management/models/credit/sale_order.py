from datetime import datetime, time, timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

# Who may read decisions at all.
DECISION_GROUPS = (
    "key_account_management.group_kam_user,"
    "key_account_management.group_kam_support,"
    "key_account_management.group_kam_credit"
)


class SaleOrder(models.Model):
    """Where an order stands with its credit decisions, and what can be done.

    What the form shows of it comes from ``kam.credit.panel``, what a confirmation does
    from ``kam.credit.gate``.
    """

    _name = "sale.order"
    _inherit = ["sale.order", "kam.credit.import.mixin"]

    _credit_protected_fields = frozenset(
        (
            "amount_tax",
            "amount_total",
            "amount_untaxed",
            "credit_debtor_id",
            "credit_decision_id",
            "credit_decision_ids",
            "credit_rest",
            "credit_rest_closed",
            "credit_state",
            "currency_rate",
            "kam_client_id",
            "transaction_ids",
        )
    )
    _credit_basis_fields = frozenset(
        (
            "commitment_date",
            "company_id",
            "credit_rest_closed",
            "currency_id",
            "date_order",
            "fiscal_position_id",
            "order_line",
            "partner_id",
            "partner_invoice_id",
            "payment_term_id",
            "pricelist_id",
        )
    )

    credit_decision_id = fields.Many2one(
        comodel_name="kam.credit.decision",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
        help="The latest credit decision on this order.",
    )
    credit_decision_ids = fields.One2many(
        comodel_name="kam.credit.decision",
        inverse_name="order_id",
        string="Credit Decisions",
        groups=DECISION_GROUPS,
    )
    credit_decision_count = fields.Integer(
        compute="_compute_credit_decision_count", groups=DECISION_GROUPS
    )
    credit_state = fields.Selection(
        [
            ("none", "Not Judged"),
            ("pass", "Passed"),
            ("warn", "Warning"),
            ("hold", "On Hold"),
            ("released", "Released"),
            ("rejected", "Rejected"),
        ],
        string="Credit",
        compute="_compute_credit_state",
        store=True,
        index="btree_not_null",
        copy=False,
        groups="base.group_user",
    )
    credit_debtor_id = fields.Many2one(
        comodel_name="res.partner",
        string="Debtor",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="The company that owes a confirmed order: that of the invoice address at "
        "the confirmation. Moving the address to another company changes nothing.",
    )
    is_credit_ready = fields.Boolean(
        string="Ready to Confirm",
        compute="_compute_is_credit_ready",
        search="_search_is_credit_ready",
        groups="base.group_user",
        help="A quotation whose latest credit decision lets it be confirmed. Nothing "
        "is reserved.",
    )
    credit_client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Judged Key Client",
        compute="_compute_credit_panel",
        groups="base.group_user",
    )
    credit_is_visible = fields.Boolean(
        compute="_compute_credit_panel", groups="base.group_user"
    )
    credit_limit_effective = fields.Monetary(
        string="Effective Limit",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_allowed = fields.Monetary(
        string="Effective Limit with Tolerance",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_receivable = fields.Monetary(
        string="Receivables",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_uninvoiced = fields.Monetary(
        string="Confirmed, not Invoiced",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_exposure = fields.Monetary(
        string="Exposure",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_order_amount = fields.Monetary(
        string="This Order",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_headroom = fields.Monetary(
        string="Headroom",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
        help="Free limit after this order; negative when it is short.",
    )
    credit_overdue = fields.Monetary(
        string="Overdue",
        compute="_compute_credit_panel",
        currency_field="credit_currency_id",
        groups="base.group_user",
    )
    credit_rate_missing = fields.Boolean(
        compute="_compute_credit_panel",
        groups="base.group_user",
        help="Nobody entered an exchange rate for the currency of the order.",
    )
    credit_message = fields.Char(
        compute="_compute_credit_message",
        groups="base.group_user",
    )
    credit_decided_message = fields.Char(
        string="Decided",
        compute="_compute_credit_message",
        groups="base.group_user",
        help="On a confirmed order: when it was decided, by the figures of then.",
    )
    credit_expected_message = fields.Char(
        string="Money Expected",
        compute="_compute_credit_message",
        groups="base.group_user",
    )
    credit_may_release = fields.Boolean(
        compute="_compute_credit_may_release", groups="base.group_user"
    )

    credit_may_reject = fields.Boolean(
        compute="_compute_credit_may_release", groups="base.group_user"
    )
    credit_is_changed = fields.Boolean(
        compute="_compute_credit_is_changed",
        groups="base.group_user",
        help="The amount of the held order is no longer that of the decision.",
    )
    credit_who_message = fields.Char(
        string="Who May Release",
        compute="_compute_credit_answer_messages",
        groups="base.group_user",
    )
    credit_asked_message = fields.Char(
        string="Release Asked for",
        compute="_compute_credit_answer_messages",
        groups="base.group_user",
    )
    credit_release_message = fields.Char(
        string="Release Given",
        compute="_compute_credit_answer_messages",
        groups="base.group_user",
    )
    credit_release_ends = fields.Boolean(
        compute="_compute_credit_answer_messages",
        groups="base.group_user",
        help="The release of an order not yet confirmed runs out within three days.",
    )
    credit_customer_told = fields.Boolean(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The customer was told that his order is being checked.",
    )

    @api.depends("credit_decision_id.outcome", "credit_decision_id.state")
    def _compute_credit_state(self):
        for order in self:
            decision = order.credit_decision_id
            if decision.state == "open":
                order.credit_state = decision.outcome
            elif decision.state in ("released", "rejected"):
                order.credit_state = decision.state
            else:
                order.credit_state = "none"

    def _compute_credit_decision_count(self):
        counts = dict(
            self.env["kam.credit.decision"]._read_group(
                [("order_id", "in", self.ids)], ["order_id"], ["__count"]
            )
        )
        for order in self:
            order.credit_decision_count = counts.get(order._origin, 0)

    @api.depends("state", "credit_state")
    def _compute_is_credit_ready(self):
        for order in self:
            order.is_credit_ready = order.state in ("draft", "sent") and (
                order.credit_state in ("pass", "warn", "released")
            )

    def _search_is_credit_ready(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return [
            ("state", "in", ("draft", "sent")),
            ("credit_state", "in", ("pass", "warn", "released")),
        ]

    @api.depends(
        "amount_total",
        "company_id",
        "currency_id",
        "partner_id",
        "partner_invoice_id",
        "state",
        "credit_decision_id",
    )
    @api.depends_context("uid")
    def _compute_credit_panel(self):
        panel = self.env["kam.credit.panel"]
        for order in self:
            order.update(panel._get_figures(order))

    @api.depends("state", "credit_decision_id.state", "credit_decision_id.outcome")
    @api.depends_context("uid", "lang", "tz")
    def _compute_credit_message(self):
        panel = self.env["kam.credit.panel"]
        for order in self:
            order.update(panel._get_messages(order))

    @api.depends("credit_decision_id.state", "credit_decision_id.request_ids", "state")
    @api.depends_context("uid", "lang", "tz")
    def _compute_credit_answer_messages(self):
        panel = self.env["kam.credit.panel"]
        for order in self:
            order.update(panel._get_answer_messages(order))

    @api.depends("credit_decision_id.state", "credit_decision_id.outcome")
    @api.depends_context("uid")
    def _compute_credit_may_release(self):
        for order in self:
            decision = order.sudo().credit_decision_id.sudo(False)
            decision = decision._filtered_access("read")
            order.credit_may_release = decision.may_release
            order.credit_may_reject = decision.may_reject

    @api.depends("credit_state", "credit_order_amount")
    @api.depends_context("uid")
    def _compute_credit_is_changed(self):
        for order in self:
            decision = order.sudo().credit_decision_id
            order.credit_is_changed = (
                order.credit_is_visible
                and order.state in ("draft", "sent")
                and order.credit_state in ("hold", "rejected")
                and order.credit_currency_id.compare_amounts(
                    order.credit_order_amount, decision.order_amount
                )
                != 0
            )

    # --- what the gate asks ---

    def _credit_evaluate(self):
        """Judge the orders one after another and write the decisions.

        Each order sees those before it that were not held. Orders that concern no
        key client are left out; so are orders that a release in force covers, whose
        decision stands.

        :return: kam.credit.decision in force on the orders, held or not
        """
        decisions = self.env["kam.credit.decision"]
        recorder = self.env["kam.credit.recorder"]
        for judgement in self.env["kam.credit.gate"]._judge(self):
            decisions |= judgement.release or recorder._record(judgement)
        return decisions

    def _get_credit_debtor(self):
        """Return who owes the order: the commercial partner of the invoice address.

        Of a confirmed order that of its confirmation, as superuser: moving contacts
        in the partner tree moves no debt.
        """
        self.ensure_one()
        order = self.sudo()
        if order.state == "sale" and order.credit_debtor_id:
            return order.credit_debtor_id
        return order.partner_invoice_id.commercial_partner_id or order.partner_id

    def _credit_stamp_debtor(self):
        """Keep the debtors of these orders, confirmed now or given another address."""
        orders = self.sudo()
        for debtor, group in orders.grouped(
            lambda order: (
                order.partner_invoice_id.commercial_partner_id or order.partner_id
            )
        ).items():
            group.filtered(lambda o, d=debtor: o.credit_debtor_id != d).write(
                {"credit_debtor_id": debtor.id}
            )

    def _get_credit_party(self):
        """Return the client to judge and whether the debtor belongs to no client.

        :return: (kam.client or empty, bool)
        """
        self.ensure_one()
        if client := self._get_credit_debtor().kam_membership_id:
            return client, False
        order = self.sudo()
        return order.partner_id.commercial_partner_id.kam_membership_id, True

    def _get_credit_key(self):
        """Return (client id, root company id, is foreign), or nothing."""
        client, is_foreign = self._get_credit_party()
        if not client:
            return None
        return client.id, self.company_id.sudo().root_id.id, is_foreign

    def _get_credit_term_days(self):
        """Return the days from today to the last instalment of the order's term."""
        today = self.company_id._kam_today()
        due = [
            line._get_due_date(today) for line in self.sudo().payment_term_id.line_ids
        ]
        return max((max(due) - today).days, 0) if due else 0

    def _is_credit_beyond(self, horizon_days):
        """Tell whether the order is due after the horizon of its policy."""
        if not horizon_days or not self.commitment_date:
            return False
        today = self.company_id._kam_today()
        last = datetime.combine(today + timedelta(days=horizon_days), time.max)
        return self.commitment_date > last

    def _credit_check_rate(self):
        """Refuse a currency without a rate: the order could not be judged in it.

        :raise UserError: naming the currency
        """
        if self._is_credit_rate_missing():
            raise UserError(
                self.env._(
                    "%(order)s: there is no exchange rate for %(currency)s. Enter a "
                    "rate first.",
                    order=self.name,
                    currency=self.currency_id.name,
                )
            )

    def _is_credit_history(self):
        """Only code of the superuser may load confirmed orders unjudged."""
        return (
            self.env.su
            and self.env.uid == SUPERUSER_ID
            and self.env.context.get("kam_history_import")
        )

    def _is_credit_held(self):
        """Tell whether a confirmed order is on hold."""
        self.ensure_one()
        order = self.sudo()
        return order.state == "sale" and order.credit_state in ("hold", "rejected")

    def _is_credit_stopped(self):
        """Tell whether to ship and invoice no more: on hold, or the rest closed."""
        return self._is_credit_held() or (
            self.state == "sale" and self.sudo().credit_rest_closed
        )

    def _is_credit_being_checked(self):
        """Tell whether the customer did his part and the order waits for ours."""
        self.ensure_one()
        order = self.sudo()
        if order.state not in ("draft", "sent"):
            return False
        if order.credit_state not in ("hold", "rejected"):
            return bool(order.signature) and order._is_credit_left_to_judge()
        return bool(order.signature) or order._is_credit_paid_online()

    def _is_credit_left_to_judge(self):
        """Tell whether the order was signed while somebody else decided."""
        tasks = self.env["kam.credit.task"].sudo()
        domain = [("order_id", "=", self.id), ("kind", "=", "judge")]
        return bool(tasks.search_count(domain, limit=1))

    def _is_credit_paid_online(self):
        transactions = self.sudo().transaction_ids
        return any(tx.state in ("authorized", "done") for tx in transactions)

    # --- hooks of core ---

    def _register_hook(self):
        """Judge before anybody's override of ``action_confirm`` runs.

        Addons loaded later do work before ``super()`` (book booths, order prints);
        so the method of the finished class is wrapped, as base_automation does. The
        override below stays as the inner guard.
        """
        super()._register_hook()
        model_class = self.env.registry[self._name]
        if "action_confirm" in vars(model_class):
            return

        def action_confirm(self):
            return self._credit_confirm(action_confirm.origin)

        action_confirm.origin = model_class.action_confirm
        model_class.action_confirm = action_confirm

    def _unregister_hook(self):
        result = super()._unregister_hook()
        model_class = self.env.registry[self._name]
        if "action_confirm" in vars(model_class):
            del model_class.action_confirm
        return result

    def action_confirm(self):
        return self._credit_confirm(super().action_confirm.__func__)

    def _credit_confirm(self, confirm):
        """Confirm the orders that the gate lets through; hold the others.

        :param confirm: ``f(orders)`` that confirms
        :return: what ``confirm`` returns, or a notification naming the held orders
        """
        allowed = self.env["kam.credit.gate"]._pass(self)
        result = confirm(allowed) if allowed or not self else True
        held = (self - allowed).sudo().filtered(lambda o: o.credit_state == "hold")
        if not held:
            return result
        return self.env["kam.credit.panel"]._get_notification(held.with_env(self.env))

    @api.model
    def default_get(self, fields):
        """Take no default, which anybody may choose, for what the system computes."""
        return super().default_get(
            [name for name in fields if name not in self._credit_protected_fields]
        )

    @api.model
    def _credit_check_protected(self, vals, names):
        """Refuse values that only the system may write.

        An empty list of commands, which the web client sends along with a new
        document, changes nothing.

        :raise AccessError: naming the fields
        """
        names = {name for name in names & vals.keys() if vals[name] != []}
        if self.env.su or not names:
            return
        raise AccessError(
            self.env._(
                "These values are computed by the system and cannot be entered: %s. "
                "Leave them out.",
                ", ".join(sorted(names)),
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Create orders that are to be confirmed as drafts, then judge them."""
        if self._is_credit_history():
            orders = super().create(vals_list)
            orders.filtered(lambda o: o.state == "sale")._credit_stamp_debtor()
            return orders
        vals_list = [dict(vals) for vals in vals_list]
        default = self.default_get(["state"]).get("state")
        states = [vals.get("state", default) for vals in vals_list]
        for vals, state in zip(vals_list, states, strict=True):
            self._credit_check_protected(vals, self._credit_protected_fields)
            if state == "sale":
                vals["state"] = "draft"
        orders = super().create(vals_list)
        orders.browse(
            order.id
            for order, state in zip(orders, states, strict=True)
            if state == "sale"
        ).write({"state": "sale"})
        return orders

    def write(self, vals):
        self._credit_check_protected(vals, self._credit_protected_fields)
        if vals.get("state") == "sale":
            return self._credit_write_confirmed(
                vals, lambda orders, values: super().write(values)
            )
        if vals.get("state") == "cancel":
            self._credit_supersede()
        if self._credit_basis_fields.isdisjoint(vals):
            return super().write(vals)
        with self.env["kam.credit.gate"]._watch(self):
            return super().write(vals)

    def _credit_write_confirmed(self, vals, write):
        """Write a state of confirmed on the orders that the gate lets through.

        Held orders get the other values and stay what they are.

        :param write: ``f(orders, vals)`` that writes without judging
        """
        unconfirmed = self.filtered(lambda order: order.state != "sale")
        rest = {k: v for k, v in vals.items() if k not in ("state", "date_order")}
        if rest and unconfirmed:
            unconfirmed.write(rest)
        reopened = unconfirmed.filtered(lambda order: order.state == "cancel")
        if reopened and not self._is_credit_history():
            write(reopened, {"state": "draft"})
        allowed = self.env["kam.credit.gate"]._pass(unconfirmed)
        final = {k: v for k, v in vals.items() if k not in rest}
        allowed._credit_stamp_debtor()
        write(allowed, final)
        if confirmed := self - unconfirmed:
            return confirmed.write({k: v for k, v in vals.items() if k != "state"})
        return True

    def _credit_supersede(self):
        """A cancelled order waits for nothing."""
        decided = self.sudo().filtered(
            lambda order: (
                order.credit_decision_id.state in ("open", "released", "rejected")
            )
        )
        if not decided:
            return
        clients = decided.credit_decision_id.client_id
        for order in decided:
            order.credit_decision_id.write({"state": "superseded"})
        self.env["kam.credit.messenger"]._close_activities(decided)
        self.env["kam.credit.gate"]._trigger_review(clients)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        decided = self.sudo().filtered("credit_decision_id")
        if decided:
            raise UserError(
                self.env._(
                    "A credit decision was made on %s, so the order is kept. Cancel "
                    "it instead of deleting it.",
                    ", ".join(decided.mapped("name")),
                )
            )

    def _action_confirm(self):
        """Go on with the orders that became confirmed."""
        return super(
            SaleOrder, self.filtered(lambda order: order.state == "sale")
        )._action_confirm()

    def _should_be_locked(self):
        return self.state == "sale" and super()._should_be_locked()

    def _send_order_confirmation_mail(self):
        confirmed = self.filtered(lambda order: order.state == "sale")
        return super(SaleOrder, confirmed)._send_order_confirmation_mail()

    def _send_order_notification_mail(self, mail_template, allow_deferred_sending=True):
        """Render no document while other decisions on the client wait for this one.

        The renderer would ask another worker for styles, and all of them may be
        waiting for the lock.
        """
        if (
            allow_deferred_sending
            and mail_template
            and mail_template.sudo().report_template_ids
            and self.env["kam.credit.lock"]._is_held()
        ):
            self.env["kam.credit.task"]._add(
                [
                    {
                        "kind": "mail",
                        "order_id": self.id,
                        "template_id": mail_template.id,
                    }
                ]
            )
            return None
        # called as core calls it, so that whoever extends it sees the same
        options = {} if allow_deferred_sending else {"allow_deferred_sending": False}
        return super()._send_order_notification_mail(mail_template, **options)

    def _prepare_invoice(self):
        """Invoice the debtor of the confirmation, if the address has left him."""
        vals = super()._prepare_invoice()
        debtor = self.sudo().credit_debtor_id
        address = self.partner_invoice_id.commercial_partner_id
        if self.state == "sale" and debtor and address != debtor:
            vals["partner_id"] = debtor.id
        return vals

    def _force_lines_to_invoice_policy_order(self):
        """Invoice all that was ordered, but for orders on hold."""
        self.check_access("write")
        free = self.filtered(lambda order: not order._is_credit_stopped())
        # The quantity may be written by this method only, so as superuser.
        return super(SaleOrder, free.sudo())._force_lines_to_invoice_policy_order()

    def _get_default_payment_link_values(self):
        """Suggest the shortfall where prepayment of a held order is asked for.

        To those only who may see the figures of the decision.
        """
        values = super()._get_default_payment_link_values()
        decision = self.credit_decision_id._filtered_access("read")
        if self.env.context.get("kam_prepayment") and decision._is_waiting():
            short = decision.shortfall or decision.order_amount
            short = self.currency_id.round(short * (self._get_credit_rate() or 0.0))
            amount = min(values["amount_max"], short)
            # core asks for no less than what confirms an order; this one is judged
            required = min(values.get("prepayment_amount") or 0.0, amount)
            values |= {"amount": amount, "prepayment_amount": required}
        return values

    # --- buttons ---

    def action_confirm_selected(self):
        """Confirm the quotations among the selected orders (list action).

        :return: a notification that tells what became of them
        """
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        result = quotations.action_confirm() if quotations else True
        if result is not True:
            return result
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Confirmed orders: %s", len(quotations)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_credit_request(self, comment):
        """Ask those who may release this held order to do so.

        :param comment: why the order should go out
        :raise UserError: the order is not held, or the comment is empty
        """
        self.ensure_one()
        self.check_access("write")
        decision = self.sudo().credit_decision_id
        if not decision._is_waiting():
            raise UserError(self.env._("The order %s is not on hold.", self.name))
        comment = self._take_text(comment, self.env._("Comment"))
        if not comment:
            raise UserError(
                self.env._("Write why the order should be released, in a few words.")
            )
        self.env["kam.credit.request"].sudo().create(
            {
                "decision_id": decision.id,
                "comment": comment,
                "user_id": self.env.uid,
            }
        )
        self.env["kam.credit.messenger"]._ask_releasers(self, decision, comment)
        return True

    def action_credit_release(self):
        """Open the dialog that releases the held order."""
        self.ensure_one()
        return self.credit_decision_id.action_open_release()

    def action_credit_reject(self):
        """Open the dialog that rejects the held order."""
        self.ensure_one()
        return self.credit_decision_id.action_open_reject()

    def action_credit_cut(self):
        """Open the dialog that takes off what exceeds the limit.

        :raise AccessError: if the user may not see the figures of the decision
        """
        self.ensure_one()
        self.check_access("write")
        self.credit_decision_id.check_access("read")
        cut = self.env["sale.order.credit.cut"].create({"order_id": self.id})
        cut._propose()
        action = self._open_dialog(cut._name, self.env._("Cut to Fit"))
        return {**action, "res_id": cut.id}

    def action_credit_prepayment(self):
        """Ask the customer to pay the shortfall in advance: open a payment link."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sale.action_sale_order_generate_link"
        )
        action["context"] = {
            "active_id": self.id,
            "active_model": "sale.order",
            "kam_prepayment": True,
        }
        return action

    def action_open_credit_decision(self):
        """Open the latest credit decision."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.credit.decision",
            "res_id": self.credit_decision_id.id,
            "view_mode": "form",
        }

    def action_open_credit_decisions(self):
        """Open the credit decisions on this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "key_account_management.kam_credit_decision_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_print_credit_decision(self):
        """Print the decision sheet of the latest decision."""
        self.ensure_one()
        report = self.env.ref(
            "key_account_management.action_report_kam_credit_decision"
        )
        return report.report_action(self.credit_decision_id)
