"""The weeks of 60 managers with 40 clients each, and the visits that come of them.

Proposing is measured apart from creating; a visit is compared with a bare meeting.
"""

import gc
import statistics
import time
from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

MANAGERS = 60
CLIENTS = 40
HISTORY = 26  # contacts of each client so far
RUNS = 3
SECONDS_BAR = 30
QUERIES_BAR = 15
CREATE_BAR = 2
CONTEXT = {
    "no_reset_password": True,
    "tracking_disable": True,
    "mail_create_nolog": True,
    "no_mail_to_attendees": True,
    "dont_notify": True,
}


def measure(bench):
    proposed, created, bare = [], [], []
    for _run in range(RUNS):
        with bench.environment("addon") as env:
            env = env(context={**env.context, **CONTEXT})
            plans = _prepare(env)
            *figures, vals = _time(env, lambda plans=plans: _propose(plans))
            proposed.append(figures)
            meetings = [_prepare_meeting(visit) for visit in vals]
            events, visits = env["calendar.event"], env["kam.visit"]
            bare.append(_time(env, lambda e=events, m=meetings: e.create(m))[0])
            created.append(_time(env, lambda v=visits, s=vals: v.create(s))[0])
    name = f"Weeks of {MANAGERS} managers with {CLIENTS} clients each"
    seconds = statistics.median(seconds for seconds, _queries in proposed)
    queries = max(queries for _seconds, queries in proposed)
    yield bench.bar(f"{name}: proposed", seconds, SECONDS_BAR, "s")
    yield bench.bar(f"{name}: queries a manager", queries / MANAGERS, QUERIES_BAR)
    yield bench.bar(
        f"Creating {len(vals)} visits: time against bare meetings",
        statistics.median(created) / statistics.median(bare),
        CREATE_BAR,
        "×",
    )


def _time(env, action):
    env.cr.flush()
    gc.collect()
    queries, started = env.cr.sql_log_count, time.perf_counter()
    result = action()
    env.cr.flush()
    seconds = time.perf_counter() - started
    return seconds, env.cr.sql_log_count - queries, result


def _prepare(env):
    """Managers with clients and half a year of contacts; their empty plans."""
    users = env["res.users"].create(
        [
            {
                "name": f"Bench {number}",
                "login": f"bench_manager_{number}",
                "tz": "Europe/Moscow",
                "group_ids": [(4, env.ref("key_account_management.group_kam_user").id)],
            }
            for number in range(MANAGERS)
        ]
    )
    _give_clients(env, users)
    _make_history(env)
    week = fields.Date.today() + timedelta(days=7 - fields.Date.today().weekday())
    plans = env["kam.visit.plan"].create(
        [{"user_id": user.id, "week_start": week} for user in users]
    )
    env.flush_all()
    env.invalidate_all()
    return plans


def _give_clients(env, users):
    """Clients that are there already, and as many more as are missing."""
    clients = env["kam.client"].search([], limit=MANAGERS * CLIENTS)
    missing = MANAGERS * CLIENTS - len(clients)
    clients |= env["kam.client"].create(
        [{"name": f"Bench client {number}"} for number in range(missing)]
    )
    tiers = env["kam.tier"].search([])
    env.flush_all()
    for number, client in enumerate(clients):
        env.cr.execute(
            SQL(
                "UPDATE kam_client SET manager_id = %s, tier_id = %s WHERE id = %s",
                users[number % MANAGERS].id,
                tiers[number % len(tiers)].id,
                client.id,
            )
        )
    env.invalidate_all()


def _make_history(env):
    """Contacts every week, visits and calls in turn."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO kam_visit (client_id, company_id, user_id, kind_id, kind_code,
                   date_planned, duration, planned_day, missed_at, decision, date_done,
                   done_day, next_step, next_date, create_date, create_uid)
            SELECT client.id, %(company)s, client.manager_id, kind.id, kind.code,
                   at, 1, at::date, at::date + 1, 'done', at, at::date, 'On',
                   at::date + 7, at, 1
              FROM kam_client client
        CROSS JOIN generate_series(1, %(count)s) number
        CROSS JOIN LATERAL (
                   SELECT now() AT TIME ZONE 'UTC' - number * interval '7 days' AS at
                   ) moment
              JOIN kam_visit_kind kind
                ON kind.code = CASE number %% 2 WHEN 0 THEN 'visit' ELSE 'call' END
             WHERE client.manager_id IS NOT NULL
            """,
            company=env.company.id,
            count=HISTORY,
        )
    )
    env.cr.execute("ANALYZE kam_visit")


def _propose(plans):
    """The values of all visits, without creating them."""
    planner = plans.env["kam.visit.planner"]
    plan = plans[0]
    proposals = planner._propose(plans, plan.company_id, plan.week_start)
    return [vals for visits, _left in proposals for vals in visits]


def _prepare_meeting(visit):
    return {
        "name": "Meeting",
        "start": visit["date_planned"],
        "stop": visit["date_planned"] + timedelta(hours=visit["duration"]),
        "user_id": visit["user_id"],
    }
