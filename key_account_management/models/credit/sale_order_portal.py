import random
import time

from odoo import SUPERUSER_ID, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY


class SaleOrder(models.Model):
    """What a customer hears whose order waits for a credit decision.

    That it was received and is being checked: no figure, no reason, no outcome.
    """

    _inherit = "sale.order"

    credit_customer_told = fields.Boolean(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The customer was told that his order is being checked.",
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

    def _credit_tell_customer(self):
        """Tell the customer once that his order was received and is being checked.

        Only if he himself signed or paid just now: portal and public users, or the
        system when it processes a payment. Runs as superuser, since the customer may
        not post; it lets out nothing of the decision.
        """
        is_system = self.env.uid == SUPERUSER_ID
        if not (self.env.user.share or is_system):
            return
        template = self.env.ref(
            "key_account_management.mail_template_order_received",
            raise_if_not_found=False,
        )
        for order in self.sudo():
            if order.credit_customer_told or not order._is_credit_being_checked():
                continue
            order.credit_customer_told = True
            order._send_order_notification_mail(template)

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

    def _credit_sign(self, vals, author):
        """Store the signature of a customer, decide and commit.

        What takes long is left to a task. A customer does not wait for the decisions
        of others longer than for one lock: then his order stays signed and is judged
        by a task. Any other error leaves nothing behind, the signature included.

        :param vals: values of the signature
        :param author: partner who signed
        """
        seconds = self.env["kam.credit.lock"]._get_wait_seconds()
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                self._credit_store_signature(vals, author)
                self.with_context(kam_lock_seconds=max(left, 0.1))._validate_order()
                self.env.cr.commit()  # pylint: disable=invalid-commit
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # As Odoo's request handling does, with shorter pauses.
                self.env.cr.rollback()
                self.env.transaction.reset()
                time.sleep(random.uniform(0.02, 0.2))
        self._credit_store_signature(vals, author)
        self.env["kam.credit.task"]._add([{"kind": "judge", "order_id": self.id}])
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _credit_store_signature(self, vals, author):
        self.write(vals)
        self.env["kam.credit.task"]._add(
            [{"kind": "signature", "order_id": self.id, "author_id": author.id}]
        )

    def _credit_post_signed(self, author):
        """Keep the signed document in the history, as the portal does for others."""
        order = self.with_context(lang=self.partner_id.lang)
        reports = self.env["ir.actions.report"].sudo()
        pdf, _kind = reports._render_qweb_pdf(
            "sale.action_report_saleorder", [order.id]
        )
        order.message_post(
            attachments=[(f"{order.name}.pdf", pdf)],
            author_id=author.id,
            body=order.env._("Order signed by %s", order.signed_by),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
