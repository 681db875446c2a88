"""The department on one screen: 60 managers with all their figures, against raw SQL.

The screen is opened by the director and read as its form shows it. The raw SQL is what
one would write by hand for the sums of the cards, one statement per figure; both must
come to the same.
"""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, fields
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.key_account_management.models.performance.calendar import (
    count_workdays,
)

LOGIN = "bench_director"
MANAGERS = 60
TARGET = 1000000
HELD = 300
CHANCES = 600
CONTACTS = 26  # of each client so far, one a week
RUNS = 7
BAR = 2
QUERIES_BAR = 40
FIGURES = (
    *("target", "fact", "forecast", "overdue", "held_count", "held"),
    *("portfolio", "covered", "late_reports"),
)
SHOWN = (
    *("user_id", "state", "total", "is_scored", "is_thin", "variable_pay"),
    *FIGURES,
    *("completion", "coverage", "is_red"),
)
TOTALS = ("month_name", "to_close", *FIGURES, "completion", "coverage", "red_ids")
CONTEXT = {"tracking_disable": True, "no_reset_password": True}


def measure(bench):
    with bench.environment("addon", LOGIN) as env:
        _prepare(env(user=SUPERUSER_ID, context=CONTEXT))
        figures = {"action": [], "sql": []}
        for _run in range(RUNS + 1):
            env.invalidate_all()
            figures["sql"].append(bench.timed(env, env, _raw))
            figures["action"].append(bench.timed(env, env["kam.cockpit"], _open))
        _check(env)
        weeks, _queries = bench.timed(env, env["kam.visit.plan.report"], _read_weeks)
    figures = {side: values[1:] for side, values in figures.items()}
    medians = bench.medians(figures)
    name = f"The department of {MANAGERS} managers"
    queries = max(queries for _seconds, queries in figures["action"])
    yield bench.bar(f"{name}: queries", queries, QUERIES_BAR)
    bar = BAR if bench.has_small else None
    yield bench.bar(
        f"{name}: time against raw SQL", medians["action"] / medians["sql"], bar, "×"
    )
    yield bench.bar(f"{name}: raw SQL", 1000 * medians["sql"], None, "ms")
    yield bench.bar("All figures of their weekly plans", 1000 * weeks, None, "ms")


def _month():
    return fields.Date.start_of(fields.Date.today(), "month")


def _open(cockpit):
    """Open the screen and read what it shows: totals, cards, and those in the red."""
    view = cockpit.browse(cockpit.action_open(_month())["res_id"])
    view.read(TOTALS)
    view.line_ids.read(SHOWN)
    return view


def _read_weeks(report):
    """All figures of the weekly plans of the month, of each manager."""
    names = ("done", "touch", "success", "portfolio", "covered")
    report._read_group(
        [("week_start", ">=", _month())],
        ["user_id"],
        [f"{name}_count:sum" for name in names],
    )


def _check(env):
    """Raise unless each manager's card shows the sums of the raw SQL."""
    expected = _raw(env)
    view = _open(env["kam.cockpit"])
    if len(view.line_ids) != MANAGERS:
        raise AssertionError(f"{len(view.line_ids)} cards, not {MANAGERS}")
    for line in view.line_ids:
        for name in FIGURES:
            raw = float(expected.get((name, line.user_id.id), 0))
            if abs(line[name] - raw) > 0.01:
                raise AssertionError(f"{name}: {line[name]} is not {raw}")
    for name in FIGURES:
        if not view[name]:
            raise AssertionError(f"there is nothing of {name} to be measured")


# The department


def _prepare(env):
    """Managers with clients, cards, plans, contacts, holds, chances and duties."""
    group = env.ref("key_account_management.group_kam_user")
    users = env["res.users"].create(
        [
            {
                "name": f"Manager {number}",
                "login": f"bench_cockpit_{number}",
                "group_ids": [Command.link(group.id)],
            }
            for number in range(MANAGERS)
        ]
    )
    env.flush_all()
    _give_clients(env, users)
    env["kam.scorecard"]._make_cards(env.company.root_id, _month())
    _make_plans(env, users)
    _make_weeks(env, users)
    _make_holds(env)
    _make_chances(env)
    _make_reports(env, users)
    env.flush_all()
    for table in (
        *("kam_client", "kam_assignment", "kam_visit", "kam_visit_plan"),
        *("kam_credit_decision", "crm_lead", "kam_scorecard"),
    ):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()


