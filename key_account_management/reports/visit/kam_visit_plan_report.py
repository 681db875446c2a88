from odoo import api, fields, models
from odoo.tools import SQL

from ...models.visit.kam_visit_kind import TOUCHES


class KamVisitPlanReport(models.Model):
    """The figures of weekly plans, one row per plan: defined here and nowhere else.

    Live until the plan is closed, then as they were at that moment. The row has the
    id of its plan.
    """

    _name = "kam.visit.plan.report"
    _description = "Figures of Weekly Plans"
    _inherit = ["kam.door.mixin"]
    _auto = False
    _order = "week_start desc, user_id"
    _rec_name = "plan_id"

    plan_id = fields.Many2one("kam.visit.plan", string="Weekly Plan", readonly=True)
    user_id = fields.Many2one("res.users", string="Manager", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    week_start = fields.Date(string="Week of", readonly=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("closed", "Closed"),
        ],
        readonly=True,
    )
    planned_count = fields.Integer(string="Planned", readonly=True)
    done_count = fields.Integer(string="Done", readonly=True)
    on_day_count = fields.Integer(string="Done on the Day", readonly=True)
    missed_count = fields.Integer(string="Missed", readonly=True)
    unplanned_count = fields.Integer(string="Unplanned", readonly=True)
    touch_count = fields.Integer(string="Visits and Calls Done", readonly=True)
    success_count = fields.Integer(string="With an Order", readonly=True)
    portfolio_count = fields.Integer(string="Clients of the Portfolio", readonly=True)
    covered_count = fields.Integer(string="Clients with Kept Intervals", readonly=True)
    adherence = fields.Float(aggregator="avg", readonly=True)
    coverage = fields.Float(aggregator="avg", readonly=True)
    strike_rate = fields.Float(aggregator="avg", readonly=True)

    @property
    def _table_query(self):
        self._flush_figures()
        return SQL(
            """
            WITH done AS (%(done)s), covered AS (%(covered)s),
                 figures AS (%(figures)s UNION ALL %(closed)s)
            SELECT plan.id, plan.id AS plan_id, plan.user_id, plan.company_id,
                   plan.week_start, plan.state, planned_count, done_count,
                   on_day_count, missed_count, unplanned_count, touch_count,
                   success_count, portfolio_count, covered_count,
                   COALESCE(done_count::float / NULLIF(planned_count, 0), 0)
                       AS adherence,
                   COALESCE(covered_count::float / NULLIF(portfolio_count, 0), 0)
                       AS coverage,
                   COALESCE(success_count::float / NULLIF(touch_count, 0), 0)
                       AS strike_rate
              FROM kam_visit_plan plan JOIN figures ON figures.id = plan.id
            """,
            done=self._done(),
            covered=self._covered(),
            figures=self._figures(),
            closed=self._closed(),
        )

    def _get_figures(self, ids):
        """Return the figures of plans by id, as they are at this moment.

        Not through the cache of records, which nothing clears when a visit changes.
        """
        if not ids:
            return {}
        query = SQL(
            "SELECT * FROM (%s) figures WHERE id IN %s", self._table_query, tuple(ids)
        )
        return {row["id"]: row for row in self.env.execute_query_dict(query)}

    @api.model
    def _get_coverage(self, users, company_ids, date_from, date_to):
        """Return the sums of portfolio and covered clients of managers.

        The two figures alone: whether an order came of each visit costs much more
        and is not asked for. Reads every plan: for callers whose user may see the
        figures of these managers.

        :param date_from: first day; weeks count by their Monday
        :return: dict user id -> (portfolio, covered)
        """
        self._flush_figures()
        asked = SQL(
            "plan.user_id IN %s AND plan.company_id IN %s"
            " AND plan.week_start BETWEEN %s AND %s",
            (*users.ids, 0),
            (*company_ids, 0),
            date_from,
            date_to,
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT plan.user_id,
                       SUM(COALESCE(covered.portfolio_count,
                                    (closed_figures->>'portfolio_count')::int, 0)),
                       SUM(COALESCE(covered.covered_count,
                                    (closed_figures->>'covered_count')::int, 0))
                  FROM kam_visit_plan plan
             LEFT JOIN (%(covered)s) covered ON covered.plan_id = plan.id
                 WHERE %(asked)s
              GROUP BY plan.user_id
                """,
                covered=self._covered(asked),
                asked=asked,
            )
        )
        return {user_id: (portfolio, covered) for user_id, portfolio, covered in rows}

    def _flush_figures(self):
        for model in ("kam.visit", "kam.visit.plan", "kam.client", "kam.tier"):
            self.env[model].flush_model()
        for model in ("kam.assignment", "sale.order", "res.company"):
            self.env[model].flush_model()

    def _figures(self):
        """SQL of the counts of plans that are not closed.

        What the client cancelled was not to be done. Done are the planned ones that
        were done, late ones too; touches are the planned and the unplanned ones.
        """
        return SQL(
            """
            SELECT plan.id,
                   COUNT(visit.id) FILTER (WHERE %(planned)s) AS planned_count,
                   COUNT(visit.id) FILTER (WHERE %(planned)s
                       AND visit.decision = 'done') AS done_count,
                   COUNT(visit.id) FILTER (WHERE %(planned)s AND visit.decision = 'done'
                       AND visit.done_day = visit.planned_day) AS on_day_count,
                   COUNT(visit.id) FILTER (WHERE %(planned)s AND visit.decision = 'open'
                       AND visit.missed_at <= %(now)s) AS missed_count,
                   COUNT(visit.id) FILTER (WHERE visit.is_unplanned
                       AND visit.decision = 'done') AS unplanned_count,
                   COALESCE(MAX(done.touch_count), 0) AS touch_count,
                   COALESCE(MAX(done.success_count), 0) AS success_count,
                   COALESCE(MAX(covered.portfolio_count), 0) AS portfolio_count,
                   COALESCE(MAX(covered.covered_count), 0) AS covered_count
              FROM kam_visit_plan plan
         LEFT JOIN kam_visit visit ON visit.plan_id = plan.id
         LEFT JOIN done ON done.plan_id = plan.id
         LEFT JOIN covered ON covered.plan_id = plan.id
             WHERE plan.state <> 'closed'
          GROUP BY plan.id
            """,
            planned=SQL(
                "(visit.is_unplanned IS NOT TRUE AND NOT (visit.decision = 'cancelled'"
                " AND visit.is_cancelled_by_client IS TRUE))"
            ),
            now=fields.Datetime.now(),
        )

    def _done(self):
        """SQL by plan of the touches that were done and of how many an order came.

        An order linked to a visit counts for that one. Another order of the client
        counts for the latest touch before it, if it is confirmed within the days of
        the company: so each touch looks up to the next one of the same client.
        """
        return SQL(
            """
            SELECT touch.plan_id, COUNT(*) AS touch_count, COUNT(*) FILTER (WHERE
                    EXISTS (
                        SELECT FROM kam_visit_sale_order_rel linked
                          JOIN sale_order ON sale_order.id = linked.sale_order_id
                         WHERE linked.kam_visit_id = touch.id
                           AND sale_order.state = 'sale')
                 OR EXISTS (
                        SELECT FROM sale_order
                          JOIN res_company own ON own.id = sale_order.company_id
                         WHERE sale_order.kam_client_id = touch.client_id
                           AND sale_order.state = 'sale'
                           AND sale_order.date_order >= touch.date_done
                           AND sale_order.date_order <= touch.date_done
                               + touch.strike_days * interval '1 day'
                           AND (touch.next_done IS NULL
                                OR sale_order.date_order < touch.next_done)
                           AND split_part(own.parent_path, '/', 1) = touch.root
                           AND NOT EXISTS (
                               SELECT FROM kam_visit_sale_order_rel linked
                                WHERE linked.sale_order_id = sale_order.id))
                   ) AS success_count
              FROM (
                SELECT visit.id, visit.client_id, visit.date_done,
                       company.kam_strike_days AS strike_days,
                       split_part(company.parent_path, '/', 1) AS root,
                       LEAD(visit.date_done) OVER (
                           PARTITION BY COALESCE(visit.client_id, -visit.id),
                                        split_part(company.parent_path, '/', 1)
                               ORDER BY visit.date_done, visit.id) AS next_done,
                       visit.plan_id
                  FROM kam_visit visit
                  JOIN res_company company ON company.id = visit.company_id
                 WHERE visit.decision = 'done' AND visit.kind_code IN %(touches)s
                   ) touch
              JOIN kam_visit_plan plan ON plan.id = touch.plan_id
               AND plan.state <> 'closed'
          GROUP BY touch.plan_id
            """,
            touches=TOUCHES,
        )

    def _covered(self, asked=None):
        """SQL of the portfolio of each plan on its Sunday: whose intervals are kept.

        The portfolio is that of the owner history, so that a client handed over later
        stays in the figures of whoever had it then.

        :param asked: SQL condition on ``plan``; None: all that are not closed
        """
        return SQL(
            """
            SELECT plan.id AS plan_id, COUNT(*) AS portfolio_count,
                   COUNT(*) FILTER (WHERE
                       (COALESCE(tier.visit_interval_days, 0) = 0 OR COALESCE(
                        last.visit + tier.visit_interval_days >= sunday, FALSE))
                   AND (COALESCE(tier.call_interval_days, 0) = 0 OR COALESCE(
                        last.contact + tier.call_interval_days >= sunday, FALSE))
                   ) AS covered_count
              FROM (SELECT *, week_start + 6 AS sunday FROM kam_visit_plan plan
                     WHERE state <> 'closed' AND %(asked)s) plan
              JOIN kam_assignment period ON period.manager_id = plan.user_id
               AND period.date_from <= sunday
               AND COALESCE(period.date_to >= sunday, TRUE)
              JOIN kam_client client ON client.id = period.client_id AND client.active
               AND COALESCE(client.company_id = plan.company_id, TRUE)
              JOIN kam_tier tier ON tier.id = client.tier_id
         LEFT JOIN LATERAL (%(last)s) last ON TRUE
          GROUP BY plan.id
            """,
            asked=asked or SQL("TRUE"),
            last=self.env["kam.client"]._get_last_contact_query(
                SQL("client.id"), SQL("plan.company_id"), SQL("sunday")
            ),
        )

    def _closed(self):
        """SQL of the counts that were kept when plans were closed."""
        names = (
            "planned_count",
            "done_count",
            "on_day_count",
            "missed_count",
            "unplanned_count",
            "touch_count",
            "success_count",
            "portfolio_count",
            "covered_count",
        )
        counts = SQL(", ").join(
            SQL("COALESCE((closed_figures->>%s)::int, 0)", name) for name in names
        )
        return SQL("SELECT id, %s FROM kam_visit_plan WHERE state = 'closed'", counts)

    def action_open_plan(self):
        """Open the plan of the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.visit.plan",
            "res_id": self.plan_id.id,
            "view_mode": "form",
        }
