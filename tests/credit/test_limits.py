"""The approved line: history, temporary limit, bad input, rights."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from ..common import KamCommon


class TestTemporaryLimit(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_limited(1000)
        self.line = self.env["kam.credit.line"].search(
            [("client_id", "=", self.client.id)]
        )

    def test_it_replaces_the_limit_up_to_its_day_and_goes_by_itself(self):
        self.line.write({"temporary_limit": 1500, "temporary_until": self.day(3)})
        self.assertMoney(self.line, limit=1000, effective_limit=1500, headroom=1500)
        with freeze_time(self.day(3)):
            self.assertMoney(self.line, effective_limit=1500)
        with freeze_time(self.day(4)):
            self.assertMoney(self.line, limit=1000, effective_limit=1000)

    def test_the_gate_uses_and_stamps_the_effective_limit(self):
        self.line.write({"temporary_limit": 1500, "temporary_until": self.today})
        order = self.make_order(self.client.partner_ids, 1500)
        self.confirm(order)
        self.assertPassed(order)
        self.assertMoney(order.credit_decision_id, limit=1500)
        with freeze_time(self.day(1)):
            late = self.make_order(self.client.partner_ids, 1)
            self.confirm(late)
            self.assertHeld(late, "limit")
            self.assertMoney(late.credit_decision_id, limit=1000)

    def test_a_temporary_limit_gives_credit_where_there_is_none(self):
        self.line.write(
            {"limit": 0, "temporary_limit": 50, "temporary_until": self.today}
        )
        order = self.make_order(self.client.partner_ids, 50)
        self.confirm(order)
        self.assertPassed(order)

    def test_the_effective_limit_is_searchable(self):
        self.line.write({"temporary_limit": 1500, "temporary_until": self.today})
        mine = [("id", "=", self.line.id)]
        search = self.env["kam.credit.line"].search
        self.assertTrue(search([*mine, ("effective_limit", "=", 1500)]))
        self.assertTrue(search([*mine, ("effective_limit", ">", 1000)]))
        self.assertFalse(search([*mine, ("effective_limit", "<=", 1000)]))
        with freeze_time(self.day(1)):
            self.assertFalse(search([*mine, ("effective_limit", ">", 1000)]))


class TestLineHistory(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_limited(1000)
        self.line = self.env["kam.credit.line"].search(
            [("client_id", "=", self.client.id)]
        )

    def changes(self, field):
        return self.line.change_ids.filtered(
            lambda change: change.field_name == field
        ).sorted("id")

    def test_who_when_from_to_why(self):
        line = self.line.with_user(self.director)
        line.action_set({"limit": 2500}, "Grew by half this year")
        change = self.changes("limit")[-1]
        self.assertIn("1000", change.old_value.replace(",", ""))
        self.assertIn("2500", change.new_value.replace(",", ""))
        self.assertEqual(change.reason, "Grew by half this year")
        self.assertEqual(change.user_id, self.director)
        self.assertTrue(change.date)
        self.assertMoney(self.line, limit=2500)

    def test_a_direct_write_is_logged_too(self):
        before = len(self.changes("limit"))
        self.line.with_user(self.director).write({"limit": 3000})
        self.assertEqual(len(self.changes("limit")), before + 1)
        self.assertEqual(self.changes("limit")[-1].user_id, self.director)

    def test_writing_the_same_value_logs_nothing(self):
        before = len(self.line.change_ids)
        self.line.with_user(self.director).write({"limit": 1000})
        self.assertEqual(len(self.line.change_ids), before)

    def test_every_term_of_the_line_has_a_history(self):
        terms = {
            "policy_id": self.make_policy("Stricter").id,
            "risk_class": "d",
            "valid_until": self.day(90),
            "is_stopped": True,
            "temporary_limit": 1200,
            "temporary_until": self.day(5),
        }
        self.line.action_set({**terms, "stop_reason": "Sued us"}, "Review")
        self.assertLessEqual(set(terms), set(self.line.change_ids.mapped("field_name")))

    def test_a_change_of_many_values_is_one_row(self):
        self.line.with_user(self.director).action_set(
            {"limit": 300_000, "risk_class": "c", "valid_until": "2031-02-03"},
            "Grew by half this year",
        )
        first = self.line.first_change_ids.with_user(self.kam)
        self.assertEqual(len(first), 2)  # its opening, and this
        change = first.filtered("reason")
        self.assertEqual(
            change.changes.splitlines(),
            [
                "Credit Limit: 1,000 → 300,000",
                "Risk Class: C",
                "Valid until: 02/03/2031",
            ],
        )
        self.assertEqual(
            self.env["kam.credit.line.change"].search(
                [("line_id", "=", self.line.id), ("is_first", "=", True)]
            ),
            first,
        )

    def test_a_change_is_read_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"]._load_module_terms(
            ["key_account_management"], ["ru_RU"]
        )
        self.line.action_set(
            {
                "limit": 1500.5,
                "valid_until": "2031-02-03",
                "is_stopped": True,
                "stop_reason": "Sued us",
            },
            "Review",
        )
        change = self.line.first_change_ids.filtered("reason")
        words = change.with_context(lang="ru_RU").changes
        self.assertIn("1\N{NO-BREAK SPACE}000 → 1\N{NO-BREAK SPACE}500,50", words)
        self.assertIn("03.02.2031", words)
        self.assertIn("Нет → Да", words)
        self.line.action_set({"is_stopped": False}, "Paid")
        change = self.line.first_change_ids.filtered(lambda c: c.reason == "Paid")
        self.assertEqual(change.changes, "Shipment Stop: Yes → No")

    def test_a_reason_of_spaces_is_refused(self):
        for reason in ("", "   ", False):
            with self.assertRaises(UserError):
                self.line.action_set({"limit": 1}, reason)
        self.assertMoney(self.line, limit=1000)

    def test_history_is_append_only(self):
        self.line.action_set({"limit": 2500}, "Grew")
        change = self.changes("limit")[-1]
        for user in (self.controller, self.director, self.administrator):
            with self.assertRaises(UserError):
                change.with_user(user).write({"reason": "Never said"})
            with self.assertRaises(UserError):
                change.with_user(user).unlink()

    def test_managers_and_support_do_not_set_limits(self):
        for user in (self.kam, self.support):
            with self.assertRaises(AccessError):
                self.line.with_user(user).write({"limit": 1e6})
            with self.assertRaises(AccessError):
                self.line.with_user(user).action_set({"limit": 1e6}, "Please")

    def test_the_wizard_sets_with_a_reason(self):
        wizard = self.env["kam.credit.line.set"].with_context(
            active_model="kam.credit.line",
            active_id=self.line.id,
            default_line_id=self.line.id,
        )
        wizard = wizard.with_user(self.director).create(
            {"limit": 1800, "reason": "Season"}
        )
        wizard.action_apply()
        self.assertMoney(self.line, limit=1800)
        self.assertEqual(self.changes("limit")[-1].reason, "Season")


class TestBadLines(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_client("Client")

    def test_a_limit_below_zero_is_refused(self):
        with self.assertRefused():
            self.make_line(self.client, -1)
        line = self.make_line(self.client, 0)
        with self.assertRefused():
            line.limit = -0.01
        with self.assertRefused():
            line.write({"temporary_limit": -1, "temporary_until": self.today})

    def test_a_client_has_one_line_per_company(self):
        self.make_line(self.client, 10)
        with self.assertRefused():
            self.make_line(self.client, 20)

    def test_a_temporary_limit_needs_its_last_day(self):
        line = self.make_line(self.client, 10)
        with self.assertRefused():
            line.write({"temporary_limit": 100, "temporary_until": False})

    def test_a_stop_needs_a_reason_from_people(self):
        line = self.make_line(self.client, 10)
        with self.assertRefused():
            line.action_set({"is_stopped": True}, "  ")

    def test_wizard_dialogs_refuse_a_limit_below_zero(self):
        line = self.make_line(self.client, 10)
        with self.assertRefused():
            line.action_set({"limit": -5}, "Typo")
        self.assertMoney(line, limit=10)
