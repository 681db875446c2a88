"""The nightly snapshot of all credit lines, against raw SQL that keeps the same.

As on a server that takes them every night: the day before is there already.
"""

from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

RUNS = 7
BAR = 3
QUERIES_BAR = 12


def measure(bench):
    with bench.environment("addon") as env:
        count = _check(env)
    figures = bench.against_sql(_prepare, _take, _raw, runs=RUNS)
    medians = bench.medians(figures)
    name = f"Nightly snapshot of {count} lines"
    queries = max(queries for _seconds, queries in figures["action"])
    yield bench.bar(f"{name}: queries", queries, QUERIES_BAR)
    # In a small company a few milliseconds that never grow are all: no bar there.
    bar = BAR if bench.has_small else None
    yield bench.bar(
        f"{name}: time against raw SQL", medians["action"] / medians["sql"], bar, "×"
    )
    yield bench.bar(f"{name}: raw SQL", 1000 * medians["sql"], None, "ms")


def _prepare(env):
    """Lines made two days ago, with the snapshot of that day."""
    env.cr.execute(
        "UPDATE kam_credit_line SET create_date = now() AT TIME ZONE 'UTC'"
        " - interval '2 days'"
    )
    company, yesterday = env.company.root_id, _yesterday(env)
    before = yesterday - timedelta(days=1)
    env["kam.credit.snapshot"]._fill(company, before, before)
    return env


def _yesterday(env):
    return env.company.root_id._get_kam_yesterday()


def _take(env):
    snapshots = env["kam.credit.snapshot"]
    for company, first, last in snapshots._get_pending():
        snapshots._fill(company, first, last)


def _raw(env):
    """One statement with the figures of the stored residuals and rests."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO kam_credit_snapshot (line_id, client_id, company_id, date,
                   "limit", receivable, uninvoiced, exposure, overdue, overdue_days,
                   is_over_limit, is_overdue, disputed, is_backfilled, covered,
                   create_uid, create_date, write_uid, write_date)
            SELECT line.id, line.client_id, line.company_id, %(day)s, line."limit",
                   COALESCE(residual, 0), COALESCE(rest, 0),
                   COALESCE(residual, 0) + COALESCE(rest, 0), COALESCE(overdue, 0),
                   COALESCE(days, 0),
                   COALESCE(residual, 0) + COALESCE(rest, 0) > line."limit",
                   COALESCE(overdue, 0) > 0, 0, FALSE, covered.ids,
                   1, now(), 1, now()
              FROM kam_credit_line line
         LEFT JOIN (
                SELECT partner.kam_client_id AS client_id,
                       SUM(amount_residual) AS residual,
                       SUM(amount_residual) FILTER (
                            WHERE amount_residual > 0 AND date_maturity < %(day)s)
                            AS overdue,
                       MAX(%(day)s - date_maturity) FILTER (
                            WHERE amount_residual > 0 AND date_maturity < %(day)s)
                            AS days
                  FROM account_move_line item
                  JOIN res_partner partner ON partner.id = item.partner_id
                 WHERE item.account_id = ANY(ARRAY(
                            SELECT id FROM account_account
                             WHERE account_type = 'asset_receivable'))
                   AND item.amount_residual != 0 AND item.reconciled IS NOT TRUE
                   AND item.parent_state = 'posted' AND item.date <= %(day)s
              GROUP BY 1) debt ON debt.client_id = line.client_id
         LEFT JOIN (
                SELECT debtor.kam_membership_id AS client_id, SUM(credit_rest) AS rest
                  FROM sale_order orders
                  JOIN res_partner debtor ON debtor.id = orders.credit_debtor_id
                 WHERE orders.state = 'sale' AND orders.credit_rest > 0
                   AND orders.date_order < %(today)s
              GROUP BY 1) rest ON rest.client_id = line.client_id
         LEFT JOIN (
                SELECT kam_membership_id AS client_id,
                       JSONB_AGG(id ORDER BY id) AS ids
                  FROM res_partner WHERE kam_membership_id IS NOT NULL
              GROUP BY 1) covered ON covered.client_id = line.client_id
            """,
            day=_yesterday(env),
            today=fields.Date.today(),
        )
    )


def _check(env):
    """Both keep the same debts; the number of lines."""
    taken = []
    for take in (_take, _raw):
        with env.cr.savepoint() as savepoint:
            _prepare(env)
            take(env)
            taken.append(
                env.execute_query(
                    SQL(
                        "SELECT line_id, receivable, overdue, overdue_days"
                        "  FROM kam_credit_snapshot WHERE date = %s ORDER BY line_id",
                        _yesterday(env),
                    )
                )
            )
            savepoint.rollback()
    if taken[0] != taken[1]:
        raise AssertionError("snapshots: not the debts of the raw SQL")
    return len(taken[0])
