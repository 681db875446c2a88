"""Today is the day of the company, whoever asks."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command

from ..common import KamCommon

# Noon in UTC: a day earlier in the evening of Pago Pago, a day later in Kiritimati.
NOON = "2031-02-10 10:30:00"


class TestCompanyDay(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_client()
        policy = self.make_policy(expired_action="hold", limit_action="hold")
        self.line = self.make_line(self.client, 1000, policy_id=policy.id)
        self.company.partner_id.tz = "UTC"

    @freeze_time(NOON)
    def test_a_line_that_expired_yesterday_whatever_the_user_sets(self):
        self.line.valid_until = date(2031, 2, 9)
        for zone in ("America/Adak", "Pacific/Pago_Pago", "Pacific/Kiritimati", False):
            with self.subTest(zone):
                self.kam.tz = zone
                order = self.make_order(self.client.partner_ids, 100)
                self.confirm(order.with_context(tz=zone))
                self.assertHeld(order, "expired")

    @freeze_time(NOON)
    def test_the_last_day_is_that_of_the_company(self):
        self.line.valid_until = date(2031, 2, 9)
        self.company.partner_id.tz = "Pacific/Pago_Pago"
        order = self.make_order(self.client.partner_ids, 100)
        self.confirm(order)
        self.assertPassed(order)

    @freeze_time(NOON)
    def test_a_temporary_limit_ends_with_the_day_of_the_company(self):
        self.line.write({"temporary_limit": 9000, "temporary_until": "2031-02-09"})
        lines = self.line.with_user(self.controller).with_context(tz="America/Adak")
        self.controller.tz = "America/Adak"
        self.assertMoney(lines, effective_limit=1000)
        self.assertFalse(lines.search([("effective_limit", "=", 9000)]))
        self.assertIn(lines, lines.search([("effective_limit", "=", 1000)]))

    @freeze_time(NOON)
    def test_what_is_overdue_is_so_by_the_day_of_the_company(self):
        self.make_invoice(self.client.partner_ids, 500, date=date(2031, 2, 9))
        for zone in ("America/Adak", "Pacific/Kiritimati"):
            with self.subTest(zone):
                self.controller.tz = zone
                line = self.line.with_user(self.controller)
                line.invalidate_recordset()
                self.assertEqual(line.oldest_overdue_days, 1)

    @freeze_time(NOON)
    def test_two_companies_have_each_their_own_day(self):
        other = self.make_company("Kiritimati", chart=False)
        other.partner_id.tz = "Pacific/Kiritimati"
        self.assertEqual(self.company._kam_today(), date(2031, 2, 10))
        self.assertEqual(other._kam_today(), date(2031, 2, 11))
        ends = {"temporary_limit": 9000, "temporary_until": "2031-02-10"}
        self.line.write(ends)
        theirs = self.make_line(self.client, 1000, company=other, **ends)
        both = (self.line | theirs).with_context(
            allowed_company_ids=(self.company | other).ids
        )
        self.assertEqual(both.mapped("effective_limit"), [9000, 1000])
        self.assertEqual(both.mapped("headroom"), [9000, 1000])
        found = both.search([("headroom", "=", 1000), ("id", "in", both.ids)])
        self.assertEqual(found, theirs)

    def test_a_branch_has_the_day_of_its_root(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        branch.partner_id.tz = "Pacific/Kiritimati"
        self.assertEqual(branch._get_kam_timezone(), "UTC")

    def test_a_manager_does_not_move_the_day_of_the_company(self):
        self.kam.group_ids = [Command.link(self.ref("base.group_partner_manager"))]
        with self.assertRaises(AccessError):
            self.company.partner_id.with_user(self.kam).tz = "America/Adak"
