from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .open_items import Days, get_calendar

LONGEST = 400
# Days in one statement and commit.
BATCH = 7
DAY = SQL("calendar.day")


class KamCreditSnapshot(models.Model):
    """Takes the snapshots that are missing: one statement for all lines of a week."""

    _inherit = "kam.credit.snapshot"

    @api.model
    def _cron_snapshot(self):
        """Take what is missing up to yesterday of each company; safe to repeat.

        Days that another worker takes at the same moment are left to it.
        """
        weeks = [
            company.with_context(kam_days=days)
            for company, first, last in self._get_pending()
            for days in self._split_weeks(first, last)
        ]
        behind = set()  # a day that is missing is not passed over

        def take(company):
            if company.id not in behind:
                behind.add(company.id)
                self._fill(company, *company.env.context["kam_days"])
                behind.discard(company.id)

        self.env["kam.job"]._run(weeks, take)

    def _split_weeks(self, first, last):
        """Return (first, last) of each statement."""
        return [
            (day, min(last, day + timedelta(days=BATCH - 1)))
            for count in range(0, (last - first).days + 1, BATCH)
            if (day := first + timedelta(days=count))
        ]

    @api.model
    def _get_pending(self):
        """Return the days that are missing: list of (root company, first, last).

        From the day its line was made, at most :data:`LONGEST` days, up to yesterday
        in the time zone of the company.
        """
        self.env["kam.credit.line"].flush_model()
        groups = self.env["kam.credit.line"].sudo()._read_group([], ["company_id"])
        if not groups:
            return []
        zones = [
            (company.id, company._get_kam_timezone(), company._get_kam_yesterday())
            for (company,) in groups
        ]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id, GREATEST(MIN(day), last - %(longest)s), last
                  FROM (
                    SELECT line.company_id, zone.last, GREATEST(%(made)s, (
                                SELECT MAX(date) + 1 FROM kam_credit_snapshot taken
                                 WHERE taken.line_id = line.id)) AS day
                      FROM kam_credit_line line
                      JOIN (VALUES %(zones)s) zone (company_id, tz, last)
                     USING (company_id)
                     WHERE line.active
                  ) line
                 WHERE day <= last GROUP BY company_id, last ORDER BY company_id
                """,
                longest=LONGEST - 1,
                made=self._made_on(SQL("zone.tz")),
                zones=SQL(", ").join(
                    SQL("(%s, %s, %s::date)", *zone) for zone in zones
                ),
            )
        )
        companies = self.env["res.company"].sudo()
        return [(companies.browse(company), *days) for company, *days in rows]

    def _made_on(self, tz):
        """SQL of the day on which ``line`` was made."""
        return SQL(
            "(COALESCE(line.create_date, now() AT TIME ZONE 'UTC')"
            " AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            tz,
        )

    @api.model
    def _fill(self, company, first, last):
        """Take the snapshots of a company for a range of days, where missing.

        :param company: root company
        """
        self.env["kam.credit.line"]._flush_allowance()
        self.env["kam.credit.ledger"]._flush_items()
        self.env["kam.credit.ledger"]._flush_orders()
        self.env["sale.order"].flush_model()
        columns = (
            "line_id client_id company_id date limit receivable uninvoiced exposure "
            "overdue overdue_days is_over_limit is_overdue disputed is_backfilled "
            "covered create_uid create_date write_uid write_date"
        ).split()
        self.env.cr.execute(
            SQL(
                "WITH %s INSERT INTO kam_credit_snapshot (%s) %s"
                " ON CONFLICT (line_id, date) DO NOTHING",
                self._fill_sources(company, first, last),
                SQL(", ").join(map(SQL.identifier, columns)),
                self._fill_query(company),
            )
        )

    def _fill_query(self, company):
        """SQL of the rows, in the order of the columns."""
        return SQL(
            """
            SELECT line.id, line.client_id, line.company_id, line.day, line."limit",
                   receivable, uninvoiced, receivable + uninvoiced, overdue,
                   overdue_days,
                   ROUND(receivable + uninvoiced
                         - line."limit" * (1 + line.tolerance / 100), 2) > 0,
                   overdue_gate > 0 AND overdue_gate >= line.minimum,
                   disputed, line.day < %(yesterday)s, covered.ids,
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM (
                SELECT line.*, COALESCE(receivable, 0) AS receivable,
                       COALESCE(rest, 0) AS uninvoiced, COALESCE(overdue, 0) AS overdue,
                       COALESCE(overdue_days, 0) AS overdue_days,
                       COALESCE(overdue_gate, 0) AS overdue_gate,
                       COALESCE(disputed, 0) AS disputed
                  FROM line
             LEFT JOIN debt USING (id, day)
             LEFT JOIN rest USING (id, day)
              ) line
         LEFT JOIN covered ON covered.client_id = line.client_id
            """,
            yesterday=company._get_kam_yesterday(),
            uid=self.env.uid,
        )

    def _fill_sources(self, company, first, last):
        """SQL of the tables that the rows come from, by day."""
        clients = SQL(
            "(SELECT client_id FROM kam_credit_line WHERE company_id = %s)", company.id
        )
        ledger = self.env["kam.credit.ledger"]
        days = Days.between(first, last)
        return SQL(
            """
            calendar AS (%(calendar)s),
            line AS MATERIALIZED (
                SELECT %(day)s, line.*
                  FROM calendar CROSS JOIN LATERAL (%(lines)s) line),
            item AS (
                SELECT * FROM (%(items)s) item WHERE root_id = %(company)s),
            disputed AS (
                SELECT %(day)s, line_id, SUM(amount) AS amount
                  FROM calendar CROSS JOIN LATERAL (%(disputed)s) dispute
              GROUP BY %(day)s, line_id),
            debt AS (%(debts)s),
            rest AS (
                SELECT line.id, line.day, SUM(item.rest) AS rest
                  FROM (%(rests)s) item
                  JOIN line ON line.client_id = item.client_id
                   AND line.company_id = item.root_id AND line.day = item.day
                 WHERE line.horizon = 0 OR item.commitment_date IS NULL
                    OR item.commitment_date < line.day + line.horizon + 1
              GROUP BY line.id, line.day),
            covered AS (
                SELECT kam_membership_id AS client_id, JSONB_AGG(id ORDER BY id) AS ids
                  FROM res_partner WHERE kam_membership_id IN %(clients)s
              GROUP BY kam_membership_id)
            """,
            calendar=get_calendar(first, last),
            day=DAY,
            lines=self._fill_lines(company),
            items=ledger._receivable_items_by_day(clients, days),
            company=company.id,
            disputed=ledger._get_disputed_query(DAY),
            debts=self._fill_debts(),
            rests=ledger._past_uninvoiced(clients, days, company._get_kam_timezone()),
            clients=clients,
        )

    def _fill_lines(self, company):
        """SQL of the lines without snapshot of the day, with limit and policy."""
        tz = company._get_kam_timezone()
        where = SQL(
            """
            line.company_id = %s AND line.active AND %s <= %s
            AND NOT EXISTS (
                SELECT FROM kam_credit_snapshot taken
                 WHERE taken.line_id = line.id AND taken.date = %s)
            """,
            company.id,
            self._made_on(tz),
            DAY,
            DAY,
        )
        return SQL(
            """
            SELECT line.id, line.client_id, line.company_id, line."limit",
                   COALESCE(policy.limit_tolerance_percent, 0)::numeric AS tolerance,
                   COALESCE(policy.overdue_grace_days, 0) AS grace,
                   COALESCE(policy.overdue_min_amount, 0) AS minimum,
                   COALESCE(policy.horizon_days, 0) AS horizon
              FROM (%(limits)s) line
              JOIN kam_client client ON client.id = line.client_id
         LEFT JOIN kam_tier tier ON tier.id = client.tier_id
         LEFT JOIN kam_credit_policy policy ON policy.id = COALESCE(
                        line.policy_id, tier.credit_policy_id, %(default)s)
            """,
            limits=self.env["kam.credit.line"]._past_limits(where, DAY, tz),
            default=self.env["kam.credit.policy"]._get_default().id,
        )

    def _fill_debts(self):
        """SQL of the sums of open items per line and day."""
        return SQL(
            """
            SELECT line.id, line.day, SUM(residual) AS receivable,
                   SUM(residual) FILTER (WHERE residual > 0 AND days > 0) AS overdue,
                   MAX(days) FILTER (WHERE residual > 0 AND days > 0) AS overdue_days,
                   SUM(residual) FILTER (WHERE residual < 0 OR days > line.grace)
                        AS overdue_gate,
                   SUM(LEAST(residual, disputed.amount)) FILTER (
                        WHERE residual > 0 AND disputed.amount > 0) AS disputed
              FROM line JOIN item USING (client_id, day)
         LEFT JOIN disputed ON disputed.day = line.day
                   AND disputed.line_id = item.line_id
          GROUP BY line.id, line.day
            """
        )
