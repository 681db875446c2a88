from odoo import api, fields, models
from odoo.tools import SQL

from .kam_credit_ledger import _ROOT

BEHAVIOUR = ("paid_amount", "paid_on_time_percent", "average_days_late", "largest_debt")


class KamCreditLine(models.Model):
    """How the client paid in the last 12 months.

    By instalment and weighted by value: an instalment of 700 weighs seven times one
    of 100. Only money counts, neither credit notes nor what is still unpaid.
    """

    _inherit = "kam.credit.line"

    paid_amount = fields.Monetary(
        string="Paid in 12 Months",
        compute="_compute_payment_behaviour",
        help="Payments of the last 12 months that were matched with invoices.",
    )
    paid_on_time_percent = fields.Float(
        string="Paid on Time (%)",
        compute="_compute_payment_behaviour",
        digits=(16, 1),
        aggregator=None,
        help="Share of the money of the last 12 months that came by the due date.",
    )
    average_days_late = fields.Float(
        compute="_compute_payment_behaviour",
        digits=(16, 1),
        aggregator=None,
        help="Days past due, weighted by value; money that came early counts as 0.",
    )
    largest_debt = fields.Monetary(
        compute="_compute_payment_behaviour",
        help="Highest balance of receivables in the last 12 months.",
    )

    @api.depends("client_id", "company_id")
    def _compute_payment_behaviour(self):
        keys = self.env["kam.credit.ledger"]._get_keys(self)
        behaviour = self._get_payment_behaviour(keys.values())
        for line, key in keys.items():
            line.update(behaviour[key])

    @api.model
    def _get_payment_behaviour(self, keys):
        """Return how clients paid in the last 12 months, in one query.

        Reads every document, whatever the user may see; callers let out no more than
        the figures of clients that the user may read.

        :param keys: iterable of (client id, root company id)
        :return: dict key -> dict with the names of :data:`BEHAVIOUR`
        """
        keys = set(keys)
        result = {key: dict.fromkeys(BEHAVIOUR, 0.0) for key in keys}
        if not keys:
            return result
        for model in ("account.move", "account.move.line", "account.partial.reconcile"):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["kam_client_id"])
        rows = self.env.execute_query(self._behaviour_query(keys))
        for client_id, root_id, paid, on_time, lateness, largest in rows:
            if (client_id, root_id) in result:
                result[client_id, root_id] = {
                    "paid_amount": float(paid),
                    "paid_on_time_percent": float(100 * on_time / paid) if paid else 0,
                    "average_days_late": float(lateness / paid) if paid else 0,
                    "largest_debt": float(largest),
                }
        return result

    def _behaviour_query(self, keys):
        """SQL: client, company, paid, paid on time, amount × days, largest debt."""
        today = self.env["kam.credit.ledger"]._today()
        return SQL(
            """
            WITH item AS (%(items)s),
            paid AS (
                SELECT item.client_id, item.root_id,
                       SUM(part.amount) AS amount,
                       COALESCE(SUM(part.amount) FILTER (
                            WHERE money.date <= item.due), 0) AS on_time,
                       SUM(part.amount * GREATEST(money.date - item.due, 0)) AS lateness
                  FROM item
                  JOIN account_move invoice ON invoice.id = item.move_id
                   AND invoice.move_type = 'out_invoice'
                  JOIN account_partial_reconcile part ON part.debit_move_id = item.id
                  JOIN account_move_line money ON money.id = part.credit_move_id
                  JOIN account_move source ON source.id = money.move_id
                   AND source.move_type != 'out_refund'
                 WHERE money.date > %(start)s AND money.date <= %(today)s
              GROUP BY item.client_id, item.root_id
            ),
            balance AS (
                SELECT client_id, root_id,
                       SUM(SUM(balance)) OVER (
                            PARTITION BY client_id, root_id
                            ORDER BY GREATEST(date, %(start)s)) AS debt
                  FROM item
                 WHERE date <= %(today)s
              GROUP BY client_id, root_id, GREATEST(date, %(start)s)
            ),
            debt AS (
                SELECT client_id, root_id, GREATEST(0, MAX(debt)) AS largest
                  FROM balance
              GROUP BY client_id, root_id
            )
            SELECT client_id, root_id,
                   COALESCE(paid.amount, 0), COALESCE(paid.on_time, 0),
                   COALESCE(paid.lateness, 0), COALESCE(debt.largest, 0)
              FROM debt FULL JOIN paid USING (client_id, root_id)
            """,
            items=self._behaviour_items(keys),
            start=fields.Date.subtract(today, months=12),
            today=today,
        )

    def _behaviour_items(self, keys):
        """SQL of all posted receivable items of the keys, open or not."""
        return SQL(
            """
            SELECT line.id, line.move_id, line.date, line.balance,
                   COALESCE(line.date_maturity, line.date) AS due,
                   partner.kam_client_id AS client_id, %(root)s AS root_id
              FROM account_move_line line
              JOIN res_partner partner ON partner.id = line.partner_id
              JOIN res_company company ON company.id = line.company_id
             WHERE line.account_id = ANY(ARRAY(
                        SELECT id FROM account_account
                         WHERE account_type = 'asset_receivable'))
               AND line.parent_state = 'posted'
               AND partner.kam_client_id IN %(clients)s
            """,
            root=_ROOT,
            clients=tuple({client_id or 0 for client_id, _root in keys}),
        )

    def action_open_client(self):
        """Open the key client."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.client",
            "res_id": self.client_id.id,
            "view_mode": "form",
        }

    def action_open_documents(self):
        """Open the documents that make up the exposure."""
        self.ensure_one()
        return self.env["kam.credit.exposure"]._get_action(
            self.client_id, self.company_id
        )

    def action_open_decisions(self):
        """Open the credit decisions on this line."""
        self.ensure_one()
        return self.client_id._get_record_action(
            "key_account_management.kam_credit_decision_action",
            [
                ("client_id", "=", self.client_id.id),
                ("company_id", "=", self.company_id.id),
            ],
        )
