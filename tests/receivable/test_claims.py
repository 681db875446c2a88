"""Letters claim what is owed, in the currency of the documents, where it is read."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time

from .test_ladder import TODAY, LadderCase


@freeze_time(TODAY)
class TestNetClaims(LadderCase):
    def asked(self):
        kind = self.env.ref("key_account_management.mail_activity_type_match")
        return self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])

    def test_money_not_matched_is_taken_off(self):
        self.company.kam_penalty_rate = 0.1
        item = self.owe(5, 1000)
        self.pay(900, partner=self.partner, date=self.now)
        self.climb()
        self.assertEqual(self.taken(item)["letter"], "draft")
        self.assertEqual(self.letters.amount, 100)
        # 1,000 for four days, 100 on the day the money came
        self.assertEqual(self.letters.penalty, 4.1)
        self.assertEqual(self.asked().mapped("res_id"), self.client.ids)
        self.assertEqual(self.asked().user_id, self.kam)

    def test_money_that_came_before_the_due_date_bears_no_penalty(self):
        self.company.kam_penalty_rate = 0.1
        self.owe(5, 1000)
        self.pay(900, partner=self.partner, date=date(2026, 6, 1))
        self.climb()
        self.assertEqual((self.letters.amount, self.letters.penalty), (100, 0.5))

    def test_the_oldest_document_is_covered_first(self):
        old, new = self.owe(9, 100), self.owe(5, 100)
        self.pay(130, partner=self.partner, date=self.now)
        self.climb()
        self.assertEqual(self.taken(old), {})
        self.assertEqual(self.letters.line_ids.item_id, new)
        self.assertEqual(self.letters.amount, 70)

    def test_reminder_before_due_is_net(self):
        self.owe(-3, 1000)
        self.pay(400, partner=self.partner, date=self.now)
        self.climb()
        self.assertEqual((self.letters.kind, self.letters.amount), ("reminder", 600))

    def test_credit_of_another_legal_entity(self):
        sister = self.make_partner("Sister", kam_membership_id=self.client.id)
        item = self.owe(5, 100)
        self.pay(500, partner=sister, date=self.now)
        self.climb()
        self.assertEqual(self.taken(item)["letter"], "draft")
        self.assertEqual(self.letters.amount, 100)
        self.assertFalse(self.asked())

    def test_paid_meanwhile_without_matching(self):
        self.owe(5, 1000)
        self.climb()
        self.pay(900, partner=self.partner, date=self.now)
        self.letters.with_user(self.controller).action_send()
        self.assertEqual(self.letters.amount, 100)

    def test_fixed_instalment_above_the_invoice(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "400 fixed, rest at 30 days",
                "line_ids": [
                    Command.create(
                        {"value": "fixed", "value_amount": 400, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    ),
                ],
            }
        )
        move = self.make_invoice(
            self.partner,
            300,
            date=date(2026, 6, 5),
            invoice_payment_term_id=term.id,
        )
        self.assertEqual(
            sorted(
                move.line_ids.filtered(
                    lambda x: x.account_id.account_type == "asset_receivable"
                ).mapped("balance")
            ),
            [-100, 400],
        )
        self.climb()
        self.assertEqual(self.letters.amount, 300)
        self.assertFalse(self.asked(), "the instalments of a document are its own")

    def halves(self):
        """An invoice of 200 in two halves, both overdue; its receivable items."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 10)
                ],
            }
        )
        move = self.make_invoice(
            self.partner,
            200,
            date=self.now - timedelta(days=15),
            invoice_payment_term_id=term.id,
        )
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).sorted("date_maturity")

    def test_dispute_of_what_is_open(self):
        first, second = self.halves()
        self.pay(100, first.move_id, date=self.now)
        self.assertEqual((first.amount_residual, second.amount_residual), (0, 100))
        policy = self.line.policy_id
        policy.write({"overdue_action": "hold", "count_disputed": False})
        dispute = self.env["kam.dispute"].create(
            {
                "move_id": first.move_id.id,
                "amount": 100,
                "reason": "Short",
                "deadline": date(2026, 6, 20),
                "user_id": self.kam.id,
            }
        )
        dispute.with_user(self.controller).action_accept("Right")
        self.climb()
        self.assertFalse(self.letters)
        order = self.make_order(self.partner, 10)
        self.confirm(order)
        self.assertPassed(order)


