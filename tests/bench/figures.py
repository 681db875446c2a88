"""Credit figures of key clients, against raw SQL with the same stored rests.

A page of the 80 largest credit lines with all their figures, as a list or an export
reads it; and searching among all clients for those over limit, and those overdue.
"""

from odoo.tools import SQL

LOGIN = "bench_director"
PAGE = 80
QUERIES_BAR = 6
PAGE_BAR = 2.5
SEARCH_BAR = 2
FIGURES = (
    "receivable",
    "uninvoiced",
    "exposure",
    "headroom",
    "utilization",
    "overdue",
    "oldest_overdue_days",
    "aging_not_due",
    "aging_1_30",
    "aging_31_60",
    "aging_61_90",
    "aging_over_90",
    "aging_unallocated",
)


def measure(bench):
    with bench.environment("addon") as env:
        page = _largest(env)
        _check_page(env, page)
    figures = bench.against_sql(
        lambda env: env["kam.credit.line"].browse(page),
        lambda lines: lines.read(FIGURES),
        lambda env: env.execute_query(_figures_query(page)),
        login=LOGIN,
    )
    queries = max(queries for _seconds, queries in figures["action"])
    name = f"Credit figures of the {PAGE} largest"
    yield bench.bar(f"{name}: queries", queries, QUERIES_BAR)
    yield from _against_sql(bench, name, figures, PAGE_BAR)
    for title, domain, condition in (
        ("over limit", [("credit_headroom", "<", 0)], SQL("headroom < 0")),
        ("overdue", [("credit_overdue", ">", 0)], SQL("overdue > 0")),
    ):
        yield from _measure_search(bench, title, domain, condition)


def _measure_search(bench, title, domain, condition):
    with bench.environment("addon", LOGIN) as env:
        found = env["kam.client"].search(domain)
        expected = {row[0] for row in env.execute_query(_search_query(condition))}
        if set(found.ids) != expected:
            raise AssertionError(f"clients {title}: not those of the raw SQL")
        count = len(found)
    figures = bench.against_sql(
        lambda env: env["kam.client"],
        lambda clients: clients.search(domain),
        lambda env: env.execute_query(_search_query(condition)),
        login=LOGIN,
    )
    name = f"Searching clients {title}"
    yield bench.bar(f"{name}: found", count, None)
    yield from _against_sql(bench, name, figures, SEARCH_BAR)


def _against_sql(bench, name, figures, bar):
    """In a small company a few milliseconds that never grow are all: no bar there."""
    medians = bench.medians(figures)
    bar = bar if bench.has_small else None
    yield bench.bar(
        f"{name}: time against raw SQL", medians["action"] / medians["sql"], bar, "×"
    )
    yield bench.bar(f"{name}: raw SQL", 1000 * medians["sql"], None, "ms")


def _largest(env):
    """Ids of the lines of the clients with most orders."""
    rows = env.execute_query(
        SQL(
            """
            SELECT line.id FROM kam_credit_line line JOIN (
                SELECT kam_client_id, count(*) AS orders FROM sale_order GROUP BY 1
                ) client ON client.kam_client_id = line.client_id
             ORDER BY client.orders DESC LIMIT %s
            """,
            PAGE,
        )
    )
    return [line_id for (line_id,) in rows]


def _check_page(env, page):
    rows = {row[0]: row[1:] for row in env.execute_query(_figures_query(page))}
    for line in env["kam.credit.line"].browse(page):
        for name, expected in zip(FIGURES, rows[line.id], strict=True):
            if abs(line[name] - float(expected)) > 0.01:
                raise AssertionError(f"{name}: {line[name]} instead of {expected}")


def _search_query(condition):
    return SQL(
        "SELECT line.client_id FROM (%s) figure"
        "  JOIN kam_credit_line line ON line.id = figure.id WHERE %s",
        _figures_query(),
        condition,
    )


