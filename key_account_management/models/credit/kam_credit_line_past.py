from odoo import fields, models
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
        day = fields.Date.to_date(self.env.context.get("to_date"))
        stored = self.filtered(
            lambda line: line.id and day and day < line.company_id._kam_today()
        )
        super(KamCreditLine, self - stored)._compute_effective_limit()
        if not stored:
            return
        self.flush_model()
        self.env["kam.credit.line.change"].flush_model()
        for company, lines in stored.grouped("company_id").items():
            where = SQL("line.id IN %s", tuple(lines._origin.ids))
            rows = self.env.execute_query_dict(
                self._past_limits(where, day, company._get_kam_timezone())
            )
            limits = {row["id"]: float(row["limit"]) for row in rows}
            for line in lines:
                line.effective_limit = limits[line._origin.id]

    def _search_effective_limit(self, operator, value):
        """Find by the limit of the day that the field shows."""
        today = super()._search_effective_limit(operator, value)
        day = fields.Date.to_date(self.env.context.get("to_date"))
        roots = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        over = roots.filtered(lambda root: day and day < root._kam_today())
        if not over:
            return today
        if operator == "in":
            wanted = SQL("IN %s", tuple(amount or 0 for amount in value) or (None,))
        elif operator in (">", ">=", "<", "<="):
            wanted = SQL("%s %s", SQL(operator), value)
        else:
            return NotImplemented
        self.flush_model()
        self.env["kam.credit.line.change"].flush_model()
        past = Domain.OR(
            Domain("id", "in", self._past_limit_query(root, day, wanted))
            for root in over
        )
        return past | (today & Domain("company_id", "not in", over.ids))

    def _past_limit_query(self, root, day, wanted):
        """SQL of the ids of lines of a company whose limit of a day is as wanted."""
        lines = SQL("line.company_id = %s", root.id)
        return SQL(
            '(SELECT id FROM (%s) past WHERE past."limit" %s)',
            self._past_limits(lines, day, root._get_kam_timezone()),
            wanted,
        )

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
