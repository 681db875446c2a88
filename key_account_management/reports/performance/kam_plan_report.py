from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

METRICS = (
    *("turnover", "margin", "active_clients", "new_clients", "reactivated_clients"),
    "collections",
)
# Months of facts, besides those of the year before for comparison.
MONTHS = 24


class KamPlanReport(models.Model):
    """Plan, fact and last year per manager, metric and month.

    The targets are those of the plans that govern; the facts come from the documents
    of the last months, whether they were planned or not.
    """

    _name = "kam.plan.report"
    _description = "Plan and Fact"
    _inherit = ["kam.door.mixin"]
    _auto = False
    _order = "month desc"
    _rec_name = "metric"

    month = fields.Date(readonly=True)
    metric = fields.Selection(
        selection=[
            ("turnover", "Turnover"),
            ("margin", "Margin"),
            ("active_clients", "Active clients"),
            ("new_clients", "New clients"),
            ("reactivated_clients", "Reactivated clients"),
            ("collections", "Money collected"),
        ],
        readonly=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Key Account Manager", readonly=True
    )
    team_id = fields.Many2one(comodel_name="crm.team", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    target = fields.Float(string="Plan", digits=(16, 2), readonly=True)
    fact = fields.Float(digits=(16, 2), readonly=True)
    last_year = fields.Float(digits=(16, 2), readonly=True)
    forecast = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="Of turnover, as it was kept at the last checkpoint of the month.",
    )

    @property
    def _table_query(self):
        facts = self._facts()
        return SQL(
            """
            SELECT ('x' || SUBSTR(MD5(CONCAT_WS(
                        '/', month, metric, row.user_id, row.company_id)), 1, 12)
                   )::bit(48)::bigint AS id,
                   month, metric, row.user_id, row.company_id,
                   COALESCE(member.sale_team_id, (
                        SELECT team.id FROM crm_team team
                         WHERE team.user_id = member.id ORDER BY team.id LIMIT 1))
                        AS team_id,
                   SUM(target) AS target, SUM(fact) AS fact,
                   SUM(last_year) AS last_year, SUM(forecast) AS forecast
              FROM (
                SELECT company_id, user_id, metric, month, target, 0 AS fact,
                       0 AS last_year, 0 AS forecast
                  FROM (%(targets)s) target
             UNION ALL
                SELECT company_id, manager_id, metric, month, 0, fact, 0, 0
                  FROM (%(facts)s) fact WHERE month >= %(since)s
             UNION ALL
                SELECT company_id, manager_id, metric,
                       (month + interval '1 year')::date, 0, 0, fact, 0
                  FROM (%(facts)s) fact
                 WHERE month <= %(today)s::date - interval '1 year'
             UNION ALL
                SELECT company_id, user_id, 'turnover', month, 0, 0, 0, forecast
                  FROM (%(forecasts)s) forecast
              ) row
              JOIN res_users member ON member.id = row.user_id
          GROUP BY month, metric, row.user_id, row.company_id, member.id
            """,
            targets=self._targets(),
            facts=facts,
            forecasts=self._forecasts(),
            since=self._since(),
            today=fields.Date.today(),
        )

    def _since(self):
        month = fields.Date.start_of(fields.Date.today(), "month")
        return month - relativedelta(months=MONTHS)

    def _targets(self):
        """SQL of the targets of the governing plans of managers."""
        return SQL(
            """
            SELECT DISTINCT ON (plan.company_id, plan.user_id, line.metric, line.month)
                   plan.company_id, plan.user_id, line.metric, line.month, line.target
              FROM kam_sales_plan_line line
              JOIN kam_sales_plan plan ON plan.id = line.plan_id
             WHERE plan.user_id IS NOT NULL AND plan.state IN ('approved', 'closed')
               AND line.client_id IS NULL AND line.category_id IS NULL
               AND COALESCE(plan.effective_date, plan.date_from) <= line.month
          ORDER BY plan.company_id, plan.user_id, line.metric, line.month,
                   plan.effective_date DESC, plan.version DESC
            """
        )

    def _forecasts(self):
        """SQL of the last forecast of each month of a manager."""
        return SQL(
            """
            SELECT DISTINCT ON (company_id, user_id, month)
                   company_id, user_id, month, forecast
              FROM kam_sales_forecast WHERE month >= %s
          ORDER BY company_id, user_id, month, checkpoint DESC
            """,
            self._since(),
        )

    def _facts(self):
        """SQL of the facts of the active companies' documents."""
        engine = self.env["kam.plan.facts"]
        start = self._since() - relativedelta(years=1)
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS company_id, manager_id, metric, month, fact"
                "  FROM (%s) fact WHERE manager_id IS NOT NULL",
                company.id,
                engine._facts_query(
                    company,
                    engine._get_branches(company),
                    start,
                    fields.Date.today(),
                    METRICS,
                ),
            )
            for company in self.env.companies.sudo().root_id
        )
