from odoo import api, models
from odoo.tools import SQL

from .count_back import first_month
from .open_items import COMPANIES

# Sums of payment behaviour, in the order of their SQL.
SUMS = ("due", "paid", "on_time", "lateness", "disputed")
# What counts as an instalment, and as a sale.
INVOICES = ("out_invoice", "out_receipt")
SALES = (*INVOICES, "out_refund")


class KamCreditLedger(models.AbstractModel):
    """How clients paid the instalments due in a period.

    Each matched part weighs its amount in company currency and is late by the days
    from the due date to the payment's own date; early is 0. What is open at the end
    counts as late up to the end. Credit notes, write-offs and exchange differences are
    no payment and are left out; disputed parts stand apart.
    """

    _inherit = "kam.credit.ledger"

    @api.model
    def _get_behaviours(self, keys, date_from, date_to):
        """Return the sums of payment behaviour per key and manager.

        Later days than today count for nothing yet: the period ends today then.

        :param keys: iterable of (client id, root company id)
        :return: dict key -> {manager id or None: dict of :data:`SUMS`}; the manager
            is the owner of the client on the due date, ``lateness`` is amount × days
        """
        keys = set(keys)
        result = {key: {} for key in keys}
        if not keys:
            return result
        self._flush_behaviour()
        parts = self._behaviour_parts(keys, date_from, min(date_to, self._today()))
        rows = self.env.execute_query(
            SQL(
                """
                WITH part AS (%(parts)s)
                SELECT client_id, root_id, manager_id, %(sums)s
                  FROM part
                  JOIN (SELECT client_id, due, (%(owner)s) AS manager_id
                          FROM (SELECT DISTINCT client_id, due FROM part) day) owner
                 USING (client_id, due)
              GROUP BY client_id, root_id, manager_id
                """,
                parts=parts,
                sums=self._behaviour_sums(),
                owner=self.env["kam.assignment"]._get_owner_query(
                    SQL("day.client_id"), SQL("day.due")
                ),
            )
        )
        for client_id, root_id, manager_id, *sums in rows:
            if (client_id, root_id) in result:
                figures = dict(zip(SUMS, map(float, sums), strict=True))
                result[client_id, root_id][manager_id] = figures
        return result

    @api.model
    def _flush_behaviour(self):
        self._flush_items()
        self.env["kam.assignment"].flush_model()

    def _behaviour_sums(self):
        """SQL of the sums over parts, in the order of :data:`SUMS`."""
        return SQL(
            """
            COALESCE(SUM(weight), 0) AS due,
            COALESCE(SUM(weight) FILTER (WHERE is_paid), 0) AS paid,
            COALESCE(SUM(weight) FILTER (WHERE is_paid AND days <= 0), 0) AS on_time,
            COALESCE(SUM(weight * GREATEST(days, 0)), 0) AS lateness,
            COALESCE(SUM(disputed), 0) AS disputed
            """
        )

    @api.model
    def _behaviour_parts(self, keys, date_from, date_to):
        """Return SQL of the parts of the instalments due in a period.

        Columns line_id, client_id, root_id, due, is_paid, days (from the due date to
        the payment, or to the end; negative: early), weight (company currency) and
        disputed, which the weight leaves out: what is open first, then what came
        last.
        """
        return SQL(
            """
            SELECT line_id, client_id, root_id, due, is_paid, days, disputed,
                   amount - disputed AS weight
              FROM (
                SELECT part.*, LEAST(part.amount, GREATEST(0,
                            COALESCE(dispute.amount, 0) - part.behind)) AS disputed
                  FROM (
                    SELECT part.*, SUM(amount) OVER (
                            PARTITION BY line_id ORDER BY is_paid, days DESC, part_id
                           ) - amount AS behind
                      FROM (%(open)s UNION ALL %(paid)s) part
                  ) part
             LEFT JOIN (SELECT line_id, SUM(amount) AS amount
                          FROM (%(disputes)s) dispute GROUP BY line_id) dispute
                 USING (line_id)
              ) part
            """,
            open=self._open_parts(keys, date_from, date_to),
            paid=self._paid_parts(keys, date_from, date_to),
            disputes=self._get_disputed_query(date_to),
        )

    def _open_parts(self, keys, date_from, date_to):
        """SQL of what of the instalments is open at the close of the period."""
        return SQL(
            """
            SELECT item.line_id, item.client_id, item.root_id, item.due, 0 AS part_id,
                   FALSE AS is_paid, item.days, item.residual AS amount
              FROM (%(items)s) item
              JOIN account_move invoice ON invoice.id = item.move_id
             WHERE invoice.move_type IN %(kinds)s
               AND item.residual > 0 AND item.residual_currency > 0
               AND item.due BETWEEN %(start)s AND %(end)s
            """,
            items=self._receivable_items(keys, date_to),
            kinds=INVOICES,
            start=date_from,
            end=date_to,
        )

    def _paid_parts(self, keys, date_from, date_to):
        """SQL of what money paid of the instalments up to the end of the period.

        What an entry books to income, expenses or taxes is no money: a write-off, a
        discount, an exchange difference.
        """
        return SQL(
            """
            SELECT paid.line_id, paid.client_id, paid.root_id, paid.due, paid.part_id,
                   TRUE, paid.date - paid.due, paid.amount * (1 - source.written_off)
              FROM (%(matched)s) paid
              JOIN LATERAL (
                SELECT GREATEST(0, LEAST(1, COALESCE(
                            SUM(other.balance) FILTER (
                                WHERE other.tax_line_id IS NOT NULL
                                   OR account.account_type LIKE 'income%%'
                                   OR account.account_type LIKE 'expense%%')
                            / NULLIF(-SUM(other.balance) FILTER (
                                WHERE account.account_type = 'asset_receivable'), 0),
                            0))) AS written_off
                  FROM account_move_line other
                  JOIN account_account account ON account.id = other.account_id
                 WHERE other.move_id = paid.source_id) source
                ON source.written_off < 1
            """,
            matched=self._matched_parts(keys, date_from, date_to),
        )

    def _matched_parts(self, keys, date_from, date_to):
        """SQL of what was matched with the instalments, but for credit notes."""
        return SQL(
            """
            SELECT line.id AS line_id, partner.kam_client_id AS client_id,
                   company.root_id, COALESCE(line.date_maturity, line.date) AS due,
                   part.id AS part_id, part.amount, money.date,
                   money.move_id AS source_id
              FROM account_move_line line
              JOIN account_move invoice ON invoice.id = line.move_id
              JOIN res_partner partner ON partner.id = line.partner_id
              JOIN (%(companies)s) company ON company.id = line.company_id
              JOIN account_partial_reconcile part ON part.debit_move_id = line.id
              JOIN account_move_line money ON money.id = part.credit_move_id
              JOIN account_move source ON source.id = money.move_id
             WHERE %(where)s
               AND invoice.move_type IN %(kinds)s
               AND source.move_type != 'out_refund'
               AND COALESCE(line.date_maturity, line.date)
                    BETWEEN %(start)s AND %(end)s
               AND part.max_date <= %(end)s
            """,
            companies=COMPANIES,
            where=self._item_conditions(keys, date_to),
            kinds=INVOICES,
            start=date_from,
            end=date_to,
        )

    @api.model
    def _get_sales_and_receivables(self, keys, date_to):
        """Return what the count-back of :func:`.count_back.count_back` takes.

        :return: dict key -> (receivable at the close, dict first of month -> sales)
        """
        keys = set(keys)
        result = {key: [0.0, {}] for key in keys}
        if not keys:
            return result
        self._flush_items()
        rows = self.env.execute_query(self._sales_query(keys, date_to))
        for client_id, root_id, month, amount in rows:
            if (client_id, root_id) not in result:
                continue
            if month:
                result[client_id, root_id][1][month] = float(amount)
            else:
                result[client_id, root_id][0] = float(amount)
        return result

    def _sales_query(self, keys, date_to):
        """SQL of client, company, first of month (none: the receivable), amount."""
        return SQL(
            """
            SELECT client_id, root_id, NULL::date AS month, SUM(residual) AS amount
              FROM (%(items)s) item
          GROUP BY client_id, root_id
         UNION ALL
            SELECT partner.kam_client_id, company.root_id,
                   date_trunc('month', line.date)::date, SUM(line.balance)
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN res_partner partner ON partner.id = line.partner_id
              JOIN (%(companies)s) company ON company.id = line.company_id
             WHERE %(where)s AND line.date >= %(start)s AND move.move_type IN %(kinds)s
          GROUP BY 1, 2, 3
            """,
            items=self._receivable_items(keys, date_to),
            companies=COMPANIES,
            where=self._item_conditions(keys, date_to),
            start=first_month(date_to),
            kinds=SALES,
        )