def _give_clients(env, users):
    tiers = env["kam.tier"].search([]).ids
    args = {"users": users.ids, "count": len(users), "tiers": tiers, "n": len(tiers)}
    env.cr.execute(
        SQL(
            "UPDATE kam_client SET manager_id = (%(users)s)[1 + id %% %(count)s],"
            " tier_id = (%(tiers)s)[1 + id %% %(n)s]",
            **args,
        )
    )
    env.cr.execute(
        "UPDATE kam_assignment SET manager_id = client.manager_id,"
        " date_from = '2000-01-01'"
        " FROM kam_client client WHERE client.id = client_id"
    )
    env.invalidate_all()


def _make_plans(env, users):
    """An approved plan of the month for each manager."""
    team = env["crm.team"].search([], limit=1)
    month = _month()
    env["kam.sales.plan"].create(
        [
            {
                "company_id": env.company.root_id.id,
                "team_id": team.id,
                "user_id": user.id,
                "period": "month",
                "date_from": month,
                "state": "approved",
                "effective_date": month,
                "line_ids": [
                    Command.create(
                        {"metric": "turnover", "month": month, "target": TARGET}
                    )
                ],
            }
            for user in users
        ]
    )


def _make_weeks(env, users):
    """The weekly plans of the month, those that are over closed; half a year's visits.

    A manager with 33 clients makes 33 contacts a week.
    """
    this = fields.Date.start_of(fields.Date.today(), "week")
    week = fields.Date.start_of(_month() + timedelta(days=6), "week")
    while week <= this:
        env.cr.execute(
            SQL(
                """
                INSERT INTO kam_visit_plan
                       (user_id, company_id, week_start, state, closed_figures)
                SELECT manager, %(company)s, %(week)s, %(state)s, %(figures)s::jsonb
                  FROM UNNEST(%(users)s) manager
                """,
                company=env.company.id,
                week=week,
                state="submitted" if week == this else "closed",
                figures='{"portfolio_count": 33, "covered_count": 20}',
                users=users.ids,
            )
        )
        week += timedelta(days=7)
    env.cr.execute(
        SQL(
            """
            INSERT INTO kam_visit (client_id, company_id, user_id, kind_id, kind_code,
                   date_planned, duration, planned_day, missed_at, decision, date_done,
                   done_day, next_step, next_date, plan_id, create_date, create_uid)
            SELECT client.id, %(company)s, client.manager_id, kind.id, kind.code,
                   at, 1, at::date, at::date + 1, 'done', at, at::date, 'On',
                   at::date + 7, plan.id, at, 1
              FROM kam_client client
        CROSS JOIN generate_series(0, %(count)s - 1) number
        CROSS JOIN LATERAL (
                   SELECT now() AT TIME ZONE 'UTC' - number * interval '7 days' AS at
                   ) moment
              JOIN kam_visit_kind kind
                ON kind.code = CASE (number + client.id) %% 3
                               WHEN 0 THEN 'visit' ELSE 'call' END
         LEFT JOIN kam_visit_plan plan ON plan.user_id = client.manager_id
               AND at::date BETWEEN plan.week_start AND plan.week_start + 6
             WHERE client.active
               AND (number > 0 OR client.id %% 2 = 0)
            """,
            company=env.company.id,
            count=CONTACTS,
        )
    )


def _make_holds(env):
    env.cr.execute(
        SQL(
            """
            INSERT INTO kam_credit_decision (order_id, client_id, company_id,
                   manager_id, user_id, outcome, state, date, order_amount)
            SELECT orders.id, client.id, orders.company_id, client.manager_id, 1,
                   'hold', 'open', now() AT TIME ZONE 'UTC', orders.amount_untaxed
              FROM sale_order orders
              JOIN kam_client client ON client.id = orders.kam_client_id
             WHERE orders.state = 'sale'
          ORDER BY orders.id DESC LIMIT %s
            """,
            HELD,
        )
    )


