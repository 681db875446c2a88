"""SQL of what key clients owe at the close of a day: the one home of the receivable.

What is stored is the residual of now. At the close of a day it is that, plus what was
matched later: a matching counts from the later date of its two items, which core keeps
as `max_date`. For today this is the open items and the few matchings that are dated
later; for a day long ago the same query takes the matchings since.

Rows have the columns line_id, move_id, partner_id, client_id, root_id, date, due,
currency_id, residual (company currency), residual_currency (the item's own), day and
days (past due on the day; 0 or less: not due). Exchange differences are items and
matchings like others, so that the sum is the balance of the ledger; what they leave
of an item that is paid in its own currency is never overdue.
"""

from dataclasses import dataclass
from datetime import timedelta

from odoo.tools import SQL

ROOT = SQL("split_part(company.parent_path, '/', 1)::int")
# OFFSET: the root is worked out once per company, not for each of its documents.
COMPANIES = SQL("SELECT id, %s AS root_id FROM res_company company OFFSET 0", ROOT)
# The accounts are read first, as an array: the index on open items is by account.
IS_RECEIVABLE = SQL(
    """
    line.account_id = ANY(ARRAY(
        SELECT id FROM account_account WHERE account_type = 'asset_receivable'))
    AND line.parent_state = 'posted'
    """
)
OWNERS = SQL(
    "res_partner partner ON partner.id = line.partner_id "
    "JOIN (%s) company ON company.id = line.company_id",
    COMPANIES,
)
_COLUMNS = SQL(
    """
    line.id AS line_id, line.move_id, line.partner_id,
    partner.kam_client_id AS client_id, company.root_id, line.date,
    COALESCE(line.date_maturity, line.date) AS due, line.currency_id
    """
)


@dataclass(frozen=True)
class Days:
    """The days whose close is asked for.

    :param day: SQL of the day of a row
    :param first: the first of the days, a date or SQL of one
    :param calendar: SQL of the join that brings the days, if they are several
    """

    day: SQL
    first: object
    calendar: SQL = SQL()

    @classmethod
    def one(cls, day):
        """Return a single day: date, or SQL of one."""
        return cls(SQL("%s::date", day), day)

    @classmethod
    def between(cls, first, last):
        """Return the days of a range, both ends included."""
        if first == last:
            return cls.one(first)
        return cls(
            SQL("calendar.day"),
            first,
            SQL("CROSS JOIN (%s) calendar", get_calendar(first, last)),
        )


def get_calendar(first, last):
    """Return SQL of a row for each day of a range: day.

    As values: of a generated series the planner does not know the number of rows.
    """
    days = ((first + timedelta(days=n),) for n in range((last - first).days + 1))
    return SQL(
        "SELECT day::date FROM (VALUES %s) calendar (day)",
        SQL(", ").join(SQL("%s", day) for day in days),
    )


def get_items(scope, days, is_narrow):
    """Return SQL of the open items at the close of each day.

    What no later matching touches has its residual of now, by the index on open items
    alone; the others are looked up one by one.

    :param scope: SQL condition on ``partner``
    :param days: :class:`Days`
    :param is_narrow: whether to look for later matchings among the items of the scope
        only: where those are few and the matchings many
    """
    return SQL(
        """
        SELECT item.*, CASE WHEN residual_currency > 0 THEN day - due
                            ELSE LEAST(0, day - due) END AS days
          FROM (
            WITH later AS (%(later)s)
            SELECT %(columns)s, %(day)s AS day, line.amount_residual AS residual,
                   line.amount_residual_currency AS residual_currency
              FROM account_move_line line
              JOIN %(owners)s %(calendar)s
             WHERE line.amount_residual != 0 AND line.reconciled IS NOT TRUE
               AND NOT EXISTS (SELECT FROM later WHERE later.line_id = line.id)
               AND line.date <= %(day)s AND %(where)s
         UNION ALL
            SELECT %(columns)s, later.day, line.amount_residual + later.amount,
                   line.amount_residual_currency + later.amount_currency
              FROM later
              JOIN account_move_line line ON line.id = later.line_id
              JOIN %(owners)s
             WHERE line.amount_residual + later.amount != 0
               AND line.date <= later.day AND %(where)s
          ) item
        """,
        later=_get_later(scope if is_narrow else None, days),
        columns=_COLUMNS,
        day=days.day,
        owners=OWNERS,
        calendar=days.calendar,
        where=SQL("%s AND %s", IS_RECEIVABLE, scope),
    )


def _get_later(scope, days):
    """What was matched after a day: line_id, day, amount, amount_currency.

    To be added to the residual of now.
    """
    return SQL(
        """
        SELECT line_id, %(day)s AS day,
               COALESCE(SUM(amount) FILTER (WHERE max_date > %(day)s), 0) AS amount,
               COALESCE(SUM(amount_currency) FILTER (WHERE max_date > %(day)s), 0)
                    AS amount_currency
          FROM (%(sides)s) part %(calendar)s GROUP BY 1, 2
        """,
        day=days.day,
        sides=_get_parts(scope, days.first),
        calendar=days.calendar,
    )


def _get_parts(scope, first):
    """Both sides of the matchings dated after a day, as they change the residual.

    Without a scope each matching is read once. With one it is looked up from the
    items of each side.
    """
    later = SQL("part.max_date > %s::date", first)
    if scope is None:
        return SQL(
            """
            SELECT side.line_id, part.max_date, side.amount, side.amount_currency
              FROM account_partial_reconcile part
        CROSS JOIN LATERAL (VALUES
                   (part.debit_move_id, part.amount, part.debit_amount_currency),
                   (part.credit_move_id, -part.amount, -part.credit_amount_currency)
                   ) side (line_id, amount, amount_currency)
             WHERE %s
            """,
            later,
        )
    return SQL(" UNION ALL ").join(
        SQL(
            "SELECT part.%(side)s_move_id AS line_id, part.max_date,"
            "       %(sign)s part.amount AS amount,"
            "       %(sign)s part.%(side)s_amount_currency AS amount_currency"
            "  FROM account_partial_reconcile part"
            "  JOIN account_move_line own ON own.id = part.%(side)s_move_id"
            "  JOIN res_partner partner ON partner.id = own.partner_id"
            " WHERE %(later)s AND %(scope)s",
            side=SQL(side),
            sign=SQL(sign),
            later=later,
            scope=scope,
        )
        for side, sign in (("debit", "+"), ("credit", "-"))
    )


def get_postdated(scope, days, columns, condition=None, with_move=True):
    """Return SQL of the posted debits dated after each day.

    Matchings with them count from their date on at the earliest, so that their whole
    amount is still to come. Those of today are few: the index on dates finds them.

    :param columns: SQL of columns of ``line``, ``move``, ``partner`` and ``company``
    :param condition: SQL of one more
    :param with_move: whether they name ``move``, which else is not read
    """
    move = SQL("JOIN account_move move ON move.id = line.move_id")
    return SQL(
        """
        SELECT %(columns)s
          FROM account_move_line line
          JOIN %(owners)s
          %(move)s %(calendar)s
         WHERE %(receivable)s AND line.balance > 0 AND line.date > %(first)s::date
           AND line.date > %(day)s AND %(condition)s AND %(scope)s
        """,
        columns=columns,
        owners=OWNERS,
        move=move if with_move else SQL(),
        calendar=days.calendar,
        receivable=IS_RECEIVABLE,
        first=days.first,
        day=days.day,
        condition=condition or SQL("TRUE"),
        scope=scope,
    )
