"""Key clients for the company to measure on, once the addon is installed.

Ten partners each, all looked after by the seller; nearly all with a limit that every
order passes, every tenth of the smaller half over its limit. By SQL, with the
documents, as "Make key client" fills them.
"""

from odoo.fields import Command
from odoo.tools import SQL

SELLER = "bench_seller"
DIRECTOR = "bench_director"
GROUP_SIZE = 10
LIMIT = 10**9
TABLES = ("res_partner", "sale_order", "account_move", "kam_client", "kam_credit_line")


def main(env):
    env = env(context={**env.context, "tracking_disable": True})
    seller = _make_users(env)
    policy = env["kam.credit.policy"].create(
        {"name": "Bench", "limit_action": "hold", "overdue_grace_days": 3650}
    )
    count = env["res.partner"].search_count([("name", "=like", "Bench partner %")])
    clients = env["kam.client"].create(
        [
            {"name": f"Bench client {number}", "manager_id": seller.id}
            for number in range(count // GROUP_SIZE)
        ]
    )
    env.flush_all()
    _join_partners(env, clients)
    _mark_documents(env)
    _make_lines(env, clients, policy)
    env.cr.commit()
    env.cr._cnx.autocommit = True
    for table in TABLES:
        env.cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
    env.cr._cnx.autocommit = False


def _make_users(env):
    seller = env["res.users"].search([("login", "=", SELLER)])
    seller.group_ids += env.ref("key_account_management.group_kam_user")
    groups = env.ref("key_account_management.group_kam_director")
    env["res.users"].create(
        {
            "name": DIRECTOR,
            "login": DIRECTOR,
            "email": f"{DIRECTOR}@example.com",
            "tz": "Europe/Moscow",
            "group_ids": [Command.set((groups | env.ref("base.group_user")).ids)],
        }
    )
    return seller


def _join_partners(env, clients):
    env.cr.execute(
        SQL(
            """
            UPDATE res_partner partner
               SET kam_membership_id = joined.client_id,
                   kam_client_id = joined.client_id, is_key_client = TRUE
              FROM (SELECT id, %(first)s + (ROW_NUMBER() OVER (ORDER BY id) - 1)
                           / %(size)s AS client_id
                      FROM res_partner WHERE name LIKE 'Bench partner %%') joined
             WHERE joined.id = partner.id AND joined.client_id <= %(last)s
            """,
            first=clients[0].id,
            last=clients[-1].id,
            size=GROUP_SIZE,
        )
    )
    env.cr.execute(
        "UPDATE kam_client SET main_partner_id = partner.id FROM ("
        " SELECT kam_client_id, min(id) AS id FROM res_partner GROUP BY 1) partner"
        " WHERE partner.kam_client_id = kam_client.id"
    )


def _mark_documents(env):
    for table in ("sale_order", "account_move"):
        env.cr.execute(
            SQL(
                "UPDATE %s document SET kam_client_id = partner.kam_client_id"
                "  FROM res_partner partner WHERE partner.id = document.partner_id"
                "   AND partner.kam_client_id IS NOT NULL",
                SQL.identifier(table),
            )
        )


def _make_lines(env, clients, policy):
    env.cr.execute(
        SQL(
            """
            INSERT INTO kam_credit_line (client_id, company_id, policy_id, active,
                   is_stopped, temporary_limit, "limit", create_uid, write_uid)
            SELECT id, %(company)s, %(policy)s, TRUE, FALSE, 0,
                   CASE WHEN id >= %(middle)s AND id %% 10 = 3 THEN 1
                        ELSE %(limit)s END, 1, 1
              FROM kam_client WHERE id = ANY(%(clients)s)
            """,
            company=env.company.id,
            policy=policy.id,
            middle=clients[len(clients) // 2].id,
            limit=LIMIT,
            clients=clients.ids,
        )
    )
