import logging
import random
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Documents take seconds each, so that decisions do not wait for them.
DECIDING = ("review", "judge")
SENDING = ("mail", "signature", "invoice")
JOBS = {"ir_cron_credit_task": DECIDING, "ir_cron_credit_task_send": SENDING}
MAX_TRIES = 5
# How often a client that somebody else decides on is tried within one run.
TRIES_AT_ONCE = 5


class KamCreditTask(models.Model):
    """What is left to do once the transaction that asks for it is committed.

    Two kinds of work must not be done by that transaction itself:

    * judging held orders again: it does not see a hold that another transaction
      records at the same moment, and the other one does not see what it changed. Both
      leave a task, so that whichever commits last is followed by a review.
    * documents and mails of an order that was just decided: rendering takes seconds
      and asks another worker for styles and pictures, while all workers may be
      waiting for the lock of the client.

    Rows are only ever added, and deleted one by one, so nobody waits for anybody. A
    task has no company: held orders of a client are judged in all its companies.
    """

    _name = "kam.credit.task"
    _description = "Work Left after a Credit Decision"
    _inherit = ["kam.guard.mixin"]
    _order = "id"
    _rec_name = "kind"

    _system_only = True

    kind = fields.Selection(
        [
            ("review", "Judge held orders again"),
            ("judge", "Judge a signed order"),
            ("mail", "Send a mail"),
            ("signature", "Keep the signed document"),
            ("invoice", "Send the invoice"),
        ],
        required=True,
        readonly=True,
    )
    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
        help="Whose held orders to judge; everybody's if empty.",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
    )
    template_id = fields.Many2one(
        comodel_name="mail.template", ondelete="cascade", readonly=True
    )
    author_id = fields.Many2one(
        comodel_name="res.partner",
        ondelete="cascade",
        readonly=True,
        help="Who signed the order.",
    )
    transaction_id = fields.Many2one(
        comodel_name="payment.transaction", ondelete="cascade", readonly=True
    )
    failures = fields.Integer(readonly=True, help="How often it failed so far.")
    error = fields.Char(readonly=True, help="Why it failed last time.")
    date_next = fields.Datetime(
        string="Not Before", readonly=True, help="When a failed task is tried again."
    )

    @api.model
    def _add(self, vals_list):
        """Leave tasks to be done right after the commit.

        Written past the rights: whoever confirms or posts has none to tasks.

        :param vals_list: list of dicts of ``kind`` and the ids that it needs
        """
        for name, kinds in JOBS.items():
            if rows := [vals for vals in vals_list if vals["kind"] in kinds]:
                self._insert(name, rows)
        callbacks = self.env.cr.postcommit
        if not callbacks.data.get("kam_jobs_woken"):
            callbacks.data["kam_jobs_woken"] = True
            callbacks.add(self.env["ir.cron"]._notifydb)

    @api.model
    def _insert(self, job, vals_list):
        """Write tasks and ask for their job, as ``ir.cron._trigger`` does.

        One statement, since each posting of a key client's invoice comes here: by the
        ORM it would be four. Rows are added only, so that nobody waits for anybody.
        """
        ids = ("client_id", "order_id", "template_id", "author_id", "transaction_id")
        rows = (
            SQL(
                "(%s, %s, 0, %s, %s, %s)",
                vals["kind"],
                SQL(", ").join(SQL("%s", vals.get(name) or None) for name in ids),
                SQL("now() AT TIME ZONE 'UTC'"),
                self.env.uid,
                self.env.uid,
            )
            for vals in vals_list
        )
        self.env.cr.execute(
            SQL(
                """
                WITH woken AS (
                    INSERT INTO ir_cron_trigger (cron_id, call_at)
                         SELECT cron.id, %(now)s
                           FROM ir_model_data data
                           JOIN ir_cron cron ON cron.id = data.res_id AND cron.active
                          WHERE data.module = 'key_account_management'
                            AND data.name = %(job)s
                )
                INSERT INTO kam_credit_task (kind, %(ids)s, failures, create_date,
                                             create_uid, write_uid)
                     VALUES %(rows)s
                """,
                now=fields.Datetime.now(),
                job=job,
                ids=SQL(", ").join(map(SQL.identifier, ids)),
                rows=SQL(", ").join(rows),
            )
        )

    @api.model
    def _add_reviews(self, clients=None):
        """Have the held orders of clients judged again after the commit.

        :param clients: kam.client; default all
        """
        ids = [None] if clients is None else clients.ids
        if ids:
            self._add([{"kind": "review", "client_id": number} for number in ids])

    # --- signing ---

    @api.model
    def _sign(self, order, vals, author):
        """Store the signature of a customer, decide and commit.

        What takes long is left to a task. A customer does not wait for the decisions
        of others longer than for one lock: then his order stays signed and is judged
        by a task. Any other error leaves nothing behind, the signature included.

        :param order: sale.order as superuser
        :param vals: values of the signature
        :param author: partner who signed
        """
        cr = self.env.cr
        until = time.monotonic() + self.env["kam.credit.lock"]._get_wait_seconds()
        while (left := until - time.monotonic()) > 0:
            try:
                self._store_signature(order, vals, author)
                order.with_context(kam_lock_seconds=max(left, 0.1))._validate_order()
                cr.commit()  # pylint: disable=invalid-commit
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # As Odoo's request handling does, with shorter pauses.
                cr.rollback()
                self.env.transaction.reset()
                time.sleep(random.uniform(0.02, 0.2))
        self._store_signature(order, vals, author)
        self._add([{"kind": "judge", "order_id": order.id}])
        cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _store_signature(self, order, vals, author):
        order.write(vals)
        self._add([{"kind": "signature", "order_id": order.id, "author_id": author.id}])

    @api.model
    def _post_signed(self, order, author):
        """Keep the signed document in the history, as the portal does for others."""
        order = order.with_context(lang=order.partner_id.lang)
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

    # --- jobs ---

    @api.model
    def _cron_decide(self):
        """Judge what is waiting for it, one client per commit."""
        self._run_all(DECIDING)

    @api.model
    def _cron_send(self):
        """Make and send what was left for later, one document per commit."""
        self._run_all(SENDING)

    @api.model
    def _run_all(self, kinds):
        tasks = self.search(
            [
                ("kind", "in", kinds),
                ("failures", "<", MAX_TRIES),
                "|",
                ("date_next", "=", False),
                ("date_next", "<=", fields.Datetime.now()),
            ]
        )
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=len(tasks))
        for task in tasks:
            for _attempt in range(TRIES_AT_ONCE):
                is_done = task[0]._run()  # no prefetch after each commit
                seconds_left = progress._commit_progress(processed=int(is_done))
                if is_done or not seconds_left:
                    break
            if not seconds_left:
                self._go_on(kinds)
                break

    @api.model
    def _go_on(self, kinds):
        """Do what is left as soon as other jobs had their turn.

        Core wakes its workers for a new trigger alone: a job that ended for lack of
        time would wait for their next look, up to 70 seconds later.
        """
        for name, kinds_of_job in JOBS.items():
            if kinds_of_job == kinds:
                self.env.ref(f"key_account_management.{name}").sudo()._trigger()

    def _run(self):
        """Do this task and delete it.

        :return: False if somebody else decides on the client just now: to be tried
            again on the figures after that
        """
        if not self.try_lock_for_update():
            return True  # done already, or another job is at it
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_run_{self.kind}")()
                self.unlink()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            _logger.info("Task %s waits: somebody else decides.", self.id)
            return False
        except Exception as error:
            _logger.exception("Task %s (%s) failed.", self.id, self.kind)
            self._fail(error)
        return True

    def _fail(self, error):
        """Keep the task for later and show why to who looks after its client."""
        tries = self.failures + 1
        self.write(
            {
                "failures": tries,
                "error": str(error),
                "date_next": fields.Datetime.now() + timedelta(minutes=10 * tries),
            }
        )
        if record := self.order_id or self.client_id:
            self.env["kam.job"]._tell(record, str(error))

    def _run_review(self):
        self.env["kam.credit.gate"]._review_held(self.client_id)

    def _run_judge(self):
        """Confirm or hold an order that was signed while somebody else decided."""
        if self.order_id.state in ("draft", "sent"):
            self.order_id._validate_order()

    def _run_mail(self):
        self.order_id._send_order_notification_mail(
            self.template_id, allow_deferred_sending=False
        )

    def _run_signature(self):
        self._post_signed(self.order_id, self.author_id)

    def _run_invoice(self):
        self.transaction_id._send_invoice()
