"""The curve of variable pay, its correctors and steps, without a database."""

import random

from odoo.tests import BaseCase, tagged

from odoo.addons.key_account_management.models.performance import pay


def scheme(**vals):
    return {
        "name": "Scheme",
        "days": 30,
        "amount": 100_000,
        "weights": {"turnover": 60, "active_clients": 25, "new_clients": 15},
        "threshold": 80,
        "cap": 130,
        "accelerator": 1.5,
        "curve": "step",
        "correctors": {},
        **vals,
    }


def inputs(*facts, schemes=None, **criteria):
    """Facts against plans of 100."""
    return {
        "days": 30,
        "digits": 2,
        "parts": {
            metric: {"fact": fact, "plan": 100 if fact is not None else 0}
            for metric, fact in zip(pay.METRICS, facts, strict=True)
        },
        "criteria": criteria,
        "schemes": schemes or [scheme()],
    }


@tagged("standard", "post_install", "-at_install")
class TestPay(BaseCase):
    def test_three_parts(self):
        """100, 90 and 50 % at 60/25/15 with a threshold of 80: 60 + 22.5 + 0."""
        self.assertEqual(pay.get_pay(inputs(100, 90, 50)), 82_500)

    def test_the_curve_at_its_borders(self):
        for completion, expected in (
            *((-5, 0), (0, 0), (79.99, 0), (80, 80), (99.99, 99.99), (100, 100)),
            *((110, 115), (120, 130), (120.01, 130), (500, 130)),
        ):
            found = pay.get_payout(pay._exact(completion), scheme())
            self.assertEqual(float(found), expected, completion)

    def test_the_threshold_is_judged_unrounded(self):
        part = {"fact": 79_999.99, "plan": 100_000}
        self.assertEqual(pay.get_payout(pay.get_completion(part), scheme()), 0)
        part["fact"] = 80_000
        self.assertEqual(pay.get_payout(pay.get_completion(part), scheme()), 80)

    def test_linear_has_no_cliff(self):
        linear = scheme(curve="linear")
        for completion, expected in ((79, 0), (80, 0), (90, 50), (100, 100)):
            found = pay.get_payout(pay._exact(completion), linear)
            self.assertEqual(float(found), expected)
        steep = scheme(curve="linear", threshold=100)
        self.assertEqual(pay.get_payout(pay._exact(99), steep), 0)
        self.assertEqual(pay.get_payout(pay._exact(100), steep), 100)

    def test_a_part_without_a_plan_is_spread_over_the_others(self):
        """60/25 become 60/85 and 25/85."""
        self.assertEqual(pay.get_pay(inputs(100, 100, None)), 100_000)
        self.assertEqual(pay.get_pay(inputs(100, 0, None)), 70_588.24)
        self.assertEqual(pay.get_pay(inputs(None, None, None)), 0)

    def test_correctors_multiply(self):
        rules = {"debt": [[0, -20], [95, -10], [99, 0]], "claims": [[1, -5]]}
        both = inputs(100, 100, 100, schemes=[scheme(correctors=rules)])
        both["criteria"] = {"debt": 95, "claims": 1}
        self.assertEqual(pay.get_pay(both), 85_500)
        both["criteria"] = {"debt": 94.99, "claims": 0}
        self.assertEqual(pay.get_pay(both), 80_000)
        both["criteria"] = {"debt": None}
        self.assertEqual(pay.get_pay(both), 100_000)

    def test_never_below_zero(self):
        rules = {"claims": [[1, -150]]}
        found = inputs(100, 100, 100, schemes=[scheme(correctors=rules)], claims=2)
        self.assertEqual(pay.get_pay(found), 0)

    def test_two_schemes_in_a_month_by_calendar_days(self):
        schemes = [scheme(days=10, amount=90_000), scheme(days=20, amount=120_000)]
        found = inputs(100, 100, 100, schemes=schemes)
        self.assertEqual(pay.get_pay(found), 110_000)

    def test_parts_sum_to_the_cent(self):
        schemes = [scheme(amount=100_000.01)]
        for row in pay.explain(inputs(97.31, 83.33, 91.7, schemes=schemes)):
            parts = sum(part["pay"] for part in row["parts"])
            self.assertEqual(round(parts, 2), row["before"])

    def test_monotone_in_each_completion_up_to_the_cap(self):
        chance = random.Random(20)
        for _round in range(200):
            schemes = [
                scheme(
                    threshold=chance.choice((0, 50, 80, 100)),
                    accelerator=chance.choice((0, 1, 2.5)),
                    curve=chance.choice(("step", "linear")),
                    correctors={"debt": [[0, chance.randint(-100, 50)]]},
                )
            ]
            facts = [chance.uniform(0, 200) for _metric in pay.METRICS]
            before = pay.get_pay(inputs(*facts, schemes=schemes, debt=1))
            index = chance.randrange(3)
            facts[index] += chance.uniform(0, 60)
            after = pay.get_pay(inputs(*facts, schemes=schemes, debt=1))
            self.assertGreaterEqual(after, before)
            self.assertGreaterEqual(before, 0)

    def test_steps_say_what_more_would_bring(self):
        found = pay.get_steps(inputs(70, 100, 100))
        turnover = {s["more"]: s["gain"] for s in found if s["metric"] == "turnover"}
        # to the threshold, to the plan, to the cap; 2 more alone bring nothing
        self.assertEqual(turnover, {10: 48_000, 30: 60_000, 50: 78_000})

    def test_steps_of_clients_are_whole(self):
        found = inputs(100, 90.5, 100)
        steps = [s["more"] for s in pay.get_steps(found) if s["metric"] != "turnover"]
        self.assertTrue(steps)
        self.assertTrue(all(step == int(step) for step in steps))
