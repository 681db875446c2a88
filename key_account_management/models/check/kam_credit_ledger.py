from odoo import api, models
from odoo.tools import SQL, date_utils

from ..credit.open_items import COMPANIES


class KamCreditLedger(models.AbstractModel):
    """What a creditworthiness check reads of the documents of a client."""

    _inherit = "kam.credit.ledger"

    @api.model
    def _get_trade(self, keys, today):
        """Return turnover and history per key, in one query.

        :param keys: iterable of (client id, root company id)
        :return: dict key -> dict of ``first`` (date of the first invoice),
            ``monthly`` (sales of the last 12 full months, taxes included, net of
            credit notes), ``untaxed`` (revenue of the last 12 months) and ``served``
            (the highest debt that was paid back since); keys without items miss
        """
        keys = set(keys)
        if not keys:
            return {}
        self._flush_items()
        month = today.replace(day=1)
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH item AS (%(items)s), served AS (%(served)s)
                SELECT client_id, root_id,
                       MIN(date) FILTER (WHERE move_type = 'out_invoice') AS first,
                       COALESCE(SUM(balance) FILTER (
                            WHERE is_sale AND date >= %(start)s
                              AND date < %(month)s), 0)::float AS monthly,
                       COALESCE(SUM(untaxed) FILTER (
                            WHERE is_sale AND date > %(year)s), 0)::float AS untaxed,
                       (SELECT amount::float FROM served
                         WHERE served.client_id = item.client_id
                           AND served.root_id = item.root_id) AS served
                  FROM item GROUP BY client_id, root_id
                """,
                items=self._trade_items(keys, today),
                served=self._served_debts(),
                start=date_utils.subtract(month, months=12),
                month=month,
                year=date_utils.subtract(today, months=12),
            )
        )
        found = {(row["client_id"], row["root_id"]): row for row in rows}
        return {key: found[key] for key in keys if key in found}

    def _trade_items(self, keys, today):
        """SQL of all receivable items; the untaxed amount on one item of a document.

        A document in instalments has several items: its untaxed amount is put on the
        first of them, or a sum over items would count it as often.
        """
        return SQL(
            """
            SELECT partner.kam_client_id AS client_id, company.root_id, line.date,
                   line.balance, COALESCE(open.residual, 0) AS residual, move.move_type,
                   move.move_type IN ('out_invoice', 'out_refund') AS is_sale,
                   CASE WHEN line.id = MIN(line.id) OVER (PARTITION BY line.move_id)
                        THEN move.amount_untaxed_signed ELSE 0 END AS untaxed
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN res_partner partner ON partner.id = line.partner_id
         LEFT JOIN (%(open)s) open ON open.line_id = line.id
              JOIN (%(companies)s) company ON company.id = line.company_id
             WHERE %(where)s
            """,
            companies=COMPANIES,
            open=self._receivable_items(keys, today),
            where=self._item_conditions(keys, today),
        )

    def _served_debts(self):
        """SQL: the highest sum, at the close of a day, of what was paid back since."""
        return SQL(
            """
            SELECT client_id, root_id, GREATEST(0, MAX(amount)) AS amount
              FROM (
                SELECT client_id, root_id,
                       SUM(SUM(balance - residual)) OVER (
                            PARTITION BY client_id, root_id ORDER BY date) AS amount
                  FROM item GROUP BY client_id, root_id, date
              ) paid
          GROUP BY client_id, root_id
            """
        )
