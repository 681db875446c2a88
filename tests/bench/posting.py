"""Posting the invoice of a confirmed order of a key client, against core.

Ten lines; the addon keeps owner and unit costs, counts what is left of the order and
looks whether held orders of the client can go out.
"""

LOGIN = "bench_accountant"
INVOICES = 25
# one of them finds the orders of the invoice: more of a closed rest is judged
QUERIES_BAR = 5
TIME_BAR = 1.2


def measure(bench):
    for kind in ("typical", "largest"):
        keys = [(kind, number) for number in range(INVOICES)]
        figures = bench.compare(_invoice, _post, keys, login=LOGIN)
        medians = bench.medians(figures)
        name = f"Posting, {kind} client"
        yield bench.bar(
            f"{name}: queries beyond core", bench.most_queries(figures), QUERIES_BAR
        )
        yield bench.bar(
            f"{name}: time against core",
            medians["addon"] / medians["core"],
            TIME_BAR,
            "×",
        )
        yield bench.bar(f"{name}: core", 1000 * medians["core"], None, "ms")


def _invoice(env, key):
    kind, number = key
    invoice = env["account.move"].search(
        [("ref", "=", kind), ("state", "=", "draft")],
        order="id",
        offset=number,
        limit=1,
    )
    invoice.read(["name", "state", "amount_total", "partner_id"])  # as on its form
    return invoice


def _post(invoice):
    invoice.action_post()
    if invoice.state != "posted":
        raise AssertionError("not posted: the figure would mean nothing")
