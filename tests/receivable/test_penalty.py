"""Simple interest on what is open each day."""

from datetime import date

from odoo.tests import BaseCase, freeze_time, tagged

from odoo.addons.key_account_management.models.receivable.ladder import (
    Level,
    choose,
)
from odoo.addons.key_account_management.models.receivable.penalty import get_penalty

from .test_ladder import TODAY, LadderCase


def day(number):
    return date(2026, 6, number)


@tagged("standard", "post_install", "-at_install")
class TestPenaltyFormula(BaseCase):
    def penalty(self, *payments, today=11, rate=0.1, **kwargs):
        """On 1,000 due on the first of June."""
        value = get_penalty(1000, day(1), payments, day(today), rate, **kwargs)
        return round(value, 2)

    def test_none_on_the_due_date_one_day_after_it(self):
        self.assertEqual(self.penalty(today=1), 0)
        self.assertEqual(self.penalty(today=2), 1)
        self.assertEqual(self.penalty(), 10)

    def test_part_payment_changes_the_base_from_its_day(self):
        self.assertEqual(self.penalty((day(6), 400)), 4 * 1 + 6 * 0.6)

    def test_payment_before_due_and_of_tomorrow(self):
        self.assertEqual(self.penalty((date(2026, 5, 20), 500)), 5)
        self.assertEqual(self.penalty((day(12), 500)), 10)
        self.assertEqual(self.penalty((day(2), 1000)), 0)

    def test_cap(self):
        self.assertEqual(self.penalty(cap_percent=1.0), 10)
        self.assertEqual(self.penalty(cap_percent=0.99), 9.9)

    def test_no_rate(self):
        self.assertEqual(self.penalty(rate=0), 0)


@tagged("standard", "post_install", "-at_install")
class TestChoice(BaseCase):
    LEVELS = [
        Level(1, -3, "letter"),
        Level(2, 1, "call"),
        Level(3, 5, "letter"),
        Level(4, 10, "head"),
        Level(5, 20, "demand"),
        Level(6, 30, "legal"),
    ]

    def choose(self, days, done=None, is_demand_due=False):
        choice = choose(self.LEVELS, days, done or {}, is_demand_due)
        return tuple([level.id for level in levels] for levels in choice)

    def test_nothing_between_levels(self):
        self.assertEqual(self.choose(-4), ([], []))
        self.assertEqual(self.choose(4, {2: "done"}), ([], []))

    def test_reminder_only_up_to_the_due_date(self):
        self.assertEqual(self.choose(0), ([1], []))
        self.assertEqual(choose(self.LEVELS[:1], 1, {}, False), ([], []))

    def test_demand_with_a_letter_sent(self):
        done = {2: "done", 3: "sent", 4: "done"}
        self.assertEqual(self.choose(20, done, True), ([5], []))
        self.assertEqual(self.choose(20, done), ([], []))

    def test_demand_without_a_letter(self):
        self.assertEqual(self.choose(20, {4: "done", 3: "skipped"}), ([3], []))
        self.assertEqual(self.choose(20, {4: "done", 3: "dropped"}), ([], []))
        self.assertEqual(self.choose(40), ([3, 4], [1, 2]))

    def test_legal_after_the_demand(self):
        done = {3: "sent", 5: "sent"}
        self.assertEqual(self.choose(30, done, True), ([6], []))
        self.assertEqual(self.choose(30, done), ([6], []))


@freeze_time(TODAY)
class TestPenalty(LadderCase):
    def test_disputed_part_bears_none_and_payments_count_by_their_date(self):
        self.company.kam_penalty_rate = 0.1
        item = self.owe(10, 1000)
        self.pay(400, item.move_id, date=date(2026, 6, 5))
        self.env["kam.dispute"].create(
            {
                "move_id": item.move_id.id,
                "amount": 100,
                "reason": "Short",
                "deadline": day(20),
            }
        )
        letters = self.env["kam.collection.letter"]
        claims = self.env["kam.collection.claim"]._get_claims(
            self.company, self.now, self.client.ids
        )
        penalties = letters._get_penalties(self.company, self.now, claims)
        self.assertEqual(penalties, {item.id: round(4 * 0.9 + 6 * 0.5, 2)})
