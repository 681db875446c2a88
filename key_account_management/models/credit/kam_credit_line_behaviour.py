from odoo import api, fields, models
from odoo.tools import SQL

from .open_items import ROOT

BEHAVIOUR = ("paid_amount", "paid_on_time_percent", "average_days_late", "largest_debt")
# Figures of a snapshot in the chart, and what a line calls them.
CHARTED = ("limit", "receivable", "overdue")
TODAY = {"limit": "effective_limit"}


class KamCreditLine(models.Model):
    """How the client paid in the last 12 months.

    By instalment due in this time and weighted by value: one of 700 weighs seven
    times one of 100. What is unpaid is late up to today; credit notes do not count.
    """

    _inherit = "kam.credit.line"

    paid_amount = fields.Monetary(
        string="Paid in 12 Months",
        compute="_compute_payment_behaviour",
        help="What was paid of the instalments due in the last 12 months.",
    )
    paid_on_time_percent = fields.Float(
        string="Paid on Time (%)",
        compute="_compute_payment_behaviour",
        digits=(16, 1),
        aggregator=None,
        help="Share of what fell due in the last 12 months that was paid by then.",
    )
    average_days_late = fields.Float(
        compute="_compute_payment_behaviour",
        digits=(16, 1),
        aggregator=None,
        help="Days past due, weighted by value: 0 for money that came early, up to "
        "today for what is unpaid.",
    )
    largest_debt = fields.Monetary(
        compute="_compute_payment_behaviour",
        help="Highest balance of receivables in the last 12 months.",
    )

    chart = fields.Json(
        compute="_compute_chart",
        string="Last 12 Months",
        help="Limit, receivables and overdue debt day by day, and today.",
    )

    @api.depends_context("lang", "uid")
    @api.depends("client_id", "company_id")
    def _compute_chart(self):
        """Days and figures for the chart; empty without a snapshot."""
        todays = {company: company._kam_today() for company in self.company_id}
        first = min(todays.values(), default=fields.Date.today())
        snapshots = self.env["kam.credit.snapshot"].search_fetch(
            [
                ("line_id", "in", self.ids),
                ("date", ">=", fields.Date.subtract(first, years=1)),
            ],
            ["line_id", "date", *CHARTED],
            order="date",
        )
        of_line = snapshots.grouped("line_id")
        labels = [
            (name, snapshots._fields[name]._description_string(self.env))
            for name in CHARTED
        ]
        for line in self:
            taken = of_line.get(line._origin)
            line.chart = taken and {
                "currency_id": line.currency_id.id,
                "days": [
                    *map(str, taken.mapped("date")),
                    str(todays[line.company_id]),
                ],
                "figures": [
                    {
                        "name": name,
                        "label": label,
                        "values": [*taken.mapped(name), line[TODAY.get(name, name)]],
                    }
                    for name, label in labels
                ],
            }

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
        self.env["kam.credit.ledger"]._flush_items()
        rows = self.env.execute_query(self._behaviour_query(keys))
        for client_id, root_id, due, paid, on_time, lateness, largest in rows:
            if (client_id, root_id) in result:
                result[client_id, root_id] = {
                    "paid_amount": float(paid),
                    "paid_on_time_percent": float(100 * on_time / due) if due else 0,
                    "average_days_late": float(lateness / due) if due else 0,
                    "largest_debt": float(largest),
                }
        return result

    def _behaviour_query(self, keys):
        """SQL: client, company, due, paid, on time, amount × days, largest debt."""
        ledger = self.env["kam.credit.ledger"]
        today = ledger._today()
        start = fields.Date.subtract(today, months=12)
        return SQL(
            """
            SELECT client_id, root_id,
                   COALESCE(part.due, 0), COALESCE(part.paid, 0),
                   COALESCE(part.on_time, 0), COALESCE(part.lateness, 0),
                   COALESCE(debt.largest, 0)
              FROM (%(debts)s) debt
              FULL JOIN (SELECT client_id, root_id, %(sums)s FROM (%(parts)s) part
                       GROUP BY client_id, root_id) part
             USING (client_id, root_id)
            """,
            debts=self._largest_debts(keys, start, today),
            sums=ledger._behaviour_sums(),
            parts=ledger._behaviour_parts(keys, fields.Date.add(start, days=1), today),
        )

    def _largest_debts(self, keys, start, today):
        """SQL: client, company, highest balance since the close of ``start``."""
        return SQL(
            """
            SELECT client_id, root_id, GREATEST(0, MAX(debt)) AS largest
              FROM (
                SELECT client_id, root_id,
                       SUM(SUM(balance)) OVER (
                            PARTITION BY client_id, root_id
                            ORDER BY GREATEST(date, %(start)s)) AS debt
                  FROM (%(items)s) item
                 WHERE date <= %(today)s
              GROUP BY client_id, root_id, GREATEST(date, %(start)s)
              ) balance
          GROUP BY client_id, root_id
            """,
            items=self._behaviour_items(keys),
            start=start,
            today=today,
        )

    def _behaviour_items(self, keys):
        """SQL of all posted receivable items of the keys, open or not."""
        return SQL(
            """
            SELECT line.date, line.balance,
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
            root=ROOT,
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

    def action_open_history(self):
        """Open the debts of this line day by day."""
        self.ensure_one()
        return self.env["kam.credit.history"]._get_action(self)

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
