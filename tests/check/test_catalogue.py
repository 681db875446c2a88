"""Ranges join, classes follow each other, and the last change is known."""

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ..common import KamCommon


class TestCatalogue(KamCommon):
    def make_factor(self, *ranges, code="sample"):
        return self.env["kam.credit.factor"].create(
            {
                "name": "Sample",
                "code": code,
                "range_ids": [
                    Command.create({"value_from": a, "value_to": b, "points": points})
                    for a, b, points in ranges
                ],
            }
        )

    def test_from_counts_and_to_does_not(self):
        factor = self.make_factor((0, 10, 20), (10, 20, 60), (20, 30, 100))
        for value, points in (
            (-5, 20),
            (0, 20),
            (9.9999, 20),
            (10, 60),
            (19.9999, 60),
            (20, 100),
            (500, 100),
        ):
            self.assertEqual(factor._get_range(value).points, points, value)

    def test_gap(self):
        with self.assertRaisesRegex(ValidationError, "gap from 10 to 11"):
            self.make_factor((0, 10, 20), (11, 20, 60))

    def test_overlap(self):
        with self.assertRaisesRegex(ValidationError, "overlap from 9 to 10"):
            self.make_factor((0, 10, 20), (9, 20, 60))

    def test_without_ranges(self):
        with self.assertRaisesRegex(ValidationError, "at least one range"):
            self.make_factor()

    def test_border_moves_on_both_sides_at_once(self):
        factor = self.make_factor((0, 10, 20), (10, 20, 60))
        low, high = factor.range_ids.sorted("value_from")
        factor.range_ids = [
            Command.update(low.id, {"value_to": 12}),
            Command.update(high.id, {"value_from": 12}),
        ]
        self.assertEqual(factor._get_range(11), low)
        with self.assertRaises(ValidationError):
            low.value_to = 13

    def test_inner_range_is_not_deleted_alone(self):
        factor = self.make_factor((0, 10, 20), (10, 20, 60), (20, 30, 100))
        ranges = factor.range_ids.sorted("value_from")
        with self.assertRaisesRegex(ValidationError, "would have a gap"):
            ranges[1].unlink()
        ranges[2].unlink()
        self.assertEqual(factor._get_range(25).points, 60)

    def test_points_between_0_and_100(self):
        for points in (-1, 101):
            with self.assertRefused():
                self.make_factor((0, 10, points))

    def test_upside_down(self):
        with self.assertRefused():
            self.make_factor((10, 10, 5))

    def test_codes_are_unique_and_copies_get_their_own(self):
        factor = self.make_factor((0, 10, 20))
        copied = factor.copy()
        self.assertNotEqual(copied.code, factor.code)
        self.assertEqual(len(copied.range_ids), 1)
        with self.assertRefused():
            self.make_factor((0, 10, 20))

    def test_names_of_ranges(self):
        factor = self.make_factor((0, 10, 20), (10, 20, 60), (20, 30, 100))
        self.assertEqual(
            factor.range_ids.sorted("value_from").mapped("display_name"),
            ["below 10", "10 to below 20", "from 20"],
        )

    def test_shipped_catalogue_joins(self):
        factors = self.env["kam.credit.factor"].search([])
        self.assertGreaterEqual(len(factors), 12)
        factors._check_ranges()
        computed = factors.filtered("is_computed").mapped("code")
        self.assertEqual(
            set(computed),
            {"years", "turnover", "days_late", "on_time", "debt", "promises"},
        )

    def test_classes_by_score(self):
        classes = self.env["kam.credit.class"]
        for score, risk_class in (
            (100, "a"),
            (80, "a"),
            (79.9, "b"),
            (65, "b"),
            (50, "c"),
            (49.9, "d"),
            (30, "d"),
            (0, "e"),
        ):
            self.assertEqual(classes._get_class(score).risk_class, risk_class, score)
        self.assertEqual(classes._get_class(100, "c").risk_class, "c")
        self.assertEqual(classes._get_class(10, "c").risk_class, "e")

    def test_better_class_begins_higher(self):
        row = self.env["kam.credit.class"].search([("risk_class", "=", "b")])
        with self.assertRaisesRegex(ValidationError, "higher score"):
            row.border = 80
        row.border = 79.9

    def test_only_the_administrator_changes_it(self):
        factor = self.env["kam.credit.factor"].search([], limit=1)
        for user in (self.kam, self.controller, self.head, self.director):
            with self.assertRaises(UserError):
                factor.with_user(user).weight = 5
        factor.with_user(self.administrator).weight = 5
