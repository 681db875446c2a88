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
        tz = self.env["res.users"].context_get().get("tz")
        return fields.Date.context_today(self.with_context(tz=tz))

    @api.model
    def _get_keys(self, records):
        """Return the key of each record that has a client and a company.

        A record that is not saved yet has no record rule: where its user may not read
        the client or has no access to the company, the key is nobody's, (0, 0).
        """
        companies = self.env.user.company_ids.root_id
        keys = {}
        for record in records:
            client, company = record.client_id._origin, record.company_id._origin
            is_visible = record.id or (
                client.has_access("read") and company.sudo().root_id in companies
            )
            keys[record] = (client.id, company.id) if is_visible else (0, 0)
        return keys

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
        return SQL(
            "SELECT client_id, root_id, %s FROM (%s) item GROUP BY client_id, root_id",
            self._receivable_sums(grace_days),
            self._receivable_items(keys, self._today()),
        )

    def _receivable_sums(self, grace_days):
        """SQL of the sums over open items, in the order of :data:`ZERO`."""

        def total(condition):
            return SQL("COALESCE(SUM(residual) FILTER (WHERE %s), 0)", condition)

        return SQL(", ").join(
            (
                total(SQL("TRUE")),
                total(SQL("residual > 0 AND days > 0")),
                SQL(
                    "GREATEST(0, %s)",
                    total(SQL("residual < 0 OR days > %s", grace_days)),
                ),
                SQL("COALESCE(MAX(days) FILTER (WHERE residual > 0 AND days > 0), 0)"),
                total(SQL("residual > 0 AND days <= 0")),
                total(SQL("residual > 0 AND days BETWEEN 1 AND 30")),
                total(SQL("residual > 0 AND days BETWEEN 31 AND 60")),
                total(SQL("residual > 0 AND days BETWEEN 61 AND 90")),
                total(SQL("residual > 0 AND days > 90")),
                total(SQL("residual < 0")),
            )
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
               AND line.amount_residual != 0
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
        self._flush_orders()
        rows = self.env.execute_query(
            SQL(
                "SELECT client_id, root_id, SUM(rest) FROM (%s) item "
                "GROUP BY client_id, root_id",
                self._rest_items(keys, horizon_days, excluding),
            )
        )
        for client_id, root_id, amount in rows:
            if (client_id, root_id) in result:
                result[client_id, root_id] = float(amount)
        return result

    def _flush_orders(self):
        self.env["sale.order"].flush_model(
            ["state", "credit_rest", "partner_invoice_id", "commitment_date"]
        )
        self.env["res.partner"].flush_model(["kam_client_id"])

    def _rest_items(self, keys, horizon_days, excluding):
        """SQL of the confirmed orders of the keys that have a rest."""
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
            SELECT partner.kam_client_id AS client_id, %(root)s AS root_id,
                   orders.credit_rest AS rest
              FROM sale_order orders
              JOIN res_partner partner ON partner.id = orders.partner_invoice_id
              JOIN res_company company ON company.id = orders.company_id
             WHERE orders.state = 'sale' AND orders.credit_rest > 0 AND %(where)s
            """,
            root=_ROOT,
            where=SQL(" AND ").join(conditions),
        )

    @api.model
    def _get_position(self, key, grace_days=0, horizon_days=0, excluding=()):
        """Return receivables and rest of one key in one query, for the gate.

        :return: (dict as of :meth:`_get_receivables`, uninvoiced amount)
        """
        self.env["account.move.line"].flush_model()
        self._flush_orders()
        query = SQL(
            """
            SELECT %(sums)s,
                   (SELECT COALESCE(SUM(rest), 0) FROM (%(rests)s) item
                     WHERE root_id = %(root)s)
              FROM (%(items)s) item WHERE root_id = %(root)s
            """,
            sums=self._receivable_sums(grace_days),
            rests=self._rest_items([key], horizon_days, excluding),
            items=self._receivable_items([key], self._today()),
            root=key[1],
        )
        *figures, uninvoiced = map(float, self.env.execute_query(query)[0])
        return dict(zip(ZERO, figures, strict=True)), uninvoiced

    def _client_ids(self, keys):
        return tuple({client_id or 0 for client_id, _root in keys})
