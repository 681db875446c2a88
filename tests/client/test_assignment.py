"""Who owned a key client on which day: exactly one, and never rewritten."""

import random
from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from ..common import KamCommon

NOON = datetime(2031, 1, 6, 12, 0)


class AssignmentCase(KamCommon):
    def setUp(self):
        super().setUp()
        self.head.tz = "UTC"
        self.head.company_ids = self.env.companies
        with freeze_time(NOON):
            self.client = self.make_client("Client")

    def hand_over(self, user, moment, by=None, client=None):
        """Change the manager at a moment, by the button of a head."""
        client = (client or self.client).with_user(by or self.env.user)
        with freeze_time(moment):
            client.manager_id = user
            self.env.flush_all()

    def owner(self, day, client=None):
        client = client or self.client
        return self.env["kam.assignment"]._get_owners([(client, day)])[client, day]

    def periods(self, client=None):
        rows = (client or self.client).assignment_ids.sorted("id")
        return [(row.manager_id, row.date_from, row.date_to) for row in rows]


class TestPeriods(AssignmentCase):
    def test_a_new_client_opens_one(self):
        self.assertEqual(self.periods(), [(self.kam, NOON.date(), False)])
        self.assertEqual(self.client.assignment_ids.user_id, self.env.user)

    def test_a_client_without_manager_opens_none(self):
        nobody = self.make_client("Nobody's", manager_id=False)
        self.assertFalse(nobody.assignment_ids)
        self.assertFalse(self.owner(self.today, nobody))

    def test_a_hand_over_ends_one_and_opens_the_next(self):
        self.hand_over(self.other_kam, NOON + timedelta(days=10))
        day = NOON.date() + timedelta(days=10)
        self.assertEqual(
            self.periods(),
            [
                (self.kam, NOON.date(), day - timedelta(days=1)),
                (self.other_kam, day, False),
            ],
        )

    def test_the_same_manager_again_is_no_hand_over(self):
        self.hand_over(self.kam, NOON + timedelta(days=10))
        self.assertEqual(len(self.client.assignment_ids), 1)

    def test_a_client_may_be_left_without_a_manager(self):
        self.hand_over(False, NOON + timedelta(days=10))
        self.hand_over(self.kam, NOON + timedelta(days=20))
        self.assertFalse(self.owner(NOON.date() + timedelta(days=15)))
        self.assertEqual(self.owner(NOON.date() + timedelta(days=20)), self.kam)

    def test_twice_on_one_day_the_last_one_owns_it(self):
        day = NOON + timedelta(days=10)
        self.hand_over(self.other_kam, day)
        self.hand_over(self.kam, day + timedelta(hours=1))
        self.hand_over(self.other_kam, day + timedelta(hours=2))
        self.assertEqual(self.owner(day.date()), self.other_kam)
        self.assertEqual(self.owner(day.date() - timedelta(days=1)), self.kam)
        self.assertEqual(len(self.client.assignment_ids), 4)

    def test_who_changed_it_and_why(self):
        client = self.client.with_user(self.head)
        client = client.with_context(kam_assignment_reason="Maternity leave")
        client.manager_id = self.other_kam
        last = self.client.assignment_ids.filtered(lambda row: not row.date_to)
        self.assertEqual(last.user_id, self.head)
        self.assertEqual(last.reason, "Maternity leave")

    def test_several_clients_at_once(self):
        second = self.make_client("Second")
        third = self.make_client("Third", manager_id=self.other_kam.id)
        (self.client | second | third).manager_id = self.other_kam
        for client, count in ((self.client, 2), (second, 2), (third, 1)):
            self.assertEqual(len(client.assignment_ids), count)
            self.assertEqual(self.owner(self.day(3000), client), self.other_kam)

    def test_days_are_those_of_the_user(self):
        self.head.tz = "Asia/Vladivostok"
        self.hand_over(self.other_kam, datetime(2031, 2, 1, 20, 0), by=self.head)
        self.assertEqual(self.owner(date(2031, 2, 1)), self.kam)
        self.assertEqual(self.owner(date(2031, 2, 2)), self.other_kam)

    def test_users_east_and_west_of_each_other(self):
        """For the one it is tomorrow already, for the other still yesterday."""
        self.head.tz = "Pacific/Kiritimati"
        self.director.tz = "Pacific/Pago_Pago"
        moment = datetime(2031, 2, 1, 10, 30)
        self.hand_over(self.other_kam, moment, by=self.head)
        self.hand_over(self.kam, moment, by=self.director)
        self.assertOneOwner(self.client, NOON.date(), date(2031, 2, 10))
        self.assertEqual(self.owner(date(2031, 2, 10)), self.kam)

    def test_the_time_zone_of_the_context_decides_nothing(self):
        client = self.client.with_user(self.head)
        with freeze_time(datetime(2031, 2, 1, 20, 0)):
            client.with_context(tz="Pacific/Kiritimati").manager_id = self.other_kam
        self.assertEqual(self.owner(date(2031, 2, 1)), self.other_kam)

    def assertOneOwner(self, client, start, end):
        """Every day is covered by exactly one period of the history."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT day::date, COUNT(*) FROM generate_series(%s, %s, '1 day') day
              LEFT JOIN kam_assignment row ON row.client_id = %s
                   AND row.date_from <= day
                   AND COALESCE(row.date_to, 'infinity') >= day
             GROUP BY day HAVING COUNT(row.id) != 1
            """,
            [start, end, client.id],
        )
        self.assertFalse(self.env.cr.fetchall())

    def test_random_hand_overs_leave_one_owner_for_every_day(self):
        people = [self.kam, self.other_kam, self.head, self.other_head]
        zones = ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Moscow"]
        for seed in range(5):
            chance = random.Random(seed)
            with freeze_time(NOON):
                client = self.make_client(f"Client {seed}")
            truth, moment = [(NOON, self.kam)], NOON
            for _ in range(25):
                moment += timedelta(hours=chance.choice((0, 1, 5, 24, 80, 400)))
                user = chance.choice(people)
                self.director.tz = chance.choice(zones)
                self.hand_over(user, moment, by=self.director, client=client)
                truth.append((moment, user))
            end = moment.date() + timedelta(days=3)
            with self.subTest(seed=seed):
                self.assertOneOwner(client, NOON.date(), end)
                self.assertEqual(self.owner(end, client), truth[-1][1])
                self.assertFollows(client, truth)

    def assertFollows(self, client, truth):
        """Away from the hour of a hand-over the owner is who held the client."""
        for (start, user), (end, _next) in zip(truth, truth[1:], strict=False):
            middle = start + (end - start) / 2
            if end - start > timedelta(days=3):
                self.assertEqual(self.owner(middle.date(), client), user)


