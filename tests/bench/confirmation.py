"""Confirming an order of a key client, against core confirming the same order.

Every partner of the company belongs to a key client of five, with a credit line that
lets the order pass: the whole decision is taken, recorded and the order confirmed.
"""

LOGIN = "bench_seller"
ORDERS = 65
PARTNERS_OF_A_CLIENT = 5
LIMIT = 10**9
QUERIES_BAR = 8
TIME_BAR = 1.6


def measure(bench):
    with bench.environment("addon", keep=True) as env:
        _make_clients(env)
    with bench.environment("core") as env:
        domain = [("state", "=", "draft"), ("user_id.login", "=", LOGIN)]
        orders = env["sale.order"].search(domain, order="id", limit=ORDERS).ids
    figures = bench.compare(_order, _confirm, orders, login=LOGIN)
    more = max(
        addon - core
        for (_, core), (_, addon) in zip(figures["core"], figures["addon"], strict=True)
    )
    medians = bench.medians(figures)
    return [
        bench.bar("Confirmation: queries beyond core", more, QUERIES_BAR),
        bench.bar(
            "Confirmation: time against core",
            medians["addon"] / medians["core"],
            TIME_BAR,
            "×",
        ),
    ]


def _order(env, order_id):
    order = env["sale.order"].browse(order_id)
    order.read(["name", "state", "amount_total", "partner_id"])  # as on its form
    return order


def _confirm(order):
    order.action_confirm()
    if order.state != "sale":
        raise AssertionError(f"{order.name} was held: the figure would mean nothing")


def _make_clients(env):
    seller = env["res.users"].search([("login", "=", LOGIN)])
    seller.group_ids += env.ref("key_account_management.group_kam_user")
    policy = env["kam.credit.policy"].create(
        {"name": "Bench", "limit_action": "hold", "overdue_grace_days": 3650}
    )
    partners = env["res.partner"].search([("name", "=like", "Bench partner%")])
    clients = env["kam.client"].create(
        [
            {
                "name": f"Bench client {start}",
                "partner_ids": partners[start : start + PARTNERS_OF_A_CLIENT].ids,
                "manager_id": seller.id,
            }
            for start in range(0, len(partners), PARTNERS_OF_A_CLIENT)
        ]
    )
    env["kam.credit.line"].create(
        [
            {
                "client_id": client.id,
                "company_id": env.company.id,
                "limit": LIMIT,
                "policy_id": policy.id,
            }
            for client in clients
        ]
    )
