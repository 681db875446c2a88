from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

EMPTY = ("", "0", "0.00")
# Fields that make the effective limit of a line, with the type of their column.
LIMIT_FIELDS = (
    ("limit", SQL("numeric")),
    ("temporary_limit", SQL("numeric")),
    ("temporary_until", SQL("date")),
)


class KamCreditLineChange(models.Model):
    """One changed value of a credit line: who, when, from, to, why.

    Values are kept as the database has them and shown in the language of the reader.
    The rows of one line that one user wrote at one moment for one reason are one
    change: screens show its first row, with all its values.
    """

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
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", required=True, readonly=True
    )
    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)
    is_first = fields.Boolean(
        string="First of a Change",
        compute="_compute_changes",
        search="_search_is_first",
    )
    changes = fields.Text(string="Changed", compute="_compute_changes")

    @api.depends("line_id", "date", "user_id", "reason")
    @api.depends_context("lang")
    def _compute_changes(self):
        rows = self.search(
            [("line_id", "in", self.line_id.ids), ("date", "in", self.mapped("date"))],
            order="id",
        )
        changes = rows.grouped(lambda row: row._get_moment())
        for row in self:
            change = changes.get(row._get_moment(), row)
            row.is_first = row == change[:1]
            row.changes = "\n".join(change._get_words())

    def _search_is_first(self, operator, value):
        """The rows that no row of the same change comes before."""
        if operator != "in":
            return NotImplemented

        def to_sql(_model, alias, _query):
            return SQL(
                """
                NOT EXISTS (
                    SELECT FROM kam_credit_line_change earlier
                     WHERE earlier.line_id = %(row)s.line_id
                       AND earlier.date = %(row)s.date
                       AND earlier.user_id = %(row)s.user_id
                       AND earlier.reason IS NOT DISTINCT FROM %(row)s.reason
                       AND earlier.id < %(row)s.id)
                """,
                row=SQL.identifier(alias),
            )

        first = Domain.custom(to_sql=to_sql, predicate=lambda row: row.is_first)
        return Domain.OR(first if wanted else ~first for wanted in value)

    def _get_moment(self):
        """What the rows of one change have in common."""
        return self.line_id, self.date, self.user_id, self.reason or ""

    def _get_words(self):
        """Return a line of text for each value; of a new line, for what it has."""
        labels = self.env["kam.credit.line"].fields_get(attributes=["string"])
        words = []
        for row in self:
            label = labels.get(row.field_name, {}).get("string") or row.field_name
            old, new = (
                row._format_value(row.old_value),
                row._format_value(row.new_value),
            )
            if row.old_value or row.new_value not in EMPTY:
                words.append(
                    f"{label}: {old} → {new or '—'}" if old else f"{label}: {new}"
                )
        return words

    def _format_value(self, value):
        """Return a kept value in the language and format of the reader."""
        self.ensure_one()
        field = self.env["kam.credit.line"]._fields.get(self.field_name)
        if not value or not field:
            return value or ""
        if field.type == "monetary":
            return self._format_money(float(value))
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "boolean":
            return self.env._("Yes") if value == "1" else self.env._("No")
        if field.type == "selection":
            selection = field._description_selection(self.env)
            return dict(selection).get(value, value)
        return value

    def _format_money(self, amount):
        """Format an amount, without cents where there are none."""
        currency = self.line_id.currency_id
        is_whole = currency.is_zero(amount - round(amount))
        digits = 0 if is_whole else currency.decimal_places
        return formatLang(self.env, amount, digits=digits)

    @api.model
    def _get_kept_message(self):
        return self.env._("The history of a credit line is kept and cannot be changed.")

    # --- writing them ---

    @api.model
    def _get_values(self, line):
        """Return the logged fields of a line as text, dates in ISO form."""
        values = {}
        for name in line._logged_fields:
            value = line[name]
            field = line._fields[name]
            if field.type == "many2one":
                value = value.sudo().display_name
            elif field.type == "monetary":
                value = f"{value:.{line.currency_id.decimal_places}f}"
            elif field.type == "boolean":
                value = "1" if value else "0"
            values[name] = str(value or "")
        return values

    @api.model
    def _log(self, line, before):
        """Write a row for each value of a line that differs from ``before``.

        sudo: nobody has the right to write the history.
        """
        reason = self.env.context.get("kam_reason")
        now = fields.Datetime.now()  # one change, though a second may pass meanwhile
        self.sudo().create(
            [
                {
                    "line_id": line.id,
                    "field_name": name,
                    "old_value": before[name],
                    "new_value": value,
                    "reason": reason,
                    "user_id": self.env.uid,
                    "date": now,
                }
                for name, value in self._get_values(line).items()
                if value != before[name]
            ]
        )

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
