"""Letters are approved, read the debt again and leave in the client's language."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .test_ladder import TODAY, LadderCase


@freeze_time(TODAY)
class TestLetter(LadderCase):
    def setUp(self):
        super().setUp()
        self.company.kam_penalty_rate = 0.1
        self.item = self.owe(5)
        self.other = self.owe(6, 50)
        self.climb()
        self.letter = self.letters

    def as_controller(self):
        return self.letter.with_user(self.controller)

    def mails(self):
        return self.env["mail.mail"].search(
            [("model", "=", "kam.collection.letter"), ("res_id", "=", self.letter.id)]
        )

    def test_a_draft_sends_nothing(self):
        self.assertEqual((self.letter.state, self.letter.amount), ("draft", 150))
        self.assertFalse(self.mails())

    def test_approval_sends_it_once(self):
        self.as_controller().action_send()
        self.assertEqual(self.letter.state, "sent")
        self.assertEqual(self.letter.user_id, self.controller)
        self.assertEqual(self.letter.deadline, date(2026, 6, 17))
        self.assertEqual(self.mails().recipient_ids, self.partner)
        self.assertEqual(self.taken(self.item)["letter"], "sent")
        with self.assertRaises(UserError):
            self.as_controller().action_send()
        self.assertEqual(len(self.mails()), 1)

    def test_what_is_paid_drops_out_at_sending(self):
        self.pay(100, self.item.move_id, date=self.now)
        self.pay(20, self.other.move_id, date=self.now)
        self.as_controller().action_send()
        self.assertEqual(self.letter.line_ids.item_id, self.other)
        self.assertEqual(self.letter.amount, 30)
        self.assertEqual(self.taken(self.item)["letter"], "skipped")
        self.assertEqual(self.taken(self.other)["letter"], "sent")

    def test_nothing_left_is_not_sent(self):
        self.pay(100, self.item.move_id, date=self.now)
        self.pay(50, self.other.move_id, date=self.now)
        self.as_controller().action_send()
        self.assertEqual(self.letter.state, "dropped")
        self.assertFalse(self.mails())

    def test_promised_or_covered_meanwhile_is_not_sent(self):
        self.env["kam.promise"].create(
            {
                "client_id": self.client.id,
                "amount": 100,
                "date": date(2026, 6, 12),
                "move_ids": self.item.move_id.ids,
            }
        )
        self.as_controller().action_send()
        self.assertEqual(self.letter.line_ids.item_id, self.other)

    def test_covered_meanwhile_is_not_sent(self):
        self.pay(150, partner=self.partner, date=self.now)
        self.as_controller().action_send()
        self.assertEqual(self.letter.state, "dropped")

    def test_without_an_address_it_goes_by_post(self):
        self.partner.email = False
        with self.assertRaises(UserError):
            self.as_controller().action_send()
        self.as_controller().action_send_by_post()
        self.assertEqual(self.letter.state, "sent")
        self.assertFalse(self.mails())

    def test_dropping_takes_a_reason(self):
        with self.assertRaises(UserError):
            self.as_controller().action_drop(" ")
        self.as_controller().action_drop("They called")
        self.assertEqual(self.taken(self.item)["letter"], "dropped")
        self.climb()
        self.assertEqual(self.letters, self.letter)

    def test_only_controller_and_director_approve(self):
        for user in (self.kam, self.head, self.support):
            with self.assertRaises(AccessError):
                self.letter.with_user(user).action_send()
        with self.assertRaises(UserError):
            self.as_controller().write({"state": "sent"})
        self.letter.with_user(self.director).action_send()

    def test_without_approval_the_cron_sends(self):
        self.company.kam_ladder_approval = False
        self.owe(5, 70)
        self.climb()
        letter = self.letters[-1:]
        self.assertTrue(letter.is_queued)
        self.run_cron()
        self.assertEqual(letter.state, "sent")
        self.assertEqual(self.letter.state, "draft")

    def run_cron(self):
        cron = self.env.ref("key_account_management.ir_cron_collection_letters")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_the_cron_returns_what_has_no_address(self):
        self.as_controller().action_queue()
        self.partner.email = False
        self.run_cron()
        self.assertEqual((self.letter.state, self.letter.is_queued), ("draft", False))

    def test_penalty_line_by_line(self):
        self.assertEqual(self.letter.line_ids.mapped("penalty"), [0.3, 0.5])
        self.assertEqual(self.letter.penalty, 0.8)

    def test_in_the_language_of_the_partner(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.partner.lang = "ru_RU"
        words = self.letter.with_context(lang="ru_RU")._get_amount_in_words()
        self.assertEqual(words[:17], "Сто пятьдесят дол")
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        html, _kind = report._render_qweb_html(
            "key_account_management.report_kam_collection_letter", self.letter.ids
        )
        self.assertIn("Сто пятьдесят", html.decode())
