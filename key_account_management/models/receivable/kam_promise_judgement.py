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
        """Judge promises, one per commit; safe to repeat."""
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        job, paid = self.env["kam.job"], {}
        for company in companies:
            job._try(company, lambda one: paid.update(self._get_verdicts(one)))
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
        for promise, paid in self._get_verdicts(company).items():
            promise._judge_one(paid)

    @api.model
    def _get_verdicts(self, company):
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
            and promise._prepare_verdict_vals(paid[promise], today)
        }

    def _judge_one(self, paid):
        """Write what came and the verdict, if they differ from those there."""
        self.ensure_one()
        was_judged = self.state != "open"
        today = self.company_id._kam_today()
        vals = self._prepare_verdict_vals(paid, today)
        if not vals:
            return
        self.write(vals)
        if was_judged and "state" in vals:
            user = self.client_id._get_responsible_user(self.company_id, self.user_id)
            words = user._get_kam_words(self.company_id)
            self.message_post(
                body=words._("Judged again: the money was posted or changed later.")
            )

    def _prepare_verdict_vals(self, paid, today):
        """Return what changes by the money that came: its amount, and the state.

        A promise whose money is all there is kept at once; any other is judged when
        its deadline has passed.
        """
        self.ensure_one()
        vals = {}
        if self.currency_id.compare_amounts(paid, self.paid):
            vals["paid"] = paid
        is_over = today > self.company_id._get_promise_deadline(self.date)
        state = self._get_verdict(paid)
        if state != "kept" and not is_over:
            state = "open"
        if state != self.state:
            vals["state"] = state
        return vals

    def _get_verdict(self, paid):
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
