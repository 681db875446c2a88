"""Fitting contacts into the days of a week, without records."""

from datetime import date
from random import Random

from odoo.tests import BaseCase, tagged

from odoo.addons.key_account_management.models.visit.route import Site, distance
from odoo.addons.key_account_management.models.visit.week import (
    DAY,
    Block,
    Day,
    Need,
    Week,
    count_dues,
    subtract,
)

MONDAY = date(2026, 7, 6)


def make_days(numbers=range(5), blocks=()):
    days = []
    for number in numbers:
        own = [block for block in blocks if block.start // DAY == number]
        work = [(9 * 60, 13 * 60), (14 * 60, 18 * 60)]
        work = [(number * DAY + start, number * DAY + end) for start, end in work]
        free = subtract(work, [(block.start, block.end) for block in own])
        days.append(Day(number, free, own))
    return days


@tagged("standard", "post_install", "-at_install")
class TestWeek(BaseCase):
    def place(self, needs, limits=(4, 8), days=None, **kwargs):
        week = Week(make_days() if days is None else days, limits, **kwargs)
        return week.place(needs)

    def visit(self, order, **vals):
        vals = {"key": order, "is_on_site": True, "duration": 60, **vals}
        return Need(order=order, site=vals.pop("site", Site()), **vals)

    def call(self, order, **vals):
        return Need(
            **{"key": order, "is_on_site": False, "duration": 15, **vals}, order=order
        )

    def test_days_of_an_interval(self):
        for last, interval, days in (
            (None, 7, [0]),
            (date(2026, 7, 5), 7, [6]),
            (date(2026, 7, 5), 8, []),
            (date(2026, 6, 1), 7, [0]),
            (date(2026, 7, 3), 3, [0, 3, 6]),
            (None, 0, []),
            (date(2026, 7, 5), 1, [0, 1, 2, 3, 4, 5, 6]),
        ):
            with self.subTest((last, interval)):
                self.assertEqual(count_dues(last, interval, MONDAY), days)

    def test_intervals_without_what_is_taken(self):
        self.assertEqual(
            subtract([(0, 10), (20, 30)], [(5, 7), (25, 40), (9, 12)]),
            [(0, 5), (7, 9), (20, 25)],
        )

    def test_the_heaviest_come_first_then_the_latest_then_the_client(self):
        needs = [
            self.visit(0, score=1),
            self.visit(1, score=5, late=1),
            self.visit(2, score=5, late=9),
            self.visit(3, score=1),
        ]
        placed, left = self.place(needs, limits=(3, 0), days=make_days([0]))
        self.assertEqual({need.order for need, _start in placed}, {0, 1, 2})
        self.assertEqual([(need.order, why) for need, why in left], [(3, "capacity")])

    def test_one_contact_a_day_with_the_same_client(self):
        needs = [self.call(order, key="azbuka") for order in range(3)]
        placed, _left = self.place(needs)
        days = [start // DAY for _need, start in placed]
        self.assertEqual(len(set(days)), 3)

    def test_the_agreed_day_and_the_clients_hours(self):
        need = self.visit(0, day=3, hours=(15 * 60, 17 * 60))
        placed, _left = self.place([need])
        self.assertEqual(placed, [(need, 3 * DAY + 15 * 60)])

    def test_why_there_is_no_place(self):
        for need, days, why in (
            (self.visit(0), [], "absent"),
            (self.visit(0, days=frozenset((5,))), None, "closed"),
            (self.visit(0, hours=(0, 540)), None, "time"),
            (self.visit(0, duration=300), None, "time"),
        ):
            _placed, left = self.place([need], days=days)
            self.assertEqual(left, [(need, why)])

    def test_driving_takes_time(self):
        """50 km at 50 km/h: an hour between two sites without a postal code."""
        sites = [Site(postcode=code) for code in ("100000", "200000")]
        needs = [self.visit(order, site=site) for order, site in enumerate(sites)]
        placed, _left = self.place(needs, days=make_days([0]), speed=50.0)
        starts = sorted(start for _need, start in placed)
        self.assertEqual(starts, [9 * 60, 11 * 60])

    def test_driving_to_and_from_what_is_there_already(self):
        here, there = Site(postcode="100000"), Site(postcode="200000")
        block = Block(10 * 60, 11 * 60, there, key=99, is_on_site=True)
        placed, _left = self.place(
            [self.visit(0, site=here)], days=make_days([0], [block]), speed=50.0
        )
        self.assertEqual([start for _need, start in placed], [12 * 60])

    def test_random_weeks(self):
        """No overlap, capacity kept, everything placed or listed, the same again."""
        random = Random(11)
        for _round in range(40):
            needs, blocks, limits = self.make_random(random)
            results = [
                Week(make_days(blocks=blocks), limits, speed=30.0).place(needs)
                for _again in range(2)
            ]
            self.assertEqual(*results)
            placed, left = results[0]
            kept = [need for need, _start in placed] + [need for need, _why in left]
            self.assertEqual(sorted(n.order for n in kept), list(range(len(needs))))
            self.check_placed(placed, blocks, limits)

    def make_random(self, random):
        blocks = []
        for day in range(5):
            for hour in random.sample(range(9, 17), random.randint(0, 2)):
                start = day * DAY + hour * 60
                blocks.append(Block(start, start + 45, None, key=1000 + len(blocks)))
        needs = []
        for order in range(random.randint(0, 45)):
            make = random.choice((self.visit, self.call))
            site = Site(55 + random.random() / 5, 37 + random.random() / 5)
            needs.append(
                make(
                    order,
                    key=random.randint(0, 20),
                    score=random.randint(0, 300),
                    day=random.choice((None, 0, 2, 6)),
                    site=site,
                )
            )
        return needs, blocks, (random.randint(0, 5), random.randint(0, 9))

    def check_placed(self, placed, blocks, limits):
        taken = [(start, start + need.duration) for need, start in placed]
        taken += [(block.start, block.end) for block in blocks]
        taken.sort()
        for (_start, end), (start, _end) in zip(taken, taken[1:], strict=False):
            self.assertLessEqual(end, start)
        for day in range(5):
            own = [need for need, start in placed if start // DAY == day]
            fixed = [block for block in blocks if block.start // DAY == day]
            visits = sum(need.is_on_site for need in own)
            self.assertLessEqual(visits, limits[0])
            calls = len(own) - visits
            self.assertLessEqual(calls, max(0, limits[1] - len(fixed)))
            self.assertEqual(len({need.key for need in own}), len(own))
            self.check_driving([p for p in placed if p[1] // DAY == day])

    def check_driving(self, placed):
        visits = [(start, need) for need, start in placed if need.is_on_site]
        for (start, one), (later, other) in zip(visits, visits[1:], strict=False):
            minutes = distance(one.site, other.site) / 30 * 60
            self.assertGreaterEqual(later, start + one.duration + minutes)