def _make_chances(env):
    """Open chances that close this month; every tenth is of no client yet."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_lead (name, type, active, company_id, partner_id, user_id,
                   expected_revenue, probability, date_deadline)
            SELECT 'Chance', 'opportunity', TRUE, %(company)s,
                   CASE WHEN client.id %% 10 > 0 THEN client.main_partner_id END,
                   client.manager_id, 10000, 25, %(day)s
              FROM kam_client client WHERE client.main_partner_id IS NOT NULL
             LIMIT %(count)s
            """,
            company=env.company.id,
            day=fields.Date.end_of(_month(), "month"),
            count=CHANCES,
        )
    )


def _make_reports(env, users):
    duty = env["kam.report.duty"].create({"name": "Report", "date_from": _month()})
    env.cr.execute(
        SQL(
            """
            INSERT INTO kam_report_instance (duty_id, user_id, company_id, source,
                   period_from, period_to, date_due, day_due, state)
            SELECT %(duty)s, manager, %(company)s, %(source)s, day::date,
                   day::date, day, day::date,
                   CASE WHEN manager %% 3 = 0 THEN 'late' ELSE 'accepted' END
              FROM UNNEST(%(users)s) manager,
                   generate_series(%(first)s::timestamp, %(last)s, '7 days') day
            """,
            duty=duty.id,
            company=duty.company_id.id,
            source=duty.source,
            users=users.ids,
            first=_month() - relativedelta(months=6),
            last=_month(),
        )
    )


# The same by hand


def _raw(env):
    """Return dict (figure, manager id) -> sum.

    Every period of an owner is open and every client has one, so one join tells who
    owns a client; all documents are in the currency of the one company.
    """
    figures = {}
    for names, query in (
        (("target",), _raw_target()),
        (("fact",), _raw_fact()),
        (("overdue",), _raw_overdue()),
        (("held_count", "held"), _raw_held()),
        (("portfolio", "covered"), _raw_coverage()),
        (("late_reports",), _raw_late()),
        (("orders",), _raw_orders(env.company._get_kam_timezone())),
        (("chances",), _raw_chances()),
        (("score",), _raw_score()),
    ):
        for user_id, *values in env.execute_query(query):
            for name, value in zip(names, values, strict=True):
                figures[name, user_id] = float(value or 0)
    return figures | _raw_forecast(figures)


def _raw_forecast(figures):
    """The run rate of the fact, the orders and the chances."""
    first, last = _month(), fields.Date.end_of(_month(), "month")
    whole = count_workdays(first, last)
    gone = count_workdays(first, fields.Date.today())
    rate = whole / gone if gone and fields.Date.today() < last else 1
    users = {user_id for _name, user_id in figures}
    return {
        ("forecast", user_id): figures.get(("fact", user_id), 0) * rate
        + sum(
            figures.get((name, user_id), 0)
            for name in ("orders", "chances")
            if fields.Date.today() < last
        )
        for user_id in users
    }


def _raw_target():
    return SQL(
        """
        SELECT line.user_id, SUM(line.target)
          FROM kam_sales_plan_line line
          JOIN kam_sales_plan plan ON plan.id = line.plan_id
         WHERE line.metric = 'turnover' AND line.month = %s
           AND plan.state = 'approved' AND line.client_id IS NULL
           AND line.category_id IS NULL
      GROUP BY 1
        """,
        _month(),
    )


def _raw_fact():
    return SQL(
        """
        SELECT COALESCE(move.kam_manager_id, period.manager_id),
               SUM(move.amount_untaxed_signed)
          FROM account_move move
          JOIN kam_assignment period ON period.client_id = move.kam_client_id
         WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
           AND move.invoice_date BETWEEN %s AND CURRENT_DATE
      GROUP BY 1
        """,
        _month(),
    )


