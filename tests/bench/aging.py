"""Aging of all key clients by client and column, against raw SQL."""

from odoo.tools import SQL

LOGIN = "bench_director"
BAR = 1.5
RUNS = 7
COLUMNS = ("not_due", "1_30", "31_60", "61_90", "over_90", "unallocated")


def measure(bench):
    with bench.environment("addon", LOGIN) as env:
        _check(env)
    figures = bench.against_sql(
        lambda env: env["kam.receivable.report"], _by_client, _raw, LOGIN, RUNS
    )
    medians = bench.medians(figures)
    name = "Aging of all clients"
    # In a small company a few milliseconds that never grow are all: no bar there.
    bar = BAR if bench.has_small else None
    yield bench.bar(
        f"{name}: time against raw SQL", medians["action"] / medians["sql"], bar, "×"
    )
    yield bench.bar(f"{name}: raw SQL", 1000 * medians["sql"], None, "ms")


def _by_client(report):
    sums = [f"aging_{name}:sum" for name in COLUMNS]
    return report._read_group([], ["client_id"], [*sums, "residual:sum"])


def _raw(env):
    """What is open today; nothing in this company is dated or matched later."""
    return env.execute_query(
        SQL(
            """
            SELECT client_id,
                   SUM(residual) FILTER (WHERE residual > 0 AND days <= 0),
                   SUM(residual) FILTER (WHERE residual > 0 AND days BETWEEN 1 AND 30),
                   SUM(residual) FILTER (WHERE residual > 0 AND days BETWEEN 31 AND 60),
                   SUM(residual) FILTER (WHERE residual > 0 AND days BETWEEN 61 AND 90),
                   SUM(residual) FILTER (WHERE residual > 0 AND days > 90),
                   SUM(residual) FILTER (WHERE residual < 0),
                   SUM(residual)
              FROM (SELECT partner.kam_client_id AS client_id,
                           line.amount_residual AS residual,
                           CASE WHEN line.amount_residual_currency > 0
                                THEN CURRENT_DATE
                                     - COALESCE(line.date_maturity, line.date)
                                ELSE 0 END AS days
                      FROM account_move_line line
                      JOIN res_partner partner ON partner.id = line.partner_id
                     WHERE line.account_id = ANY(ARRAY(
                                SELECT id FROM account_account
                                 WHERE account_type = 'asset_receivable'))
                       AND line.amount_residual != 0
                       AND line.reconciled IS NOT TRUE
                       AND line.parent_state = 'posted'
                       AND line.date <= CURRENT_DATE
                       AND partner.kam_client_id IS NOT NULL) item
          GROUP BY client_id
            """
        )
    )


def _check(env):
    raw = {row[0]: [float(figure or 0) for figure in row[1:]] for row in _raw(env)}
    report = env["kam.receivable.report"]
    grouped = {client.id: figures for client, *figures in _by_client(report)}
    if raw.keys() != grouped.keys() or any(
        abs(expected - figure) > 0.01
        for client_id, figures in grouped.items()
        for expected, figure in zip(raw[client_id], figures, strict=True)
    ):
        raise AssertionError("aging: not that of the raw SQL")
