from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .open_items import Days, get_calendar, get_items

LONGEST = 400
# Days in one statement and commit.
BATCH = 7
DAY = SQL("calendar.day")
_COVERED = SQL(
    "(SELECT id::int FROM jsonb_array_elements_text(snapshot.covered) covered (id))"
)
# Figures of a snapshot in the chart of a line, and what the line calls them today.
CHARTED = ("limit", "receivable", "overdue")
TODAY = {"limit": "effective_limit"}


class KamCreditSnapshot(models.Model):
    """A credit line at the close of a day, as it was taken the night after.

    Amounts in the currency of the company, pooled as those of the line. Kept as
    taken: one statement for all lines of a week fills what is missing. What the ledger
    says today of that day, of the legal entities covered then, is computed beside it,
    from every document, whatever the user may see: number, date and amount are shown
    to those who may read the snapshot.
    """

    _name = "kam.credit.snapshot"
    _description = "Daily Snapshot of a Credit Line"
    _inherit = ["kam.guard.mixin", "kam.credit.daily.mixin"]
    _order = "date desc, line_id"
    _rec_name = "line_id"

    _append_only = True
    _daily_fields = frozenset(
        ("limit", "receivable", "uninvoiced", "exposure", "overdue", "disputed")
    )

    line_id = fields.Many2one(
        comodel_name="kam.credit.line",
        string="Credit Line",
        required=True,
        ondelete="cascade",
        readonly=True,
    )
    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="restrict", readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    manager_id = fields.Many2one(related="client_id.manager_id")
    date = fields.Date(required=True, readonly=True, help="Figures at its close.")
    limit = fields.Monetary(string="Effective Limit", readonly=True)
    receivable = fields.Monetary(string="Receivables", readonly=True)
    uninvoiced = fields.Monetary(string="Confirmed, not Invoiced", readonly=True)
    exposure = fields.Monetary(readonly=True)
    overdue = fields.Monetary(readonly=True)
    overdue_days = fields.Integer(
        string="Oldest Overdue (days)", readonly=True, aggregator="max"
    )
    is_over_limit = fields.Boolean(
        string="Over the Limit",
        readonly=True,
        help="The exposure was more than the limit with the tolerance of the policy.",
    )
    is_overdue = fields.Boolean(
        string="Overdue beyond Grace",
        readonly=True,
        help="Debt was overdue beyond grace and minimum of the policy, net of "
        "unallocated credits.",
    )
    disputed = fields.Monetary(
        readonly=True, help="What of the receivables was in accepted disputes."
    )
    is_backfilled = fields.Boolean(
        string="Filled in Later",
        readonly=True,
        help="Taken on a later day: receivables from the ledger, confirmed orders "
        "estimated from the dates of orders and invoices.",
    )
    covered = fields.Json(readonly=True)
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        compute="_compute_partner_ids",
        string="Legal Entities",
        help="The legal entities that the client had when the snapshot was taken.",
    )

    _line_date_uniq = models.Constraint(
        "UNIQUE (line_id, date)", "A credit line has one snapshot a day."
    )
    _company_date_idx = models.Index("(company_id, date)")

    @api.depends("covered")
    def _compute_partner_ids(self):
        partners = self.env["res.partner"]
        known = partners.browse({id_ for snap in self for id_ in snap.covered or []})
        known = known.exists()
        for snapshot in self:
            covered = partners.browse(snapshot.covered or [])
            snapshot.partner_ids = covered & known

    @api.depends("line_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for snapshot in self:
            snapshot.display_name = self.env._(
                "%(line)s on %(date)s",
                line=snapshot.line_id.display_name,
                date=format_date(self.env, snapshot.date),
            )

    @api.model
    def _get_kept_message(self):
        return self.env._(
            "Snapshots are kept as they were taken and cannot be changed."
        )

    @api.model
    def _get_charts(self, lines):
        """Return days and figures for the chart of lines: a year, and today.

        :return: dict kam.credit.line -> dict; nothing of lines without a snapshot
        """
        todays = {company: company._kam_today() for company in lines.company_id}
        first = min(todays.values(), default=fields.Date.today())
        snapshots = self.search_fetch(
            [
                ("line_id", "in", lines.ids),
                ("date", ">=", fields.Date.subtract(first, years=1)),
            ],
            ["line_id", "date", *CHARTED],
            order="date",
        )
        of_line = snapshots.grouped("line_id")
        return {
            line: {
                "currency_id": line.currency_id.id,
                "days": [*map(str, taken.mapped("date")), str(todays[line.company_id])],
                "figures": [
                    {
                        "name": name,
                        "label": self._fields[name]._description_string(self.env),
                        "values": [*taken.mapped(name), line[TODAY.get(name, name)]],
                    }
                    for name in CHARTED
                ],
            }
            for line in lines
            if (taken := of_line.get(line._origin))
        }

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
        self.env["kam.credit.finder"]._flush()
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
        """SQL of the rows, in the order of the columns.

        A row is a line and a day, also when nothing is owed. Over the limit is judged
        to the cent, as sums of floats have remainders. Rows of days before yesterday
        are marked: they were counted afterwards from what the books say now.
        """
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
        """SQL of the tables that the rows come from, by day.

        The lines of each day are kept as a table, as three others join them. Items are
        read for all days at once, with the residual of each day; that is what makes a
        year affordable. Who belonged to the client is that of now: see ``covered``.
        """
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
         LEFT JOIN kam_credit_policy policy ON policy.id = %(policy)s
            """,
            limits=self.env["kam.credit.line.change"]._get_past_limits(where, DAY, tz),
            policy=self.env["kam.credit.policy"]._get_line_policy(),
        )

    def _fill_debts(self):
        """SQL of the sums of open items per line and day.

        Credits lower what the gate calls overdue, even those not due; they do not
        lower the overdue that is shown. A dispute counts up to what is still open.
        """
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

    ledger_receivable = fields.Monetary(
        compute="_compute_difference",
        string="Receivables of the Ledger",
        help="What the ledger says today about the close of that day.",
    )

    difference = fields.Monetary(
        compute="_compute_difference",
        help="Ledger of today less snapshot: what was entered, changed or matched "
        "since for that day or before.",
    )

    changed_documents = fields.Html(
        compute="_compute_changed_documents",
        help="Documents dated up to the day that were entered, changed or matched "
        "after the snapshot was taken.",
    )

    @api.depends("receivable", "covered", "date")
    def _compute_difference(self):
        self.flush_model()
        ledger = self.env["kam.credit.ledger"]
        ledger._flush_items()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT snapshot.id, SUM(item.residual)
                  FROM kam_credit_snapshot snapshot CROSS JOIN LATERAL (%s) item
                 WHERE snapshot.id IN %s AND item.root_id = snapshot.company_id
              GROUP BY snapshot.id
                """,
                get_items(
                    SQL("partner.commercial_partner_id IN %s", _COVERED),
                    Days.one(SQL("snapshot.date")),
                    is_narrow=True,
                ),
                tuple(self._origin.ids) or (0,),
            )
        )
        sums = dict(rows)
        for snapshot in self:
            receivable = float(sums.get(snapshot._origin.id, 0))
            snapshot.ledger_receivable = receivable
            snapshot.difference = snapshot.currency_id.round(
                receivable - snapshot.receivable
            )

    @api.depends("difference")
    @api.depends_context("lang")
    def _compute_changed_documents(self):
        changed = self.filtered("difference")
        (self - changed).changed_documents = False
        for snapshot, rows in changed._get_changed_documents().items():
            documents = Markup().join(
                Markup("<li>%s</li>") % snapshot._describe(*row) for row in rows
            )
            snapshot.changed_documents = documents and (
                Markup("<ul>%s</ul>") % documents
            )

    def _describe(self, name, date, state, amount):
        states = dict(
            self.env["account.move"]._fields["state"]._description_selection(self.env)
        )
        return self.env._(
            "%(name)s of %(date)s: %(amount)s (%(state)s)",
            name=name or "/",
            date=format_date(self.env, date),
            amount=self.currency_id.format(float(amount)),
            state=states[state],
        )

    def _get_changed_documents(self):
        """Return dict snapshot -> rows (name, date, state, amount) of documents.

        Deleted documents and matchings that were undone leave no trace in the
        ledger.
        """
        result = {snapshot: [] for snapshot in self}
        if not self:
            return result
        rows = self.env.execute_query(
            SQL(
                """
                SELECT snapshot.id, move.name, move.date, move.state, SUM(line.balance)
                  FROM kam_credit_snapshot snapshot
                  JOIN account_move_line line ON line.date <= snapshot.date
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN res_partner partner ON partner.id = line.partner_id
                   AND partner.commercial_partner_id IN %(covered)s
                  JOIN account_move move ON move.id = line.move_id
                  JOIN res_company company ON company.id = line.company_id
                   AND split_part(company.parent_path, '/', 1)::int
                        = snapshot.company_id
                 WHERE snapshot.id IN %(ids)s
                   AND (move.write_date > snapshot.create_date OR EXISTS (
                        SELECT FROM account_partial_reconcile part
                         WHERE (part.debit_move_id = line.id
                                OR part.credit_move_id = line.id)
                           AND part.create_date > snapshot.create_date
                           AND part.max_date <= snapshot.date))
              GROUP BY snapshot.id, move.id
              ORDER BY snapshot.id, move.date, move.id
                """,
                covered=_COVERED,
                ids=tuple(self.ids),
            )
        )
        for snapshot_id, *row in rows:
            result[self.browse(snapshot_id)].append(row)
        return result
