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

        The amount, in company currency, goes to what is open of the document, by the
        due dates of its instalments, and the rest to what was paid of it: nobody
        disputes what he has paid while he owes more.
        """
        self.env["kam.dispute"].flush_model()
        return SQL(
            """
            SELECT line_id, GREATEST(0, LEAST(residual, disputed - open_before))
                   + GREATEST(0, LEAST(balance - residual,
                                       disputed - open_total - paid_before)) AS amount
              FROM (
                SELECT line.id AS line_id, line.balance,
                       line.amount_residual AS residual, dispute.amount AS disputed,
                       SUM(line.amount_residual) OVER earlier - line.amount_residual
                            AS open_before,
                       SUM(line.balance - line.amount_residual) OVER earlier
                            - (line.balance - line.amount_residual) AS paid_before,
                       SUM(line.amount_residual) OVER (PARTITION BY line.move_id)
                            AS open_total
                  FROM (SELECT move_id, SUM(amount) AS amount
                          FROM kam_dispute
                         WHERE %(condition)s
                      GROUP BY move_id) dispute
                  JOIN account_move_line line ON line.move_id = dispute.move_id
                   AND line.balance > 0
                   AND line.account_id = ANY(ARRAY(
                            SELECT id FROM account_account
                             WHERE account_type = 'asset_receivable'))
                WINDOW earlier AS (
                    PARTITION BY line.move_id
                    ORDER BY COALESCE(line.date_maturity, line.date), line.id)
              ) item
             WHERE disputed > open_before OR disputed > open_total + paid_before
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

        In the currency of the document. Money that is not matched yet counts from its
        own day on.

        :param claims: of the ladder
        :param terms: dict client -> (percent per day, most in percent of the item)
        """
        self._flush_items()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, line.amount_currency,
                       ARRAY_REMOVE(ARRAY_AGG(money.date ORDER BY part.id), NULL),
                       ARRAY_REMOVE(ARRAY_AGG(
                            part.debit_amount_currency ORDER BY part.id), NULL)
                  FROM account_move_line line
             LEFT JOIN account_partial_reconcile part ON part.debit_move_id = line.id
             LEFT JOIN account_move_line money ON money.id = part.credit_move_id
                 WHERE line.id = ANY(%s)
              GROUP BY line.id
                """,
                [claim["line_id"] for claim in claims],
            )
        )
        items = {line_id: figures for line_id, *figures in rows}
        penalties = {}
        for claim in claims:
            amount, dates, parts = items[claim["line_id"]]
            payments = zip(dates, map(float, parts), strict=True)
            client = self.env["kam.client"].browse(claim["client_id"])
            currency = self.env["res.currency"].browse(claim["currency_id"])
            penalties[claim["line_id"]] = currency.round(
                get_penalty(
                    float(amount) - claim["disputed"],
                    claim["due"],
                    [*payments, *claim["credits"]],
                    day,
                    *terms[client],
                )
            )
        return penalties