@freeze_time(TODAY)
class TestCurrency(LadderCase):
    def test_a_letter_per_currency_in_its_own_words(self):
        euro = self.make_currency("EUR", (-400, 0.5))  # 2 USD for one euro
        due = self.now - timedelta(days=5)
        self.make_invoice(self.partner, 100, date=due, due=due, currency=euro)
        self.owe(5, 70)
        self.climb()
        by_currency = self.letters.grouped(lambda letter: letter.currency_id.name)
        self.assertEqual(by_currency["EUR"].amount, 100)
        self.assertEqual(by_currency["USD"].amount, 70)
        letter = by_currency["EUR"]
        self.assertEqual(letter._get_amount_in_words(), "One hundred euros 00 cents")
        letter.with_user(self.controller).action_send()
        mail = self.env["mail.mail"].search(
            [("model", "=", letter._name), ("res_id", "=", letter.id)]
        )
        self.assertIn("100.00", mail.body_html)
        self.assertIn("€", mail.body_html)
        steps = self.env["kam.collection.step"].search([("letter_id", "=", letter.id)])
        self.assertEqual(steps.overdue, 200, "the log is in company currency")

    def test_money_in_another_currency_counts_at_its_worth(self):
        euro = self.make_currency("EUR", (-400, 0.5))
        due = self.now - timedelta(days=5)
        self.make_invoice(self.partner, 100, date=due, due=due, currency=euro)
        self.pay(50, partner=self.partner, date=self.now)
        self.climb()
        self.assertEqual(self.letters.amount, 75)


@freeze_time(TODAY)
class TestRecipients(LadderCase):
    def mails(self, record):
        return self.env["mail.mail"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)]
        )

    def contact(self, **vals):
        return self.env["res.partner"].create(
            {
                "name": "Bookkeeper",
                "type": "invoice",
                "parent_id": self.partner.id,
                **vals,
            }
        )

    def letter(self):
        self.owe(5)
        self.climb()
        return self.letters[-1:].with_user(self.controller)

    def test_the_invoice_contact(self):
        for email in (False, "info@example.com"):
            with self.subTest(email):
                self.partner.email = email
                contact = self.contact(email="bills@example.com")
                letter = self.letter()
                letter.action_send()
                self.assertEqual(self.mails(letter).recipient_ids, contact)
                contact.active = False

    def test_the_company_where_the_contact_has_none(self):
        self.contact()
        letter = self.letter()
        letter.action_send()
        self.assertEqual(self.mails(letter).recipient_ids, self.partner)

    def test_from_somebody_who_is_here(self):
        letter = self.letter()
        letter.action_queue()
        self.controller.active = False
        sender = letter.sudo()._get_sender()
        self.assertIn(self.kam.email, sender)
        self.kam.active = False
        self.assertIn(self.head.email, letter.sudo()._get_sender())

    def test_mail_that_failed_was_not_sent(self):
        self.stages["stop"].action = "none"
        self.company.kam_demand_days = 2
        item = self.owe(20)
        self.climb()
        letter = self.letters
        letter.with_user(self.controller).action_send()
        self.assertEqual(letter.state, "sent")
        # what core calls when the server refuses
        self.mails(letter)._postprocess_sent_message(
            [], [], failure_reason="Refused", failure_type="mail_smtp"
        )
        self.assertEqual((letter.state, self.taken(item)["letter"]), ("draft", "draft"))
        self.assertTrue(self.told(self.controller, letter))
        self.climb(15)
        self.assertNotIn("demand", self.taken(item))


@freeze_time(TODAY)
class TestDemandFirst(LadderCase):
    def by_post(self, days):
        """An item on the ladder from today on, whose letter leaves by post today."""
        self.company.kam_ladder_start = self.now
        item = self.owe(days)
        self.climb()
        self.letters.with_user(self.controller).action_send_by_post()
        return item

    def test_before_any_legal_action(self):
        for days in (21, 35):
            with self.subTest(days):
                self.client = self.make_limited(1000, f"{days} days late")
                self.partner = self.client.partner_ids
                item = self.by_post(days)
                self.climb(11)
                self.climb(22)
                self.assertEqual(self.taken(item)["demand"], "draft")
                self.assertNotIn("legal", self.taken(item))
                self.climb(23)
                self.assertNotIn("legal", self.taken(item), "the demand has not left")
                self.letters[-1:].with_user(self.controller).action_send_by_post()
                self.climb(24)
                self.assertEqual(self.taken(item)["legal"], "done")

    def test_by_hand(self):
        item = self.owe(6)
        case = self.climb()
        with self.assertRaises(AccessError):
            case.with_user(self.head).action_demand()
        action = case.with_user(self.controller).action_demand()
        letter = self.env["kam.collection.letter"].search(action["domain"])
        self.assertEqual((letter.kind, letter.amount), ("demand", 100))
        self.assertEqual(self.taken(item)["demand"], "draft")
        self.assertEqual(case.stage_id, self.stages["demand"])
        with self.assertRaises(UserError):
            case.with_user(self.controller).action_demand()
        letter.with_user(self.controller).action_send()
        self.assertEqual(letter.state, "sent")
