from odoo import api, fields, models
from odoo.tools import SQL

from .promised import share_promises

BUCKETS = [
    ("not_due", "Not Due"),
    ("1_30", "1–30 Days"),
    ("31_60", "31–60 Days"),
    ("61_90", "61–90 Days"),
    ("over_90", "Over 90 Days"),
    ("unallocated", "Unallocated"),
]
# The amounts of the six columns, in their order.
COLUMNS = tuple(f"aging_{bucket}" for bucket, _name in BUCKETS)


class KamReceivableReport(models.Model):
    """One open receivable item of a key client at the close of a day.

    The day is ``to_date`` of the context, else today. Reads every document of the
    clients that the user may see, whatever his rights on invoices; shows no more than
    number, dates and amounts. Manager, team and tier are those of today.
    """

    _name = "kam.receivable.report"
    _description = "Aged Receivables"
    _inherit = ["kam.door.mixin"]
    _auto = False
    _order = "date_maturity, id"
    _rec_name = "name"
    _depends = {
        "account.account": ["account_type"],
        "account.move": ["name"],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "amount_residual_currency",
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
        "kam.client": ["manager_id", "team_id", "tier_id"],
        "res.partner": ["commercial_partner_id", "kam_client_id"],
    }

    name = fields.Char(string="Document", readonly=True)
    move_id = fields.Many2one(
        comodel_name="account.move", string="Journal Entry", readonly=True
    )
    line_id = fields.Many2one(
        comodel_name="account.move.line", string="Journal Item", readonly=True
    )
    client_id = fields.Many2one(
        comodel_name="kam.client", string="Key Client", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Legal Entity", readonly=True
    )
    manager_id = fields.Many2one(
        comodel_name="res.users", string="Key Account Manager", readonly=True
    )
    team_id = fields.Many2one(comodel_name="crm.team", readonly=True)
    tier_id = fields.Many2one(comodel_name="kam.tier", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    currency_id = fields.Many2one(
        comodel_name="res.currency", string="Currency of the Document", readonly=True
    )
    date = fields.Date(readonly=True)
    date_maturity = fields.Date(string="Due Date", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    bucket = fields.Selection(selection=BUCKETS, string="Aging", readonly=True)
    residual = fields.Monetary(
        string="Receivable", currency_field="company_currency_id", readonly=True
    )
    residual_currency = fields.Monetary(
        string="Receivable in Currency", readonly=True, aggregator=None
    )
    overdue = fields.Monetary(currency_field="company_currency_id", readonly=True)
    aging_not_due = fields.Monetary(
        string="Not Due", currency_field="company_currency_id", readonly=True
    )
    aging_1_30 = fields.Monetary(
        string="1–30 Days", currency_field="company_currency_id", readonly=True
    )
    aging_31_60 = fields.Monetary(
        string="31–60 Days", currency_field="company_currency_id", readonly=True
    )
    aging_61_90 = fields.Monetary(
        string="61–90 Days", currency_field="company_currency_id", readonly=True
    )
    aging_over_90 = fields.Monetary(
        string="Over 90 Days", currency_field="company_currency_id", readonly=True
    )
    aging_unallocated = fields.Monetary(
        string="Unallocated", currency_field="company_currency_id", readonly=True
    )

    disputed = fields.Monetary(
        compute="_compute_disputed",
        currency_field="company_currency_id",
        help="Of what is open, what the client does not accept; a rejected dispute "
        "does not count.",
    )
    promised = fields.Monetary(
        compute="_compute_promised",
        currency_field="company_currency_id",
        help="Of what is open, what open promises have not brought yet: of the "
        "documents they name, else of what is due first.",
    )

    @property
    def _table_query(self):
        ledger = self.env["kam.credit.ledger"]
        day = ledger._reported_day()
        return SQL(
            """
            SELECT item.line_id + %(day_number)s AS id, item.line_id, item.move_id,
                   move.name, item.client_id, partner.commercial_partner_id
                        AS partner_id, client.manager_id, client.team_id,
                   client.tier_id, item.root_id AS company_id, item.currency_id,
                   item.date, item.due AS date_maturity,
                   GREATEST(item.days, 0) * (item.residual > 0)::int AS days_overdue,
                   item.residual, item.residual_currency, %(bucket)s AS bucket,
                   %(amounts)s
              FROM (%(items)s) item
         LEFT JOIN kam_client client ON client.id = item.client_id
         LEFT JOIN account_move move ON move.id = item.move_id
         LEFT JOIN res_partner partner ON partner.id = item.partner_id
            """,
            # rows of two days are two records, so that no value is taken for another
            day_number=day.toordinal() << 32,
            bucket=self._bucket(),
            amounts=self._amounts(),
            items=ledger._receivable_items(None, day),
        )

    def _conditions(self):
        """SQL of when an item counts, per amount: overdue, then the six columns."""
        return {
            "overdue": SQL("item.days > 0 AND item.residual > 0"),
            "aging_not_due": SQL("item.days <= 0 AND item.residual > 0"),
            "aging_1_30": SQL("item.days BETWEEN 1 AND 30 AND item.residual > 0"),
            "aging_31_60": SQL("item.days BETWEEN 31 AND 60 AND item.residual > 0"),
            "aging_61_90": SQL("item.days BETWEEN 61 AND 90 AND item.residual > 0"),
            "aging_over_90": SQL("item.days > 90 AND item.residual > 0"),
            "aging_unallocated": SQL("item.residual < 0"),
        }

    def _bucket(self):
        conditions = self._conditions()
        cases = SQL(" ").join(
            SQL("WHEN %s THEN %s", conditions[f"aging_{bucket}"], bucket)
            for bucket, _name in BUCKETS
        )
        return SQL("CASE %s END", cases)

    def _amounts(self):
        return SQL(", ").join(
            SQL(
                "CASE WHEN %s THEN item.residual END AS %s",
                condition,
                SQL.identifier(name),
            )
            for name, condition in self._conditions().items()
        )

    @api.depends("line_id", "residual")
    def _compute_disputed(self):
        """The share of a readable item: its disputes are for the same readers."""
        shares = self.env["kam.credit.ledger"]._get_dispute_shares(
            SQL("state != 'rejected'")
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT line_id, amount FROM (%s) share WHERE line_id IN %s",
                shares,
                (*self.line_id.ids, 0),
            )
        )
        disputed = {line_id: float(amount) for line_id, amount in rows}
        for item in self:
            amount = disputed.get(item.line_id.id, 0.0)
            item.disputed = max(min(amount, item.residual), 0.0)

    @api.depends("move_id", "residual", "client_id", "company_id")
    @api.depends_context("uid")
    def _compute_promised(self):
        """Share the promises out over all open items of the clients, not these only."""
        keys = [
            ("client_id", "in", self.client_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]
        promises = self.env["kam.promise"].search(
            [*keys, ("direction", "=", "theirs"), ("state", "=", "open")],
            order="date, id",
        )
        by_key = promises.grouped(lambda one: (one.client_id, one.company_id))
        self.promised = 0.0
        items = (
            self.search([*keys, ("residual", ">", 0)]) if promises else self.browse()
        )
        groups = items.grouped(lambda item: (item.client_id, item.company_id))
        for key, found in by_key.items():
            shares = share_promises(
                [(x.id, x.move_id.id, x.residual) for x in groups.get(key, ())],
                [(x.amount - x.paid, set(x.move_ids.ids)) for x in found],
            )
            for item in self:
                if share := shares.get(item._origin.id):
                    item.promised = item.company_currency_id.round(share)

    def action_open_document(self):
        """Open the invoice or journal entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
