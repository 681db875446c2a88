"""Splitting a whole into parts that sum to it exactly, without the ORM."""

from fractions import Fraction


def largest_remainder(units, weights):
    """Share whole units out in proportion to weights.

    Each part gets the whole number below its exact share; what is left goes one by
    one to the largest remainders, and among equal ones to the earlier part.

    :param units: int, 0 or more: cents, or clients
    :param weights: list of numbers, 0 or more; all 0: equal parts
    :return: list of ints with the sum ``units``
    """
    if not weights:
        return []
    exact = [Fraction(str(weight)) for weight in weights]
    total = sum(exact)
    if not total:
        exact, total = [Fraction(1)] * len(weights), Fraction(len(weights))
    shares = [units * weight / total for weight in exact]
    parts = [int(share) for share in shares]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], i))
    for index in order[: units - sum(parts)]:
        parts[index] += 1
    return parts


def split(amount, weights, digits=2):
    """Split an amount; see :func:`largest_remainder`.

    :param digits: 2 for money in cents, 0 for clients in whole numbers
    :return: list of numbers with ``digits`` decimals that sum to the amount
    """
    scale = 10**digits
    units = round(abs(amount) * scale)
    sign = -1 if amount < 0 else 1
    return [sign * part / scale for part in largest_remainder(units, weights)]


def mix(shares_by_method, percents):
    """Mix several lists of weights, each in proportion to its own sum.

    :param shares_by_method: dict method -> list of weights
    :param percents: dict method -> percent
    :return: list of weights; a list that sums to 0 counts as equal parts
    """
    size = max((len(weights) for weights in shares_by_method.values()), default=0)
    mixed = [Fraction(0)] * size
    for method, percent in percents.items():
        weights = [Fraction(str(weight)) for weight in shares_by_method[method]]
        if not sum(weights):
            weights = [Fraction(1)] * size
        total = sum(weights)
        for index, weight in enumerate(weights):
            mixed[index] += Fraction(str(percent)) * weight / total
    return [float(weight) for weight in mixed]
