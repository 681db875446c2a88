from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

MEMORY_MONTHS = 3
TOLERANCE = 1.0  # one unit of the currency


class KamPromise(models.Model):
    """Judging the promises of clients by the money that came."""

    _inherit = "kam.promise"

    @api.model
    def _cron_judge(self):
        """Judge promises, one company per commit; safe to repeat."""
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=len(companies))
        for company in companies:
            self._judge(company)
            if not progress._commit_progress(processed=1):
                break

    @api.model
    def _judge(self, company=None):
        """Judge the clients' promises of a company, in a few queries for all.

        Receipts count that are dated from the day of the promise through its
        deadline; each unit of money once, for the promise with the earliest date.
        Promises of the last months are judged again, since money may be posted late.

        :param company: root company; default that of the user
        """
        company = company or self.env.company.root_id
        today = company._kam_today()
        clients = self.search(
            [
                ("direction", "=", "theirs"),
                ("company_id", "=", company.id),
                ("state", "in", ["open", "partly", "broken"]),
                ("date", ">=", fields.Date.subtract(today, months=MEMORY_MONTHS)),
            ]
        ).client_id
        promises = self.search(
            [
                ("direction", "=", "theirs"),
                ("state", "!=", "cancelled"),
                ("company_id", "=", company.id),
                ("client_id", "in", clients.ids),
            ],
            order="date, id",
        )
        paid = promises._get_paid(company)
        for promise in promises:
            promise._judge_one(paid[promise], today)

    def _judge_one(self, paid, today):
        """Write what came and the verdict, if they differ from those there."""
        self.ensure_one()
        vals = (
            {"paid": paid} if self.currency_id.compare_amounts(paid, self.paid) else {}
        )
        if today > self.company_id._get_promise_deadline(self.date):
            state = self._get_verdict(paid)
            if state != self.state:
                vals["state"] = state
        if not vals:
            return
        was_judged = self.state in ("broken", "partly")
        self.write(vals)
        if was_judged and "state" in vals:
            self.message_post(
                body=self.env._("Judged again: the money was posted or changed later.")
            )

    def _get_verdict(self, paid):
        if self.currency_id.compare_amounts(self.amount - paid, TOLERANCE) <= 0:
            return "kept" if paid > 0 else "broken"
        return "partly" if self.currency_id.compare_amounts(paid, 0) > 0 else "broken"

    def _get_paid(self, company):
        """Return the money in time for each promise of ``self``, in their order."""
        receipts = self._get_receipts(company)
        matched = self._get_matched()
        left = {line_id: amount for _, line_id, _, amount in receipts}
        dates = {line_id: date for _, line_id, date, _ in receipts}
        by_client = defaultdict(list)
        for client_id, line_id, _, amount in receipts:
            by_client[client_id].append((line_id, amount))
        result = {}
        for promise in self:
            deadline = company._get_promise_deadline(promise.date)
            parts = by_client[promise.client_id.id]
            if promise.move_ids:
                parts = [p for m in promise.move_ids for p in matched.get(m.id, ())]
            paid = 0.0
            for line_id, amount in parts:
                if promise.date_made <= dates.get(line_id, deadline) <= deadline:
                    used = min(amount, left.get(line_id, 0), promise.amount - paid)
                    left[line_id] = left.get(line_id, 0) - used
                    paid += used
            result[promise] = company.currency_id.round(paid)
        return result

    def _get_receipts(self, company):
        """Return (client id, item id, date, amount) of money, oldest first.

        Money is a credit on a receivable account in a journal of bank or cash.
        """
        if not self:
            return []
        self.env["account.move.line"].flush_model()
        self.env["res.partner"].flush_model(["kam_client_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.kam_client_id, line.id, line.date, -line.balance
                  FROM account_move_line line
                  JOIN res_partner partner ON partner.id = line.partner_id
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN account_journal journal ON journal.id = line.journal_id
                   AND journal.type IN ('bank', 'cash', 'credit')
                 WHERE partner.kam_client_id IN %(clients)s
                   AND line.company_id IN %(companies)s
                   AND line.parent_state = 'posted' AND line.balance < 0
                   AND line.date >= %(start)s
              ORDER BY line.date, line.id
                """,
                clients=tuple(self.client_id.ids),
                companies=self._get_branches(company),
                start=min(self.mapped("date_made")),
            )
        )
        return [
            (client, line, date, float(amount)) for client, line, date, amount in rows
        ]

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
