from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .open_items import COMPANIES, IS_RECEIVABLE, Days, get_items, get_postdated

AGING = ("not_due", "1_30", "31_60", "61_90", "over_90", "unallocated")
ZERO = dict.fromkeys(
    ("receivable", "overdue", "overdue_gate", "oldest_overdue_days", *AGING), 0.0
)
DEBTS = ("receivable", "overdue", "oldest_overdue_days", *AGING)
# Figures of a credit line, in the order of :meth:`KamCreditLedger._get_figures`.
FIGURES = (
    "receivable",
    "uninvoiced",
    "exposure",
    "headroom",
    "utilization",
    "overdue",
    "oldest_overdue_days",
    *(f"aging_{bucket}" for bucket in AGING),
)
# Of what is post-dated, as of orders that have a rest.
_REST_COLUMNS = SQL(
    "partner.kam_client_id AS client_id, company.root_id, line.balance AS rest,"
    " NULL::timestamp AS commitment_date"
)
ALL_CLIENTS = SQL("(SELECT id FROM kam_client)")


class KamCreditLedger(models.AbstractModel):
    """The figures of key clients as the documents have them (DESIGN: numbers).

    Keys are ``(client id, root company id)``: all partners of the client and all
    branches of the company are pooled. Money in the currency of the company. The
    queries read every document, whatever the user may see: the callers let out no
    more than the figures of clients that the user may read.
    """

    _name = "kam.credit.ledger"
    _description = "Credit Figures of Key Clients"

    @api.model
    def _today(self, company=None):
        """Return today in a company; default that of the environment."""
        return (company or self.env.company)._kam_today()

    @api.model
    def _reported_day(self, company=None):
        """Return the day whose close figures are asked for: ``to_date``, else today.

        For figures that are shown; the gate judges by those of today, always.
        """
        asked = fields.Date.to_date(self.env.context.get("to_date"))
        return asked or self._today(company)

    @api.model
    def _get_key_days(self, keys):
        """Return ``{today: keys}``; the companies of nearly all keys have one day."""
        company = self.env["res.company"]
        days = {root_id: None for _client_id, root_id in keys}
        for root_id in days:
            days[root_id] = company.browse(root_id or ())._kam_today()
        groups = defaultdict(set)
        for key in keys:
            groups[days[key[1]]].add(key)
        return groups

    @api.model
    def _on_their_day(self, query):
        """Return SQL of the rows of all companies, each on the day of its own.

        :param query: ``f(day) -> SQL`` with a column root_id
        """
        roots = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        groups = roots._group_kam_days()
        if len(groups) == 1:
            return query(*groups)
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT * FROM (%s) item WHERE root_id IN %s",
                query(day),
                tuple(companies.ids),
            )
            for day, companies in groups.items()
        )

    @api.model
    def _get_keys(self, records):
        """Return the key of each record that has a client and a company.

        A record that is not saved yet has no record rule: where its user may not read
        the client or has no access to the company, the key is nobody's, (0, 0).
        """
        keys = {}
        for record in records:
            client, company = record.client_id._origin, record.company_id._origin
            is_visible = record.id or (
                client.has_access("read")
                and company.sudo().root_id in self.env.user.company_ids.root_id
            )
            key = client.id or 0, company.id or 0  # empty in a form just opened
            keys[record] = key if is_visible else (0, 0)
        return keys

    @api.model
    def _get_receivables(self, keys, grace_days=0):
        """Return receivable, overdue and aging per key at the close of today.

        ``overdue`` is without grace and gross; ``overdue_gate`` is what is more than
        ``grace_days`` past due, net of unallocated credits (never below 0).

        :param keys: iterable of (client id, root company id)
        :return: dict key -> dict with the names of :data:`ZERO`
        """
        keys = set(keys)
        result = {key: dict(ZERO) for key in keys}
        if not keys:
            return result
        self._flush_items()
        for day, group in self._get_key_days(keys).items():
            rows = self.env.execute_query(
                self._receivable_query(group, grace_days, day)
            )
            for client_id, root_id, *figures in rows:
                if (client_id, root_id) in group:
                    values = dict(zip(ZERO, map(float, figures), strict=True))
                    result[client_id, root_id] = values
        return result

    def _receivable_query(self, keys, grace_days, day):
        return SQL(
            "SELECT client_id, root_id, %s FROM (%s) item GROUP BY client_id, root_id",
            self._receivable_sums(grace_days),
            self._receivable_items(keys, day),
        )

    def _receivable_sums(self, grace_days, names=tuple(ZERO)):
        """SQL of the named sums over open items, in the order of the names."""

        def total(condition):
            return SQL("COALESCE(SUM(residual) FILTER (WHERE %s), 0)", condition)

        sums = {
            "receivable": total(SQL("TRUE")),
            "overdue": total(SQL("residual > 0 AND days > 0")),
            "overdue_gate": SQL(
                "GREATEST(0, %s)",
                total(SQL("residual < 0 OR days > %s", grace_days)),
            ),
            "oldest_overdue_days": SQL(
                "COALESCE(MAX(days) FILTER (WHERE residual > 0 AND days > 0), 0)"
            ),
            "not_due": total(SQL("residual > 0 AND days <= 0")),
            "1_30": total(SQL("residual > 0 AND days BETWEEN 1 AND 30")),
            "31_60": total(SQL("residual > 0 AND days BETWEEN 31 AND 60")),
            "61_90": total(SQL("residual > 0 AND days BETWEEN 61 AND 90")),
            "over_90": total(SQL("residual > 0 AND days > 90")),
            "unallocated": total(SQL("residual < 0")),
        }
        return SQL(", ").join(
            SQL("%s AS %s", sums[name], SQL.identifier(name)) for name in names
        )

    @api.model
    def _flush_items(self):
        """Flush what :meth:`_receivable_items` and its relatives read."""
        for model in ("account.move", "account.move.line", "account.partial.reconcile"):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["kam_client_id", "kam_membership_id"])

    @api.model
    def _receivable_items(self, keys, day):
        """Return SQL of the receivable items of the keys at the close of a day.

        The gate, lines, search, cases, cards and reports read these rows, whose
        columns :mod:`.open_items` names. Call :meth:`_flush_items` before.

        :param keys: iterable of (client id, root company id), or SQL of client ids, or
            None for all clients; items of other companies of these clients are among
            the rows
        :param day: a date; to_date may lie in the future
        """
        is_narrow = not self._is_wide(keys) and day < fields.Date.today()
        return get_items(self._scope(keys), Days.one(day), is_narrow)

    @api.model
    def _receivable_items_by_day(self, keys, days):
        """Return SQL of the same at the close of each day.

        :param days: :class:`.open_items.Days`
        """
        return get_items(self._scope(keys), days, True)

    @api.model
    def _postdated_items(self, keys, day, columns, with_move=True):
        """Return SQL of the posted debits dated after a day that is not past.

        :param columns: as of :func:`.open_items.get_postdated`, like ``with_move``
        """
        return get_postdated(
            self._scope(keys), Days.one(day), columns, with_move=with_move
        )

    def _item_conditions(self, keys, day):
        """SQL condition on ``line`` and ``partner``: items dated up to a day."""
        return SQL(
            "%s AND line.date <= %s::date AND %s", IS_RECEIVABLE, day, self._scope(keys)
        )

    def _is_wide(self, keys):
        return keys is None or isinstance(keys, SQL)

    def _scope(self, keys):
        """SQL condition on ``partner``, whose items are asked for."""
        if keys is None:
            return SQL("partner.kam_client_id IS NOT NULL")
        return SQL("partner.kam_client_id IN %s", self._client_ids(keys))

    def _flush_orders(self):
        self.env["sale.order"].flush_model(
            ["state", "credit_rest", "credit_debtor_id", "commitment_date"]
        )
        self.env["res.partner"].flush_model(["kam_client_id", "kam_membership_id"])

    def _rest_items(self, keys, last_day, excluding):
        """SQL of the confirmed orders of the keys that have a rest.

        By the debtor of the confirmation, as a legal entity of the client: where
        contacts and companies are moved in the tree changes nothing.

        :param last_day: those to be delivered later are left out; None: none is
        :param excluding: ids of orders to leave out
        """
        conditions = [SQL("debtor.kam_membership_id IN %s", self._client_ids(keys))]
        if excluding:
            conditions.append(SQL("orders.id NOT IN %s", tuple(excluding)))
        if last_day:
            conditions.append(
                SQL(
                    "(orders.commitment_date IS NULL OR orders.commitment_date <= %s)",
                    datetime.combine(last_day, time.max),
                )
            )
        return SQL(
            """
            SELECT debtor.kam_membership_id AS client_id, company.root_id,
                   orders.credit_rest AS rest, orders.commitment_date
              FROM sale_order orders
              JOIN res_partner debtor ON debtor.id = orders.credit_debtor_id
              JOIN (%(companies)s) company ON company.id = orders.company_id
             WHERE orders.state = 'sale' AND orders.credit_rest > 0 AND %(where)s
            """,
            companies=COMPANIES,
            where=SQL(" AND ").join(conditions),
        )

    def _uninvoiced_items(self, keys, day, last_day=None, excluding=()):
        """SQL of rests of today and of what is post-dated: client_id, root_id, rest,
        commitment_date.

        :param day: today or later: debits count that are dated after it
        :param last_day: as of :meth:`_rest_items`, like ``excluding``
        """
        return SQL(
            "%s UNION ALL %s",
            self._rest_items(keys, last_day, excluding),
            self._postdated_items(keys, day, _REST_COLUMNS, with_move=False),
        )

    @api.model
    def _get_figures(self, lines, names=FIGURES, keys=None, company=None):
        """Return figures of credit lines at the close of a day, in one query.

        The day is that of :meth:`_reported_day`.

        :param lines: SQL of columns id, client_id, company_id (root), limit
            (effective), tolerance (percent), horizon (days; 0: none)
        :param names: which figures; PostgreSQL leaves out what the others take
        :param keys: (client id, root company id) of the lines, if they are few
        :param company: whose day it is; default that of the environment
        :return: list of (id, figures in the order of the names)
        """
        company = company or self.env.company
        day = self._reported_day(company)
        self._flush_items()
        self._flush_orders()
        rows = self.env.execute_query(
            SQL(
                "WITH line AS MATERIALIZED (%s), debt AS (%s), rest AS (%s) "
                "SELECT id, %s FROM (%s) figures",
                lines,
                SQL(
                    "SELECT client_id, root_id, %s FROM (%s) item "
                    "GROUP BY root_id, client_id",
                    self._receivable_sums(0, DEBTS),
                    self._receivable_items(keys, day),
                ),
                self._rest_sums(keys, day, company),
                SQL(", ").join(map(SQL.identifier, names)),
                self._combined_figures(),
            )
        )
        kinds = [int if name == "oldest_overdue_days" else float for name in names]
        return [
            (row[0], *(kind(n) for kind, n in zip(kinds, row[1:], strict=True)))
            for row in rows
        ]

    def _rest_sums(self, keys, day, company):
        """SQL of what is uninvoiced per key and horizon of the lines."""
        if day < company._kam_today():
            tz = company._get_kam_timezone()
            rests = self._past_uninvoiced(keys, Days.one(day), tz)
        else:
            rests = self._uninvoiced_items(keys, day)
        return SQL(
            """
            SELECT client_id, root_id, horizon, SUM(rest) AS rest
              FROM (%(items)s) item
              JOIN (SELECT DISTINCT horizon FROM line) span
                ON span.horizon = 0 OR item.commitment_date IS NULL
                OR item.commitment_date < %(day)s + span.horizon + 1
             GROUP BY horizon, root_id, client_id
            """,
            items=rests,
            day=day,
        )

    def _combined_figures(self):
        """SQL of all figures per line, zero where there is nothing.

        A row is a credit line, also one whose client owes nothing: hence the outer
        joins. The rest of orders is that within the horizon of the line's policy.
        Only the headroom is rounded, to the unit of the currency: what is compared
        with the limit stays exact.
        """
        debts = SQL(", ").join(
            SQL("COALESCE(debt.%(name)s, 0) AS %(name)s", name=SQL.identifier(name))
            for name in DEBTS
        )
        agings = SQL(", ").join(
            SQL("%s AS %s", SQL.identifier(name), SQL.identifier(f"aging_{name}"))
            for name in AGING
        )
        return SQL(
            """
            SELECT *, %(agings)s, ROUND((allowed - exposure) / unit) * unit AS headroom,
                   COALESCE(exposure / NULLIF("limit", 0), 0) AS utilization
              FROM (
                SELECT line.id, line."limit"::numeric AS "limit", %(debts)s,
                       COALESCE(rest.rest, 0) AS uninvoiced,
                       COALESCE(debt.receivable, 0) + COALESCE(rest.rest, 0)
                            AS exposure,
                       line."limit"::numeric * (1 + line.tolerance::numeric / 100)
                            AS allowed,
                       COALESCE(currency.rounding, 0.01) AS unit
                  FROM line
             LEFT JOIN debt ON debt.client_id = line.client_id
                   AND debt.root_id = line.company_id
             LEFT JOIN rest ON rest.client_id = line.client_id
                   AND rest.root_id = line.company_id
                   AND rest.horizon = line.horizon
             LEFT JOIN res_company company ON company.id = line.company_id
             LEFT JOIN res_currency currency ON currency.id = company.currency_id
              ) amount
            """,
            agings=agings,
            debts=debts,
        )

    @api.model
    def _get_position(self, key, grace_days=0, horizon_days=0, excluding=()):
        """Return receivables and what is uninvoiced of one key, in one query.

        :return: (dict as of :meth:`_get_receivables`, uninvoiced amount)
        """
        self._flush_items()
        self._flush_orders()
        today = self.env["res.company"].browse(key[1])._kam_today()
        last_day = today + timedelta(days=horizon_days) if horizon_days else None
        query = SQL(
            """
            SELECT %(sums)s,
                   (SELECT COALESCE(SUM(rest), 0) FROM (%(rests)s) item
                     WHERE root_id = %(root)s)
              FROM (%(items)s) item WHERE root_id = %(root)s
            """,
            sums=self._receivable_sums(grace_days),
            rests=self._uninvoiced_items([key], today, last_day, excluding),
            items=self._receivable_items([key], today),
            root=key[1],
        )
        *figures, uninvoiced = map(float, self.env.execute_query(query)[0])
        return dict(zip(ZERO, figures, strict=True)), uninvoiced

    def _client_ids(self, keys):
        if keys is None:
            return ALL_CLIENTS
        if isinstance(keys, SQL):
            return keys
        return tuple({client_id or 0 for client_id, _root in keys})

    @api.model
    def _get_disputed_query(self, date):
        """Return SQL of (line_id, amount) of the disputes that count on ``date``.

        ``amount`` > 0 in company currency. None in this room: disputes are kept by
        the room receivable.
        """
        return SQL("SELECT NULL::int AS line_id, NULL::numeric AS amount WHERE FALSE")

    @api.model
    def _past_uninvoiced(self, keys, days, tz):
        """Return SQL of what was uninvoiced at the close of each day.

        Columns client_id, root_id, rest, commitment_date, day.

        :param keys: as of :meth:`_receivable_items`
        :param days: :class:`.open_items.Days`
        :param tz: name of the time zone of the days
        """
        return SQL(
            "%s UNION ALL %s",
            self._past_rests(keys, days, tz),
            self._past_postdated(keys, days, tz),
        )

    def _past_postdated(self, keys, days, tz):
        """SQL of the debits that were post-dated on each day."""
        columns = SQL(
            """
            partner.kam_client_id AS client_id, company.root_id,
            line.balance AS rest, NULL::timestamp AS commitment_date, %s AS day
            """,
            days.day,
        )
        made = SQL("%s <= %s", self._posted_on(tz), days.day)
        return get_postdated(self._scope(keys), days, columns, made)

    def _posted_on(self, tz):
        """SQL of the day on which ``move`` is taken to have been posted."""
        return SQL(
            "(CASE WHEN COALESCE(move.auto_post, 'no') = 'no'"
            " THEN (move.create_date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date"
            " ELSE move.date END)",
            tz,
        )

    def _past_rests(self, keys, days, tz):
        """SQL of the rests of orders at the close of each day.

        What is confirmed now and was ordered up to the day counts with its rest of
        now and what was invoiced since, at most its total. Orders cancelled or
        changed since are as they are.
        """
        return SQL(
            """
            SELECT debtor.kam_membership_id AS client_id, company.root_id,
                   LEAST(orders.rest + GREATEST(orders.later, 0),
                         GREATEST(orders.rest, orders.total)) AS rest,
                   orders.commitment_date, orders.day
              FROM (%(orders)s) orders
              JOIN res_partner debtor ON debtor.id = orders.credit_debtor_id
              JOIN (%(companies)s) company ON company.id = orders.company_id
             WHERE debtor.kam_membership_id IN %(clients)s
            """,
            orders=self._past_orders(days, tz),
            companies=COMPANIES,
            clients=self._client_ids(keys),
        )

    def _past_orders(self, days, tz):
        """SQL of confirmed orders with a rest, or invoiced after the day.

        A row is an order and a day. Orders that have a rest now are found by its
        index; those invoiced in full since then have none, and come from the invoices
        dated after the day. The halves exclude each other by the rest of now.
        """
        columns = SQL(
            """
            orders.credit_debtor_id, orders.company_id, orders.date_order,
            orders.commitment_date, orders.credit_rest AS rest,
            orders.amount_total / COALESCE(NULLIF(orders.currency_rate, 0), 1)
                AS total, COALESCE(later.amount, 0) AS later
            """
        )
        return SQL(
            """
            WITH later AS (%(later)s)
            SELECT %(columns)s, %(day)s AS day
              FROM sale_order orders %(calendar)s
         LEFT JOIN later ON later.order_id = orders.id AND later.day = %(day)s
             WHERE orders.state = 'sale' AND orders.credit_rest > 0
               AND orders.date_order < %(end)s
         UNION ALL
            SELECT %(columns)s, later.day
              FROM later JOIN sale_order orders ON orders.id = later.order_id
             WHERE orders.state = 'sale' AND COALESCE(orders.credit_rest, 0) <= 0
               AND later.amount > 0 AND orders.date_order < %(later_end)s
            """,
            later=self._later_invoiced(days, tz),
            columns=columns,
            calendar=days.calendar,
            day=days.day,
            end=self._end_of(days.day, tz),
            later_end=self._end_of(SQL("later.day"), tz),
        )

    def _end_of(self, day, tz):
        """SQL of the moment (UTC) in which a day ends."""
        return SQL("((%s + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", day, tz)

    def _later_invoiced(self, days, tz):
        """SQL of what was invoiced of orders after each day: order_id, day, amount.

        What was post-dated on the day had left the rest by then: an invoice counts
        until it is posted or dated, whatever comes first.
        """
        return SQL(
            """
            SELECT order_id, %(day)s AS day,
                   SUM(amount) FILTER (WHERE until > %(day)s) AS amount
              FROM (
                SELECT line.order_id, LEAST(move.date, %(posted)s) AS until, SUM(
                            CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                            * item.price_total
                            / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
                       ) AS amount
                  FROM account_move move
                  JOIN account_move_line item ON item.move_id = move.id
                  JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
                  JOIN sale_order_line line ON line.id = rel.order_line_id
                 WHERE move.date > %(first)s::date AND move.state = 'posted'
                   AND move.move_type IN ('out_invoice', 'out_refund')
              GROUP BY 1, 2
              ) invoice %(calendar)s
          GROUP BY 1, 2
            """,
            day=days.day,
            first=days.first,
            posted=self._posted_on(tz),
            calendar=days.calendar,
        )
