from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

HOLD_ACTIVITY = "key_account_management.mail_activity_type_credit"
# Who may read decisions at all.
DECISION_GROUPS = (
    "key_account_management.group_kam_user,"
    "key_account_management.group_kam_support,"
    "key_account_management.group_kam_credit"
)


class SaleOrder(models.Model):
    """Where an order stands with its credit decisions, and what can be done."""

    _inherit = "sale.order"

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

    @api.model
    def default_get(self, fields):
        """Take no default, which anybody may choose, for what the system computes."""
        return super().default_get(
            [name for name in fields if name not in self._credit_protected_fields]
        )

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

    def _is_credit_held(self):
        """Tell whether a confirmed order is on hold."""
        self.ensure_one()
        order = self.sudo()
        return order.state == "sale" and order.credit_state in ("hold", "rejected")

    def _is_credit_capped(self):
        """Tell whether to ship and invoice no more: on hold, or the rest closed."""
        return self._is_credit_held() or (
            self.state == "sale" and self.sudo().credit_rest_closed
        )

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
        free = self.filtered(lambda order: not order._is_credit_capped())
        # The quantity may be written by this method only, so as superuser.
        return super(SaleOrder, free.sudo())._force_lines_to_invoice_policy_order()

    # --- buttons ---

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
        self._credit_ask_releasers(decision, comment)
        return True

    def action_open_credit_decisions(self):
        """Open the credit decisions on this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "key_account_management.kam_credit_decision_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_credit_cut(self):
        """Open the dialog that takes off what exceeds the limit.

        :raise AccessError: if the user may not see the figures of the decision
        """
        self.ensure_one()
        self.check_access("write")
        self.credit_decision_id.check_access("read")
        cut = self.env["sale.order.credit.cut"].create({"order_id": self.id})
        cut._propose()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cut to Fit"),
            "res_model": cut._name,
            "res_id": cut.id,
            "view_mode": "form",
            "target": "new",
        }

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

    # --- telling those concerned ---

    def _credit_tell_hold(self, decision):
        """Tell salesperson and manager; give those who can release an activity."""
        self.ensure_one()
        if not decision.sudo()._is_repeated():
            self._credit_notify(
                self._credit_for_reader()._credit_get_log_body(decision),
                self.sudo()._credit_get_concerned(),
            )
            self._credit_tell_customer()
        self._credit_ask_releasers(decision)

    def _credit_for_reader(self, user=None):
        """Return the order in the language of whoever reads about it.

        Never in that of who set it going: a customer who signs, or the system.

        :param user: res.users; default the salesperson, else who answers for the client
        """
        order = self.sudo()
        client = order.credit_decision_id.client_id or order.kam_client_id
        reader = user or client._get_responsible_user(order.company_id, order.user_id)
        return self.with_context(lang=reader._get_kam_words(order.company_id).lang)

    def _credit_get_log_body(self, decision):
        """Return outcome and rules without figures.

        Whoever may read the order reads its history; the figures are in the decision,
        for those who may see the client.
        """
        decision = decision.with_context(lang=self.env.lang)
        rules = decision.reason_ids.filtered(lambda r: r.outcome != "pass")
        return self.env._(
            "Credit decision: %(outcome)s (%(rules)s)",
            outcome=decision._get_label("outcome"),
            rules=", ".join(rule._get_rule_label() for rule in rules) or "–",
        )

    def _credit_ask_releasers(self, decision, comment=""):
        """Give each releaser an activity; send him the comment, if there is one."""
        order = self.sudo()
        users = self.env["kam.credit.authority"]._get_releasers(decision.sudo())
        activities = order.activity_search([HOLD_ACTIVITY])
        activities.filtered(lambda a: a.user_id not in users).unlink()
        for user in users - activities.user_id:
            note = self._credit_for_reader(user)._credit_get_log_body(decision)
            order.with_context(mail_activity_quick_update=True).activity_schedule(
                HOLD_ACTIVITY, user_id=user.id, note=note
            )
        if comment:
            words = self._credit_for_reader(users[:1]).env
            self._credit_notify(
                words._("Release asked for: %s", comment), users.partner_id
            )

    def _credit_close_activities(self):
        self.sudo().activity_unlink([HOLD_ACTIVITY])

    def _credit_get_concerned(self):
        """Return the partners who wait for the answer: salesperson and manager."""
        decision = self.credit_decision_id
        clients = decision.client_id | decision.ordering_client_id
        users = self.user_id | clients._get_acting_managers()
        users |= decision.request_ids.user_id
        return users.filtered(lambda user: user.active and not user.share).partner_id

    def _credit_tell_answer(self, decision):
        """Tell salesperson and manager that the order is released or rejected."""
        self.ensure_one()
        words = self._credit_for_reader().env
        if decision.state == "released":
            body = words._(
                "Released by %(user)s up to %(amount)s until %(until)s: %(reason)s",
                user=decision.release_user_id.name,
                amount=decision.with_env(words)._format_amount(decision.release_amount),
                until=format_date(words, decision.release_until),
                reason=decision.release_reason,
            )
        else:
            body = words._("Rejected: %s", decision.reject_reason)
        self._credit_close_activities()
        self._credit_notify(body, self._credit_get_concerned())

    def _credit_tell_ready(self):
        """Tell salesperson and manager that the held order can be confirmed now."""
        self._credit_close_activities()
        words = self._credit_for_reader().env
        self._credit_notify(
            words._("The order is ready: its credit decision lets it go out now."),
            self._credit_get_concerned(),
        )

    def _credit_notify(self, body, partners):
        """Post an internal note that reaches exactly these partners.

        What a customer set going is told by OdooBot.
        """
        author = self.env.user.partner_id
        if self.env.user.share:
            author = self.env.ref("base.partner_root")
        self.sudo().message_post(
            body=body,
            author_id=author.id,
            partner_ids=(partners - self.env.user.partner_id).ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
