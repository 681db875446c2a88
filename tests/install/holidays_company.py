"""Runs in an Odoo shell; the test reads what `work` returns."""

import io
from datetime import timedelta

import polib

from odoo import fields
from odoo.tools.translate import trans_export


def user(env, name, groups="key_account_management.group_kam_user"):
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": name,
                "login": name.lower(),
                "email": f"{name.lower()}@example.com",
                "group_ids": [(6, 0, [env.ref(groups).id])],
            }
        )
    )


def leave(env, person, first, last):
    kind = env["hr.leave.type"].search([("requires_allocation", "=", False)], limit=1)
    made = env["hr.leave"].create(
        {
            "employee_id": person.employee_id.id,
            "holiday_status_id": kind.id,
            "request_date_from": first,
            "request_date_to": last,
        }
    )
    made.action_approve()
    if made.state != "validate":
        made._action_validate()
    return made


def terms(env):
    """The terms of the addon's code, without those of its models' names in core."""
    buffer = io.BytesIO()
    trans_export(False, ["key_account_management_holidays"], buffer, "po", env)
    return sorted(entry.msgid for entry in polib.pofile(buffer.getvalue().decode()))


def work(env):
    env["res.lang"]._activate_lang("ru_RU")
    env["ir.module.module"]._load_module_terms(
        ["key_account_management", "key_account_management_holidays"], ["ru_RU"]
    )
    head = user(env, "Head", "key_account_management.group_kam_head")
    head.lang = "ru_RU"
    absent, knows, stranger, idle = (
        user(env, name) for name in ("Absent", "Knows", "Stranger", "Idle")
    )
    team = env["crm.team"].create({"name": "Key", "user_id": head.id})
    people = absent | knows | stranger | idle
    team.member_ids = people - idle
    env["hr.employee"].create(
        [{"name": person.name, "user_id": person.id} for person in people]
    )
    tier = env["kam.tier"].search([], limit=1)
    tier.visit_interval_days = 7
    partners = env["res.partner"].create(
        [{"name": f"Party {x}", "is_company": True} for x in range(8)]
    )
    clients = env["kam.client"].create(
        [
            {
                "name": partner.name,
                "partner_ids": [(6, 0, partner.ids)],
                "manager_id": absent.id,
                "team_id": team.id,
                "tier_id": tier.id,
            }
            for partner in partners
        ]
    )
    today = fields.Date.today()
    monday = today + timedelta(days=14 - today.weekday())
    past = env["kam.visit"].create(
        {
            "client_id": clients[0].id,
            "user_id": knows.id,
            "date_planned": fields.Datetime.now() - timedelta(days=9),
            "missed_reason": "Written down late",
            "next_step": "Call",
            "next_date": monday + timedelta(days=30),
            "outcome_id": env["kam.visit.outcome"].search([], limit=1).id,
        }
    )
    past.action_done()
    result = {
        "terms": terms(env),
        "glue": env["ir.module.module"]
        .search([("name", "=", "key_account_management_holidays")])
        .state,
    }
    substitutions = env["kam.substitution"]
    first = leave(env, absent, monday, monday + timedelta(days=1))
    proposal = substitutions.search([("absent_user_id", "=", absent.id)])
    result["proposed"] = proposal.mapped("substitute_user_id.name")
    result["asked"] = [
        [activity.user_id.name, activity.summary] for activity in proposal.activity_ids
    ]
    env["kam.substitution.proposer"]._propose(first)
    result["again"] = len(substitutions.search([])) - len(proposal)

    plan = env["kam.visit.plan"].create({"user_id": absent.id, "week_start": monday})
    plan.action_generate()
    result["days"] = sorted({str(x.date_planned.date()) for x in plan.visit_ids})
    result["off"] = [str(monday), str(monday + timedelta(days=1))]

    first.action_refuse()
    result["refused"] = proposal.mapped("decision")

    env["kam.visit"].create(
        {
            "client_id": clients[1].id,
            "user_id": knows.id,
            "date_planned": f"{monday + timedelta(days=2)} 09:00:00",
        }
    )
    second = leave(env, absent, monday + timedelta(days=2), monday + timedelta(days=3))
    proposal = substitutions.search([("leave_id", "=", second.id)])
    result["busy_is_passed_over"] = proposal.mapped("substitute_user_id.name")
    proposal.with_user(head).action_confirm()
    second.action_refuse()
    result["confirmed_stays"] = proposal.mapped("decision")

    before = len(substitutions.search([]))
    leave(env, idle, monday, monday)
    result["without_clients"] = len(substitutions.search([])) - before
    return result
