from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .calendar import get_base, get_share

COLUMNS = SQL(
    "line_id, company_id, kind, date, client_id, move_id, name, amount, base, days_late"
)
# New clients planned in a month below which the part runs over the quarter to date.
FEW_NEW = 5


class KamScorecardEngine(models.AbstractModel):
    """Writes the entries of many scorecards from the documents, in few statements.

    An entry is a record with what it adds to the numerator (``amount``) and to the
    denominator (``base``) of a criterion, so that the card is no more than the sums
    of its entries. The cards of one call have one company and one period. Reads
    every document, whatever the user may see: the callers let out no more than the
    entries of cards that the user may read.
    """

    _name = "kam.scorecard.engine"
    _description = "Entries of Scorecards"
    _inherit = ["kam.plan.facts"]

    @api.model
    def _fill(self, cards, as_of):
        """Write the entries of draft cards anew.

        :param cards: kam.scorecard of one company and period, with their lines
        :param as_of: last day whose documents count; payments up to it count as well
        """
        company, date_from = cards.company_id, cards[:1].date_from
        until = min(cards[:1].date_to, as_of)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "DELETE FROM kam_scorecard_entry WHERE line_id IN %s",
                tuple(cards.line_ids.ids) or (0,),
            )
        )
        branches = self._get_branches(company)
        kpis = {line.code: line.kpi_id for line in cards.line_ids}
        queries = {
            "growth": lambda: self._growth_query(
                company, branches, cards, until, kpis["growth"].base
            ),
            "settlement": lambda: self._settlement_query(
                company, date_from, until, as_of
            ),
            "debt": lambda: self._debt_query(company, date_from, until),
            "plan": lambda: self._plan_query(company, branches, cards, until),
            "reports": lambda: self._report_query(company, branches, cards, until),
        }
        for code, query in queries.items():
            if code in kpis:
                days_late = "entry.days_late" if code == "settlement" else "NULL"
                self._insert(cards, code, query(), days_late)
        for code in ("claims", "evaluations", "complaints"):
            self._insert(cards, code, self._remark_query(company, cards, code))
        self._insert_seams(cards)
        self.env["kam.scorecard.entry"].invalidate_model()

    def _insert(self, cards, code, query, days_late="NULL"):
        """Write the rows of a query to the lines of their managers.

        Materialized: joined to the cards row by row the owner would be looked up for
        each pair of a document and a card.

        :param query: SQL with manager_id, kind, date, client_id, move_id, name,
            amount and base
        :param days_late: column of the query with days, where it has one
        """
        self.env.cr.execute(
            SQL(
                """
                WITH entry AS MATERIALIZED (%(query)s)
                INSERT INTO kam_scorecard_entry (%(columns)s)
                SELECT line.id, card.company_id, entry.kind, entry.date,
                       entry.client_id, entry.move_id, entry.name,
                       ROUND(entry.amount::numeric, 2), ROUND(entry.base::numeric, 2),
                       %(days_late)s
                  FROM entry
                  JOIN kam_scorecard card ON card.user_id = entry.manager_id
                   AND card.id IN %(cards)s
                  JOIN kam_scorecard_line line ON line.scorecard_id = card.id
                   AND line.code = %(code)s
              ORDER BY line.id, entry.date, entry.client_id, entry.move_id
                """,
                columns=COLUMNS,
                days_late=SQL(days_late),
                query=query,
                cards=tuple(cards.ids),
                code=code,
            )
        )

    def _growth_query(self, company, branches, cards, until, base):
        """SQL of the turnover, and of the base on the days that he owned the client.

        A base invoice belongs to the owner of the client on the same calendar day of
        this period, so that a hand-over moves the base with the client. What is left
        out of a one-off order is a row of its own that takes the amount back.
        """
        card = cards[:1]
        months = 12 if base == "last_year" else 1
        start, end = get_base(card.date_from, card.date_to, until, months)
        shift = f"{months} months"
        return SQL(
            """
            SELECT %(stamp)s AS manager_id, 'turnover' AS kind,
                   move.invoice_date AS date, move.kam_client_id AS client_id,
                   move.id AS move_id, move.name,
                   move.amount_untaxed_signed AS amount, 0 AS base
              FROM account_move move
             WHERE %(now)s
         UNION ALL
            SELECT %(stamp)s, 'left_out', move.invoice_date, move.kam_client_id,
                   move.id, left_out.name, left_out.balance, 0
              FROM account_move move
              JOIN (%(left_out)s) left_out ON left_out.move_id = move.id
             WHERE %(now)s
         UNION ALL
            SELECT (%(owner)s), base.kind, base.date, base.client_id, base.move_id,
                   base.name, 0, base.amount
              FROM (
                SELECT base.*, LEAST(%(last)s::date,
                            (base.date + %(shift)s::interval)::date) AS same_day
                  FROM (
                    SELECT 'base' AS kind, move.invoice_date AS date,
                           move.kam_client_id AS client_id, move.id AS move_id,
                           move.name, move.amount_untaxed_signed AS amount
                      FROM account_move move WHERE %(then)s
                 UNION ALL
                    SELECT 'left_out', move.invoice_date, move.kam_client_id, move.id,
                           left_out.name, left_out.balance
                      FROM account_move move
                      JOIN (%(left_out)s) left_out ON left_out.move_id = move.id
                     WHERE %(then)s
                  ) base
              ) base
            """,
            stamp=self._stamp(),
            now=self._sale_conditions(branches, card.date_from, until),
            owner=self.env["kam.assignment"]._get_owner_query(
                SQL("base.client_id"), SQL("base.same_day")
            ),
            left_out=self._left_out_query(company, card.date_from),
            shift=shift,
            last=card.date_to,
            then=self._sale_conditions(branches, start, end),
        )

    def _left_out_query(self, company, start):
        """SQL of what one-off orders brought on a document: move_id, balance, name.

        Of orders that the director left out before the period began. The balance is
        that of the ledger, so it has the opposite sign of turnover.
        """
        return SQL(
            """
            SELECT move_id, SUM(balance) AS balance,
                   STRING_AGG(DISTINCT name, ', ') AS name
              FROM (
                SELECT DISTINCT ON (item.id) item.move_id, item.balance,
                       orders.name || ': ' || exclusion.reason AS name
                  FROM kam_growth_exclusion exclusion
                  JOIN sale_order orders ON orders.id = exclusion.order_id
                  JOIN sale_order_line line ON line.order_id = orders.id
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                  JOIN account_move_line item ON item.id = rel.invoice_line_id
                   AND item.display_type = 'product'
                 WHERE exclusion.company_id = %s AND exclusion.date_from <= %s
              ORDER BY item.id
              ) item
          GROUP BY move_id
            """,
            company.id,
            start,
        )

    def _settlement_query(self, company, date_from, until, as_of):
        """SQL of the instalments due in the period, as they were paid up to a day.

        The parts are those of the payment behaviour of clients; the manager is the
        one stamped on the invoice.
        """
        behaviour = self.env["kam.payment.behaviour"]
        behaviour._flush()
        return SQL(
            """
            SELECT %(stamp)s AS manager_id, CASE
                        WHEN BOOL_AND(part.is_paid AND part.days <= 0) THEN 'on_time'
                        WHEN BOOL_AND(part.is_paid) THEN 'late' ELSE 'unpaid' END
                        AS kind,
                   part.due AS date, move.kam_client_id AS client_id,
                   move.id AS move_id, move.name,
                   COALESCE(SUM(part.weight) FILTER (
                        WHERE part.is_paid AND part.days <= 0), 0) AS amount,
                   SUM(part.weight) AS base,
                   NULLIF(GREATEST(0, MAX(part.days)), 0) AS days_late
              FROM (%(parts)s) part
              JOIN account_move_line line ON line.id = part.line_id
              JOIN account_move move ON move.id = line.move_id
               AND move.kam_client_id IS NOT NULL
             WHERE part.root_id = %(company)s AND part.due <= %(until)s
          GROUP BY part.line_id, part.due, move.id
            HAVING SUM(part.weight) > 0
            """,
            stamp=self._stamp(),
            parts=behaviour._parts(None, date_from, as_of),
            company=company.id,
            until=until,
        )

    def _debt_query(self, company, date_from, until):
        """SQL of the client-days with debt on a line in force, clean or not.

        Clean days are one row per client, the others one row each. What is overdue
        and wholly in accepted disputes is clean. A day that is overdue since before
        a hand-over of the last days stays with the giver.
        """
        return SQL(
            """
            SELECT manager_id, kind, CASE WHEN kind = 'clean' THEN NULL ELSE date END
                        AS date,
                   client_id, NULL::int AS move_id, NULL AS name,
                   COUNT(*) FILTER (WHERE kind = 'clean') AS amount, COUNT(*) AS base
              FROM (
                SELECT day.client_id, day.date, day.kind, CASE
                            WHEN day.kind = 'overdue' THEN COALESCE((%(giver)s),
                                                                    (%(owner)s))
                            ELSE (%(owner)s) END AS manager_id
                  FROM (
                    SELECT line_id, client_id, date, CASE
                                WHEN is_overdue AND overdue > COALESCE(disputed, 0)
                                THEN 'overdue'
                                WHEN is_over_limit THEN 'over_limit'
                                ELSE 'clean' END AS kind
                      FROM kam_credit_snapshot
                     WHERE company_id = %(company)s AND receivable > 0 AND "limit" > 0
                       AND date BETWEEN %(start)s AND %(end)s
                  ) day
              ) day
          GROUP BY manager_id, kind, client_id, 3
            """,
            owner=self.env["kam.assignment"]._get_owner_query(
                SQL("day.client_id"), SQL("day.date")
            ),
            giver=self._giver_query(company),
            company=company.id,
            start=date_from,
            end=until,
        )

    def _giver_query(self, company):
        """SQL of who gave the client away when it was overdue, and it still is.

        For a day of a line: of the hand-overs within the company's number of days, the
        first before which the line was overdue and since which it never was not. The
        debt of a longer chain of owners stays with the one under whom it arose.
        """
        return SQL(
            """
            SELECT (%(before)s)
              FROM kam_assignment taken
             WHERE taken.client_id = day.client_id AND taken.date_from <= day.date
               AND taken.date_from > day.date - %(days)s
               AND EXISTS (
                    SELECT FROM kam_credit_snapshot snap
                     WHERE snap.line_id = day.line_id AND snap.is_overdue
                       AND snap.date = taken.date_from - 1)
               AND NOT EXISTS (
                    SELECT FROM kam_credit_snapshot snap
                     WHERE snap.line_id = day.line_id AND NOT snap.is_overdue
                       AND snap.date BETWEEN taken.date_from AND day.date)
          ORDER BY taken.date_from LIMIT 1
            """,
            before=self.env["kam.assignment"]._get_owner_query(
                SQL("taken.client_id"), SQL("taken.date_from - 1")
            ),
            days=company.sudo().kam_hand_over_days,
        )

    def _report_query(self, company, branches, cards, until):
        """SQL of weekly plans due in the period, and of outcomes of visits.

        A plan is on time if it was submitted by the deadline of its company in the
        week before, and accepted the first time if it was approved and never given
        back. An outcome is on time within 24 hours of the visit; a visit that was
        missed has none.
        """
        return SQL(
            """
            SELECT user_id AS manager_id, 'done' AS kind, week_start AS date,
                   NULL::int AS client_id, NULL::int AS move_id, NULL AS name,
                   CASE WHEN submitted_at AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s
                             <= week_start - 7 + %(day)s + %(hour)s * interval '1 hour'
                        THEN 1 ELSE 0 END AS amount, 1 AS base
              FROM kam_visit_plan
             WHERE company_id IN %(branches)s
               AND week_start BETWEEN %(start)s AND %(end)s
         UNION ALL
            SELECT user_id, 'accepted', week_start, NULL, NULL, NULL,
                   CASE WHEN COALESCE(return_count, 0) = 0 THEN 1 ELSE 0 END, 1
              FROM kam_visit_plan
             WHERE company_id IN %(branches)s AND state IN ('approved', 'closed')
               AND week_start BETWEEN %(start)s AND %(end)s
         UNION ALL
            SELECT user_id, 'done', done_day, client_id, NULL, NULL,
                   CASE WHEN COALESCE(reported_at, date_done)
                             <= date_done + interval '24 hours'
                        THEN 1 ELSE 0 END, 1
              FROM kam_visit
             WHERE company_id IN %(branches)s AND decision = 'done'
               AND done_day BETWEEN %(start)s AND %(end)s
         UNION ALL
            SELECT user_id, 'done', planned_day, client_id, NULL, NULL, 0, 1
              FROM kam_visit
             WHERE company_id IN %(branches)s AND decision = 'open'
               AND planned_day BETWEEN %(start)s AND %(end)s
               AND planned_day < %(until)s
            """,
            tz=company._get_kam_timezone(),
            day=int(company.sudo().kam_plan_deadline_day or 4),
            hour=company.sudo().kam_plan_deadline_hour,
            branches=branches,
            start=cards[:1].date_from,
            end=until,
            until=until,
        )

    def _remark_query(self, company, cards, code):
        """SQL of the justified remarks that count in the period."""
        kinds = {
            "claims": SQL("remark.kind = 'client'"),
            "evaluations": SQL("remark.kind = 'management'"),
            "complaints": SQL("remark.kind = 'department'"),
        }
        return SQL(
            """
            SELECT remark.user_id AS manager_id, 'case' AS kind, remark.date,
                   remark.client_id, NULL::int AS move_id, remark.fact AS name,
                   1 AS amount, 0 AS base
              FROM kam_remark remark
             WHERE remark.company_id = %(company)s AND %(kind)s
               AND remark.sign = 'negative' AND remark.state = 'justified'
               AND remark.date_counted BETWEEN %(start)s AND %(end)s
            """,
            company=company.id,
            kind=kinds[code],
            start=cards[:1].date_from,
            end=cards[:1].date_to,
        )

    def _insert_seams(self, cards):
        """Write what other rooms bring: justified claims, and reports."""
        vals_list = []
        for code, rows in (
            ("claims", cards._get_justified_claims()),
            ("reports", cards._get_reports_in()),
        ):
            lines = cards.line_ids.filtered(lambda line, code=code: line.code == code)
            by_user = {line.user_id.id: line.id for line in lines}
            vals_list += [
                {
                    "line_id": by_user[row["user_id"]],
                    "company_id": cards.company_id.id,
                    "kind": row["kind"],
                    "date": row["date"],
                    "client_id": row.get("client_id"),
                    "name": row["name"],
                    "amount": row["amount"],
                    "base": row["base"],
                }
                for row in rows
                if row["user_id"] in by_user
            ]
        self.env["kam.scorecard.entry"].sudo().create(vals_list)

    @api.model
    def _get_earlier_plans(self, cards, until):
        """Return the plans approved before the period that a later version replaced.

        :return: dict user id -> dict metric -> target up to the day, of managers whose
            month is judged by a later version
        """
        company, month = cards.company_id, cards[:1].date_from
        quarter = fields.Date.start_of(month, "quarter")
        plans = self.env["kam.sales.plan"]
        now = plans._get_governing_lines(company, quarter, month)
        then = plans._get_governing_lines(company, quarter, month, is_first=True)
        few = self._get_users_with_few_new(now, month)
        share = get_share(month, cards[:1].date_to, until)
        replaced = {line.user_id.id for line in then - now}
        result = {}
        for line in then:
            user_id = line.user_id.id
            is_counted = line.month == month or (
                line.metric == "new_clients" and user_id in few
            )
            if user_id in replaced and is_counted:
                target = line.target * (share if line.month == month else 1)
                sums = result.setdefault(user_id, {})
                sums[line.metric] = round(sums.get(line.metric, 0) + target, 2)
        return result

    def _plan_query(self, company, branches, cards, until):
        """SQL of plan and fact of the metrics that the managers have plans for.

        The facts are one row per client, the plans one row per line of the plan. New
        clients run over the quarter to date where few are planned in the month.
        """
        card = cards[:1]
        quarter = fields.Date.start_of(card.date_from, "quarter")
        lines = self.env["kam.sales.plan"]._get_governing_lines(
            company, quarter, card.date_from
        )
        few = self._get_users_with_few_new(lines, card.date_from)
        month_lines = lines.filtered(
            lambda line: (
                line.month == card.date_from
                or (line.metric == "new_clients" and line.user_id.id in few)
            )
        )
        share = get_share(card.date_from, card.date_to, until)
        return SQL(
            """
            SELECT manager_id, metric AS kind, month AS date, client_id, move_id,
                   NULL AS name, fact AS amount, 0 AS base
              FROM (%(facts)s) fact
             WHERE manager_id IN %(users)s
               AND (month = %(month)s
                    OR (metric = 'new_clients' AND manager_id IN %(few)s))
         UNION ALL
            SELECT plan.user_id, line.metric, line.month, NULL, NULL, plan.name, 0,
                   line.target * CASE WHEN line.month = %(month)s THEN %(share)s
                                      ELSE 1 END
              FROM kam_sales_plan_line line
              JOIN kam_sales_plan plan ON plan.id = line.plan_id
             WHERE line.id IN %(lines)s
            """,
            facts=self._facts_query(
                company, branches, quarter, until, set(month_lines.mapped("metric"))
            ),
            users=tuple(month_lines.user_id.ids) or (0,),
            month=card.date_from,
            few=tuple(few) or (0,),
            share=share,
            lines=tuple(month_lines.ids) or (0,),
        )

    def _get_users_with_few_new(self, lines, month):
        """Return ids of managers whose plan of the month has few new clients."""
        planned = {}
        for line in lines:
            if line.metric == "new_clients" and line.month == month:
                user_id = line.user_id.id
                planned[user_id] = planned.get(user_id, 0) + line.target
        return {user_id for user_id, count in planned.items() if count < FEW_NEW}

    @api.model
    def _get_owners_of(self, company, date_from, date_to):
        """Return the managers who owned a client of the company in the period."""
        periods = self.env["kam.assignment"].sudo().with_context(active_test=False)
        rows = periods.search(
            [
                ("manager_id", "!=", False),
                ("date_from", "<=", date_to),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", date_from - timedelta(days=1)),
                ("client_id.company_id", "in", (False, company.id)),
            ]
        )
        return rows.manager_id.filtered("active")
