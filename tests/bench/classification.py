"""A classification run over two and a half times the partners of the company.

At the size of a big wholesaler: 50,000 partners and 1,000,000 invoice lines.
"""

import time

from odoo.tools import SQL

SECONDS_BAR = 30
MORE_PARTNERS = 1.5


def measure(bench):
    with bench.environment("addon") as env:
        _add_partners(env)
        for base in ("margin", "turnover"):
            run = env["kam.classification"].create(
                {"base": base, "date_from": "2000-01-01", "date_to": "2100-01-01"}
            )
            started = time.perf_counter()
            run.action_compute()
            env.cr.flush()
            seconds = time.perf_counter() - started
            name = f"Classification by {base}"
            yield bench.bar(f"{name}: customers", run.line_count, None)
            yield bench.bar(f"{name}: time", seconds, SECONDS_BAR, "s")
        (lines,) = env.execute_query(SQL(LINES))[0]
        yield bench.bar("Classification: invoice lines", lines, None)


LINES = """
    SELECT count(*) FROM account_move_line line
      JOIN account_move move ON move.id = line.move_id
     WHERE line.display_type = 'product' AND move.state = 'posted'
       AND move.move_type IN ('out_invoice', 'out_refund')
"""


def _add_partners(env):
    """Give every fourth invoice a partner of its own kind, in no key client."""
    count = env["res.partner"].search_count([("name", "=like", "Bench partner %")])
    more = int(count * MORE_PARTNERS)
    first = env.execute_query(SQL("SELECT max(id) FROM res_partner"))[0][0]
    env.cr.execute(
        SQL(
            """
            INSERT INTO res_partner (id, name, complete_name, active, is_company,
                   type, commercial_partner_id, autopost_bills)
            SELECT %(first)s + n, 'New ' || n, 'New ' || n, TRUE, TRUE, 'contact',
                   %(first)s + n, 'ask'
              FROM generate_series(1, %(more)s) n
            """,
            first=first,
            more=more,
        )
    )
    env.cr.execute(
        SQL(
            "UPDATE account_move SET commercial_partner_id = %s + 1 + (id / 4) %% %s"
            " WHERE id %% 4 = 0 AND state = 'posted' AND move_type = 'out_invoice'",
            first,
            more,
        )
    )
    for table in ("res_partner", "account_move"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
