"""A brute-force calculation in plain Python from what the documents say.

Reads orders, journal items and matchings, and nothing the addon computed.
"""

from collections import defaultdict


def cents(amount):
    return round(amount * 100)


class Ledger:
    """The figures of some partners in a company and its branches, in cents.

    As of the close of a day.
    """

    def __init__(self, env, partners, company, day):
        self.env = env
        self.at = self.today = day
        self.companies = env["res.company"].search([("id", "child_of", company.id)])
        self.partners = env["res.partner"].search([("id", "child_of", partners.ids)])
        self.items = self.read_items()

    @property
    def balance(self):
        """Balance of the accounts at the close of the day, in cents.

        Equal to the receivable where all matchings are among its items: not with a
        stranger, nor with a document that was put back to draft.
        """
        items = self.env["account.move.line"].search(
            [
                ("partner_id", "in", self.partners.ids),
                ("company_id", "in", self.companies.ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("date", "<=", self.at),
            ]
        )
        return sum(cents(item.balance) for item in items)

    def posted(self):
        return self.env["account.move.line"].search(
            [
                ("partner_id", "in", self.partners.ids),
                ("company_id", "in", self.companies.ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("move_id.state", "=", "posted"),
            ]
        )

    @property
    def postdated(self):
        """Debits dated later than the day."""
        later = self.posted().filtered(lambda line: line.date > self.at)
        return sum(cents(line.debit) for line in later)

    def read_items(self):
        """(residual in cents, due date) of every posted receivable item.

        What is paid in the item's own currency is not due.
        """
        lines = self.posted().filtered(lambda line: line.date <= self.at)
        matched, in_currency = defaultdict(int), defaultdict(int)
        matchings = self.env["account.partial.reconcile"].search(
            [
                "|",
                ("debit_move_id", "in", lines.ids),
                ("credit_move_id", "in", lines.ids),
            ]
        )
        matchings = matchings.filtered(lambda m: date_of(m) <= self.at)
        sides = matchings.debit_move_id | matchings.credit_move_id
        self.is_closed = sides <= lines
        for matching in matchings:
            debit, credit = matching.debit_move_id, matching.credit_move_id
            matched[debit.id] += cents(matching.amount)
            matched[credit.id] -= cents(matching.amount)
            in_currency[debit.id] += cents(matching.debit_amount_currency)
            in_currency[credit.id] -= cents(matching.credit_amount_currency)
        return [
            (
                cents(line.debit) - cents(line.credit) - matched[line.id],
                line.date_maturity or line.date
                if cents(line.amount_currency) - in_currency[line.id] > 0
                else self.today,
            )
            for line in lines
        ]

    @property
    def receivable(self):
        return sum(residual for residual, _due in self.items)

    def debts(self):
        """(residual, days past due) of what is still owed."""
        return [
            (residual, (self.today - due).days)
            for residual, due in self.items
            if residual > 0
        ]

    @property
    def overdue(self):
        return sum(residual for residual, days in self.debts() if days > 0)

    @property
    def overdue_net(self):
        credits = sum(residual for residual, _due in self.items if residual < 0)
        return max(0, self.overdue + credits)

    def aging(self):
        borders = {
            "aging_not_due": (None, 0),
            "aging_1_30": (1, 30),
            "aging_31_60": (31, 60),
            "aging_61_90": (61, 90),
            "aging_over_90": (91, None),
        }
        sums = {
            name: sum(
                residual
                for residual, days in self.debts()
                if (low is None or days >= low) and (high is None or days <= high)
            )
            for name, (low, high) in borders.items()
        }
        sums["aging_unallocated"] = sum(
            residual for residual, _due in self.items if residual < 0
        )
        return sums

    @property
    def uninvoiced(self):
        """Of today: rests are not kept by day."""
        orders = self.env["sale.order"].search(
            [
                ("partner_invoice_id", "in", self.partners.ids),
                ("company_id", "in", self.companies.ids),
                ("state", "=", "sale"),
            ]
        )
        return self.postdated + sum(rest(order) for order in orders)


def date_of(matching):
    """The later date of the two items."""
    return max(matching.debit_move_id.date, matching.credit_move_id.date)


def posted_lines(line):
    """(sign, invoice line) of the posted invoices of an order line."""
    signs = {"out_invoice": 1, "out_refund": -1}
    return [
        (signs[item.move_id.move_type], item)
        for item in line.invoice_lines
        if item.move_id.state == "posted"
    ]


def rest(order):
    """What of an order is not invoiced yet, in cents of the company's money."""
    goods = [
        line
        for line in order.order_line
        if not line.display_type and not line.is_downpayment
    ]
    reached = all(
        sum(sign * item.quantity for sign, item in posted_lines(line))
        >= line.product_uom_qty - 1e-6
        for line in goods
    )
    if reached:
        return 0
    total = 0
    for line in goods:
        net = line.product_uom_qty * line.price_unit * (1 - line.discount / 100)
        tax = sum(tax.amount for tax in line.tax_ids)
        total += cents(net) + cents(net * tax / 100)
    invoiced = sum(
        sign * cents(item.price_total)
        for line in order.order_line
        for sign, item in posted_lines(line)
    )
    return max(0, total - invoiced) * price_of_currency(order)


def price_of_currency(order):
    """Company money for one unit of the order's currency, a whole number."""
    if order.currency_id == order.company_id.currency_id:
        return 1
    day = order.date_order.date()
    rates = order.currency_id.rate_ids.filtered(lambda rate: rate.name <= day)
    return round(1 / max(rates, key=lambda rate: rate.name).rate)
