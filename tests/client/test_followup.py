"""What came of proposals: a call on the next working day, until it is answered."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError

from ..common import KamCommon

CALL = "key_account_management.mail_activity_quotation_call"
FRIDAY, MONDAY, TUESDAY = date(2026, 7, 3), date(2026, 7, 6), date(2026, 7, 7)


class TestFollowup(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(10000, name="Asked")
        calendar = cls.env["resource.calendar"].create({"name": "Five days"})
        cls.company.resource_calendar_id = calendar

    def make_proposal(self, partner=None, **vals):
        vals = {"user_id": self.kam.id, **vals}
        return self.make_order(partner or self.client.partner_ids, 100, **vals)

    def send(self, **vals):
        order = self.make_proposal(**vals)
        order.with_user(self.kam).action_quotation_sent()
        return order

    def calls(self, order):
        return order.activity_search([CALL])

    @freeze_time("2026-07-03 12:00:00")
    def test_sent_on_friday_is_asked_about_on_monday(self):
        call = self.calls(self.send())
        self.assertEqual((call.user_id, call.date_deadline), (self.kam, MONDAY))

    @freeze_time("2026-07-03 12:00:00")
    def test_public_holiday_is_no_working_day(self):
        self.env["resource.calendar.leaves"].create(
            {
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2026-07-05 12:00:00",
                "date_to": "2026-07-06 22:00:00",
            }
        )
        self.assertEqual(self.calls(self.send()).date_deadline, TUESDAY)

    @freeze_time("2026-07-03 12:00:00")
    def test_once_per_order(self):
        order = self.send()
        self.calls(order).unlink()
        order.write({"state": "draft"})
        order.action_quotation_sent()
        self.assertFalse(self.calls(order))
        self.assertEqual(order.kam_sent_date, FRIDAY)

    @freeze_time("2026-07-03 12:00:00")
    def test_mail_composer_sends_it_too(self):
        order = self.make_proposal()
        order.with_context(mark_so_as_sent=True).message_post(body="Our proposal")
        self.assertEqual(order.state, "sent")
        self.assertEqual(len(self.calls(order)), 1)

    def test_other_customers_are_left_alone(self):
        order = self.send(partner=self.make_partner("Stranger"))
        self.assertFalse(self.calls(order))
        self.assertFalse(order.kam_sent_date)

    def test_opportunity_of_a_stranger_is_followed(self):
        stranger = self.make_partner("Prospect")
        lead = self.env["crm.lead"].create({"name": "New", "partner_id": stranger.id})
        order = self.send(partner=stranger, opportunity_id=lead.id)
        self.assertEqual(self.calls(order).user_id, self.kam)

    @freeze_time("2026-07-03 12:00:00")
    def test_substitute_of_that_day_calls(self):
        substitution = (
            self.env["kam.substitution"]
            .with_user(self.head)
            .create(
                {
                    "absent_user_id": self.kam.id,
                    "substitute_user_id": self.other_kam.id,
                    "date_from": MONDAY,
                    "date_to": MONDAY,
                }
            )
        )
        substitution.action_confirm()
        self.assertEqual(self.calls(self.send()).user_id, self.other_kam)

    @freeze_time("2026-07-06 12:00:00")
    def test_not_received_is_asked_again(self):
        order = self.send()
        order.with_user(self.kam).action_followup_answer(
            False, "Send once more", "high", "2026-07-09"
        )
        self.assertEqual(self.calls(order).date_deadline, date(2026, 7, 9))
        self.assertEqual(order.kam_followup_urgency, "high")

    @freeze_time("2026-07-06 12:00:00")
    def test_answer_ends_asking_and_keeps_the_agreed_day(self):
        order = self.send()
        order.with_user(self.kam).action_followup_answer(
            True, "Director decides", "normal", date(2026, 7, 9)
        )
        self.assertFalse(self.calls(order))
        agreed = order.activity_search(["mail.mail_activity_data_call"])
        self.assertEqual(agreed.date_deadline, date(2026, 7, 9))
        self.assertEqual(order.kam_followup_date, date(2026, 7, 9))
        self.assertEqual(order.kam_followup_next_steps, "Director decides")

    @freeze_time("2026-07-06 12:00:00")
    def test_next_date_is_required_and_not_past(self):
        order = self.send()
        for wrong in (None, "", "soon", "2026-07-05", 12):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                order.action_followup_answer(True, "", "normal", wrong)
        with self.assertRaises(ValidationError):
            order.action_followup_answer(True, "", "at once", "2026-07-09")
        self.assertEqual(len(self.calls(order)), 1)

    def test_only_a_sent_proposal_is_answered(self):
        with self.assertRaises(UserError):
            self.make_proposal().action_followup_answer(True, "", "normal", self.day(1))

    def test_stranger_may_not_answer(self):
        order = self.send()
        with self.assertRaises(AccessError):
            order.with_user(self.other_kam).action_followup_answer(
                True, "", "normal", self.day(1)
            )

    def test_decided_proposals_are_not_asked_about(self):
        confirmed, cancelled = self.send(), self.send()
        confirmed.action_confirm()
        cancelled._action_cancel()
        self.assertFalse(self.calls(confirmed) | self.calls(cancelled))

    def test_stalled_by_date(self):
        orders = self.env["sale.order"]
        with freeze_time("2026-07-03 12:00:00"):
            order = self.send(validity_date="2026-07-08")
        for moment, is_stalled in (
            ("2026-07-03 12:00:00", False),
            ("2026-07-06 12:00:00", True),
            ("2026-07-08 12:00:00", True),
            ("2026-07-09 12:00:00", False),
        ):
            with self.subTest(moment), freeze_time(moment):
                order.invalidate_recordset(["kam_is_stalled"])
                self.assertEqual(order.kam_is_stalled, is_stalled)
                found = orders.search([("kam_is_stalled", "=", True)])
                self.assertEqual(order in found, is_stalled)

    def test_dialog_notes_the_answer(self):
        order = self.send()
        dialog = (
            self.env["sale.order.followup"]
            .with_user(self.kam)
            .with_context(default_order_id=order.id)
            .create({"next_steps": "He thinks", "next_date": self.day(2)})
        )
        dialog.action_apply()
        self.assertEqual(order.kam_followup_next_steps, "He thinks")
        self.assertTrue(order.kam_followup_received)
