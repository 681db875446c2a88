"""Which quantities to take off an order so that it fits the limit."""

from math import ceil, floor

# Below this a quantity is rounding, not goods.
GRAIN = 1e-6


def take_off(lines, amount):
    """Return the whole units to take off each line, those named first going first.

    :param lines: list of (units that may go, value of one unit)
    :param amount: value to take off, in the same money
    :return: list of whole numbers, worth at least ``amount`` if there is enough
    """
    units = []
    for free, value in lines:
        wanted = ceil(amount / value - GRAIN) if value > 0 and amount > 0 else 0
        units.append(max(0, min(floor(free + GRAIN), wanted)))
        amount -= units[-1] * value
    return units
