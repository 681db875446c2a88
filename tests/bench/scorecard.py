"""Cards of all managers for a month, against raw SQL that yields the same sums."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

RUNS = 5
BAR = 3
QUERIES_BAR = 60
MANAGERS = 60


def measure(bench):
    with bench.environment("addon") as env:
        count = len(_prepare(env))
        env.cr.rollback()
    figures = bench.against_sql(_prepare, _compute, _raw, runs=RUNS)
    medians = bench.medians(figures)
    name = f"Scorecards of {count} managers"
    queries = max(queries for _seconds, queries in figures["action"])
    yield bench.bar(f"{name}: queries", queries, QUERIES_BAR)
    bar = BAR if bench.has_small else None
    yield bench.bar(
        f"{name}: time against raw SQL", medians["action"] / medians["sql"], bar, "×"
    )
    yield bench.bar(f"{name}: raw SQL", 1000 * medians["sql"], None, "ms")


def _month():
    return fields.Date.start_of(fields.Date.today(), "month") - relativedelta(months=1)


def _prepare(env):
    """Clients shared out over the managers, and the cards of last month."""
    users = env["res.users"].search([("login", "like", "bench_manager_")])
    if not users:
        group = env.ref("key_account_management.group_kam_user")
        users = env["res.users"].create(
            [
                {
                    "name": f"Manager {number}",
                    "login": f"bench_manager_{number}",
                    "group_ids": [Command.link(group.id)],
                }
                for number in range(MANAGERS)
            ]
        )
    env.flush_all()
    env.cr.execute(
        SQL(
            "UPDATE kam_assignment SET manager_id = (%s)[1 + client_id %% %s],"
            " date_from = '2000-01-01'",
            users.ids,
            len(users),
        )
    )
    # only where it is needed: a rewritten table is slower than any company's
    env.cr.execute(
        "UPDATE account_move SET kam_manager_id = NULL WHERE kam_manager_id IS NOT NULL"
    )
    env.invalidate_all()
    return env["kam.scorecard"]._make_cards(env.company.root_id, _month())


def _compute(cards):
    cards._compute_cards()
    cards.env.flush_all()


def _raw(env):
    """The sums of turnover, base, instalments and client-days, one after the other."""
    month = _month()
    end = month + relativedelta(months=1, days=-1)
    year = relativedelta(years=1)
    owner = SQL(
        "JOIN kam_assignment period ON period.client_id = move.kam_client_id"
        " AND period.date_to IS NULL"
    )
    for first, last in ((month, end), (month - year, end - year)):
        env.cr.execute(
            SQL(
                "SELECT period.manager_id, SUM(amount_untaxed_signed)"
                "  FROM account_move move %s WHERE move.state = 'posted'"
                "   AND move.move_type IN ('out_invoice', 'out_refund')"
                "   AND move.invoice_date BETWEEN %s AND %s GROUP BY 1",
                owner,
                first,
                last,
            )
        )
    env.cr.execute(
        SQL(
            """
            SELECT period.manager_id, SUM(line.balance), SUM(part.amount) FILTER (
                        WHERE money.date <= line.date_maturity)
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id %s
         LEFT JOIN account_partial_reconcile part ON part.debit_move_id = line.id
         LEFT JOIN account_move_line money ON money.id = part.credit_move_id
             WHERE line.account_id = ANY(ARRAY(
                        SELECT id FROM account_account
                         WHERE account_type = 'asset_receivable'))
               AND move.move_type = 'out_invoice' AND line.parent_state = 'posted'
               AND line.date_maturity BETWEEN %s AND %s
          GROUP BY 1
            """,
            owner,
            month,
            end,
        )
    )
    env.cr.execute(
        SQL(
            "SELECT client_id, COUNT(*), COUNT(*) FILTER ("
            "       WHERE NOT is_overdue AND NOT is_over_limit)"
            "  FROM kam_credit_snapshot WHERE date BETWEEN %s AND %s GROUP BY 1",
            month,
            end,
        )
    )
