from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

MEMORY_MONTHS = 3
TOLERANCE = 1.0  # one unit of the currency


class KamPromiseJudge(models.AbstractModel):
    """What money came in time for the promises of clients, and what that makes of them.

    Money counts that came from the day of the promise through its deadline and was
    not given back by then; each unit of it once, for the promise with the earliest
    date. Amounts in company currency. The queries read all money of the clients,
    whatever the user may see; a few for all promises of a company.
    """

    _name = "kam.promise.judge"
    _description = "Judge of Promises"

    @api.model
    def _get_changed(self, company):
        """Return the money in time per promise of a company that changes by it.

        Promises of the last months are judged again, since money may be posted, or
        reversed, late. Their clients' earlier ones take part, for what they used up.
        """
        today = company._kam_today()
        theirs = [
            ("direction", "=", "theirs"),
            ("state", "!=", "cancelled"),
            ("company_id", "=", company.id),
        ]
        first = fields.Date.subtract(today, months=MEMORY_MONTHS)
        promises = self.env["kam.promise"]
        clients = promises.search([*theirs, ("date", ">=", first)]).client_id
        promises = promises.search(
            [*theirs, ("client_id", "in", clients.ids)], order="date, id"
        )
        paid = self._get_paid(promises, company)
        return {
            promise: paid[promise]
            for promise in promises
            if (promise.state == "open" or promise.date >= first)
            and self._prepare_vals(promise, paid[promise], today)
        }

    @api.model
    def _prepare_vals(self, promise, paid, today):
        """Return what changes by the money that came: its amount, and the state.

        A promise whose money is all there is kept at once; any other is judged when
        its deadline has passed.
        """
        vals = {}
        if promise.currency_id.compare_amounts(paid, promise.paid):
            vals["paid"] = paid
        is_over = today > promise.company_id._get_promise_deadline(promise.date)
        state = self._get_state(promise, paid)
        if state != "kept" and not is_over:
            state = "open"
        if state != promise.state:
            vals["state"] = state
        return vals

    def _get_state(self, promise, paid):
        compare = promise.currency_id.compare_amounts
        if compare(promise.amount - paid, TOLERANCE) <= 0:
            # a promise below the tolerance is not kept by no money at all
            return "kept" if paid > 0 else "broken"
        return "partly" if compare(paid, 0) > 0 else "broken"

    @api.model
    def _get_paid(self, promises, company):
        """Return the money in time for each promise, in their order."""
        matched = self._get_matched(promises.move_ids)
        receipts = self._get_receipts(promises, company, matched)
        returns = self._get_returns(receipts)
        used = defaultdict(float)
        by_client = defaultdict(list)
        for line_id, (client_id, _date, amount) in receipts.items():
            by_client[client_id].append((line_id, amount))
        result = {}
        for promise in promises:
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

    def _get_receipts(self, promises, company, matched):
        """Return dict item id -> (client id, date, amount) of money, oldest first.

        Money is a credit on a receivable account in a journal of bank or cash: of the
        clients, and of whoever else paid a document of theirs.

        :param matched: as of :meth:`_get_matched`
        """
        if not promises:
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
                clients=tuple(promises.client_id.ids),
                paying=(*paying, 0),
                companies=self._get_branches(company),
                start=min(promises.mapped("date_made")),
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

    def _get_matched(self, moves):
        """Return per document the (item id, amount) of the credits matched with it."""
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
