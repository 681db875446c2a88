"""Growth: the bridge is exact, like for like, price, volume and mix."""

import random
from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged

from odoo.addons.key_account_management.models.performance import growth

from .common import PerformanceCase

BASE = date(2025, 10, 1), date(2025, 10, 31)
NOW = date(2026, 10, 1), date(2026, 10, 31)


@tagged("standard", "post_install", "-at_install")
class TestGrowthSplits(BaseCase):
    def test_parts_at_their_borders(self):
        for base, now, part in (
            *((0, 5, "new"), (5, 0, "lost"), (5, 6, "grown"), (6, 5, "declined")),
            *((5, 5, None), (0, 0, None), (0, -5, "declined"), (-5, 0, "grown")),
            *((-5, 5, "grown"), (5, -5, "declined")),
        ):
            self.assertEqual(growth.get_part(base, now), part, (base, now))

    def test_exact_on_random_histories(self):
        chance = random.Random(28)
        for _round in range(200):
            rows = [
                (
                    number,
                    Decimal(chance.choice((0, chance.randint(-500, 99_999)))) / 100,
                    Decimal(chance.choice((0, chance.randint(-500, 99_999)))) / 100,
                )
                for number in range(chance.randint(0, 30))
            ]
            bridge = growth.get_bridge(rows)
            gained = bridge["new"] + bridge["grown"]
            given = bridge["declined"] + bridge["lost"]
            self.assertEqual(bridge["start"] + gained - given, bridge["end"])
            self.assertGreaterEqual(min(bridge[part] for part in growth.PARTS), 0)
            found = [id_ for ids in bridge["clients"].values() for id_ in ids]
            self.assertEqual(len(found), len(set(found)))

    def test_price_volume_and_mix(self):
        """Half as much again of everything at a tenth more."""
        rows = [(100, 1000, 150, 1650), (10, 500, 15, 825)]
        found = growth.split_price(rows)
        self.assertEqual(found, {"price": 225, "volume": 750, "mix": 0})

    def test_new_products_are_mix(self):
        found = growth.split_price([(10, 100, 10, 100), (0, 0, 10, 300)])
        self.assertEqual(found, {"price": 0, "volume": 100, "mix": 200})

    def test_the_three_sum_to_the_growth(self):
        chance = random.Random(7)
        for _round in range(200):
            rows = [
                tuple(Decimal(chance.randint(-20, 5000)) / 100 for _column in range(4))
                for _product in range(chance.randint(0, 12))
            ]
            parts = growth.split_price(rows)
            expected = sum(row[3] for row in rows) - sum(row[1] for row in rows)
            self.assertEqual(sum(parts.values()), expected)

    def test_like_for_like(self):
        rows = [(1, 100, 120), (2, 0, 50), (3, 70, 0), (4, 50, 40)]
        self.assertEqual(growth.get_like_for_like(rows), (150, 160))


class TestBridge(PerformanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second, cls.third = (
            cls.make_client("Second of Ann"),
            cls.make_client("Third of Ann"),
        )
        cls.own_since(cls.second | cls.third)
        for client, base, now in (
            (cls.client, 1000, 1200.5),
            (cls.second, 300, None),
            (cls.third, None, 70),
            (cls.others, 500, 400),
        ):
            if base:
                cls.sell(base, date(2025, 10, 10), client.partner_ids)
            if now:
                cls.sell(now, date(2026, 10, 10), client.partner_ids)

    def test_of_one_manager(self):
        bridge = self.env["kam.client"]._bridge(self.kam, *BASE, *NOW)
        clients = bridge.pop("clients")
        self.assertEqual(
            {name: float(amount) for name, amount in bridge.items()},
            {
                "start": 1300,
                "new": 70,
                "grown": 200.5,
                "declined": 0,
                "lost": 300,
                "end": 1270.5,
            },
        )
        self.assertEqual(clients["new"], self.third.ids)
        self.assertEqual(clients["lost"], self.second.ids)

    def test_of_all_managers(self):
        nobody = self.env["res.users"]
        bridge = self.env["kam.client"]._bridge(nobody, *BASE, *NOW)
        self.assertIn(self.others.id, bridge["clients"]["declined"])

    def test_queries_do_not_grow_with_the_clients(self):
        self.env.flush_all()
        self.env["kam.client"]._bridge(self.kam, *BASE, *NOW)
        with self.assertQueryCount(2):
            self.env["kam.client"]._bridge(self.kam, *BASE, *NOW)

    def open(self, user, manager):
        return (
            self.env["kam.growth"]
            .with_user(user)
            .create(
                {
                    "user_id": manager.id,
                    "base_from": BASE[0],
                    "base_to": BASE[1],
                    "date_from": NOW[0],
                    "date_to": NOW[1],
                }
            )
        )

    def test_the_screen_of_a_manager(self):
        view = self.open(self.kam, self.kam)
        self.assertEqual([bar["value"] for bar in view.bridge][::5], [1300, 1270.5])
        self.assertIn("Like for Like", view.details)
        action = view.action_open_part("lost")
        self.assertEqual(action["domain"], [("id", "in", self.second.ids)])

    def test_nobody_sees_the_growth_of_another(self):
        with self.assertRaises(AccessError):
            self.open(self.kam, self.colleague).mapped("bridge")
        with self.assertRaises(AccessError):
            self.open(self.other_head, self.kam).action_open_part("new")
        everybody = self.open(self.kam, self.env["res.users"])
        self.assertEqual(everybody.bridge[0]["value"], 1300)
        team = self.open(self.head, self.env["res.users"])
        self.assertEqual(team.bridge[0]["value"], 1800)
