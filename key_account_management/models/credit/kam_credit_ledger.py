from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

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
_ROOT = SQL("split_part(company.parent_path, '/', 1)::int")
# OFFSET: the root is worked out once per company, not for each of its documents.
_COMPANIES = SQL("SELECT id, %s AS root_id FROM res_company company OFFSET 0", _ROOT)


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
        """Return receivable, overdue and aging per key, as the gate sees them today.

        Debits count whatever their date, credits up to today. ``overdue`` is
        without grace and gross; ``overdue_gate`` is what is more than
        ``grace_days`` past due, net of unallocated credits (never below 0).

        :param keys: iterable of (client id, root company id)
        :return: dict key -> dict with the names of :data:`ZERO`
        """
        keys = set(keys)
        result = {key: dict(ZERO) for key in keys}
        if not keys:
            return result
        self.env["account.move.line"].flush_model()
        self.env["res.partner"].flush_model(["kam_client_id"])
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

    def _receivable_items(self, keys, today):
        """SQL of the open receivable items of the keys.

        The accounts are read first, as an array: the index on unreconciled items
        is by account and partner. What a currency difference leaves of an item that
        is paid in its own currency is not overdue.
        """
        return SQL(
            """
            SELECT line.id AS line_id,
                   partner.kam_client_id AS client_id, company.root_id,
                   line.amount_residual AS residual,
                   CASE WHEN line.amount_residual_currency > 0
                        THEN %(today)s - COALESCE(line.date_maturity, line.date)
                        ELSE 0 END AS days
              FROM account_move_line line
              JOIN res_partner partner ON partner.id = line.partner_id
              JOIN (%(companies)s) company ON company.id = line.company_id
             WHERE line.account_id = ANY(ARRAY(
                        SELECT id FROM account_account
                         WHERE account_type = 'asset_receivable'))
               AND line.amount_residual != 0
               AND line.reconciled IS NOT TRUE
               AND line.parent_state = 'posted'
               AND (line.amount_residual > 0 OR line.date <= %(today)s)
               AND partner.kam_client_id IN %(clients)s
            """,
            companies=_COMPANIES,
            today=today,
            clients=self._client_ids(keys),
        )

    def _flush_orders(self):
        self.env["sale.order"].flush_model(
            ["state", "credit_rest", "partner_invoice_id", "commitment_date"]
        )
        self.env["res.partner"].flush_model(["kam_client_id"])

    def _rest_items(self, keys, last_day, excluding):
        """SQL of the confirmed orders of the keys that have a rest.

        :param last_day: those to be delivered later are left out; None: none is
        :param excluding: ids of orders to leave out
        """
        conditions = [SQL("partner.kam_client_id IN %s", self._client_ids(keys))]
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
            SELECT partner.kam_client_id AS client_id, company.root_id,
                   orders.credit_rest AS rest, orders.commitment_date
              FROM sale_order orders
              JOIN res_partner partner ON partner.id = orders.partner_invoice_id
              JOIN (%(companies)s) company ON company.id = orders.company_id
             WHERE orders.state = 'sale' AND orders.credit_rest > 0 AND %(where)s
            """,
            companies=_COMPANIES,
            where=SQL(" AND ").join(conditions),
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
        self._flush_past()
        self._flush_orders()
        clients = SQL("(SELECT id FROM kam_client)") if keys is None else keys
        rows = self.env.execute_query(
            SQL(
                "WITH line AS MATERIALIZED (%s), debt AS (%s), rest AS (%s) "
                "SELECT id, %s FROM (%s) figures",
                lines,
                SQL(
                    "SELECT client_id, root_id, %s FROM (%s) item "
                    "GROUP BY root_id, client_id",
                    self._receivable_sums(0, DEBTS),
                    self._past_items(clients, day),
                ),
                self._rest_sums(clients, day, company),
                SQL(", ").join(map(SQL.identifier, names)),
                self._combined_figures(),
            )
        )
        kinds = [int if name == "oldest_overdue_days" else float for name in names]
        return [
            (row[0], *(kind(n) for kind, n in zip(kinds, row[1:], strict=True)))
            for row in rows
        ]

    def _rest_sums(self, clients, day, company):
        """SQL of the rests per key and horizon of the lines."""
        if day < company._kam_today():
            rests = self._past_rests(clients, day, company._get_kam_timezone())
        else:
            rests = self._rest_items(clients, None, ())
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
        """SQL of all figures per line, zero where there is nothing."""
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
        """Return receivables and rest of one key in one query, for the gate.

        :return: (dict as of :meth:`_get_receivables`, uninvoiced amount)
        """
        self.env["account.move.line"].flush_model()
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
            rests=self._rest_items([key], last_day, excluding),
            items=self._receivable_items([key], today),
            root=key[1],
        )
        *figures, uninvoiced = map(float, self.env.execute_query(query)[0])
        return dict(zip(ZERO, figures, strict=True)), uninvoiced

    def _client_ids(self, keys):
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
