"""Visits and their meetings: both ways, private, without an echo."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError

from .common import FRIDAY_BEFORE, VisitCase


@freeze_time(FRIDAY_BEFORE)
class TestCalendar(VisitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Azbuka", tier_id=cls.tier.id)
        with freeze_time(FRIDAY_BEFORE):
            cls.visit = cls.make_visit(cls.client, at=cls.at(1))
        cls.event = cls.visit.sudo().calendar_event_id

    def events(self):
        events = self.env["calendar.event"].with_context(active_test=False)
        return events.search([("kam_visit_ids", "!=", False)])

    def test_one_private_meeting_with_a_neutral_title(self):
        event = self.event
        self.assertEqual(
            (event.start, event.stop, event.user_id, event.privacy),
            (self.at(1), self.at(1, 10), self.kam, "private"),
        )
        self.assertEqual(event.name, f"Visit {self.visit.id}")
        self.assertFalse(event.description)
        self.assertEqual(event.partner_ids, self.kam.partner_id)
        self.assertEqual((event.res_model, event.res_id), (False, 0))

    def test_nobody_learns_of_the_client_from_the_meeting(self):
        for user in (self.other_kam, self.support, self.controller):
            events = self.env["calendar.event"].with_user(user)
            self.assertFalse(events.search([("name", "ilike", "Azbuka")]))
            self.assertEqual(events.browse(self.event.id).display_name, "Busy")

    def test_the_meeting_follows_the_visit(self):
        self.visit.write({"date_planned": self.at(2), "duration": 2})
        self.assertEqual(
            (self.event.start, self.event.stop), (self.at(2), self.at(2, 11))
        )
        self.visit.with_user(self.head).user_id = self.other_kam
        self.assertEqual(self.event.user_id, self.other_kam)
        self.assertEqual(self.event.partner_ids, self.other_kam.partner_id)
        self.visit.with_user(self.head).action_cancel("No time")
        self.assertFalse(self.event.active)
        self.assertEqual(len(self.events()), 1)

    def test_the_visit_follows_the_meeting(self):
        event = self.event.with_user(self.kam)
        event.write(
            {"start": self.at(3), "stop": self.at(3, 9) + timedelta(minutes=30)}
        )
        self.assertEqual(
            (self.visit.date_planned, self.visit.duration), (self.at(3), 0.5)
        )
        self.assertEqual(self.visit.planned_day, date(2026, 7, 9))
        self.assertTrue(self.visit.is_locked)
        self.assertEqual(event.start, self.at(3))

    def test_through_a_change_of_the_clock(self):
        self.kam.tz = "Europe/Berlin"
        visit = self.make_visit(self.client, at=datetime(2026, 10, 24, 8))
        event = visit.sudo().calendar_event_id.with_user(self.kam)
        event.write(
            {"start": datetime(2026, 10, 25, 9), "stop": datetime(2026, 10, 25, 10)}
        )
        self.assertEqual(visit.date_planned, datetime(2026, 10, 25, 9))
        self.assertEqual(visit.missed_at, datetime(2026, 10, 25, 23))

    def test_deleting_or_archiving_cancels_a_planned_visit(self):
        other = self.make_visit(self.client, at=self.at(2))
        self.event.with_user(self.kam).unlink()
        other.sudo().calendar_event_id.with_user(self.kam).action_archive()
        for visit in (self.visit, other):
            self.assertEqual(visit.state, "cancelled")
            self.assertEqual(visit.cancel_reason, "Deleted in the calendar")

    def test_a_done_visit_stays_whatever_becomes_of_the_meeting(self):
        with freeze_time("2026-07-07 12:00:00"):
            self.finish(self.visit)
            event = self.event.with_user(self.kam)
            event.write({"start": self.at(4), "stop": self.at(4, 11)})
            self.assertEqual(self.visit.date_planned, self.at(1))
            event.unlink()
        self.assertEqual(self.visit.state, "done")
        self.assertFalse(self.visit.sudo().calendar_event_id)

    def test_all_day_and_recurrence_are_refused(self):
        event = self.event.with_user(self.kam)
        with self.assertRaises(UserError):
            event.write({"allday": True, "start_date": date(2026, 7, 7)})
        with self.assertRaises(UserError):
            event.write(
                {
                    "recurrency": True,
                    "rrule_type": "weekly",
                    "count": 2,
                    "end_type": "count",
                    "tue": True,
                }
            )

    @freeze_time("2026-07-07 12:00:00")
    def test_unplanned_visits_make_none(self):
        visit = self.make_visit(self.client, at=self.at(1))
        self.assertTrue(visit.is_unplanned)
        self.assertFalse(visit.sudo().calendar_event_id)

    def test_a_meeting_moves_no_visit_of_somebody_else(self):
        """Even for one who was invited to it, and so may write the meeting."""
        self.event.partner_ids = self.kam.partner_id | self.other_kam.partner_id
        event = self.event.with_user(self.other_kam)
        for act in (
            lambda: event.write({"start": self.at(3), "stop": self.at(3, 10)}),
            event.unlink,
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                act()
        self.assertEqual(self.visit.date_planned, self.at(1))
        self.assertEqual(self.visit.state, "planned")

    def test_a_copy_of_a_meeting_belongs_to_no_visit(self):
        copy = self.event.with_user(self.kam).copy()
        self.assertFalse(copy.sudo().kam_visit_ids)
        copy.unlink()
        self.assertEqual(self.visit.state, "planned")

    def test_nothing_is_mailed(self):
        before = self.env["mail.mail"].search_count([])
        self.visit.date_planned = self.at(4)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_the_meeting_of_a_visit_takes_no_time_twice(self):
        """The planner knows it as a visit, with its site, not as a meeting besides."""
        self.kam.kam_visits_per_day = 1
        for number in range(5):
            self.make_client(f"Client {number}", tier_id=self.tier.id)
        plan = self.make_plan()
        plan.action_generate()
        self.assertEqual(len(plan.visit_ids), 5)
        self.assertEqual(len(set(plan.visit_ids.mapped("planned_day"))), 5)

    def test_creating_visits_takes_few_queries_more_than_meetings(self):
        vals = [
            {
                "client_id": self.client.id,
                "kind_id": self.kind.id,
                "user_id": self.kam.id,
                "date_planned": self.at(number % 5, 5 + number // 5),
            }
            for number in range(40)
        ]
        self.env["kam.visit"].create(vals[:1])
        counts = []
        for some in (vals[:10], vals):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["kam.visit"].create(some)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] * 2)


@freeze_time(FRIDAY_BEFORE)
class TestHandOver(VisitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Azbuka", tier_id=cls.tier.id)
        with freeze_time(FRIDAY_BEFORE):
            cls.done = cls.make_done(cls.client, datetime(2026, 7, 1, 9))
            cls.plan = cls.make_plan()
            cls.visit = cls.make_visit(cls.client, at=cls.at(1))

    def hand_over(self, **vals):
        dialog = self.env["kam.client.hand.over"].with_user(self.director)
        dialog.create(
            {
                "client_ids": self.client.ids,
                "manager_id": self.other_kam.id,
                "date": date(2026, 7, 3),
                "reason": "Districts",
                **vals,
            }
        ).action_apply()

    def test_planned_visits_go_along_and_done_ones_stay(self):
        other_plan = self.make_plan(user=self.other_kam)
        self.assertEqual(self.visit.plan_id, self.plan)
        self.hand_over()
        self.assertEqual(self.visit.sudo().user_id, self.other_kam)
        self.assertEqual(self.visit.sudo().plan_id, other_plan)
        self.assertFalse(self.visit.sudo().is_unplanned)
        self.assertEqual(self.visit.sudo().calendar_event_id.user_id, self.other_kam)
        self.assertEqual(self.done.user_id, self.kam)
        self.assertFalse(self.env["kam.visit"].with_user(self.kam).search([]))

    def test_the_dialog_may_leave_them(self):
        self.hand_over(moves_visits=False)
        self.assertEqual(self.visit.sudo().user_id, self.kam)

    def test_from_a_later_day_they_go_on_that_day(self):
        self.hand_over(date=date(2026, 7, 6))
        self.assertEqual(self.visit.user_id, self.kam)
        with freeze_time("2026-07-06 12:00:00"):
            with self.enter_registry_test_mode():
                cron = self.env.ref("key_account_management.ir_cron_assignment_begin")
                cron.method_direct_trigger()
        self.visit.invalidate_recordset()
        self.assertEqual(self.visit.sudo().user_id, self.other_kam)