def _raw_overdue():
    return SQL(
        """
        SELECT client.manager_id, SUM(line.amount_residual)
          FROM account_move_line line
          JOIN res_partner partner ON partner.id = line.partner_id
          JOIN kam_client client ON client.id = partner.kam_client_id
         WHERE line.account_id = ANY(ARRAY(
                    SELECT id FROM account_account
                     WHERE account_type = 'asset_receivable'))
           AND line.amount_residual > 0 AND line.reconciled IS NOT TRUE
           AND line.parent_state = 'posted' AND line.date <= CURRENT_DATE
           AND COALESCE(line.date_maturity, line.date) < CURRENT_DATE
      GROUP BY 1
        """
    )


def _raw_held():
    return SQL(
        """
        SELECT manager_id, COUNT(*), SUM(order_amount) FROM kam_credit_decision
         WHERE outcome = 'hold' AND state = 'open' GROUP BY 1
        """
    )


def _raw_coverage():
    """What was kept of the weeks that are over, and the week that runs."""
    return SQL(
        """
        SELECT user_id, SUM(portfolio), SUM(covered)
          FROM (
            SELECT user_id, (closed_figures->>'portfolio_count')::int AS portfolio,
                   (closed_figures->>'covered_count')::int AS covered
              FROM kam_visit_plan
             WHERE state = 'closed' AND week_start BETWEEN %(first)s AND %(last)s
         UNION ALL
            SELECT plan.user_id, 1,
                   (last.visit + tier.visit_interval_days >= plan.week_start + 6
                    AND last.contact + tier.call_interval_days >= plan.week_start + 6
                   )::int
              FROM kam_visit_plan plan
              JOIN kam_client client ON client.manager_id = plan.user_id
               AND client.active
              JOIN kam_tier tier ON tier.id = client.tier_id
         LEFT JOIN (
                SELECT client_id, MAX(done_day) AS contact,
                       MAX(done_day) FILTER (WHERE kind_code = 'visit') AS visit
                  FROM kam_visit WHERE decision = 'done' GROUP BY 1
                ) last ON last.client_id = client.id
             WHERE plan.state = 'submitted'
               AND plan.week_start BETWEEN %(first)s AND %(last)s
          ) week
      GROUP BY 1
        """,
        first=_month(),
        last=fields.Date.end_of(_month(), "month"),
    )


def _raw_late():
    return SQL(
        "SELECT user_id, COUNT(*) FROM kam_report_instance WHERE state = 'late'"
        " GROUP BY 1"
    )


def _raw_orders(tz):
    return SQL(
        """
        SELECT manager_id, SUM(rest)
          FROM (
            SELECT period.manager_id, GREATEST(0, SUM(
                       line.price_subtotal - COALESCE(line.untaxed_amount_invoiced, 0)
                   )) / MAX(COALESCE(NULLIF(orders.currency_rate, 0), 1)) AS rest
              FROM sale_order orders
              JOIN sale_order_line line ON line.order_id = orders.id
              JOIN kam_assignment period ON period.client_id = orders.kam_client_id
             WHERE orders.state = 'sale' AND orders.credit_rest_closed IS NOT TRUE
               AND (COALESCE(orders.commitment_date, orders.date_order)
                    AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                   BETWEEN %(first)s AND %(last)s
          GROUP BY orders.id, period.manager_id
          ) due
      GROUP BY 1
        """,
        tz=tz,
        first=_month(),
        last=fields.Date.end_of(_month(), "month"),
    )


def _raw_chances():
    return SQL(
        """
        SELECT COALESCE(period.manager_id, lead.user_id),
               SUM(lead.expected_revenue * lead.probability / 100)
          FROM crm_lead lead
     LEFT JOIN res_partner partner ON partner.id = lead.partner_id
     LEFT JOIN kam_assignment period ON period.client_id = partner.kam_client_id
         WHERE lead.type = 'opportunity' AND lead.active
           AND lead.probability > 0 AND lead.probability < 100
           AND lead.date_deadline BETWEEN %s AND %s
           AND NOT EXISTS (SELECT FROM sale_order orders
                            WHERE orders.opportunity_id = lead.id
                              AND orders.state = 'sale')
      GROUP BY 1
        """,
        _month(),
        fields.Date.end_of(_month(), "month"),
    )


def _raw_score():
    return SQL(
        "SELECT user_id, total FROM kam_scorecard WHERE date_from = %s", _month()
    )
