from odoo import api, models
from odoo.tools import SQL

from .kam_credit_ledger import _COMPANIES

# Days past due; what is left of a currency difference alone is never overdue.
DAYS = SQL(
    """
    CASE WHEN residual_currency > 0 THEN day - due ELSE LEAST(0, day - due) END
    """
)


class KamCreditLedger(models.AbstractModel):
    """Open items and rests as of the close of a day.

    Items dated up to the day, less the parts whose matching exists now and is dated
    up to the day: by the later date of its two sides. Exchange differences are items
    and matchings like others, so that the sum is the balance of the ledger; what
    they leave of an item that is paid in its own currency is not overdue.
    """

    _inherit = "kam.credit.ledger"

    @api.model
    def _flush_past(self):
        for model in ("account.move", "account.move.line", "account.partial.reconcile"):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["kam_client_id", "kam_membership_id"])

    @api.model
    def _past_items(self, keys, day, partners=None, since=None):
        """Return SQL of the open receivable items at the close of a day.

        Columns line_id, move_id, partner_id, client_id, root_id, date, due,
        currency_id, residual (company currency), residual_currency (the item's own),
        days (past due on that day; 0 or less: not due). Call :meth:`_flush_past`
        before.

        :param keys: iterable of (client id, root company id), or SQL of client ids, or
            None for all clients; items of other companies of these clients are among
            the rows
        :param day: date, or SQL of one
        :param partners: SQL of ids of commercial partners, instead of keys
        :param since: date that is not after the day, for the planner where the day is
            SQL
        """
        scope = self._past_scope(keys, partners)
        is_wide = partners is None and (keys is None or isinstance(keys, SQL))
        return SQL(
            """
            SELECT line_id, move_id, partner_id, client_id, root_id, date, due,
                   currency_id, residual, residual_currency, %(days)s AS days
              FROM (
                WITH later AS (%(later)s)
                SELECT %(columns)s, line.amount_residual AS residual,
                       line.amount_residual_currency AS residual_currency
                  FROM account_move_line line
             LEFT JOIN later ON later.line_id = line.id
                  JOIN %(owners)s
                 WHERE line.amount_residual != 0 AND line.reconciled IS NOT TRUE
                   AND later.line_id IS NULL AND %(where)s
             UNION ALL
                SELECT %(columns)s, line.amount_residual + later.amount,
                       line.amount_residual_currency + later.amount_currency
                  FROM later
                  JOIN account_move_line line ON line.id = later.line_id
                  JOIN %(owners)s
                 WHERE %(where)s
              ) item
             WHERE residual != 0
            """,
            days=DAYS,
            later=self._later_parts(None if is_wide else scope, day, since),
            columns=self._past_columns(day),
            owners=SQL(
                "res_partner partner ON partner.id = line.partner_id "
                "JOIN (%s) company ON company.id = line.company_id",
                _COMPANIES,
            ),
            where=self._past_conditions(scope, day),
        )

    def _past_scope(self, keys, partners=None):
        """SQL condition on the partner of an item."""
        if partners is not None:
            return SQL("partner.commercial_partner_id IN %s", partners)
        if keys is None:
            return SQL("partner.kam_client_id IS NOT NULL")
        return SQL("partner.kam_client_id IN %s", self._client_ids(keys))

    def _past_columns(self, day):
        return SQL(
            """
            line.id AS line_id, line.move_id, line.partner_id,
            partner.kam_client_id AS client_id, company.root_id, line.date,
            COALESCE(line.date_maturity, line.date) AS due, line.currency_id,
            %s::date AS day
            """,
            day,
        )

    def _past_conditions(self, scope, day):
        return SQL(
            """
            line.account_id = ANY(ARRAY(
                SELECT id FROM account_account
                 WHERE account_type = 'asset_receivable'))
            AND line.parent_state = 'posted' AND line.date <= %s::date
            AND %s
            """,
            day,
            scope,
        )

    def _later_parts(self, scope, day, since):
        """SQL of what was matched after the day: line_id, amount, amount_currency.

        To be added to the residual of today. Without a scope that of all partners.
        """
        sides = SQL(" UNION ALL ").join(
            SQL(
                "SELECT part.%(side)s_move_id AS line_id, %(sign)s part.amount"
                "       AS amount, %(sign)s part.%(side)s_amount_currency"
                "       AS amount_currency"
                "  FROM account_partial_reconcile part %(own)s"
                " WHERE %(later)s",
                side=SQL(side),
                sign=SQL(sign),
                own=self._own_parts(scope, SQL("part.%s_move_id", SQL(side))),
                later=self._is_later(SQL("part.max_date"), day, since),
            )
            for side, sign in (("debit", "+"), ("credit", "-"))
        )
        return SQL(
            "SELECT line_id, SUM(amount) AS amount,"
            "       SUM(amount_currency) AS amount_currency"
            "  FROM (%s) part GROUP BY line_id",
            sides,
        )

    def _is_later(self, date, day, since):
        if since is None:
            return SQL("%s > %s::date", date, day)
        return SQL("%s > %s::date AND %s > %s", date, day, date, since)

    def _own_parts(self, scope, line_id):
        if scope is None:
            return SQL()
        return SQL(
            "JOIN account_move_line own ON own.id = %s "
            "JOIN res_partner partner ON partner.id = own.partner_id AND %s",
            line_id,
            scope,
        )

    @api.model
    def _past_rests(self, keys, day, tz, since=None):
        """Return SQL of the rests of orders at the close of a day, as an estimate.

        Columns client_id, root_id, rest, commitment_date. What is confirmed now and
        was ordered up to the day counts with its rest of today and what was invoiced
        since, at most its total. Orders cancelled or changed since are as they are.

        :param day: date, or SQL of one
        :param tz: name of the time zone of the day
        :param since: as of :meth:`_past_items`
        """
        return SQL(
            """
            SELECT debtor.kam_membership_id AS client_id, company.root_id,
                   LEAST(orders.rest + GREATEST(orders.later, 0),
                         GREATEST(orders.rest, orders.total)) AS rest,
                   orders.commitment_date
              FROM (%(orders)s) orders
              JOIN res_partner debtor ON debtor.id = orders.credit_debtor_id
              JOIN (%(companies)s) company ON company.id = orders.company_id
             WHERE debtor.kam_membership_id IN %(clients)s
               AND (orders.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                    <= %(day)s::date
            """,
            orders=self._past_orders(day, since),
            companies=_COMPANIES,
            clients=self._client_ids(keys),
            tz=tz,
            day=day,
        )

    def _past_orders(self, day, since):
        """SQL of confirmed orders with a rest, or invoiced after the day."""
        columns = SQL(
            """
            orders.credit_debtor_id, orders.company_id, orders.date_order,
            orders.commitment_date, orders.credit_rest AS rest,
            orders.amount_total / COALESCE(NULLIF(orders.currency_rate, 0), 1)
                AS total, COALESCE(later.amount, 0) AS later
            """
        )
        return SQL(
            """
            WITH later AS (%(later)s)
            SELECT %(columns)s
              FROM sale_order orders LEFT JOIN later ON later.order_id = orders.id
             WHERE orders.state = 'sale' AND orders.credit_rest > 0
         UNION ALL
            SELECT %(columns)s
              FROM later JOIN sale_order orders ON orders.id = later.order_id
             WHERE orders.state = 'sale' AND COALESCE(orders.credit_rest, 0) <= 0
               AND later.amount > 0
            """,
            later=self._later_invoiced(day, since),
            columns=columns,
        )

    def _later_invoiced(self, day, since):
        """SQL of what was invoiced of orders after the day: order_id, amount."""
        return SQL(
            """
            SELECT line.order_id, SUM(
                        CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                        * item.price_total
                        / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)) AS amount
              FROM account_move move
              JOIN account_move_line item ON item.move_id = move.id
              JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
              JOIN sale_order_line line ON line.id = rel.order_line_id
             WHERE %s AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund')
          GROUP BY line.order_id
            """,
            self._is_later(SQL("move.date"), day, since),
        )
