from odoo import api, fields, models
from odoo.tools import SQL

# Fields that make the effective limit of a line, with the type of their column.
LIMIT_FIELDS = (
    ("limit", SQL("numeric")),
    ("temporary_limit", SQL("numeric")),
    ("temporary_until", SQL("date")),
)


class KamCreditLineChange(models.Model):
    """One changed value of a credit line: who, when, from, to, why."""

    _name = "kam.credit.line.change"
    _description = "Credit Line Change"
    _inherit = ["kam.guard.mixin"]
    _order = "date desc, id desc"
    _rec_name = "line_id"

    _append_only = True

    line_id = fields.Many2one(
        comodel_name="kam.credit.line",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    field_name = fields.Char(string="Field", required=True, readonly=True)
    field_label = fields.Char(string="Changed", compute="_compute_field_label")
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", required=True, readonly=True
    )
    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)

    def _compute_field_label(self):
        labels = self.env["kam.credit.line"].fields_get(attributes=["string"])
        for change in self:
            label = labels.get(change.field_name, {}).get("string")
            change.field_label = label or change.field_name

    @api.model
    def _get_kept_message(self):
        return self.env._("The history of a credit line is kept and cannot be changed.")

    # --- limits that lines had ---

    @api.model
    def _get_limits_of(self, lines, day):
        """Return ``{line id: limit}`` at the close of a past day.

        :param lines: kam.credit.line
        """
        limits = {}
        if lines:
            lines.flush_model()
            self.flush_model()
        for company, group in lines.grouped("company_id").items():
            where = SQL("line.id IN %s", tuple(group._origin.ids))
            rows = self.env.execute_query_dict(
                self._get_past_limits(where, day, company._get_kam_timezone())
            )
            limits |= {row["id"]: float(row["limit"]) for row in rows}
        return limits

    @api.model
    def _get_lines_by_limit(self, root, day, wanted):
        """SQL of the ids of lines of a company whose limit of a day is as wanted.

        :param wanted: SQL of operator and value
        """
        lines = SQL("line.company_id = %s", root.id)
        return SQL(
            '(SELECT id FROM (%s) past WHERE past."limit" %s)',
            self._get_past_limits(lines, day, root._get_kam_timezone()),
            wanted,
        )

    @api.model
    def _get_past_limits(self, where, day, tz):
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
