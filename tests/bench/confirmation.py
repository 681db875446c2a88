"""Confirming an order of a key client, against core confirming the same order.

Ten lines, a credit line that lets the order pass: the whole decision is taken,
recorded and the order confirmed. For a typical client and for the largest; next to a
large company also what the addon's part costs in a small one.
"""

LOGIN = "bench_seller"
ORDERS = 45
QUERIES_BAR = 8
TIME_BARS = {"typical": 1.6, "largest": 2.2}
GROWTH_BAR = 1.3


def measure(bench):
    return [bar for kind in TIME_BARS for bar in _measure_kind(bench, kind)]


def _measure_kind(bench, kind):
    keys = [(kind, number) for number in range(ORDERS)]
    figures = bench.compare(_order, _confirm, keys, login=LOGIN)
    medians = bench.medians(figures)
    name = f"Confirmation, {kind} client"
    added = medians["addon"] - medians["core"]
    yield bench.bar(
        f"{name}: queries beyond core", bench.most_queries(figures), QUERIES_BAR
    )
    yield bench.bar(
        f"{name}: time against core",
        medians["addon"] / medians["core"],
        TIME_BARS[kind],
        "×",
    )
    yield bench.bar(f"{name}: core", 1000 * medians["core"], None, "ms")
    yield bench.bar(f"{name}: added", 1000 * added, None, "ms")
    if bench.has_small and kind == "typical":
        small = medians["small_addon"] - medians["small_core"]
        yield bench.bar(
            f"{name}: added against a small company", added / small, GROWTH_BAR, "×"
        )


def _order(env, key):
    kind, number = key
    order = env["sale.order"].search(
        [("client_order_ref", "=", kind), ("state", "=", "draft")],
        order="id",
        offset=number,
        limit=1,
    )
    order.read(["name", "state", "amount_total", "partner_id"])  # as on its form
    return order


def _confirm(order):
    order.action_confirm()
    if order.state != "sale":
        raise AssertionError(f"{order.name} was held: the figure would mean nothing")
