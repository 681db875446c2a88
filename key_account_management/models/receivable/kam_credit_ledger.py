from odoo import api, models
from odoo.tools import SQL


class KamCreditLedger(models.AbstractModel):
    _inherit = "kam.credit.ledger"

    @api.model
    def _get_disputed_query(self, date):
        """Return SQL of (line_id, amount) of disputes that count on ``date``.

        Only accepted ones, from the day of the decision on. The amount, in company
        currency, goes to the instalments of the document by their due dates.
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
                         WHERE state = 'accepted' AND date_decided <= %(date)s
                      GROUP BY move_id) dispute
                  JOIN account_move_line line ON line.move_id = dispute.move_id
                   AND line.balance > 0
                   AND line.account_id = ANY(ARRAY(
                            SELECT id FROM account_account
                             WHERE account_type = 'asset_receivable'))
              ) item
             WHERE disputed > before
            """,
            date=date,
        )

    @api.model
    def _get_disputed_overdue(self, key, grace_days):
        """Return what is disputed of the overdue debt of a key beyond the grace."""
        self.env["account.move.line"].flush_model()
        self.env["res.partner"].flush_model(["kam_client_id"])
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
