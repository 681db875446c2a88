from odoo import api, fields, models
from odoo.tools import SQL

from .count_back import first_month
from .open_items import COMPANIES, ROOT

# Sums of payment behaviour, in the order of their SQL.
SUMS = ("due", "paid", "on_time", "lateness", "disputed")
# Figures of the last 12 months.
BEHAVIOUR = ("paid_amount", "paid_on_time_percent", "average_days_late", "largest_debt")
# What counts as an instalment, and as a sale.
INVOICES = ("out_invoice", "out_receipt")
SALES = (*INVOICES, "out_refund")


class KamPaymentBehaviour(models.AbstractModel):
    """How clients paid the instalments due in a period.

    Each matched part weighs its amount in company currency and is late by the days
    from the due date to the payment's own date; early is 0. What is open at the end
    counts as late up to the end. Credit notes, write-offs and exchange differences are
    no payment and are left out; disputed parts stand apart.

    Reads every document, whatever the user may see, like ``kam.credit.ledger``: callers
    let out no more than the figures of clients that the user may read.
    """

    _name = "kam.payment.behaviour"
    _description = "Payment Behaviour of Key Clients"

    @api.model
    def _get_behaviours(self, keys, date_from, date_to):
        """Return the sums of payment behaviour per key and manager.

        Later days than today count for nothing yet: the period ends today then.

        :param keys: iterable of (client id, root company id)
        :return: dict key -> {manager id or None: dict of :data:`SUMS`}; the manager
            is the owner of the client on the due date, ``lateness`` is amount × days
        """
        keys = set(keys)
        result = {key: {} for key in keys}
        if not keys:
            return result
        self._flush()
        parts = self._parts(
            keys, date_from, min(date_to, self.env["kam.credit.ledger"]._today())
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH part AS (%(parts)s)
                SELECT client_id, root_id, manager_id, %(sums)s
                  FROM part
                  JOIN (SELECT client_id, due, (%(owner)s) AS manager_id
                          FROM (SELECT DISTINCT client_id, due FROM part) day) owner
                 USING (client_id, due)
              GROUP BY client_id, root_id, manager_id
                """,
                parts=parts,
                sums=self._sums(),
                owner=self.env["kam.assignment"]._get_owner_query(
                    SQL("day.client_id"), SQL("day.due")
                ),
            )
        )
        for client_id, root_id, manager_id, *sums in rows:
            if (client_id, root_id) in result:
                figures = dict(zip(SUMS, map(float, sums), strict=True))
                result[client_id, root_id][manager_id] = figures
        return result

    @api.model
    def _get_year(self, keys):
        """Return how clients paid in the last 12 months, in one query.

        Reads every document, whatever the user may see; callers let out no more than
        the figures of clients that the user may read.

        :param keys: iterable of (client id, root company id)
        :return: dict key -> dict with the names of :data:`BEHAVIOUR`
        """
        keys = set(keys)
        result = {key: dict.fromkeys(BEHAVIOUR, 0.0) for key in keys}
        if not keys:
            return result
        self.env["kam.credit.ledger"]._flush_items()
        rows = self.env.execute_query(self._year_query(keys))
        for client_id, root_id, due, paid, on_time, lateness, largest in rows:
            if (client_id, root_id) in result:
                result[client_id, root_id] = {
                    "paid_amount": float(paid),
                    "paid_on_time_percent": float(100 * on_time / due) if due else 0,
                    "average_days_late": float(lateness / due) if due else 0,
                    "largest_debt": float(largest),
                }
        return result

    @api.model
    def _get_expectations(self, keys):
        """Return what :func:`.expected_money.get_expected_date` takes, in two queries.

        :param keys: iterable of (client id, root company id)
        :return: dict key -> (items, credits, parts): (due date, open amount) of what is
            owed, the sum of unallocated credits (> 0), (days late, amount) of what was
            paid of the instalments of the last 12 months
        """
        keys = set(keys)
        result = {key: ([], [], []) for key in keys}
        if not keys:
            return {}
        today = self.env["kam.credit.ledger"]._today()
        self._flush()
        items = self.env.execute_query(
            SQL(
                "SELECT client_id, root_id, due, residual, residual_currency"
                "  FROM (%s) item",
                self.env["kam.credit.ledger"]._receivable_items(keys, today),
            )
        )
        for client_id, root_id, due, residual, residual_currency in items:
            owed, credits, _parts = result.get((client_id, root_id), ([], [], []))
            if residual < 0:
                credits.append(-float(residual))
            elif residual_currency > 0:
                owed.append((due, float(residual)))
        parts = self.env.execute_query(
            SQL(
                "SELECT client_id, root_id, days, weight FROM (%s) part WHERE is_paid",
                self._parts(keys, fields.Date.subtract(today, months=12), today),
            )
        )
        for client_id, root_id, days, weight in parts:
            if (client_id, root_id) in result:
                result[client_id, root_id][2].append((days, float(weight)))
        return {
            key: (owed, sum(credits), paid)
            for key, (owed, credits, paid) in result.items()
        }

    @api.model
    def _get_sales_and_receivables(self, keys, date_to):
        """Return what the count-back of :func:`.count_back.count_back` takes.

        :return: dict key -> (receivable at the close, dict first of month -> sales)
        """
        keys = set(keys)
        result = {key: [0.0, {}] for key in keys}
        if not keys:
            return result
        self.env["kam.credit.ledger"]._flush_items()
        rows = self.env.execute_query(self._sales_query(keys, date_to))
        for client_id, root_id, month, amount in rows:
            if (client_id, root_id) not in result:
                continue
            if month:
                result[client_id, root_id][1][month] = float(amount)
            else:
                result[client_id, root_id][0] = float(amount)
        return result

    @api.model
    def _flush(self):
        self.env["kam.credit.ledger"]._flush_items()
        self.env["kam.assignment"].flush_model()

    # --- queries ---

    def _sums(self):
        """SQL of the sums over parts, in the order of :data:`SUMS`."""
        return SQL(
            """
            COALESCE(SUM(weight), 0) AS due,
            COALESCE(SUM(weight) FILTER (WHERE is_paid), 0) AS paid,
            COALESCE(SUM(weight) FILTER (WHERE is_paid AND days <= 0), 0) AS on_time,
            COALESCE(SUM(weight * GREATEST(days, 0)), 0) AS lateness,
            COALESCE(SUM(disputed), 0) AS disputed
            """
        )

    @api.model
    def _parts(self, keys, date_from, date_to):
        """Return SQL of the parts of the instalments due in a period.

        Columns line_id, client_id, root_id, due, is_paid, days (from the due date to
        the payment, or to the end; negative: early), weight (company currency) and
        disputed, which the weight leaves out: what is open first, then what came
        last.
        """
        return SQL(
            """
            SELECT line_id, client_id, root_id, due, is_paid, days, disputed,
                   amount - disputed AS weight
              FROM (
                SELECT part.*, LEAST(part.amount, GREATEST(0,
                            COALESCE(dispute.amount, 0) - part.behind)) AS disputed
                  FROM (
                    SELECT part.*, SUM(amount) OVER (
                            PARTITION BY line_id ORDER BY is_paid, days DESC, part_id
                           ) - amount AS behind
                      FROM (%(open)s UNION ALL %(paid)s) part
                  ) part
             LEFT JOIN (SELECT line_id, SUM(amount) AS amount
                          FROM (%(disputes)s) dispute GROUP BY line_id) dispute
                 USING (line_id)
              ) part
            """,
            open=self._open_parts(keys, date_from, date_to),
            paid=self._paid_parts(keys, date_from, date_to),
            disputes=self.env["kam.credit.ledger"]._get_disputed_query(date_to),
        )

    def _open_parts(self, keys, date_from, date_to):
        """SQL of what of the instalments is open at the close of the period."""
        return SQL(
            """
            SELECT item.line_id, item.client_id, item.root_id, item.due, 0 AS part_id,
                   FALSE AS is_paid, item.days, item.residual AS amount
              FROM (%(items)s) item
              JOIN account_move invoice ON invoice.id = item.move_id
             WHERE invoice.move_type IN %(kinds)s
               AND item.residual > 0 AND item.residual_currency > 0
               AND item.due BETWEEN %(start)s AND %(end)s
            """,
            items=self.env["kam.credit.ledger"]._receivable_items(keys, date_to),
            kinds=INVOICES,
            start=date_from,
            end=date_to,
        )

    def _paid_parts(self, keys, date_from, date_to):
        """SQL of what money paid of the instalments up to the end of the period.

        What an entry books to income, expenses or taxes is no money: a write-off, a
        discount, an exchange difference.
        """
        return SQL(
            """
            SELECT paid.line_id, paid.client_id, paid.root_id, paid.due, paid.part_id,
                   TRUE, paid.date - paid.due, paid.amount * (1 - source.written_off)
              FROM (%(matched)s) paid
              JOIN LATERAL (
                SELECT GREATEST(0, LEAST(1, COALESCE(
                            SUM(other.balance) FILTER (
                                WHERE other.tax_line_id IS NOT NULL
                                   OR account.account_type LIKE 'income%%'
                                   OR account.account_type LIKE 'expense%%')
                            / NULLIF(-SUM(other.balance) FILTER (
                                WHERE account.account_type = 'asset_receivable'), 0),
                            0))) AS written_off
                  FROM account_move_line other
                  JOIN account_account account ON account.id = other.account_id
                 WHERE other.move_id = paid.source_id) source
                ON source.written_off < 1
            """,
            matched=self._matched_parts(keys, date_from, date_to),
        )

    def _matched_parts(self, keys, date_from, date_to):
        """SQL of what was matched with the instalments, but for credit notes.

        A row is one matching of one instalment. It counts from the day on which both
        sides are there (``max_date``), but is dated by the money, which may have come
        before. A credit note pays nothing: it is not how the client keeps his word.
        """
        return SQL(
            """
            SELECT line.id AS line_id, partner.kam_client_id AS client_id,
                   company.root_id, COALESCE(line.date_maturity, line.date) AS due,
                   part.id AS part_id, part.amount, money.date,
                   money.move_id AS source_id
              FROM account_move_line line
              JOIN account_move invoice ON invoice.id = line.move_id
              JOIN res_partner partner ON partner.id = line.partner_id
              JOIN (%(companies)s) company ON company.id = line.company_id
              JOIN account_partial_reconcile part ON part.debit_move_id = line.id
              JOIN account_move_line money ON money.id = part.credit_move_id
              JOIN account_move source ON source.id = money.move_id
             WHERE %(where)s
               AND invoice.move_type IN %(kinds)s
               AND source.move_type != 'out_refund'
               AND COALESCE(line.date_maturity, line.date)
                    BETWEEN %(start)s AND %(end)s
               AND part.max_date <= %(end)s
            """,
            companies=COMPANIES,
            where=self.env["kam.credit.ledger"]._item_conditions(keys, date_to),
            kinds=INVOICES,
            start=date_from,
            end=date_to,
        )

    def _year_query(self, keys):
        """SQL: client, company, due, paid, on time, amount × days, largest debt."""
        today = self.env["kam.credit.ledger"]._today()
        start = fields.Date.subtract(today, months=12)
        return SQL(
            """
            SELECT client_id, root_id,
                   COALESCE(part.due, 0), COALESCE(part.paid, 0),
                   COALESCE(part.on_time, 0), COALESCE(part.lateness, 0),
                   COALESCE(debt.largest, 0)
              FROM (%(debts)s) debt
              FULL JOIN (SELECT client_id, root_id, %(sums)s FROM (%(parts)s) part
                       GROUP BY client_id, root_id) part
             USING (client_id, root_id)
            """,
            debts=self._largest_debts(keys, start, today),
            sums=self._sums(),
            parts=self._parts(keys, fields.Date.add(start, days=1), today),
        )

    def _largest_debts(self, keys, start, today):
        """SQL: client, company, highest balance since the close of ``start``.

        All that is older makes the balance of that first day, then each day adds what
        was posted on it: one pass over the items, none per day.
        """
        return SQL(
            """
            SELECT client_id, root_id, GREATEST(0, MAX(debt)) AS largest
              FROM (
                SELECT client_id, root_id,
                       SUM(SUM(balance)) OVER (
                            PARTITION BY client_id, root_id
                            ORDER BY GREATEST(date, %(start)s)) AS debt
                  FROM (%(items)s) item
                 WHERE date <= %(today)s
              GROUP BY client_id, root_id, GREATEST(date, %(start)s)
              ) balance
          GROUP BY client_id, root_id
            """,
            items=self._items(keys),
            start=start,
            today=today,
        )

    def _items(self, keys):
        """SQL of all posted receivable items of the keys, open or not."""
        return SQL(
            """
            SELECT line.date, line.balance,
                   partner.kam_client_id AS client_id, %(root)s AS root_id
              FROM account_move_line line
              JOIN res_partner partner ON partner.id = line.partner_id
              JOIN res_company company ON company.id = line.company_id
             WHERE line.account_id = ANY(ARRAY(
                        SELECT id FROM account_account
                         WHERE account_type = 'asset_receivable'))
               AND line.parent_state = 'posted'
               AND partner.kam_client_id IN %(clients)s
            """,
            root=ROOT,
            clients=tuple({client_id or 0 for client_id, _root in keys}),
        )

    def _sales_query(self, keys, date_to):
        """SQL of client, company, first of month (none: the receivable), amount.

        For counting back the sales that the receivable consists of: both in one query,
        from the receivable items of invoices and credit notes, taxes included.
        """
        return SQL(
            """
            SELECT client_id, root_id, NULL::date AS month, SUM(residual) AS amount
              FROM (%(items)s) item
          GROUP BY client_id, root_id
         UNION ALL
            SELECT partner.kam_client_id, company.root_id,
                   date_trunc('month', line.date)::date, SUM(line.balance)
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN res_partner partner ON partner.id = line.partner_id
              JOIN (%(companies)s) company ON company.id = line.company_id
             WHERE %(where)s AND line.date >= %(start)s AND move.move_type IN %(kinds)s
          GROUP BY 1, 2, 3
            """,
            items=self.env["kam.credit.ledger"]._receivable_items(keys, date_to),
            companies=COMPANIES,
            where=self.env["kam.credit.ledger"]._item_conditions(keys, date_to),
            start=first_month(date_to),
            kinds=SALES,
        )
