"""How often a client orders, and when he is silent."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo.addons.key_account_management.models.client.rhythm import find_rhythm

from ..common import KamCommon

TODAY = date(2026, 7, 6)


class TestRhythm(KamCommon):
    def ago(self, *days):
        return [TODAY - timedelta(days=number) for number in days]

    def test_median_of_the_gaps(self):
        rhythm = find_rhythm(self.ago(1, 8, 15, 17, 17), TODAY)
        self.assertEqual((rhythm.median, rhythm.days), (7, 1))
        self.assertEqual(find_rhythm(self.ago(1, 3, 9, 10, 11), TODAY).median, 1.5)

    def test_too_few_days_have_no_rhythm(self):
        self.assertIsNone(find_rhythm([], TODAY))
        self.assertIsNone(find_rhythm(self.ago(1, 2, 3, 3), TODAY))

    def test_only_the_year_up_to_the_last_order_counts(self):
        self.assertIsNone(find_rhythm(self.ago(100, 110, 120, 465), TODAY))
        self.assertTrue(find_rhythm(self.ago(100, 110, 120, 464), TODAY))

    def test_silent_after_twice_the_median_and_five_days(self):
        for gap, days, silent in ((7, 14, False), (7, 15, True), (1, 5, False)) + (
            (1, 6, True),
        ):
            last = [days + gap * number for number in range(4)]
            with self.subTest((gap, days)):
                found = find_rhythm(self.ago(*last), TODAY)
                self.assertEqual(found.is_silent, silent)

    @freeze_time("2026-07-06 12:00:00")
    def test_orders_that_count(self):
        client = self.make_limited(1000)
        partner = client.partner_ids
        self.assertEqual(client._get_rhythm(), {client: None})
        for day in self.ago(1, 11, 21):
            self.make_confirmed(partner, 10).date_order = day
        order = self.make_order(partner, 10)
        order.date_order = self.ago(31)[0]
        self.assertIsNone(client._get_rhythm()[client])
        held = self.make_order(partner, 5000)
        held.with_user(self.kam).action_confirm()
        held.date_order = self.ago(41)[0]
        rhythm = client._get_rhythm()[client]
        self.assertEqual((rhythm.median, rhythm.days), (10, 1))

    @freeze_time("2026-07-06 22:30:00")
    def test_days_are_those_of_the_company(self):
        self.company.partner_id.tz = "Europe/Moscow"
        client = self.make_limited(1000)
        for day in range(4):
            order = self.make_confirmed(client.partner_ids, 10)
            order.date_order = f"2026-07-0{day + 1} 22:00:00"
        rhythm = client._get_rhythm()[client]
        self.assertEqual((rhythm.last, rhythm.days), (date(2026, 7, 5), 2))
