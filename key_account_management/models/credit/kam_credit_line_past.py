from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

# Fields that make the effective limit, with the type of their column.
LIMIT_FIELDS = (
    ("limit", SQL("numeric")),
    ("temporary_limit", SQL("numeric")),
    ("temporary_until", SQL("date")),
)


class KamCreditLine(models.Model):
    """The limits that credit lines had, from their history."""

    _inherit = "kam.credit.line"

    def _compute_effective_limit(self):
        ledger = self.env["kam.credit.ledger"]
        day = ledger._reported_day()
        stored = self.filtered("id") if day < ledger._today() else self.browse()
        super(KamCreditLine, self - stored)._compute_effective_limit()
        if not stored:
            return
        self.flush_model()
        self.env["kam.credit.line.change"].flush_model()
        where = SQL("line.id IN %s", tuple(stored._origin.ids))
        rows = self.env.execute_query_dict(
            self._past_limits(where, day, ledger._timezone())
        )
        limits = {row["id"]: float(row["limit"]) for row in rows}
        for line in stored:
            line.effective_limit = limits[line._origin.id]

    def _search_effective_limit(self, operator, value):
        """Find by the limit of the day that the field shows."""
        ledger = self.env["kam.credit.ledger"]
        day = ledger._reported_day()
        if day >= ledger._today():
            return super()._search_effective_limit(operator, value)
        if operator == "in":
            wanted = SQL("IN %s", tuple(amount or 0 for amount in value) or (None,))
        elif operator in (">", ">=", "<", "<="):
            wanted = SQL("%s %s", SQL(operator), value)
        else:
            return NotImplemented
        self.flush_model()
        self.env["kam.credit.line.change"].flush_model()
        found = SQL(
            '(SELECT id FROM (%s) past WHERE past."limit" %s)',
            self._past_limits(SQL("TRUE"), day, ledger._timezone()),
            wanted,
        )
        return Domain("id", "in", found)

    def _past_limits(self, where, day, tz):
        """Return SQL of the lines with their effective limit at the close of a day.

        Columns id, client_id, company_id, policy_id, create_date, limit. Before a
        line was made its limit is 0.

        :param where: SQL condition on ``line``
        :param day: date, or SQL of one
        :param tz: name of the time zone of the day
        """
        columns = SQL(", ").join(
            SQL(
                "CASE WHEN %(had)s IS NULL THEN line.%(name)s"
                "     ELSE NULLIF(%(had)s, '')::%(kind)s END AS %(name)s",
                had=SQL("later.%s", SQL.identifier(name)),
                name=SQL.identifier(name),
                kind=kind,
            )
            for name, kind in LIMIT_FIELDS
        )
        return SQL(
            """
            SELECT id, client_id, company_id, policy_id, create_date,
                   COALESCE(CASE WHEN temporary_until >= %(day)s::date
                        THEN temporary_limit ELSE "limit" END, 0) AS "limit"
              FROM (SELECT line.id, line.client_id, line.company_id, line.policy_id,
                           line.create_date, %(columns)s
                      FROM kam_credit_line line
                 LEFT JOIN (%(later)s) later ON later.line_id = line.id
                     WHERE %(where)s) line
            """,
            day=day,
            columns=columns,
            later=self._later_changes(day, tz),
            where=where,
        )

    def _later_changes(self, day, tz):
        """SQL of the values that were changed after the day, as they had been."""
        firsts = SQL(", ").join(
            SQL(
                "(ARRAY_AGG(old_value ORDER BY date, id)"
                " FILTER (WHERE field_name = %s))[1] AS %s",
                name,
                SQL.identifier(name),
            )
            for name, _kind in LIMIT_FIELDS
        )
        return SQL(
            """
            SELECT line_id, %(firsts)s
              FROM (SELECT id, line_id, field_name, date,
                           COALESCE(old_value, '') AS old_value
                      FROM kam_credit_line_change
                     WHERE (date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                            > %(day)s::date) change
          GROUP BY line_id
            """,
            firsts=firsts,
            tz=tz,
            day=day,
        )
