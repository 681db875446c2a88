"""Distances between sites and the order of a day's stops, without records."""

from dataclasses import dataclass
from math import asin, cos, inf, radians, sin, sqrt

EARTH_KM = 6371.0
NEAR_KM, FAR_KM = 10.0, 50.0
# Up to so many stops every order is tried.
EXACT_STOPS = 9


@dataclass(frozen=True)
class Site:
    """Where somebody is met; without coordinates the postal code has to do."""

    latitude: float = 0.0
    longitude: float = 0.0
    postcode: str = ""

    @property
    def has_position(self):
        return bool(self.latitude or self.longitude)


def haversine(one, other):
    """Return the kilometres between two sites with coordinates, as the crow flies."""
    lat_one, lat_other = radians(one.latitude), radians(other.latitude)
    across = radians(other.longitude - one.longitude)
    half = (
        sin((lat_other - lat_one) / 2) ** 2
        + cos(lat_one) * cos(lat_other) * sin(across / 2) ** 2
    )
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half)))


def distance(one, other):
    """Return the kilometres between two sites.

    Without coordinates: the same postal code 0, the same first three digits 10,
    else 50.
    """
    if one is None or other is None or one == other:
        return 0.0
    if one.has_position and other.has_position:
        return haversine(one, other)
    first, second = one.postcode.strip(), other.postcode.strip()
    if first and first == second:
        return 0.0
    return NEAR_KM if first[:3] and first[:3] == second[:3] else FAR_KM


def order_stops(start, stops):
    """Return the positions of the stops in the order of a short open route.

    :param start: Site where the day begins, or None
    :param stops: list of Site
    :return: list of indexes; the shortest route up to 9 stops, else a short one
    """
    legs = [[distance(one, other) for other in stops] for one in stops]
    first = [distance(start, stop) for stop in stops]
    if len(stops) <= EXACT_STOPS:
        return _order_exactly(first, legs)
    return _improve(_order_by_nearest(first, legs), first, legs)


def measure(start, stops):
    """Return the kilometres of an open route through the stops in their order."""
    places = [start, *stops]
    return sum(distance(*pair) for pair in zip(places, places[1:], strict=False))


def _order_exactly(first, legs):
    """Held and Karp: the best way through each set of stops to each last stop."""
    count = len(first)
    if not count:
        return []
    best = {(1 << stop, stop): (first[stop], None) for stop in range(count)}
    for seen in range(1, 1 << count):
        for last in range(count):
            if (seen, last) not in best:
                continue
            length = best[seen, last][0]
            for stop in range(count):
                if seen & 1 << stop:
                    continue
                key = seen | 1 << stop, stop
                if length + legs[last][stop] < best.get(key, (inf,))[0]:
                    best[key] = length + legs[last][stop], last
    seen = (1 << count) - 1
    last = min(range(count), key=lambda stop: best[seen, stop][0])
    order = []
    while last is not None:
        order.append(last)
        seen, last = seen ^ 1 << last, best[seen, last][1]
    return order[::-1]


def _order_by_nearest(first, legs):
    left = set(range(len(first)))
    order = []
    while left:
        lengths = legs[order[-1]] if order else first
        order.append(min(left, key=lambda stop: (lengths[stop], stop)))
        left.remove(order[-1])
    return order


def _improve(order, first, legs):
    """Turn stretches of the route round as long as that makes it shorter (2-opt)."""

    def length(route):
        pairs = zip(route, route[1:], strict=False)
        return first[route[0]] + sum(legs[one][other] for one, other in pairs)

    is_better = True
    while is_better:
        is_better = False
        for begin in range(len(order) - 1):
            for end in range(begin + 2, len(order) + 1):
                turned = order[:begin] + order[begin:end][::-1] + order[end:]
                if length(turned) < length(order) - 1e-9:
                    order, is_better = turned, True
    return order