def _figures_query(page=None):
    """SQL of all figures of one company's lines; here no line has a tolerance.

    At the close of today: what was matched later is open, what is dated later is not
    invoiced.
    """
    lines = SQL("TRUE") if page is None else SQL("id = ANY(%s)", page)
    return SQL(
        """
        WITH line AS (SELECT * FROM kam_credit_line WHERE %(lines)s),
        later AS (
            SELECT line_id, SUM(amount) AS amount
              FROM (SELECT debit_move_id AS line_id, amount
                      FROM account_partial_reconcile WHERE max_date > CURRENT_DATE
                 UNION ALL
                    SELECT credit_move_id, -amount
                      FROM account_partial_reconcile WHERE max_date > CURRENT_DATE) part
          GROUP BY line_id
        ),
        debt AS (
            SELECT client_id, %(sums)s
              FROM (SELECT line.client_id, item.amount_residual AS residual,
                           CURRENT_DATE - item.date_maturity AS days
                      FROM line
                      JOIN res_partner partner
                        ON partner.kam_client_id = line.client_id
                      JOIN account_move_line item ON item.partner_id = partner.id
                     WHERE item.account_id = ANY(ARRAY(
                                SELECT id FROM account_account
                                 WHERE account_type = 'asset_receivable'))
                       AND item.amount_residual != 0
                       AND item.reconciled IS NOT TRUE
                       AND item.parent_state = 'posted'
                       AND item.date <= CURRENT_DATE
                       AND item.id NOT IN (SELECT line_id FROM later)
                 UNION ALL
                    SELECT line.client_id, item.amount_residual + later.amount,
                           CURRENT_DATE - item.date_maturity
                      FROM later
                      JOIN account_move_line item ON item.id = later.line_id
                      JOIN account_account account ON account.id = item.account_id
                      JOIN res_partner partner ON partner.id = item.partner_id
                      JOIN line ON line.client_id = partner.kam_client_id
                     WHERE account.account_type = 'asset_receivable'
                       AND item.parent_state = 'posted'
                       AND item.date <= CURRENT_DATE) item
          GROUP BY client_id
        ),
        rest AS (
            SELECT client_id, SUM(rest) AS rest
              FROM (SELECT line.client_id, orders.credit_rest AS rest
                      FROM line
                      JOIN res_partner debtor
                        ON debtor.kam_membership_id = line.client_id
                      JOIN sale_order orders ON orders.credit_debtor_id = debtor.id
                     WHERE orders.state = 'sale' AND orders.credit_rest > 0
                 UNION ALL
                    SELECT line.client_id, item.balance
                      FROM account_move_line item
                      JOIN account_account account ON account.id = item.account_id
                      JOIN res_partner partner ON partner.id = item.partner_id
                      JOIN line ON line.client_id = partner.kam_client_id
                     WHERE account.account_type = 'asset_receivable'
                       AND item.parent_state = 'posted' AND item.balance > 0
                       AND item.date > CURRENT_DATE) item
          GROUP BY client_id
        ),
        figure AS (
            SELECT line.id, line."limit", debt.*,
                   COALESCE(receivable_sum, 0) AS receivable,
                   COALESCE(rest, 0) AS uninvoiced,
                   COALESCE(receivable_sum, 0) + COALESCE(rest, 0) AS exposure
              FROM line
         LEFT JOIN debt USING (client_id) LEFT JOIN rest USING (client_id)
        )
        SELECT id, receivable, uninvoiced, exposure, "limit" - exposure AS headroom,
               COALESCE(exposure / NULLIF("limit", 0), 0), COALESCE(overdue_sum, 0)
               AS overdue, COALESCE(oldest, 0), COALESCE(a0, 0), COALESCE(a1, 0),
               COALESCE(a2, 0), COALESCE(a3, 0), COALESCE(a4, 0), COALESCE(a5, 0)
          FROM figure
        """,
        lines=lines,
        sums=_sums(),
    )


def _sums():
    return SQL(
        """
        SUM(residual) AS receivable_sum,
        SUM(residual) FILTER (WHERE residual > 0 AND days > 0) AS overdue_sum,
        MAX(days) FILTER (WHERE residual > 0 AND days > 0) AS oldest,
        SUM(residual) FILTER (WHERE residual > 0 AND days <= 0) AS a0,
        SUM(residual) FILTER (WHERE residual > 0 AND days BETWEEN 1 AND 30) AS a1,
        SUM(residual) FILTER (WHERE residual > 0 AND days BETWEEN 31 AND 60) AS a2,
        SUM(residual) FILTER (WHERE residual > 0 AND days BETWEEN 61 AND 90) AS a3,
        SUM(residual) FILTER (WHERE residual > 0 AND days > 90) AS a4,
        SUM(residual) FILTER (WHERE residual < 0) AS a5
        """
    )
