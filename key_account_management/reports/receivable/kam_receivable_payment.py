from odoo import fields, models
from odoo.tools import SQL

from ...models.credit.open_items import ROOT


class KamReceivablePayment(models.Model):
    """Money that came from a key client, or that was paid back (negative).

    One row per entry of a bank or cash journal on receivable accounts, and per payment
    that is registered and has no entry until the bank confirms it. Reads every payment
    of the clients that the user may see; shows no more than number, date and amount.
    """

    _name = "kam.receivable.payment"
    _description = "Payment of a Key Client"
    _inherit = ["kam.door.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"
    _depends = {
        "account.account": ["account_type"],
        "account.journal": ["type"],
        "account.move": ["journal_id", "name"],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "balance",
            "company_id",
            "date",
            "move_id",
            "parent_state",
            "partner_id",
        ],
        "account.payment": [
            "amount",
            "company_id",
            "currency_id",
            "date",
            "is_matched",
            "move_id",
            "name",
            "partner_id",
            "partner_type",
            "payment_type",
            "state",
        ],
        "res.partner": ["commercial_partner_id", "kam_client_id"],
    }

    name = fields.Char(string="Document", readonly=True)
    client_id = fields.Many2one(
        comodel_name="kam.client", string="Key Client", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Legal Entity", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(readonly=True)
    state = fields.Selection(
        selection=[("registered", "Not at the Bank yet"), ("bank", "At the Bank")],
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)
    unallocated = fields.Monetary(
        readonly=True, help="The part that is matched with no document."
    )

    recency = fields.Integer(
        readonly=True,
        aggregator=None,
        help="1 is the latest payment of the client to the company.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT payment.*, ROW_NUMBER() OVER (
                        PARTITION BY client_id, company_id
                        ORDER BY date DESC, id DESC) AS recency
              FROM (%s UNION ALL %s) payment
            """,
            self._entry_query(),
            self._registered_query(),
        )

    def _entry_query(self):
        """SQL of the entries, one row per journal entry, legal entity and company."""
        return SQL(
            """
            SELECT MIN(line.id)::bigint * 2 AS id, move.name,
                   partner.kam_client_id AS client_id,
                   partner.commercial_partner_id AS partner_id,
                   %(root)s AS company_id, line.date,
                   CASE WHEN payment.state = 'in_process'
                             AND payment.is_matched IS NOT TRUE
                        THEN 'registered' ELSE 'bank' END AS state,
                   -SUM(line.balance) AS amount,
                   -SUM(line.amount_residual) AS unallocated
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN account_journal journal ON journal.id = move.journal_id
               AND journal.type IN ('bank', 'cash', 'credit')
              JOIN res_partner partner ON partner.id = line.partner_id
              JOIN res_company company ON company.id = line.company_id
         LEFT JOIN account_payment payment ON payment.id = move.origin_payment_id
             WHERE line.account_id = ANY(ARRAY(
                        SELECT id FROM account_account
                         WHERE account_type = 'asset_receivable'))
               AND line.parent_state = 'posted'
               AND partner.kam_client_id IS NOT NULL
          GROUP BY move.id, partner.kam_client_id, partner.commercial_partner_id,
                   company.id, line.date, payment.id
            """,
            root=ROOT,
        )

    def _registered_query(self):
        """SQL of the payments without an entry, at the rate of their day."""
        return SQL(
            """
            SELECT payment.id::bigint * 2 + 1 AS id, payment.name,
                   partner.kam_client_id AS client_id,
                   partner.commercial_partner_id AS partner_id,
                   %(root)s AS company_id, payment.date, 'registered' AS state,
                   %(sign)s * payment.amount / COALESCE(rate.rate, 1) AS amount,
                   0 AS unallocated
              FROM account_payment payment
              JOIN res_partner partner ON partner.id = payment.partner_id
              JOIN res_company company ON company.id = payment.company_id
         LEFT JOIN LATERAL (
                SELECT rate FROM res_currency_rate
                 WHERE currency_id = payment.currency_id
                   AND payment.currency_id != company.currency_id
                   AND name <= payment.date
                   AND (company_id IS NULL OR company_id = %(root)s)
              ORDER BY company_id, name DESC LIMIT 1) rate ON TRUE
             WHERE payment.state = 'in_process' AND payment.move_id IS NULL
               AND payment.partner_type = 'customer'
               AND partner.kam_client_id IS NOT NULL
            """,
            root=ROOT,
            sign=SQL("(CASE payment.payment_type WHEN 'inbound' THEN 1 ELSE -1 END)"),
        )
