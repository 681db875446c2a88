"""Who orders what and when, what is shipped and when it is paid.

Pure Python: plans only, no records. The same days give the same plans: each buyer has
dice of his own, so that one more buyer changes nothing for the others.
"""

import random
from dataclasses import dataclass
from datetime import timedelta

SEED = "food wholesaler"

# Demand by month, January first.
SEASON = {
    "grocery": (1.0, 1.0, 1.05, 1.0, 0.95, 0.9, 0.9, 1.0, 1.05, 1.05, 1.1, 1.2),
    "dairy": (1.0, 1.0, 0.9, 0.95, 1.05, 1.1, 1.05, 1.0, 1.0, 1.0, 1.0, 1.1),
    "drinks": (0.8, 0.8, 0.9, 1.0, 1.15, 1.35, 1.45, 1.35, 1.05, 0.9, 0.85, 1.1),
    "frozen": (0.8, 0.85, 0.95, 1.0, 1.15, 1.3, 1.35, 1.25, 1.0, 0.9, 0.85, 1.0),
    "canned": (1.1, 1.1, 1.1, 1.0, 0.9, 0.85, 0.8, 0.85, 1.0, 1.05, 1.1, 1.15),
    "sweets": (0.8, 1.05, 1.15, 0.9, 0.85, 0.75, 0.7, 0.8, 1.0, 1.1, 1.2, 1.5),
}
# Before these last days a customer orders less often, at most once a month, and as
# much at a time as he would in several orders: the same turnover in fewer documents.
DENSE_DAYS = 150
THIN_DAYS = 30
MOST = 2000  # pallets on a line
PART_SHIPPED = 0.06
PART_PAID = 0.06
GRACE = 5  # days; who is never later than so pays in one sum
ALLOWANCE = 0.04
ALLOWANCE_SHARE = 0.03
STILL_QUOTED = 0.35


@dataclass(frozen=True)
class Good:
    """A product by id, its list price and the key of its category."""

    product_id: int
    price: float
    category: str
    is_exempt: bool


@dataclass(frozen=True)
class Buyer:
    """The habits of a customer.

    :param key: external identifier of the partner without ``partner_``
    :param every: usual days between two orders, of late
    :param size: usual order of today in company currency, without tax
    :param late: earliest and latest payment, in days after the due date
    :param basket: keys of the categories that are bought
    :param growth: factor of the size from month to month
    :param since: days before today of the first order; default from the start
    :param until: days before today of the last order
    :param is_settled: everything that was shipped is paid by today
    """

    key: str
    every: int
    size: float
    late: tuple
    basket: tuple
    growth: float = 1.0
    since: int = 0
    until: int = 0
    is_settled: bool = False


@dataclass(frozen=True)
class Fixed:
    """An order with an exact total, without tax; days are before today.

    :param shipped: day of the invoice, which stays unpaid; None: not invoiced
    """

    key: str
    amount: int
    ordered: int
    shipped: int | None
    state: str = "sale"


@dataclass(frozen=True)
class Shipment:
    """What leaves on a day and is invoiced.

    :param quantities: one per line of the deal
    :param payments: (days after the due date, share of the invoice); none: unpaid
    :param allowance: share of the amount that is credited afterwards
    """

    day: object
    quantities: tuple
    payments: tuple = ()
    allowance: float = 0.0
    is_settled: bool = False


@dataclass(frozen=True)
class Deal:
    """An order with its shipments; lines are (good, quantity)."""

    key: str
    day: object
    lines: tuple
    shipments: tuple
    state: str = "sale"
    minute: int = 0


def workday(day, step=1):
    """Return the day, or the next working day in the direction of ``step``."""
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day


