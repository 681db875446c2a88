"""Points, totals and splits at their borders, without a database."""

import random
from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.key_account_management.models.performance import (
    calendar,
    scoring,
    splitting,
)

PERCENT = {"kind": "linear", "target": 100, "floor": 0, "cap": 100, "ranges": []}
DEBT = {
    "kind": "ranges",
    "target": 99,
    "floor": 0,
    "cap": 100,
    "ranges": [[0, 0], [90, 30], [95, 60], [97, 80], [99, 100]],
}
CASES = {**DEBT, "target": 0, "ranges": [[0, 100], [1, 70], [2, 40], [3, 0]]}


def growth(amount, base, target=10, cap=100):
    scale = {**PERCENT, "target": target, "cap": cap}
    return {"code": "growth", "amount": amount, "base": base, "scale": scale}


def part(metric, weight, fact, plan=100):
    return {"metric": metric, "weight": weight, "fact": fact, "plan": plan}


@tagged("standard", "post_install", "-at_install")
class TestScoring(BaseCase):
    def test_growth(self):
        for amount, points in (
            (1_100_000, 100),
            (1_050_000, 50),
            (1_000_000, 0),
            (900_000, 0),
            (1_200_000, 100),
        ):
            with self.subTest(amount):
                self.assertEqual(
                    scoring.get_score(growth(amount, 1_000_000))[1], points
                )

    def test_growth_up_to_a_cap_above_a_hundred(self):
        self.assertEqual(scoring.get_score(growth(120, 100, cap=150))[1], 150)
        self.assertEqual(scoring.get_score(growth(112, 100, cap=150))[1], 120)

    def test_growth_without_a_base_is_not_applicable(self):
        self.assertEqual(scoring.get_score(growth(100, 0)), (None, None))
        self.assertEqual(scoring.get_score(growth(100, -5)), (None, None))

    def test_plan_of_three_parts(self):
        inputs = {
            "code": "plan",
            "scale": PERCENT,
            "parts": [
                part("turnover", 60, 95),
                part("active_clients", 25, 100),
                part("new_clients", 15, 50),
            ],
        }
        self.assertEqual(scoring.get_score(inputs), (89.5, 89.5))

    def test_a_part_counts_up_to_the_cap_and_not_below_zero(self):
        inputs = {
            "code": "plan",
            "scale": PERCENT,
            "parts": [part("turnover", 50, 300), part("active_clients", 50, -20)],
        }
        self.assertEqual(scoring.get_score(inputs), (50.0, 50.0))

    def test_a_part_that_is_not_planned_is_spread(self):
        inputs = {
            "code": "plan",
            "scale": PERCENT,
            "parts": [part("turnover", 60, 80), part("new_clients", 15, 2, plan=0)],
        }
        self.assertEqual(scoring.get_score(inputs)[0], 80.0)
        inputs["parts"] = [part("turnover", 60, 80, plan=0)]
        self.assertEqual(scoring.get_score(inputs), (None, None))

    def test_debt_ranges_are_half_open(self):
        for actual, points in (
            (100, 100),
            (99, 100),
            (98.99, 80),
            (97, 80),
            (96.99, 60),
            (95, 60),
            (94.99, 30),
            (90, 30),
            (89.99, 0),
            (0, 0),
        ):
            with self.subTest(actual):
                self.assertEqual(scoring.get_points(actual, DEBT), points)

    def test_clean_client_days(self):
        inputs = {"code": "debt", "amount": 297, "base": 300, "scale": DEBT}
        self.assertEqual(scoring.get_score(inputs), (99.0, 100.0))

    def test_reports(self):
        inputs = {
            "code": "reports",
            "done": [8, 10],
            "accepted": [9, 10],
            "scale": PERCENT,
        }
        self.assertEqual(scoring.get_score(inputs), (72.0, 72.0))
        inputs["done"] = [0, 0]
        self.assertEqual(scoring.get_score(inputs), (None, None))

    def test_nothing_happened_is_full_points(self):
        for count, points in ((0, 100), (1, 70), (2, 40), (3, 0), (7, 0)):
            inputs = {"code": "claims", "amount": count, "scale": CASES}
            self.assertEqual(scoring.get_score(inputs), (count, points))

    def test_floor(self):
        scale = {**PERCENT, "floor": 50}
        self.assertEqual(scoring.get_points(49.99, scale), 0)
        self.assertEqual(scoring.get_points(50, scale), 50)

    def test_weight_without_base_is_spread(self):
        total, weighted, missing = scoring.get_weighted(
            [(50, 80.0), (30, None), (20, 100.0)]
        )
        self.assertEqual((total, missing), (85.71, 30.0))
        self.assertEqual(round(sum(weighted), 2), total)
        self.assertEqual(weighted[1], 0)

    def test_nothing_applicable_has_no_total(self):
        total, weighted, missing = scoring.get_weighted([(60, None), (40, None)])
        self.assertEqual((total, weighted, missing), (None, [0.0, 0.0], 100.0))

    def test_weight_zero_shows_without_counting(self):
        total, weighted, missing = scoring.get_weighted([(100, 70.0), (0, 10.0)])
        self.assertEqual((total, weighted, missing), (70.0, [70.0, 0.0], 0.0))

    def test_weighted_points_sum_to_the_total(self):
        chance = random.Random(5)
        for _round in range(300):
            lines = [
                (chance.randint(0, 40), chance.choice((None, chance.random() * 100)))
                for _line in range(8)
            ]
            total, weighted, _missing = scoring.get_weighted(lines)
            if total is None:
                continue
            self.assertEqual(round(sum(weighted), 2), total)
            self.assertGreaterEqual(min(weighted), 0)
            self.assertLessEqual(total, 100)

    def test_points_are_within_the_scale(self):
        chance = random.Random(7)
        for _round in range(300):
            cap = chance.randint(0, 200)
            scale = {**DEBT, "kind": chance.choice(("linear", "ranges")), "cap": cap}
            points = scoring.get_points(chance.uniform(-500, 500), scale)
            self.assertLessEqual(0, points)
            self.assertLessEqual(points, cap)

    def test_simulation_changes_nothing_but_what_it_is_told(self):
        lines = [(50, growth(105, 100)), (50, growth(110, 100))]
        lines[1][1]["code"] = "settlement"
        lines[1][1]["scale"] = PERCENT
        self.assertEqual(scoring.simulate(lines, {}), 75.0)
        self.assertEqual(scoring.simulate(lines, {"growth": {"amount": 110}}), 100.0)
        self.assertEqual(lines[0][1]["amount"], 105)


