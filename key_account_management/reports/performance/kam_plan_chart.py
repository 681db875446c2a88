from odoo import fields, models
from odoo.tools import SQL

KINDS = ("target", "fact", "forecast", "last_year")


class KamPlanChart(models.Model):
    """Plan, fact, forecast and last year as bars side by side.

    A graph shows one measure at a time; here the four of `kam.plan.report` are rows.
    """

    _name = "kam.plan.chart"
    _description = "Plan, Fact and Forecast"
    _inherit = ["kam.door.mixin"]
    _auto = False
    _order = "month desc"
    _rec_name = "metric"

    month = fields.Date(readonly=True)
    kind = fields.Selection(
        selection=[
            ("target", "Plan"),
            ("fact", "Fact"),
            ("forecast", "Forecast"),
            ("last_year", "Last Year"),
        ],
        readonly=True,
    )
    metric = fields.Selection(
        selection=lambda self: self.env["kam.plan.report"]._fields["metric"].selection,
        readonly=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Key Account Manager", readonly=True
    )
    team_id = fields.Many2one(comodel_name="crm.team", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    amount = fields.Float(digits=(16, 2), readonly=True)

    @property
    def _table_query(self):
        columns = SQL(", ").join(
            SQL("(%s, %s, %s)", number, kind, SQL.identifier("report", kind))
            for number, kind in enumerate(KINDS)
        )
        # ids of the report have 48 bits: two more tell the kind
        return SQL(
            """
            SELECT report.id * 4 + bar.number AS id, report.month, bar.kind,
                   report.metric, report.user_id, report.team_id, report.company_id,
                   bar.amount
              FROM (%s) report
        CROSS JOIN LATERAL (VALUES %s) bar (number, kind, amount)
             WHERE bar.amount <> 0
            """,
            self.env["kam.plan.report"]._table_query,
            columns,
        )
