"""A reconciliation statement of 5,000 documents, against raw SQL that keeps the same.

Of the key client with most documents, over all its legal entities: the last 5,000 of
them. The raw SQL reads the opening balance and inserts the rows of the statement.
"""

from odoo.tools import SQL

DOCUMENTS = 5000
BAR = 3
RUNS = 7


def measure(bench):
    with bench.environment("addon") as env:
        terms = _terms(env)
        count = _check(env, terms)
    figures = bench.against_sql(
        lambda env: _make(env, terms),
        lambda statement: statement.action_compute(),
        lambda env: _raw(env, terms, terms["id"]),
        runs=RUNS,
    )
    medians = bench.medians(figures)
    name = "Reconciliation statement"
    yield bench.bar(f"{name}: documents", count, None)
    # With few documents a few milliseconds that never grow are all: no bar there.
    bar = BAR if count >= DOCUMENTS else None
    yield bench.bar(
        f"{name}: time against raw SQL", medians["action"] / medians["sql"], bar, "×"
    )
    yield bench.bar(f"{name}: raw SQL", 1000 * medians["sql"], None, "ms")


def _terms(env):
    """Terms of a statement of the last documents; ``id`` of one that is kept."""
    [(client_id,)] = env.execute_query(
        SQL(
            "SELECT kam_client_id FROM account_move WHERE state = 'posted'"
            " AND kam_client_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        )
    )
    terms = {
        "client_id": client_id,
        "company_id": env.company.id,
        "currency_id": env.company.currency_id.id,
        "date_from": "2000-01-01",
        "date_to": str(env["kam.credit.ledger"]._today()),
    }
    dates = [row[1] for row in env.execute_query(_rows(terms))]
    terms["date_from"] = str(sorted(dates)[-DOCUMENTS:][0])
    terms["id"] = _make(env, terms).id
    env.flush_all()
    env.cr.commit()
    return terms


def _make(env, terms):
    return env["kam.reconciliation"].create(
        {name: value for name, value in terms.items() if name != "id"}
    )


def _raw(env, terms, statement_id):
    """Read the balance before the period, and insert the rows of a statement."""
    env.execute_query(
        SQL(
            "SELECT SUM(line.balance) FROM %s AND line.date < %s",
            _items(terms),
            terms["date_from"],
        )
    )
    env.cr.execute(
        SQL(
            """
            INSERT INTO kam_reconciliation_line (
                   move_id, date, name, debit, credit, kind, reconciliation_id)
            SELECT item.*, 'entry', %s FROM (%s) item
            """,
            statement_id,
            _rows(terms),
        )
    )


def _rows(terms):
    return SQL(
        """
        SELECT move.id, line.date, move.name, SUM(GREATEST(line.balance, 0)),
               SUM(GREATEST(-line.balance, 0))
          FROM %s AND line.date BETWEEN %s AND %s
      GROUP BY move.id, line.date ORDER BY line.date, move.id
        """,
        _items(terms),
        terms["date_from"],
        terms["date_to"],
    )


def _items(terms):
    """SQL of the receivable items of the client, ready for another condition."""
    return SQL(
        """
        account_move_line line
          JOIN account_move move ON move.id = line.move_id
          JOIN res_partner partner ON partner.id = line.partner_id
         WHERE partner.kam_client_id = %s AND line.company_id = %s
           AND line.parent_state = 'posted'
           AND line.account_id = ANY(ARRAY(
                    SELECT id FROM account_account
                     WHERE account_type = 'asset_receivable'))
        """,
        terms["client_id"],
        terms["company_id"],
    )


def _check(env, terms):
    """Return the number of documents, which are those of the raw SQL."""
    statement = _make(env, terms)
    statement.action_compute()
    rows = env.execute_query(_rows(terms))
    if statement.line_ids.mapped("move_id.id") != [row[0] for row in rows]:
        raise AssertionError("statement: not the rows of the raw SQL")
    return len(rows)