@tagged("standard", "post_install", "-at_install")
class TestSplitting(BaseCase):
    def test_ten_million_over_three(self):
        self.assertEqual(
            splitting.split(10_000_000.00, [1, 1, 1]),
            [3_333_333.34, 3_333_333.33, 3_333_333.33],
        )

    def test_clients_in_whole_numbers(self):
        self.assertEqual(splitting.split(10, [1, 1, 1], digits=0), [4, 3, 3])
        self.assertEqual(splitting.split(2, [1, 2, 1], digits=0), [1, 1, 0])

    def test_nothing_to_weigh_by_is_equal(self):
        self.assertEqual(splitting.split(9, [0, 0, 0], digits=0), [3, 3, 3])
        self.assertEqual(splitting.split(9, []), [])

    def test_parts_sum_to_the_whole(self):
        chance = random.Random(3)
        for _round in range(500):
            whole = chance.randint(0, 10**9) / 100
            weights = [chance.random() * 10 for _n in range(chance.randint(1, 60))]
            parts = splitting.split(whole, weights)
            units = sum(round(part * 100) for part in parts)
            self.assertEqual(units, round(whole * 100))

    def test_mix(self):
        shares = {"equal": [1, 1], "last_year": [0, 10], "potential": [0, 0]}
        percents = {"equal": 50, "last_year": 50}
        self.assertEqual(splitting.mix(shares, percents), [25, 75])
        self.assertEqual(splitting.mix(shares, {"potential": 100}), [50, 50])


@tagged("standard", "post_install", "-at_install")
class TestWorkdays(BaseCase):
    first, last = date(2026, 11, 1), date(2026, 11, 30)

    def test_count(self):
        self.assertEqual(calendar.count_workdays(self.first, self.last), 21)
        self.assertEqual(calendar.count_workdays(self.first, self.first), 0)
        self.assertEqual(calendar.count_workdays(self.last, self.first), 0)

    def test_share(self):
        self.assertEqual(calendar.get_share(self.first, self.last, self.last), 1)
        middle = calendar.get_share(self.first, self.last, date(2026, 11, 8))
        self.assertAlmostEqual(middle, 5 / 21)

    def test_the_same_working_day_a_year_ago(self):
        first, last = date(2025, 11, 1), date(2025, 11, 30)
        self.assertEqual(calendar.get_workday(first, last, 5), date(2025, 11, 7))
        self.assertEqual(calendar.get_workday(first, last, 0), date(2025, 10, 31))
        self.assertEqual(calendar.get_workday(first, last, 99), last)
