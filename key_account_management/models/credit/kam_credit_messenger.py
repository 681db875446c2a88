from odoo import SUPERUSER_ID, api, models
from odoo.tools import format_date

HOLD_ACTIVITY = "key_account_management.mail_activity_type_credit"


class KamCreditMessenger(models.AbstractModel):
    """Who hears of the credit decision on an order, and in which words.

    Each in his own language; without figures where somebody reads who may not see
    them.
    """

    _name = "kam.credit.messenger"
    _description = "Messages on Credit Decisions"

    @api.model
    def _tell_hold(self, order, decision):
        """Tell salesperson and manager; give those who can release an activity."""
        if not decision.sudo()._is_repeated():
            words = self._for_reader(order)
            self._notify(
                order, self._get_log_body(words, decision), self._get_concerned(order)
            )
        self._ask_releasers(order, decision)
        self._tell_customer(order)

    @api.model
    def _tell_allowed(self, order, decision, was_decided):
        """Show a warning in the history; close what may be open for a hold."""
        if decision.outcome == "warn":
            self._log(order, decision)
        if was_decided:
            self._close_activities(order)

    @api.model
    def _tell_freed(self, order, decision):
        """Tell those concerned that the confirmed order is on hold no more."""
        self._close_activities(order)
        self._log(order, decision)

    @api.model
    def _tell_ready(self, order):
        """Tell salesperson and manager that the held order can be confirmed now."""
        self._close_activities(order)
        words = self._for_reader(order).env
        self._notify(
            order,
            words._("The order is ready: its credit decision lets it go out now."),
            self._get_concerned(order),
        )

    @api.model
    def _tell_answer(self, order, decision):
        """Tell salesperson and manager that the order is released or rejected."""
        words = self._for_reader(order).env
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
        self._close_activities(order)
        self._notify(order, body, self._get_concerned(order))

    @api.model
    def _tell_customer(self, orders):
        """Tell the customer once that his order was received and is being checked.

        Only if he himself signed or paid just now: portal and public users, or the
        system when it processes a payment. As superuser, since the customer may not
        post; it lets out nothing of the decision.
        """
        is_system = self.env.uid == SUPERUSER_ID
        if not (self.env.user.share or is_system):
            return
        template = self.env.ref(
            "key_account_management.mail_template_order_received",
            raise_if_not_found=False,
        )
        for order in orders.sudo():
            if order.credit_customer_told or not order._is_credit_being_checked():
                continue
            order.credit_customer_told = True
            order._send_order_notification_mail(template)

    @api.model
    def _ask_releasers(self, order, decision, comment=""):
        """Give each releaser an activity; send him the comment, if there is one."""
        order = order.sudo()
        users = self.env["kam.credit.authority"]._get_releasers(decision.sudo())
        activities = order.activity_search([HOLD_ACTIVITY])
        kept = activities.filtered(lambda activity: activity.user_id in users)
        (activities - kept).unlink()
        for user in users - kept.user_id:
            note = self._get_log_body(self._for_reader(order, user), decision)
            order.with_context(mail_activity_quick_update=True).activity_schedule(
                HOLD_ACTIVITY, user_id=user.id, note=note
            )
        if comment:
            words = self._for_reader(order, users[:1]).env
            self._notify(
                order, words._("Release asked for: %s", comment), users.partner_id
            )

    @api.model
    def _close_activities(self, orders):
        orders.sudo().activity_unlink([HOLD_ACTIVITY])

    @api.model
    def _for_reader(self, order, user=None):
        """Return the order in the language of whoever reads about it.

        Never in that of who set it going: a customer who signs, or the system.

        :param user: res.users; default the salesperson, else who answers for the client
        """
        known = order.sudo()
        client = known.credit_decision_id.client_id or known.kam_client_id
        reader = user or client._get_responsible_user(known.company_id, known.user_id)
        return order.with_context(lang=reader._get_kam_words(known.company_id).lang)

    @api.model
    def _get_log_body(self, words, decision):
        """Return outcome and rules without figures.

        Whoever may read the order reads its history; the figures are in the decision,
        for those who may see the client.

        :param words: order in the language to write in
        """
        decision = decision.with_context(lang=words.env.lang)
        rules = decision.reason_ids.filtered(lambda r: r.outcome != "pass")
        return words.env._(
            "Credit decision: %(outcome)s (%(rules)s)",
            outcome=decision._get_label("outcome"),
            rules=", ".join(r._get_rule()._get_label() for r in rules) or "–",
        )

    @api.model
    def _get_concerned(self, order):
        """Return the partners who wait for the answer: salesperson and manager."""
        order = order.sudo()
        decision = order.credit_decision_id
        clients = decision.client_id | decision.ordering_client_id
        users = order.user_id | clients._get_acting_managers()
        users |= decision.request_ids.user_id
        return users.filtered(lambda user: user.active and not user.share).partner_id

    @api.model
    def _log(self, order, decision):
        """Keep the decision in the history of the order."""
        body = self._get_log_body(self._for_reader(order), decision)
        order.sudo()._message_log(body=body)

    @api.model
    def _notify(self, order, body, partners):
        """Post an internal note that reaches exactly these partners.

        What a customer set going is told by OdooBot.
        """
        author = self.env.user.partner_id
        if self.env.user.share:
            author = self.env.ref("base.partner_root")
        order.sudo().message_post(
            body=body,
            author_id=author.id,
            partner_ids=(partners - self.env.user.partner_id).ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
