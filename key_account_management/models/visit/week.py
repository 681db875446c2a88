"""Fitting the contacts of a week into its working hours, without records.

Minutes are counted from Monday, 0:00, local time.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from math import ceil

from .route import Site, distance, measure, order_stops

DAY = 24 * 60
GRID = 15  # starts are on full quarters of an hour


@dataclass(frozen=True)
class Need:
    """A contact that is due in the week.

    :param key: whom to meet; one contact a day with the same one
    :param late: days past due; the later, the earlier it is placed
    :param day: day of the week (0 to 6) that was agreed or is due, or None
    :param days: days on which the client receives; empty: any
    :param hours: minutes of the day from and to which he receives, or None
    """

    key: object
    order: int
    is_on_site: bool
    duration: int
    score: float = 0.0
    late: int = 0
    day: int | None = None
    site: Site | None = None
    days: frozenset = frozenset()
    hours: tuple = (0, DAY)


@dataclass(frozen=True)
class Block:
    """Time that is taken; with a site, if it takes getting there and away."""

    start: int
    end: int
    site: Site | None = None
    key: object = None
    is_on_site: bool = False


@dataclass
class Day:
    """One working day.

    :param free: intervals (start, end) of work without what is taken already
    :param blocks: contacts that stay as they are
    """

    number: int
    free: list
    blocks: list = field(default_factory=list)
    visits: list = field(default_factory=list)
    starts: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)

    def holds(self, key):
        taken = [block.key for block in self.blocks]
        return key in taken or any(n.key == key for n in [*self.visits, *self.calls])

    def count(self, is_on_site):
        placed = self.visits if is_on_site else self.calls
        kept = [b for b in self.blocks if b.key is not None]
        return len(placed) + sum(b.is_on_site == is_on_site for b in kept)


class Week:
    """Places needs into days: the most urgent first, those on site before calls.

    :param days: list of Day
    :param limits: (visits, calls) of a day
    :param home: Site where each day begins, or None
    :param speed: kilometres an hour
    """

    def __init__(self, days, limits, home=None, speed=30.0):
        self.days = days
        self.limits = {True: limits[0], False: limits[1]}
        self.home = home
        self.speed = speed
        self.reserve = 0

    def place(self, needs):
        """Place the needs.

        :return: (list of (need, start), list of (need, reason)); the reason is
            ``absent``, ``closed``, ``capacity`` or ``time``
        """
        placed, left = [], []
        self._set_reserve(needs)
        for need in sorted(needs, key=self._urgency):
            if reason := self._place_one(need):
                left.append((need, reason))
        for day in self.days:
            placed += [(need, day.starts[need]) for need in [*day.visits, *day.calls]]
        return sorted(placed, key=lambda pair: (pair[1], pair[0].order)), left

    def _urgency(self, need):
        return not need.is_on_site, -need.score, -need.late, need.order

    def _set_reserve(self, needs):
        """Keep time for the calls, which are placed after the visits."""
        calls = [need for need in needs if not need.is_on_site]
        if self.days and calls:
            a_day = min(ceil(len(calls) / len(self.days)), self.limits[False])
            self.reserve = a_day * max(need.duration for need in calls)

    def _place_one(self, need):
        """Place a need on the best day that has room; else say what stood against."""
        if not self.days:
            return "absent"
        days = [d for d in self.days if not need.days or d.number in need.days]
        if not days:
            return "closed"
        days = [d for d in days if not d.holds(need.key)]
        limit = self.limits[need.is_on_site]
        with_room = [d for d in days if d.count(need.is_on_site) < limit]
        if not with_room:
            return "capacity"
        for day in sorted(with_room, key=lambda day: self._liking(need, day)):
            if (
                self._fits_visit(need, day)
                if need.is_on_site
                else self._call(need, day)
            ):
                return None
        return "time"

    def _liking(self, need, day):
        """The smaller, the better: the wanted day, little driving, an empty day."""
        away = abs(day.number - need.day) if need.day is not None else 0
        load = day.count(need.is_on_site)
        if not need.is_on_site:
            return away, load, day.number
        sites = [n.site for n in day.visits] + [b.site for b in day.blocks if b.site]
        extra = min((distance(site, need.site) for site in sites), default=15.0)
        return away, round(extra + 5 * load), load, day.number

    def _fits_visit(self, need, day):
        """Add a visit to a day if all of its visits can still be made."""
        stops = [*day.visits, need]
        order = order_stops(self.home, [stop.site for stop in stops])
        stops = [stops[index] for index in order]
        starts = self._schedule(day, stops)
        if starts is None or self._rest(day, stops, starts) < self.reserve:
            return False
        day.visits, day.starts = stops, starts
        return True

    def _schedule(self, day, stops):
        """Return the start of each stop in this order, or None if there is no time."""
        starts, cursor = {}, 0
        blocks = sorted(
            (b for b in day.blocks if b.site), key=lambda block: block.start
        )
        for stop in stops:
            start = self._find_start(day, stop, cursor, blocks)
            if start is None:
                return None
            starts[stop] = start
            cursor = start + stop.duration
            block = Block(start, cursor, stop.site)
            blocks.insert(bisect_left([b.start for b in blocks], start), block)
        return starts

    def _find_start(self, day, stop, cursor, blocks):
        hours = [day.number * DAY + minute for minute in stop.hours]
        for begin, end in day.free:
            start = _align(max(begin, cursor, hours[0]))
            before = [block for block in blocks if block.end <= start]
            if before:
                away = before[-1].end + self._travel(before[-1].site, stop.site)
                start = max(start, _align(away))
            stop_at = start + stop.duration
            after = next((block for block in blocks if block.start >= start), None)
            if stop_at > min(end, hours[1]):
                continue
            if (
                not after
                or stop_at + self._travel(stop.site, after.site) <= after.start
            ):
                return start
        return None

    def _travel(self, one, other):
        return ceil(distance(one, other) / self.speed * 60)

    def _rest(self, day, stops, starts):
        """Minutes of the day that neither visits nor driving take."""
        kept = sum(end - start for start, end in day.free)
        driving = measure(None, [stop.site for stop in stops]) / self.speed * 60
        return kept - driving - sum(stop.duration for stop in stops)

    def _call(self, need, day):
        """Place a call where nobody is met and nobody drives."""
        hours = [day.number * DAY + minute for minute in need.hours]
        for begin, end in self._gaps(day):
            start = _align(max(begin, hours[0]))
            if start + need.duration <= min(end, hours[1]):
                day.calls.append(need)
                day.starts[need] = start
                return True
        return False

    def _gaps(self, day):
        taken = [(day.starts[n], day.starts[n] + n.duration) for n in day.calls]
        previous = None
        visits = [(day.starts[n], n.duration, n.site) for n in day.visits]
        visits += [(b.start, b.end - b.start, b.site) for b in day.blocks if b.site]
        for start, duration, site in sorted(visits, key=lambda visit: visit[:2]):
            drive = self._travel(previous, site)
            taken.append((start - drive, start + duration))
            previous = site
        return subtract(day.free, taken)


def _align(minute):
    return -(-minute // GRID) * GRID


def subtract(intervals, taken):
    """Return the intervals without what is taken; both are lists of (start, end)."""
    left = []
    for begin, end in intervals:
        for start, stop in sorted(taken):
            if start >= end or stop <= begin:
                continue
            if start > begin:
                left.append((begin, start))
            begin = max(begin, stop)
        if begin < end:
            left.append((begin, end))
    return left


def count_dues(last, interval, monday):
    """Return the days of the week (0 to 6) on which a contact is due.

    :param last: date of the last contact, or None
    :param interval: days between two contacts; 0: none are due
    :param monday: first day of the week
    """
    if interval <= 0:
        return []
    first = 0 if last is None else max(0, (last - monday).days + interval)
    return list(range(first, 7, interval))
