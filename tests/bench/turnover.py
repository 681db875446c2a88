"""Turnover of all key clients by month over 24 months, against raw SQL."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tools import SQL

LOGIN = "bench_director"
MONTHS = 24
BAR = 1.5
RUNS = 5


def measure(bench):
    with bench.environment("addon", LOGIN) as env:
        _check(env)
    figures = bench.against_sql(
        lambda env: env["kam.sales.report"], _by_month, _raw, login=LOGIN, runs=RUNS
    )
    medians = bench.medians(figures)
    name = f"Turnover of all clients over {MONTHS} months"
    yield bench.bar(
        f"{name}: time against raw SQL", medians["action"] / medians["sql"], BAR, "×"
    )
    yield bench.bar(f"{name}: raw SQL", 1000 * medians["sql"], None, "ms")


def _start():
    return fields.Date.start_of(fields.Date.today(), "month") - relativedelta(
        months=MONTHS
    )


def _by_month(report):
    return report._read_group(
        [("date", ">=", _start())], ["client_id", "date:month"], ["turnover:sum"]
    )


def _raw(env):
    return env.execute_query(
        SQL(
            """
            SELECT move.kam_client_id, date_trunc('month', move.invoice_date)::date,
                   SUM(-line.balance)
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund')
               AND move.kam_client_id IS NOT NULL
               AND line.display_type = 'product'
               AND move.invoice_date >= %s
          GROUP BY 1, 2
            """,
            _start(),
        )
    )


def _check(env):
    raw = {(client, month): float(amount) for client, month, amount in _raw(env)}
    grouped = {
        (client.id, month): amount
        for client, month, amount in _by_month(env["kam.sales.report"])
    }
    if raw.keys() != grouped.keys() or any(
        abs(raw[key] - grouped[key]) > 0.01 for key in raw
    ):
        raise AssertionError("turnover by month: not that of the raw SQL")