def compose(amount, goods, dice):
    """Return lines of goods free of tax with exactly this total.

    :param amount: a multiple of the cheapest price
    """
    exempt = sorted(
        (good for good in goods if good.is_exempt), key=lambda good: -good.price
    )
    *bulk, change = exempt
    lines = {}
    left = amount
    for share in (0.5, 0.6, 1.0):
        good = bulk.pop(dice.randrange(len(bulk)))
        if quantity := int(left * share // good.price):
            lines[good] = quantity
            left -= quantity * good.price
    if left:
        lines[change] = round(left / change.price)
    return tuple(lines.items())


class Market:
    """Plans the deals from ``first`` to ``today``."""

    def __init__(self, goods, first, today):
        self.goods = goods
        self.first = first
        self.today = today

    def get_deals(self, buyers, fixed):
        """Return the deals of all buyers and the fixed ones by day."""
        deals = [deal for buyer in buyers for deal in self._plan_buyer(buyer)]
        deals += [self._plan_fixed(number, plan) for number, plan in enumerate(fixed)]
        return sorted(deals, key=lambda deal: (deal.day, deal.minute, deal.key))

    def _plan_buyer(self, buyer):
        dice = random.Random(f"{SEED} {buyer.key}")
        first = self.first
        if buyer.since:
            first = max(first, self._ago(buyer.since))
        day = first + timedelta(days=dice.randrange(self._get_rhythm(buyer, first)))
        last = self._ago(buyer.until)
        while (ordered := workday(day)) <= last:
            yield self._plan_deal(buyer, ordered, dice)
            every = self._get_rhythm(buyer, day)
            wobble = max(1, every // 4)
            day += timedelta(days=every + dice.randint(-wobble, wobble))

    def _get_rhythm(self, buyer, day):
        """Return the days until the next order."""
        is_dense = day >= self._ago(DENSE_DAYS)
        return buyer.every if is_dense else max(THIN_DAYS, buyer.every * 5 // 2)

    def _ago(self, days):
        return self.today - timedelta(days=days)

    def _plan_deal(self, buyer, day, dice):
        lines = self._plan_lines(buyer, day, dice)
        is_new = day > self._ago(3) and not buyer.is_settled
        is_quoted = dice.random() < STILL_QUOTED and is_new
        return Deal(
            key=buyer.key,
            day=day,
            lines=lines,
            shipments=tuple(self._plan_shipments(buyer, day, lines, dice)),
            state="sent" if is_quoted else "sale",
            minute=dice.randrange(60, 540),
        )

    def _plan_lines(self, buyer, day, dice):
        """Divide the usual size among some goods of the basket."""
        offered = [good for good in self.goods if good.category in buyer.basket]
        chosen = dice.sample(offered, min(len(offered), dice.randint(2, 4)))
        months_ago = (self.today - day).days / 30
        budget = buyer.size / buyer.growth**months_ago * dice.uniform(0.75, 1.25)
        budget *= self._get_rhythm(buyer, day) / buyer.every
        weights = [dice.uniform(0.5, 1.5) for _good in chosen]
        lines = []
        for good, weight in zip(chosen, weights, strict=True):
            season = SEASON[good.category][day.month - 1]
            quantity = round(budget * season * weight / sum(weights) / good.price)
            lines.append((good, max(1, min(quantity, MOST))))
        return tuple(lines)

    def _plan_shipments(self, buyer, day, lines, dice):
        whole = tuple(quantity for _good, quantity in lines)
        shipped = workday(day + timedelta(days=dice.randint(1, 5)))
        if dice.random() < PART_SHIPPED and not buyer.is_settled:
            part = tuple(quantity * 3 // 5 for quantity in whole)
            rest = tuple(a - b for a, b in zip(whole, part, strict=True))
            later = workday(shipped + timedelta(days=7))
            parts = ((shipped, part), (later, rest))
        else:
            parts = ((shipped, whole),)
        for ship_day, quantities in parts:
            if any(quantities):
                yield self._plan_shipment(buyer, ship_day, quantities, dice)

    def _plan_shipment(self, buyer, day, quantities, dice):
        late = dice.randint(*buyer.late)
        payments = ((late, 1.0),)
        if dice.random() < PART_PAID and buyer.late[1] > GRACE:
            payments = ((late, 0.5), (late + 10, 0.5))
        return Shipment(
            day=day,
            quantities=quantities,
            payments=payments,
            allowance=ALLOWANCE_SHARE if dice.random() < ALLOWANCE else 0.0,
            is_settled=buyer.is_settled,
        )

    def _plan_fixed(self, number, plan):
        dice = random.Random(f"{SEED} fixed {number}")
        lines = compose(plan.amount, self.goods, dice)
        shipments = ()
        if plan.shipped is not None:
            day = workday(self._ago(plan.shipped), step=-1)
            quantities = tuple(quantity for _good, quantity in lines)
            shipments = (Shipment(day=day, quantities=quantities),)
        return Deal(
            key=plan.key,
            day=workday(self._ago(plan.ordered), step=-1),
            lines=lines,
            shipments=shipments,
            state=plan.state,
            minute=dice.randrange(60, 540),
        )
