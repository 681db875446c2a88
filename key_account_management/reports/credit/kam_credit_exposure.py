from odoo import api, fields, models
from odoo.tools import SQL

from ...models.credit.open_items import ROOT


class KamCreditExposure(models.Model):
    """One open document of a key client: an item of its debt or a confirmed order.

    An invoice dated later than today stands with the orders until then. Together they
    make up the exposure (orders later than the horizon of the policy included). Reads
    every document of the clients that the user may see, whatever his rights on
    invoices; shows no more than number, dates and amount.
    """

    _name = "kam.credit.exposure"
    _description = "Open Document of a Key Client"
    _inherit = ["kam.door.mixin"]
    _auto = False
    _order = "date_due, id"
    _depends = {
        "account.account": ["account_type"],
        "account.move": ["invoice_date", "name"],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "amount_residual_currency",
            "balance",
            "company_id",
            "currency_id",
            "date",
            "date_maturity",
            "move_id",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "account.partial.reconcile": [
            "amount",
            "credit_amount_currency",
            "credit_move_id",
            "debit_amount_currency",
            "debit_move_id",
            "max_date",
        ],
        "kam.client": ["manager_id"],
        "res.partner": ["kam_client_id", "kam_membership_id"],
        "sale.order": [
            "commitment_date",
            "company_id",
            "credit_debtor_id",
            "credit_rest",
            "date_order",
            "name",
            "partner_id",
            "state",
        ],
    }

    name = fields.Char(string="Document", readonly=True)
    kind = fields.Selection(
        [
            ("invoice", "Debt"),
            ("credit", "Unallocated"),
            ("order", "Order"),
            ("postdated", "Post-dated"),
        ],
        readonly=True,
    )
    client_id = fields.Many2one(
        comodel_name="kam.client", string="Key Client", readonly=True
    )
    manager_id = fields.Many2one(
        comodel_name="res.users", string="Key Account Manager", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Legal Entity", readonly=True
    )
    move_id = fields.Many2one(
        comodel_name="account.move", string="Journal Entry", readonly=True
    )
    order_id = fields.Many2one(comodel_name="sale.order", readonly=True)
    date = fields.Date(readonly=True)
    date_due = fields.Date(string="Due Date", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    aging = fields.Selection(
        [
            ("not_due", "Not Due"),
            ("1_30", "1–30 Days"),
            ("31_60", "31–60 Days"),
            ("61_90", "61–90 Days"),
            ("over_90", "Over 90 Days"),
            ("unallocated", "Unallocated"),
            ("order", "Confirmed, not Invoiced"),
        ],
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT item.*, client.manager_id,
                   CASE WHEN item.kind = 'invoice' THEN GREATEST(item.days, 0)
                        ELSE 0 END AS days_overdue,
                   CASE WHEN item.kind IN ('order', 'postdated') THEN 'order'
                        WHEN item.kind = 'credit' THEN 'unallocated'
                        WHEN item.days <= 0 THEN 'not_due'
                        WHEN item.days <= 30 THEN '1_30'
                        WHEN item.days <= 60 THEN '31_60'
                        WHEN item.days <= 90 THEN '61_90'
                        ELSE 'over_90' END AS aging
              FROM (%(debt)s UNION ALL %(postdated)s UNION ALL %(orders)s) item
              JOIN kam_client client ON client.id = item.client_id
            """,
            debt=self._debt_query(),
            postdated=self._postdated_query(),
            orders=self._order_query(),
        )

    def _debt_query(self):
        """SQL of the open receivable items at the close of today."""
        ledger = self.env["kam.credit.ledger"]
        return SQL(
            """
            SELECT line.line_id::bigint * 2 AS id, move.name,
                   CASE WHEN line.residual > 0 THEN 'invoice' ELSE 'credit' END AS kind,
                   line.client_id, line.root_id AS company_id,
                   line.partner_id, line.move_id, NULL::int AS order_id,
                   COALESCE(move.invoice_date, line.date) AS date,
                   line.due AS date_due, line.residual AS amount, line.days
              FROM (%(items)s) line
              JOIN account_move move ON move.id = line.move_id
            """,
            items=ledger._on_their_day(lambda day: ledger._receivable_items(None, day)),
        )

    def _postdated_query(self):
        """SQL of the posted debits dated later than today."""
        ledger = self.env["kam.credit.ledger"]
        columns = SQL(
            """
            line.id::bigint * 2 AS id, move.name, 'postdated' AS kind,
            partner.kam_client_id AS client_id, company.root_id,
            line.partner_id, line.move_id, NULL::int AS order_id,
            COALESCE(move.invoice_date, line.date) AS date,
            COALESCE(line.date_maturity, line.date) AS date_due,
            line.balance AS amount, 0 AS days
            """
        )
        return SQL(
            "SELECT * FROM (%s) item",
            ledger._on_their_day(
                lambda day: ledger._postdated_items(None, day, columns)
            ),
        )

    def _order_query(self):
        """SQL of the confirmed orders with a rest."""
        return SQL(
            """
            SELECT orders.id::bigint * 2 + 1 AS id, orders.name, 'order' AS kind,
                   debtor.kam_membership_id AS client_id, %(root)s AS company_id,
                   orders.partner_id, NULL::int AS move_id, orders.id AS order_id,
                   orders.date_order::date AS date,
                   orders.commitment_date::date AS date_due,
                   orders.credit_rest AS amount, 0 AS days
              FROM sale_order orders
              JOIN res_partner debtor ON debtor.id = orders.credit_debtor_id
              JOIN res_company company ON company.id = orders.company_id
             WHERE orders.state = 'sale' AND orders.credit_rest > 0
               AND debtor.kam_membership_id IS NOT NULL
            """,
            root=ROOT,
        )

    @api.model
    def _get_action(self, client, company):
        """Return the window action on the open documents of a client.

        :param company: root company
        """
        return client._get_record_action(
            "key_account_management.kam_credit_exposure_action",
            [("client_id", "=", client.id), ("company_id", "=", company.id)],
        )

    def action_open_document(self):
        """Open the invoice, journal entry or order."""
        self.ensure_one()
        record = self.order_id or self.move_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
