"""Distances and the order of a day, without records."""

from itertools import permutations
from random import Random

from odoo.tests import BaseCase, tagged

from odoo.addons.key_account_management.models.visit.route import (
    Site,
    distance,
    haversine,
    measure,
    order_stops,
)

MOSCOW, PETERSBURG = Site(55.7558, 37.6173), Site(59.9386, 30.3141)


@tagged("standard", "post_install", "-at_install")
class TestRoute(BaseCase):
    def test_kilometres_as_the_crow_flies(self):
        self.assertAlmostEqual(haversine(MOSCOW, PETERSBURG), 634, delta=2)
        self.assertAlmostEqual(haversine(Site(0, 0), Site(0, 180)), 20015, delta=1)
        self.assertEqual(haversine(MOSCOW, MOSCOW), 0)

    def test_postal_codes_do_without_coordinates(self):
        first, same = Site(postcode="190000"), Site(55.0, 37.0, "190000")
        near, far = Site(postcode="190999"), Site(postcode="344000")
        self.assertEqual(distance(first, same), 0)
        self.assertEqual(distance(first, near), 10)
        self.assertEqual(distance(first, far), 50)
        self.assertEqual(distance(first, Site()), 50)
        self.assertEqual(distance(None, first), 0)

    def test_at_most_a_tenth_over_the_best_route(self):
        random = Random(7)
        for count in range(10):
            for _round in range(3 if count < 8 else 1):
                start, *stops = (
                    Site(55 + random.random(), 37 + random.random())
                    for _stop in range(count + 1)
                )
                order = order_stops(start, stops)
                self.assertEqual(sorted(order), list(range(count)))
                found = measure(start, [stops[index] for index in order])
                best = min(measure(start, way) for way in permutations(stops))
                self.assertLessEqual(found, best * 1.1 + 1e-9)

    def test_long_routes_are_short_ones_too(self):
        """On a line there is but one best way."""
        stops = [
            Site(55 + step / 10, 37) for step in (5, 1, 9, 3, 7, 2, 8, 4, 6, 11, 10)
        ]
        order = order_stops(Site(55, 37), stops)
        latitudes = [stops[index].latitude for index in order]
        self.assertEqual(latitudes, sorted(latitudes))
