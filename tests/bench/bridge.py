"""The bridge of all clients against raw SQL, and the screen of the department."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tools import SQL

RUNS = 5
BRIDGE_BAR = 1.5
QUERIES_BAR = 40


def measure(bench):
    figures = bench.against_sql(_prepare, _bridge, _raw, runs=RUNS)
    medians = bench.medians(figures)
    bar = BRIDGE_BAR if bench.has_small else None
    yield bench.bar(
        "Bridge of all clients: time against raw SQL",
        medians["action"] / medians["sql"],
        bar,
        "×",
    )
    yield bench.bar("Bridge: raw SQL", 1000 * medians["sql"], None, "ms")
    figures = bench.against_sql(_prepare_department, _open, _raw, runs=1)
    queries = max(queries for _seconds, queries in figures["action"])
    yield bench.bar("The department on one screen: queries", queries, QUERIES_BAR)


def _periods():
    today = fields.Date.today()
    year = relativedelta(years=1)
    return (
        today - year - year,
        today - year,
        today - year + relativedelta(days=1),
        today,
    )


def _prepare(env):
    env.flush_all()
    return env["kam.client"]


def _bridge(clients):
    clients._bridge(clients.env["res.users"], *_periods())


def _raw(env):
    """The turnover of each client in both periods."""
    base_from, base_to, date_from, date_to = _periods()
    env.cr.execute(
        SQL(
            """
            SELECT kam_client_id,
                   SUM(amount_untaxed_signed) FILTER (WHERE invoice_date <= %(border)s),
                   SUM(amount_untaxed_signed) FILTER (WHERE invoice_date > %(border)s)
              FROM account_move
             WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund')
               AND kam_client_id IS NOT NULL
               AND invoice_date BETWEEN %(first)s AND %(last)s
          GROUP BY kam_client_id
            """,
            border=base_to,
            first=base_from,
            last=date_to,
        )
    )
    env.cr.fetchall()


def _prepare_department(env):
    """Cards of all owners of last month, as a director sees them."""
    month = fields.Date.start_of(fields.Date.today(), "month")
    month -= relativedelta(months=1)
    env.cr.execute("UPDATE kam_assignment SET date_from = '2000-01-01'")
    env.invalidate_all()
    cards = env["kam.scorecard"]._make_cards(env.company.root_id, month)
    cards._compute_cards()
    env.flush_all()
    env.invalidate_all()
    return cards


def _open(cards):
    month = cards[:1].date_from
    cards.env["kam.cockpit"].action_open(month)
    cards.env.flush_all()
