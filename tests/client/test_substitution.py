"""Who stands in for whom, and what stands against it."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ..common import KamCommon

JULY = {"date_from": date(2026, 7, 6), "date_to": date(2026, 7, 10)}


class SubstitutionCase(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kam.tz = "Europe/Moscow"
        cls.third = cls.make_user("kam_cid_third", "user")
        cls.client = cls.make_client("Absent's client")

    def make(self, absent=None, substitute=None, user=None, **vals):
        return (
            self.env["kam.substitution"]
            .with_user(user or self.head)
            .create(
                {
                    "absent_user_id": (absent or self.kam).id,
                    "substitute_user_id": (substitute or self.other_kam).id,
                    **JULY,
                    **vals,
                }
            )
        )

    def confirm(self, *args, **kwargs):
        substitution = self.make(*args, **kwargs)
        substitution.action_confirm()
        return substitution


class TestSubstitution(SubstitutionCase):
    def test_days_are_those_of_the_absent_manager(self):
        substitution = self.make()
        self.assertEqual(
            (substitution.start_at, substitution.end_at),
            (datetime(2026, 7, 5, 21), datetime(2026, 7, 10, 21)),
        )

    def test_days_around_a_change_of_the_clock(self):
        self.kam.tz = "Europe/Berlin"
        substitution = self.make(date_from=date(2026, 3, 28), date_to=date(2026, 3, 29))
        self.assertEqual(
            (substitution.start_at, substitution.end_at),
            (datetime(2026, 3, 27, 23), datetime(2026, 3, 29, 22)),
        )

    def test_state_goes_by_date(self):
        with freeze_time("2026-07-01"):
            substitution = self.confirm()
        draft = self.make(substitute=self.third)
        for moment, state in (
            ("2026-07-05 20:59:59", "confirmed"),
            ("2026-07-05 21:00:00", "active"),
            ("2026-07-10 20:59:59", "active"),
            ("2026-07-10 21:00:00", "done"),
        ):
            with freeze_time(moment):
                self.env.invalidate_all()
                self.assertEqual(substitution.state, state)
                found = substitution.search([("state", "=", state)])
                self.assertEqual(found & (substitution | draft), substitution)
                found = substitution.search([("state", "!=", state)])
                self.assertEqual(found & (substitution | draft), draft)

    def test_ending_takes_effect_at_once(self):
        with freeze_time("2026-07-01"):
            substitution = self.confirm()
        with freeze_time("2026-07-07 12:00:00"):
            substitution.action_end()
            self.assertEqual(substitution.state, "done")
            self.assertEqual(substitution.end_at, datetime(2026, 7, 7, 12))
            with self.assertRaises(UserError):
                substitution.action_end()

    def test_cancelling_before_it_begins_only(self):
        with freeze_time("2026-07-01"):
            substitution = self.confirm()
            early = self.make(substitute=self.third)
            early.action_cancel()
            self.assertEqual(early.state, "cancelled")
        with freeze_time("2026-07-07"):
            with self.assertRaisesRegex(UserError, "End it"):
                substitution.action_cancel()

    @freeze_time("2026-07-01")
    def test_confirmed_is_kept(self):
        substitution = self.confirm()
        for vals in (
            {"date_to": date(2026, 8, 1)},
            {"substitute_user_id": self.third.id},
            {"scope": "selected"},
            {"decision": "draft"},
            {"end_at": datetime(2026, 8, 1)},
        ):
            with self.assertRaisesRegex(UserError, "make a new one"):
                substitution.write(vals)
        with self.assertRaisesRegex(UserError, "draft"):
            substitution.unlink()
        substitution.note = "Keys are with the porter"

    def test_nobody_begins_confirmed(self):
        with self.assertRaises(UserError):
            self.make(decision="confirmed")

    @freeze_time("2026-07-01")
    def test_who_decides(self):
        for user in (self.head, self.director, self.administrator):
            substitution = self.confirm(user=user)
            substitution.action_cancel()
        substitution = self.make()
        for user in (self.other_head, self.kam, self.other_kam, self.support):
            with self.assertRaises(AccessError):
                substitution.with_user(user).action_confirm()
        self.assertEqual(substitution.decision, "draft")

    @freeze_time("2026-07-01")
    def test_nobody_decides_for_himself(self):
        mine = self.make(absent=self.director, user=self.director)
        with self.assertRaisesRegex(AccessError, "nobody for himself"):
            mine.action_confirm()
        mine.with_user(self.administrator).action_confirm()
        to_me = self.make(substitute=self.head)
        with self.assertRaisesRegex(AccessError, "nobody for himself"):
            to_me.action_confirm()

    def test_nobody_stands_in_for_himself(self):
        with self.assertRefused():
            self.make(substitute=self.kam)

    def test_dates_in_order(self):
        with self.assertRefused():
            self.make(date_to=date(2026, 7, 5))

    @freeze_time("2026-07-01")
    def test_substitute_is_told(self):
        substitution = self.confirm()
        self.assertTrue(self.told(self.other_kam, substitution))
        self.assertFalse(self.told(self.third, substitution))

    @freeze_time("2026-07-01")
    def test_selected_clients_are_the_absent_managers(self):
        other = self.make_client("Other's", manager_id=self.other_kam.id)
        with self.assertRaisesRegex(ValidationError, "Other's is no client"):
            self.make(scope="selected", client_ids=[Command.set(other.ids)])
        with self.assertRaisesRegex(UserError, "Choose the clients"):
            self.confirm(scope="selected")

    @freeze_time("2026-07-01")
    def test_one_substitute_for_common_clients_and_days(self):
        mine, theirs = self.make_client("One"), self.make_client("Two")
        one = {"scope": "selected", "client_ids": [Command.set(mine.ids)]}
        two = {"scope": "selected", "client_ids": [Command.set(theirs.ids)]}
        self.confirm(**one)
        self.confirm(substitute=self.third, **two)
        for clients in (one, two, {}):
            with self.assertRaisesRegex(UserError, "already"):
                self.confirm(substitute=self.third, **clients)
        later = {"date_from": date(2026, 7, 11), "date_to": date(2026, 7, 12)}
        self.confirm(substitute=self.third, **{**one, **later})

    @freeze_time("2026-07-01")
    def test_last_day_and_first_day_meet(self):
        self.confirm()
        meeting = {"date_from": date(2026, 7, 10), "date_to": date(2026, 7, 12)}
        with self.assertRaisesRegex(UserError, "already"):
            self.confirm(substitute=self.third, **meeting)

    @freeze_time("2026-07-01")
    def test_one_substitute_for_several(self):
        both = self.confirm() | self.confirm(absent=self.third, user=self.director)
        self.assertEqual(both.substitute_user_id, self.other_kam)
        self.assertEqual(set(both.mapped("decision")), {"confirmed"})

    @freeze_time("2026-07-01")
    def test_no_chain(self):
        self.confirm()
        with self.assertRaisesRegex(UserError, "Nobody stands in while absent"):
            self.confirm(
                absent=self.other_kam, substitute=self.third, user=self.director
            )
        with self.assertRaisesRegex(UserError, "Nobody stands in while absent"):
            self.confirm(absent=self.third, substitute=self.kam, user=self.director)

    @freeze_time("2026-07-01")
    def test_no_circle_but_the_reverse_at_another_time(self):
        self.confirm()
        back = {"absent": self.other_kam, "substitute": self.kam}
        with self.assertRaisesRegex(UserError, "Nobody stands in while absent"):
            self.confirm(user=self.director, **back)
        august = {"date_from": date(2026, 8, 3), "date_to": date(2026, 8, 7)}
        self.confirm(user=self.director, **back, **august)

    @freeze_time("2026-07-01")
    def test_ended_ones_stand_in_nobodys_way(self):
        substitution = self.confirm()
        with freeze_time("2026-07-07"):
            substitution.action_end()
            rest = {"date_from": date(2026, 7, 8), "date_to": date(2026, 7, 10)}
            other = self.confirm(substitute=self.third, **rest)
        self.assertEqual(other.decision, "confirmed")

    def test_copy_is_a_draft(self):
        with freeze_time("2026-07-01"):
            copied = self.confirm().copy()
        self.assertEqual((copied.decision, copied.state), ("draft", "draft"))

    def test_substitute_releases_no_order_of_the_client(self):
        policy = self.make_policy("Strict", limit_action="hold")
        self.make_line(self.client, 100, policy_id=policy.id)
        order = self.make_order(self.client.partner_ids, 500)
        self.confirm_order(order)
        decision = order.credit_decision_id
        today = date.today()
        substitution = self.make(
            substitute=self.other_head,
            date_from=today - timedelta(days=1),
            date_to=today + timedelta(days=1),
        )
        substitution.action_confirm()
        self.assertIn(self.other_head, decision._get_involved_managers())
        substitution.action_end()
        self.assertIn(
            self.other_head,
            decision._get_involved_managers(),
            "standing in for an hour changes nothing",
        )

    def confirm_order(self, order):
        order.with_user(self.kam).action_confirm()
