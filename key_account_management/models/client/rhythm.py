"""How often a client orders, from the days on which he did."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

SPAN = timedelta(days=365)
FEWEST_DAYS = 4
FACTOR = 2
PATIENCE = 5  # days


@dataclass(frozen=True)
class Rhythm:
    """The habit of a client.

    :param median: days between two orders, in the middle
    :param last: day of the last order
    :param days: days since then
    """

    median: float
    last: date
    days: int

    @property
    def is_silent(self):
        return self.days > max(FACTOR * self.median, PATIENCE)


def find_rhythm(days, today):
    """Return the rhythm of distinct order days, or None if they are too few."""
    if not days:
        return None
    days = sorted(set(days))
    last = days[-1]
    days = [day for day in days if day > last - SPAN]
    if len(days) < FEWEST_DAYS:
        return None
    gaps = [(b - a).days for a, b in zip(days, days[1:], strict=False)]
    return Rhythm(median(gaps), last, (today - last).days)