class TestHistoryStays(AssignmentCase):
    def setUp(self):
        super().setUp()
        self.hand_over(self.other_kam, NOON + timedelta(days=10))
        self.closed, self.opened = self.client.assignment_ids.sorted("id")

    def everybody(self):
        return (self.kam, self.head, self.director, self.administrator, self.env.user)

    def test_nobody_changes_a_period(self):
        for user in self.everybody():
            for vals in (
                {"manager_id": self.kam.id},
                {"date_from": date(2000, 1, 1)},
                {"date_to": date(2000, 1, 1)},
                {"reason": "Better so"},
            ):
                with self.subTest(f"{user.login} {vals}"):
                    with self.assertRaises(UserError):
                        self.closed.with_user(user).write(vals)

    def test_nobody_deletes_a_period(self):
        for user in self.everybody():
            with self.assertRaises(UserError):
                self.closed.with_user(user).unlink()

    def test_no_user_writes_one(self):
        vals = {
            "client_id": self.client.id,
            "manager_id": self.kam.id,
            "date_from": date(2000, 1, 1),
            "date_to": date(2000, 2, 1),
        }
        for user in (self.kam, self.head, self.director, self.administrator):
            with self.assertRaises(AccessError):
                self.env["kam.assignment"].with_user(user).create(vals)
            with self.assertRaises(AccessError):
                self.client.with_user(self.administrator).write(
                    {"assignment_ids": [(0, 0, vals)]}
                )

    def test_defaults_of_the_context_do_not_reach_it(self):
        client = self.client.with_user(self.director).with_context(
            default_date_to="2099-01-01", default_date_from="2000-01-01"
        )
        client.manager_id = self.kam
        last = self.client.assignment_ids.sorted("id")[-1]
        self.assertFalse(last.date_to)
        self.assertNotEqual(last.date_from, date(2000, 1, 1))

    def test_it_goes_with_an_empty_client_only(self):
        """An administrator may delete a client that nothing hangs on."""
        empty = self.make_client("Mistake", partners=self.env["res.partner"])
        rows = empty.assignment_ids
        empty.with_user(self.administrator).unlink()
        self.assertFalse(rows.exists())
