from odoo import api, models
from odoo.tools import SQL

from .penalty import get_penalty


class KamCreditLedger(models.AbstractModel):
    _inherit = "kam.credit.ledger"

    @api.model
    def _get_disputed_query(self, date):
        """Return SQL of (line_id, amount) of disputes that count on ``date``.

        Only accepted ones, from the day of the decision on.
        """
        return self._get_dispute_shares(
            SQL("state = 'accepted' AND date_decided <= %s", date)
        )

    @api.model
    def _get_dispute_shares(self, condition):
        """Return SQL of (line_id, amount) of the disputes that fulfil a condition.

        The amount, in company currency, goes to the instalments of the document by
        their due dates.
        """
        self.env["kam.dispute"].flush_model()
        return SQL(
            """
            SELECT line_id, LEAST(balance, disputed - before) AS amount
              FROM (
                SELECT line.id AS line_id, line.balance, dispute.amount AS disputed,
                       SUM(line.balance) OVER (
                            PARTITION BY line.move_id
                            ORDER BY COALESCE(line.date_maturity, line.date), line.id
                       ) - line.balance AS before
                  FROM (SELECT move_id, SUM(amount) AS amount
                          FROM kam_dispute
                         WHERE %(condition)s
                      GROUP BY move_id) dispute
                  JOIN account_move_line line ON line.move_id = dispute.move_id
                   AND line.balance > 0
                   AND line.account_id = ANY(ARRAY(
                            SELECT id FROM account_account
                             WHERE account_type = 'asset_receivable'))
              ) item
             WHERE disputed > before
            """,
            condition=condition,
        )

    @api.model
    def _get_disputed_overdue(self, key, grace_days):
        """Return what is disputed of the overdue debt of a key beyond the grace."""
        self._flush_items()
        today = self._today()
        [(amount,)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(LEAST(item.residual, disputed.amount)), 0)
                  FROM (%(items)s) item
                  JOIN (%(disputed)s) disputed ON disputed.line_id = item.line_id
                 WHERE item.root_id = %(root)s AND item.residual > 0
                   AND item.days > %(grace)s
                """,
                items=self._receivable_items([key], today),
                disputed=self._get_disputed_query(today),
                root=key[1],
                grace=grace_days,
            )
        )
        return float(amount)

    @api.model
    def _get_penalties(self, company, day, claims, terms):
        """Return the penalty per item id of claims, by the close of a day.

        :param claims: of the ladder
        :param terms: dict client -> (percent per day, most in percent of the item)
        """
        self._flush_items()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, line.balance,
                       line.balance - COALESCE(
                            SUM(part.amount) FILTER (WHERE part.max_date <= %s), 0),
                       ARRAY_REMOVE(ARRAY_AGG(money.date ORDER BY part.id), NULL),
                       ARRAY_REMOVE(ARRAY_AGG(part.amount ORDER BY part.id), NULL)
                  FROM account_move_line line
             LEFT JOIN account_partial_reconcile part ON part.debit_move_id = line.id
             LEFT JOIN account_move_line money ON money.id = part.credit_move_id
                 WHERE line.id = ANY(%s)
              GROUP BY line.id
                """,
                day,
                [claim["line_id"] for claim in claims],
            )
        )
        items = {line_id: figures for line_id, *figures in rows}
        penalties = {}
        for claim in claims:
            balance, residual, dates, amounts = items[claim["line_id"]]
            disputed = float(residual) - claim["amount"]
            payments = zip(dates, map(float, amounts), strict=True)
            client = self.env["kam.client"].browse(claim["client_id"])
            penalties[claim["line_id"]] = company.currency_id.round(
                get_penalty(
                    float(balance) - disputed,
                    claim["due"],
                    payments,
                    day,
                    *terms[client],
                )
            )
        return penalties
