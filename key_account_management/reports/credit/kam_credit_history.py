from odoo import api, fields, models
from odoo.tools import SQL

# A list: of a tuple Odoo keeps no labels, and the chart fails.
FIGURES = [
    ("limit", "Limit"),
    ("exposure", "Exposure"),
    ("overdue", "Overdue"),
]


class KamCreditHistory(models.Model):
    """One figure of a daily snapshot a row, so that a graph shows them together."""

    _name = "kam.credit.history"
    _description = "Limit and Debt Day by Day"
    _inherit = ["kam.door.mixin", "kam.credit.daily.mixin"]
    _auto = False
    _order = "date desc, id"
    _rec_name = "snapshot_id"
    _daily_fields = frozenset(("amount",))
    _depends = {
        "kam.credit.snapshot": [
            "client_id",
            "company_id",
            "date",
            "exposure",
            "limit",
            "line_id",
            "overdue",
        ]
    }

    snapshot_id = fields.Many2one(comodel_name="kam.credit.snapshot", readonly=True)
    line_id = fields.Many2one(
        comodel_name="kam.credit.line", string="Credit Line", readonly=True
    )
    client_id = fields.Many2one(
        comodel_name="kam.client", string="Key Client", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(readonly=True)
    figure = fields.Selection(FIGURES, readonly=True)
    amount = fields.Monetary(
        readonly=True, help="Over several days: average of the sums of each day."
    )

    @property
    def _table_query(self):
        figures = SQL(", ").join(
            SQL("(%s, %s, snapshot.%s)", number, name, SQL.identifier(name))
            for number, (name, _label) in enumerate(FIGURES)
        )
        return SQL(
            """
            SELECT snapshot.id::bigint * %s + figure.number AS id,
                   snapshot.id AS snapshot_id, snapshot.line_id, snapshot.client_id,
                   snapshot.company_id, snapshot.date, figure.figure, figure.amount
              FROM kam_credit_snapshot snapshot
        CROSS JOIN LATERAL (VALUES %s) figure (number, figure, amount)
            """,
            len(FIGURES),
            figures,
        )

    @api.model
    def _get_action(self, line):
        """Return the window action on the history of a credit line."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "key_account_management.kam_credit_history_action"
        )
        return {**action, "domain": [("line_id", "=", line.id)], "context": {}}

    def action_open_snapshot(self):
        """Open the snapshot, with what changed since."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.credit.snapshot",
            "res_id": self.snapshot_id.id,
            "view_mode": "form",
        }
