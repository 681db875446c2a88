from odoo import api, models
from odoo.tools import SQL

from .open_items import COMPANIES, get_postdated


class KamCreditLedger(models.AbstractModel):
    """What was uninvoiced at the close of past days, as an estimate.

    When a document was posted is not kept: it is taken to be posted on the day on
    which it was made, but for those that post themselves on their date.
    """

    _inherit = "kam.credit.ledger"

    @api.model
    def _past_uninvoiced(self, keys, days, tz):
        """Return SQL of what was uninvoiced at the close of each day.

        Columns client_id, root_id, rest, commitment_date, day.

        :param keys: as of :meth:`_receivable_items`
        :param days: :class:`.open_items.Days`
        :param tz: name of the time zone of the days
        """
        return SQL(
            "%s UNION ALL %s",
            self._past_rests(keys, days, tz),
            self._past_postdated(keys, days, tz),
        )

    def _past_postdated(self, keys, days, tz):
        """SQL of the debits that were post-dated on each day."""
        columns = SQL(
            """
            partner.kam_client_id AS client_id, company.root_id,
            line.balance AS rest, NULL::timestamp AS commitment_date, %s AS day
            """,
            days.day,
        )
        made = SQL("%s <= %s", self._posted_on(tz), days.day)
        return get_postdated(self._scope(keys), days, columns, made)

    def _posted_on(self, tz):
        """SQL of the day on which ``move`` is taken to have been posted."""
        return SQL(
            "(CASE WHEN COALESCE(move.auto_post, 'no') = 'no'"
            " THEN (move.create_date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date"
            " ELSE move.date END)",
            tz,
        )

    def _past_rests(self, keys, days, tz):
        """SQL of the rests of orders at the close of each day.

        What is confirmed now and was ordered up to the day counts with its rest of
        now and what was invoiced since, at most its total. Orders cancelled or
        changed since are as they are.
        """
        return SQL(
            """
            SELECT debtor.kam_membership_id AS client_id, company.root_id,
                   LEAST(orders.rest + GREATEST(orders.later, 0),
                         GREATEST(orders.rest, orders.total)) AS rest,
                   orders.commitment_date, orders.day
              FROM (%(orders)s) orders
              JOIN res_partner debtor ON debtor.id = orders.credit_debtor_id
              JOIN (%(companies)s) company ON company.id = orders.company_id
             WHERE debtor.kam_membership_id IN %(clients)s
            """,
            orders=self._past_orders(days, tz),
            companies=COMPANIES,
            clients=self._client_ids(keys),
        )

    def _past_orders(self, days, tz):
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
            SELECT %(columns)s, %(day)s AS day
              FROM sale_order orders %(calendar)s
         LEFT JOIN later ON later.order_id = orders.id AND later.day = %(day)s
             WHERE orders.state = 'sale' AND orders.credit_rest > 0
               AND orders.date_order < %(end)s
         UNION ALL
            SELECT %(columns)s, later.day
              FROM later JOIN sale_order orders ON orders.id = later.order_id
             WHERE orders.state = 'sale' AND COALESCE(orders.credit_rest, 0) <= 0
               AND later.amount > 0 AND orders.date_order < %(later_end)s
            """,
            later=self._later_invoiced(days, tz),
            columns=columns,
            calendar=days.calendar,
            day=days.day,
            end=self._end_of(days.day, tz),
            later_end=self._end_of(SQL("later.day"), tz),
        )

    def _end_of(self, day, tz):
        """SQL of the moment (UTC) in which a day ends."""
        return SQL("((%s + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", day, tz)

    def _later_invoiced(self, days, tz):
        """SQL of what was invoiced of orders after each day: order_id, day, amount.

        What was post-dated on the day had left the rest by then: an invoice counts
        until it is posted or dated, whatever comes first.
        """
        return SQL(
            """
            SELECT order_id, %(day)s AS day,
                   SUM(amount) FILTER (WHERE until > %(day)s) AS amount
              FROM (
                SELECT line.order_id, LEAST(move.date, %(posted)s) AS until, SUM(
                            CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                            * item.price_total
                            / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
                       ) AS amount
                  FROM account_move move
                  JOIN account_move_line item ON item.move_id = move.id
                  JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
                  JOIN sale_order_line line ON line.id = rel.order_line_id
                 WHERE move.date > %(first)s::date AND move.state = 'posted'
                   AND move.move_type IN ('out_invoice', 'out_refund')
              GROUP BY 1, 2
              ) invoice %(calendar)s
          GROUP BY 1, 2
            """,
            day=days.day,
            first=days.first,
            posted=self._posted_on(tz),
            calendar=days.calendar,
        )
