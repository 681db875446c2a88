from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

AGING = ("not_due", "1_30", "31_60", "61_90", "over_90", "unallocated")
ZERO = dict.fromkeys(
    ("receivable", "overdue", "overdue_gate", "oldest_overdue_days", *AGING), 0.0
)
_ROOT = SQL("split_part(company.parent_path, '/', 1)::int")


class KamCreditLedger(models.AbstractModel):
    """The figures of key clients as the documents have them (DESIGN: numbers).

    Keys are ``(client id, root company id)``: all partners of the client and all
    branches of the company are pooled. Money in the currency of the company. The
    queries read every document, whatever the user may see: the callers let out no
    more than the figures of clients that the user may read.
    """

    _name = "kam.credit.ledger"
    _description = "Credit Figures of Key Clients"

    @api.model
    def _today(self):
        """Return today in the time zone of the user.

        Not from the context, which a caller could choose.
        """
        return fields.Date.context_today(self.with_context(tz=self.env.user.tz))

    @api.model
    def _get_receivables(self, keys, grace_days=0):
        """Return receivable, overdue and aging per key, as the gate sees them today.

        Debits count whatever their date, credits up to today. ``overdue`` is
        without grace and gross; ``overdue_gate`` is what is more than
        ``grace_days`` past due, net of unallocated credits (never below 0).

        :param keys: iterable of (client id, root company id)
        :return: dict key -> dict with the names of :data:`ZERO`
        """
        keys = set(keys)
        result = {key: dict(ZERO) for key in keys}
        if not keys:
            return result
        self.env["account.move.line"].flush_model()
        self.env["res.partner"].flush_model(["kam_client_id"])
        rows = self.env.execute_query(self._receivable_query(keys, grace_days))
        for client_id, root_id, *figures in rows:
            if (client_id, root_id) in result:
                values = dict(zip(ZERO, map(float, figures), strict=True))
                result[client_id, root_id] = values
        return result

    def _receivable_query(self, keys, grace_days):
        today = self._today()
        return SQL(
            """
            SELECT client_id, root_id,
                   SUM(residual),
                   COALESCE(SUM(residual) FILTER (
                        WHERE residual > 0 AND days > 0), 0),
                   GREATEST(0, COALESCE(SUM(residual) FILTER (
                        WHERE residual < 0 OR days > %(grace)s), 0)),
                   COALESCE(MAX(days) FILTER (WHERE residual > 0 AND days > 0), 0),
                   COALESCE(SUM(residual) FILTER (WHERE residual > 0 AND days <= 0), 0),
                   COALESCE(SUM(residual) FILTER (
                        WHERE residual > 0 AND days BETWEEN 1 AND 30), 0),
                   COALESCE(SUM(residual) FILTER (
                        WHERE residual > 0 AND days BETWEEN 31 AND 60), 0),
                   COALESCE(SUM(residual) FILTER (
                        WHERE residual > 0 AND days BETWEEN 61 AND 90), 0),
                   COALESCE(SUM(residual) FILTER (
                        WHERE residual > 0 AND days > 90), 0),
                   COALESCE(SUM(residual) FILTER (WHERE residual < 0), 0)
              FROM (%(items)s) item
          GROUP BY client_id, root_id
            """,
            grace=grace_days,
            items=self._receivable_items(keys, today),
        )

    def _receivable_items(self, keys, today):
        """SQL of the open receivable items of the keys.

        The accounts are read first, as an array: the index on unreconciled items
        is by account and partner.
        """
        return SQL(
            """
            SELECT partner.kam_client_id AS client_id, %(root)s AS root_id,
                   line.amount_residual AS residual,
                   %(today)s - COALESCE(line.date_maturity, line.date) AS days
              FROM account_move_line line
              JOIN res_partner partner ON partner.id = line.partner_id
              JOIN res_company company ON company.id = line.company_id
             WHERE line.account_id = ANY(ARRAY(
                        SELECT id FROM account_account
                         WHERE account_type = 'asset_receivable'))
               AND line.reconciled IS NOT TRUE
               AND line.parent_state = 'posted'
               AND (line.amount_residual > 0 OR line.date <= %(today)s)
               AND partner.kam_client_id IN %(clients)s
            """,
            root=_ROOT,
            today=today,
            clients=self._client_ids(keys),
        )

    @api.model
    def _get_uninvoiced(self, keys, horizon_days=0, excluding=()):
        """Return the rest of confirmed orders per key.

        :param keys: iterable of (client id, root company id)
        :param horizon_days: leave out orders to be delivered later than so many
            days from today; 0: none
        :param excluding: ids of orders that are judged
        :return: dict key -> amount
        """
        keys = set(keys)
        result = dict.fromkeys(keys, 0.0)
        if not keys:
            return result
        self.env["sale.order"].flush_model(
            ["state", "credit_rest", "partner_invoice_id", "commitment_date"]
        )
        self.env["res.partner"].flush_model(["kam_client_id"])
        query = self._uninvoiced_query(keys, horizon_days, excluding)
        for client_id, root_id, amount in self.env.execute_query(query):
            if (client_id, root_id) in result:
                result[client_id, root_id] = float(amount)
        return result

    def _uninvoiced_query(self, keys, horizon_days, excluding):
        conditions = [SQL("partner.kam_client_id IN %s", self._client_ids(keys))]
        if excluding:
            conditions.append(SQL("orders.id NOT IN %s", tuple(excluding)))
        if horizon_days:
            last = self._today() + timedelta(days=horizon_days)
            conditions.append(
                SQL(
                    "(orders.commitment_date IS NULL OR orders.commitment_date <= %s)",
                    datetime.combine(last, time.max),
                )
            )
        return SQL(
            """
            SELECT partner.kam_client_id, %(root)s, SUM(orders.credit_rest)
              FROM sale_order orders
              JOIN res_partner partner ON partner.id = orders.partner_invoice_id
              JOIN res_company company ON company.id = orders.company_id
             WHERE orders.state = 'sale' AND orders.credit_rest > 0 AND %(where)s
          GROUP BY 1, 2
            """,
            root=_ROOT,
            where=SQL(" AND ").join(conditions),
        )

    def _client_ids(self, keys):
        return tuple({client_id for client_id, _root in keys})
