"""A visit: planned, done with outcome and next step, missed by date, cancelled."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from .common import REPORT, VisitCase

NOON = datetime(2026, 7, 6, 9)  # in Moscow
NEXT_NOON = NOON + timedelta(days=1)


class TestVisit(VisitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Azbuka", tier_id=cls.tier.id)
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Prospect", "user_id": cls.kam.id, "type": "opportunity"}
        )

    def visits(self, *domain):
        own = ("client_id", "=", self.client.id)
        return self.env["kam.visit"].search([own, *domain], order="id")

    def test_site_duration_and_day_are_filled(self):
        visit = self.make_visit(self.client, at=datetime(2026, 7, 6, 21, 30))
        self.assertEqual(visit.partner_id, self.client.main_partner_id)
        self.assertEqual((visit.duration, visit.user_id), (1.0, self.kam))
        self.assertEqual(visit.planned_day, date(2026, 7, 7))
        self.assertEqual(visit.missed_at, datetime(2026, 7, 7, 21))
        self.assertEqual(visit.date_end, datetime(2026, 7, 6, 22, 30))

    def test_exactly_one_of_client_and_lead(self):
        with self.assertRefused():
            self.make_visit(self.client, lead_id=self.lead.id)
        with self.assertRefused():
            self.make_visit()
        visit = self.make_visit(lead_id=self.lead.id)
        self.assertEqual(visit.display_name, "Visit: Prospect")

    def test_bad_input_is_refused(self):
        for vals in (
            {"duration": -1},
            {"latitude": 91},
            {"longitude": -181},
            {"check_in": NOON, "check_out": NOON - timedelta(hours=1)},
            {"check_out": NOON},
            {"date_done": datetime.now() + timedelta(days=1)},
            {"partner_id": self.make_partner("Stranger").id},
        ):
            with self.subTest(vals), self.assertRefused():
                self.make_visit(self.client, **vals)

    def test_missed_from_midnight_where_the_manager_lives(self):
        with freeze_time("2026-07-05 12:00:00"):
            visit = self.make_visit(self.client, at=NOON)
            self.assertEqual(visit.state, "planned")
        for moment, state in (
            ("2026-07-06 20:59:59", "planned"),
            ("2026-07-06 21:00:00", "missed"),
        ):
            with freeze_time(moment):
                visit.invalidate_recordset(["state"])
                self.assertEqual(visit.state, state)
                self.assertEqual(self.visits(("state", "=", state)), visit)
                other = {"planned", "missed"} - {state}
                self.assertFalse(self.visits(("state", "in", list(other))))
                self.assertFalse(self.visits(("state", "!=", state)))

    def test_missed_at_midnight_of_a_change_of_the_clock(self):
        self.kam.tz = "Europe/Berlin"
        visit = self.make_visit(self.client, at=datetime(2026, 3, 29, 10))
        self.assertEqual(visit.missed_at, datetime(2026, 3, 29, 22))
        visit.date_planned = datetime(2026, 3, 28, 10)
        self.assertEqual(visit.missed_at, datetime(2026, 3, 28, 23))

    def test_zone_of_the_manager_moves_midnight(self):
        visit = self.make_visit(self.client, at=NOON)
        self.kam.tz = "Asia/Vladivostok"
        self.assertEqual(visit.missed_at, datetime(2026, 7, 6, 14))

    @freeze_time("2026-07-08 12:00:00")
    def test_state_can_be_grouped_sorted_and_exported(self):
        done = self.make_done(self.client, NOON)
        missed = self.make_visit(self.client, at=NOON)
        planned = self.make_visit(self.client, at=datetime(2026, 7, 9, 9))
        dropped = self.make_visit(self.client, at=datetime(2026, 7, 9, 9))
        dropped.action_cancel("No time")
        groups = self.env["kam.visit"]._read_group(
            [("client_id", "=", self.client.id)], ["state"], ["id:recordset"]
        )
        expected = {
            "done": done,
            "missed": missed,
            "planned": planned,
            "cancelled": dropped,
        }
        self.assertEqual(dict(groups), expected)
        self.kam.group_ids |= self.env.ref("base.group_allow_export")
        self.assertEqual(missed.export_data(["state"])["datas"], [["Missed"]])
        ordered = self.env["kam.visit"].search(
            [("client_id", "=", self.client.id)], order="state"
        )
        self.assertEqual(ordered, dropped | done | missed | planned)
        shown = self.env["kam.visit"].formatted_read_group(
            [("client_id", "=", self.client.id)], ["state"], ["__count"]
        )
        self.assertEqual(sum(group["__count"] for group in shown), 4)

    @freeze_time("2026-07-06 12:00:00")
    def test_done_with_outcome_and_next_step(self):
        visit = self.make_visit(self.client, at=NOON)
        self.finish(visit, date_done=datetime(2026, 7, 6, 10))
        self.assertEqual((visit.state, visit.decision), ("done", "done"))
        self.assertEqual(visit.date_done, datetime(2026, 7, 6, 10))
        self.assertEqual(visit.done_day, date(2026, 7, 6))
        notes = self.client.message_ids.mapped("body")
        self.assertTrue(any("Visit on" in note for note in notes))
        self.assertFalse(any("Call again" in note for note in notes))

    @freeze_time("2026-07-06 12:00:00")
    def test_done_is_now_unless_entered(self):
        visit = self.make_visit(self.client, at=NOON)
        self.finish(visit)
        self.assertEqual(visit.date_done, datetime(2026, 7, 6, 12))

    @freeze_time("2026-07-06 12:00:00")
    def test_not_done_without_outcome_and_next_step(self):
        full = {"outcome_id": self.outcome.id, **REPORT}
        for name in full:
            visit = self.make_visit(self.client, at=NOON)
            visit.write({key: full[key] for key in full if key != name})
            with self.subTest(name), self.assertRaises(ValidationError) as caught:
                visit.action_done()
            self.assertIn(visit._get_label(name), str(caught.exception))
            visit.invalidate_recordset()
            self.assertEqual(visit.decision, "open")

    @freeze_time("2026-07-06 12:00:00")
    def test_a_kind_may_waive_the_outcome(self):
        visit = self.make_visit(self.client, kind=self.ref("kam_visit_kind_event"))
        visit.write(REPORT)
        visit.action_done()
        self.assertEqual(visit.state, "done")

    @freeze_time("2026-07-06 12:00:00")
    def test_not_done_in_the_future_nor_with_a_step_in_the_past(self):
        visit = self.make_visit(self.client, at=NOON)
        with self.assertRaises(ValidationError):
            self.finish(visit, date_done=datetime(2026, 7, 6, 13))
        with self.assertRaises(ValidationError):
            self.finish(visit, date_done=NOON, next_date=date(2026, 7, 5))

    def test_state_is_not_written_directly(self):
        visit = self.make_visit(self.client, at=NOON)
        for vals in (
            {"state": "done"},
            {"decision": "done"},
            {"decision": "done", "date_done": NOON, **REPORT},
            {"is_unplanned": False},
            {"missed_at": NOON},
            {"cancel_reason": "x"},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                visit.write(vals)
            with self.subTest(vals), self.assertRaises(UserError):
                self.make_visit(self.client, **vals)

    def test_superuser_code_cannot_finish_an_empty_report(self):
        visit = self.make_visit(self.client, at=NOON)
        with self.assertRaises(ValidationError):
            visit.sudo().decision = "done"

    def test_missed_asks_why(self):
        with freeze_time("2026-07-05 12:00:00"):
            visit = self.make_visit(self.client, at=NOON)
        with freeze_time("2026-07-08 12:00:00"):
            with self.assertRaises(ValidationError):
                self.finish(visit)
            self.finish(visit, missed_reason="The buyer was ill")
            self.assertEqual(visit.state, "done")

    @freeze_time("2026-07-06 12:00:00")
    def test_done_and_cancelled_stay(self):
        done = self.make_visit(self.client, at=NOON)
        self.finish(done)
        dropped = self.make_visit(self.client, at=NOON)
        dropped.action_cancel("No time")
        for visit in (done, dropped):
            for action in (
                visit.action_done,
                lambda visit=visit: visit.action_cancel("Again"),
                lambda visit=visit: visit.write({"date_planned": NOON}),
                lambda visit=visit: visit.write({"next_step": "Other"}),
            ):
                with self.assertRaises(UserError):
                    action()
        done.note = "More came of it"
        with self.assertRaises(UserError):
            done.sudo().unlink()

    def test_cancelling_takes_a_reason(self):
        visit = self.make_visit(self.client, at=NOON)
        with self.assertRaises(UserError):
            visit.action_cancel("  ")
        visit.action_cancel("The client is closed", by_client=True)
        self.assertEqual(
            (visit.state, visit.cancel_reason, visit.is_cancelled_by_client),
            ("cancelled", "The client is closed", True),
        )

    @freeze_time("2026-07-06 12:00:00")
    def test_entered_afterwards_is_unplanned(self):
        self.assertTrue(self.make_visit(self.client, at=NOON).is_unplanned)
        self.assertFalse(self.make_visit(self.client, at=NEXT_NOON).is_unplanned)

    @freeze_time("2026-07-06 12:00:00")
    def test_quick_entry_takes_five_fields(self):
        action = self.client.with_user(self.kam).action_report_visit()
        report = (
            self.env["kam.visit.finish"]
            .with_user(self.kam)
            .with_context(**action["context"])
            .create(
                {
                    "kind_id": self.call_kind.id,
                    "outcome_id": self.outcome.id,
                    "note": "Wants a discount",
                    "next_step": "Send the offer",
                    "next_date": date(2026, 7, 8),
                }
            )
        )
        report.action_apply()
        visit = self.visits()
        self.assertEqual((visit.state, visit.kind_code), ("done", "call"))
        self.assertTrue(visit.is_unplanned)
        self.assertEqual(visit.note, "Wants a discount")

    @freeze_time("2026-07-06 12:00:00")
    def test_dialog_finishes_a_planned_visit(self):
        visit = self.make_visit(self.client, at=NEXT_NOON)
        action = visit.action_finish()
        dialogs = self.env["kam.visit.finish"].with_user(self.kam)
        report = dialogs.with_context(**action["context"]).create(
            {"outcome_id": self.outcome.id, **REPORT}
        )
        self.assertEqual(report.client_id, self.client)
        report.action_apply()
        self.assertEqual((visit.state, visit.is_unplanned), ("done", False))

    def test_nobody_fills_the_week_of_a_colleague(self):
        with self.assertRaises(ValidationError):
            self.make_visit(self.client, user_id=self.other_kam.id)
        visit = self.make_visit(self.client, user=self.head, user_id=self.kam.id)
        self.assertEqual(visit.user_id, self.kam)

    def test_another_manager_sees_nothing(self):
        visit = self.make_visit(self.client, at=NOON)
        other = visit.with_user(self.other_kam)
        self.assertFalse(other.search([("client_id", "=", self.client.id)]))
        for act in (
            lambda: other.read(["note"]),
            lambda: other.action_done(),
            lambda: other.action_cancel("x"),
            lambda: self.make_visit(self.client, user=self.other_kam),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_a_lead_of_another_is_not_shown_by_a_visit(self):
        self.lead.user_id = self.other_kam
        with self.assertRaises(AccessError):
            self.make_visit(lead_id=self.lead.id)

    def test_merged_leads_keep_their_visits(self):
        other = self.lead.copy({"name": "Same"})
        visits = self.make_visit(lead_id=self.lead.id)
        visits |= self.make_visit(lead_id=other.id)
        merged = (self.lead | other).merge_opportunity()
        self.assertEqual(visits.lead_id, merged)

    @freeze_time("2026-07-07 06:00:00")
    def test_a_substitute_acts_for_the_absent_manager(self):
        substitution = self.env["kam.substitution"].create(
            {
                "absent_user_id": self.kam.id,
                "substitute_user_id": self.other_kam.id,
                "date_from": date(2026, 7, 6),
                "date_to": date(2026, 7, 10),
            }
        )
        visit = self.make_visit(self.client, at=NEXT_NOON)
        substitution.with_user(self.head).action_confirm()
        own = self.make_visit(self.client, user=self.other_kam, at=NEXT_NOON)
        self.assertEqual(own.on_behalf_of_id, self.kam)
        self.finish(visit.with_user(self.other_kam))
        self.assertEqual(
            (visit.user_id, visit.on_behalf_of_id), (self.other_kam, self.kam)
        )

    @freeze_time("2026-07-06 12:00:00")
    def test_arrived_and_left(self):
        visit = self.make_visit(self.client, at=NEXT_NOON)
        with self.assertRaises(UserError):
            visit.action_check_out()
        visit.action_check_in(latitude=59.9, longitude=30.3)
        with freeze_time("2026-07-06 13:00:00"):
            visit.action_check_out()
        self.assertEqual((visit.latitude, visit.longitude), (59.9, 30.3))
        self.assertEqual(visit.check_out - visit.check_in, timedelta(hours=1))
        other = self.make_visit(self.client, at=NEXT_NOON)
        other.action_check_in()
        self.assertEqual((other.latitude, bool(other.check_in)), (0, True))
        with self.assertRefused():
            other.action_check_in(latitude=99, longitude=0)

    @freeze_time("2026-07-06 12:00:00")
    def test_promises_made_at_a_visit(self):
        visit = self.make_visit(self.client, at=NEXT_NOON)
        promise = {"direction": "ours", "date": date(2026, 7, 9)}
        promise["client_id"] = self.client.id
        visit.promise_ids = [Command.create(promise)]
        self.assertEqual(self.client.promise_ids.visit_id, visit)
        self.assertEqual(visit.promise_ids.state, "open")

    @freeze_time("2026-07-06 12:00:00")
    def test_map_and_order_of_a_visit(self):
        visit = self.make_visit(self.client, at=NOON)
        partner = self.client.main_partner_id
        partner.write({"street": "Nevsky 1", "city": "St Petersburg"})
        self.assertIn("Nevsky", visit.action_open_map()["url"])
        partner.write({"partner_latitude": 59.9, "partner_longitude": 30.3})
        self.assertIn("59.9%2C30.3", visit.action_open_map()["url"])
        context = visit.action_new_order()["context"]
        self.assertEqual(context["default_partner_id"], partner.id)


class TestClientContacts(VisitCase):
    """What the card of a client tells of its visits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Azbuka", tier_id=cls.tier.id)

    def is_kept(self):
        client = self.client.with_user(self.kam)
        client.invalidate_recordset(["is_interval_kept"])
        domain = [("id", "=", client.id)]
        kept = client.search([*domain, ("is_interval_kept", "=", True)])
        late = client.search([*domain, ("is_interval_kept", "=", False)])
        self.assertEqual(
            (bool(kept), bool(late)),
            (client.is_interval_kept,) + (not client.is_interval_kept,),
        )
        return client.is_interval_kept

    def test_interval_is_kept_to_its_last_day(self):
        with freeze_time("2026-07-06 12:00:00"):
            self.assertFalse(self.is_kept())
            self.make_done(self.client, NOON)
        for moment, kept in (("2026-07-13 12:00", True), ("2026-07-14 12:00", False)):
            with freeze_time(moment):
                self.assertEqual(self.is_kept(), kept)

    @freeze_time("2026-07-08 12:00:00")
    def test_a_visit_keeps_the_call_interval_and_a_call_not_the_visits(self):
        self.tier.call_interval_days = 2
        self.make_done(self.client, NOON, kind=self.call_kind)
        self.assertFalse(self.is_kept())
        self.make_done(self.client, NOON)
        self.assertTrue(self.is_kept())

    @freeze_time("2026-07-08 12:00:00")
    def test_without_tier_or_interval_nothing_is_late(self):
        self.tier.visit_interval_days = 0
        self.assertTrue(self.is_kept())
        self.client.tier_id = False
        self.assertTrue(self.is_kept())

    @freeze_time("2026-07-08 12:00:00")
    def test_last_and_next_contact(self):
        client = self.client.with_user(self.kam)
        self.make_done(self.client, NOON, next_date=date(2026, 7, 10))
        self.assertEqual(client.last_contact_day, date(2026, 7, 6))
        self.assertEqual(client.next_contact_day, date(2026, 7, 10))
        self.make_visit(self.client, at=datetime(2026, 7, 9, 9))
        client.invalidate_recordset()
        self.assertEqual(client.next_contact_day, date(2026, 7, 9))
        self.assertEqual(client.visit_count, 2)

    def test_receiving_hours_in_their_order(self):
        with self.assertRefused():
            self.client.write({"visit_hour_from": 15, "visit_hour_to": 10})

    def test_support_and_control_see_none_of_it(self):
        self.make_visit(self.client, at=NOON)
        for user in (self.support, self.controller):
            client = self.client.with_user(user)
            self.assertTrue(client.name)
            with self.assertRaises(AccessError):
                client.read(["last_contact_day"])
            with self.assertRaises(AccessError):
                self.env["kam.visit"].with_user(user).search_count([])
