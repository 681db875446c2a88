"""Nightly snapshots of credit lines."""

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..common import KamCommon


class SnapshotCase(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["kam.credit.line"].search([]).active = False
        cls.client = cls.make_client("Watched")
        cls.partner = cls.client.partner_ids
        cls.policy = cls.make_policy(
            overdue_grace_days=5, overdue_min_amount=50, limit_tolerance_percent=10
        )
        cls.line = cls.make_line(cls.client, 1000, policy_id=cls.policy.id)
        cls.age(cls.line, 30)

    @classmethod
    def age(cls, line, days):
        """The line was made so many days ago."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE kam_credit_line SET create_date = now() AT TIME ZONE 'UTC'"
            " - %s * interval '1 day' WHERE id = %s",
            (days, line.id),
        )
        cls.env.cr.execute(
            "UPDATE kam_credit_line_change SET date = date - %s * interval '1 day'"
            " WHERE line_id = %s",
            (days, line.id),
        )
        cls.env.invalidate_all()

    def take(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("key_account_management.ir_cron_credit_snapshot")
            cron.method_direct_trigger()
        self.env.invalidate_all()
        return self.snapshots()

    def snapshots(self, line=None):
        line = line or self.line
        return self.env["kam.credit.snapshot"].search(
            [("line_id", "=", line.id)], order="date"
        )

    def of(self, offset, line=None):
        day = self.day(offset)
        return self.snapshots(line).filtered(lambda snap: snap.date == day)

    def bill(self, amount, date, due, **vals):
        return self.make_invoice(
            self.partner, amount, date=self.day(date), due=self.day(due), **vals
        )


class TestDays(SnapshotCase):
    def test_from_the_day_it_was_made_up_to_yesterday(self):
        snapshots = self.take()
        self.assertEqual(
            snapshots.mapped("date"), [self.day(offset) for offset in range(-30, 0)]
        )
        self.assertEqual(snapshots.filtered("is_backfilled"), snapshots - self.of(-1))

    def test_at_most_400_back(self):
        self.age(self.line, 1000)
        snapshots = self.take()
        self.assertEqual(len(snapshots), 400)
        self.assertEqual(snapshots[0].date, self.day(-400))

    def test_twice_is_once(self):
        before = self.take()
        self.assertEqual(self.take(), before)

    def test_after_a_weeks_outage(self):
        self.take()
        with freeze_time(self.day(7)):
            later = self.take()
        self.assertEqual(later[-1].date, self.day(6))
        self.assertEqual(len(later), 37)

    def test_killed_in_the_middle_it_goes_on(self):
        snapshots = self.env["kam.credit.snapshot"]
        snapshots._fill(self.company, self.day(-30), self.day(-20))
        [(company, first, last)] = snapshots._get_pending()
        self.assertEqual(company, self.company)
        self.assertEqual((first, last), (self.day(-19), self.day(-1)))
        self.assertEqual(len(self.take()), 30)

    def test_a_new_line_does_not_take_the_days_of_others_again(self):
        self.take()
        other = self.make_line(self.make_client("New"), 1, policy_id=self.policy.id)
        self.age(other, 3)
        self.take()
        self.assertEqual(len(self.snapshots(other)), 3)
        self.assertEqual(len(self.snapshots()), 30)

    def test_no_line_no_snapshot(self):
        self.line.active = False
        self.assertFalse(self.take())

    def test_the_day_of_the_company(self):
        """Its day ends by its own clock, not by that of the server."""
        self.company.partner_id.tz = "Pacific/Kiritimati"
        with freeze_time("2026-03-10 11:00:00"):
            self.assertEqual(str(self.company._get_kam_yesterday()), "2026-03-10")
        self.company.partner_id.tz = "America/Los_Angeles"
        with freeze_time("2026-03-10 06:00:00"):
            self.assertEqual(str(self.company._get_kam_yesterday()), "2026-03-08")

    def test_one_statement_whatever_the_number_of_lines(self):
        snapshots = self.env["kam.credit.snapshot"]

        def count(day):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            snapshots._fill(self.company, day, day)
            return self.env.cr.sql_log_count - before

        count(self.day(-9))
        few = count(self.day(-8))
        for number in range(5):
            line = self.make_line(self.make_client(f"Number {number}"), 1)
            self.age(line, 20)
        count(self.day(-7))
        self.assertEqual(count(self.day(-6)), few)


class TestFigures(SnapshotCase):
    def test_figures_of_the_day(self):
        self.pay(60, self.bill(300, -25, -15), date=self.day(-12))
        self.take()
        self.assertMoney(self.of(-26), receivable=0, exposure=0, limit=1000)
        self.assertMoney(self.of(-15), receivable=300, overdue=0, overdue_days=0)
        self.assertMoney(self.of(-13), receivable=300, overdue=300, overdue_days=2)
        self.assertMoney(self.of(-12), receivable=240, overdue=240, overdue_days=3)

    def test_overdue_beyond_the_grace(self):
        self.bill(300, -25, -15)
        self.take()
        self.assertFalse(self.of(-10).is_overdue)  # 5 days past due
        self.assertTrue(self.of(-9).is_overdue)

    def test_minimum_exactly_met(self):
        self.bill(50, -25, -15)
        self.take()
        self.assertTrue(self.of(-1).is_overdue)

    def test_below_the_minimum(self):
        self.bill(49.99, -25, -15)
        self.take()
        self.assertFalse(self.of(-1).is_overdue)
        self.assertMoney(self.of(-1), overdue=49.99)

    def test_unallocated_money_covers_what_is_overdue(self):
        self.bill(300, -25, -15)
        self.pay(260, partner=self.partner, date=self.day(-3))
        self.take()
        self.assertTrue(self.of(-4).is_overdue)
        self.assertFalse(self.of(-3).is_overdue)

    def test_tolerance_exactly_met(self):
        self.bill(1100, -25, 10)
        self.bill(0.01, -5, 10)
        self.take()
        self.assertFalse(self.of(-6).is_over_limit)
        self.assertTrue(self.of(-5).is_over_limit)

    def test_orders_until_they_are_invoiced(self):
        order = self.make_confirmed(self.partner, 500)
        order.date_order = f"{self.day(-20)} 12:00:00"
        self.invoice_order(order, date=self.day(-10))
        self.take()
        self.assertMoney(self.of(-21), uninvoiced=0)
        self.assertMoney(self.of(-20), uninvoiced=500, exposure=500)
        self.assertMoney(self.of(-11), uninvoiced=500, receivable=0)
        self.assertMoney(self.of(-10), uninvoiced=0, receivable=500, exposure=500)

    def test_limit_of_the_day(self):
        self.line.with_context(kam_reason="More").limit = 2000
        self.env.cr.execute(
            "UPDATE kam_credit_line_change SET date = date - interval '10 days'"
            " WHERE line_id = %s AND new_value = '2000.00'",
            (self.line.id,),
        )
        self.take()
        self.assertMoney(self.of(-11), limit=1000)
        self.assertMoney(self.of(-10), limit=2000)

    def test_two_companies_and_a_branch(self):
        branch = self.make_company("Branch", chart=False, parent_id=self.company.id)
        sister = self.make_company("Sister")
        there = self.make_line(self.client, 7, sister, policy_id=self.policy.id)
        self.age(there, 10)
        self.bill(100, -8, 0)
        self.bill(20, -8, 0, company=branch)
        self.bill(3, -8, 0, company=sister)
        self.take()
        self.assertMoney(self.of(-5), receivable=120)
        self.assertMoney(self.of(-5, there), receivable=3, limit=7)

    def test_accepted_disputes(self):
        invoice = self.bill(300, -25, -15)
        dispute = self.env["kam.dispute"].create(
            {
                "move_id": invoice.id,
                "amount": 80,
                "reason": "Shortage",
                "deadline": self.today,
            }
        )
        dispute.with_user(self.controller).action_accept("Right")
        dispute.write({"date_decided": self.day(-4)})
        self.take()
        self.assertMoney(self.of(-5), disputed=0)
        self.assertMoney(self.of(-4), disputed=80, receivable=300)

    def test_the_partners_it_covered(self):
        second = self.make_partner("Second")
        self.client.partner_ids |= second
        self.take()
        self.client.partner_ids -= second
        self.assertEqual(self.of(-1).partner_ids, self.partner | second)

    def test_equal_to_the_ledger_of_that_day(self):
        self.pay(60, self.bill(300, -25, -15), date=self.day(-12))
        for snapshot in self.take():
            line = self.line.with_context(to_date=str(snapshot.date))
            self.assertMoney(
                snapshot,
                receivable=line.receivable,
                uninvoiced=line.uninvoiced,
                exposure=line.exposure,
                overdue=line.overdue,
                overdue_days=line.oldest_overdue_days,
                difference=0,
            )


class TestKept(SnapshotCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls.make_invoice(
            cls.partner, 300, date=cls.day(-25), due=cls.day(-15)
        )

    def setUp(self):
        super().setUp()
        self.take()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kam_credit_snapshot SET create_date = create_date"
            " - interval '1 hour'"
        )
        self.env.cr.execute(
            "UPDATE account_move SET write_date = write_date - interval '2 hours'"
        )
        self.env.invalidate_all()

    def test_what_was_posted_later_is_the_difference(self):
        late = self.bill(70, -20, -10)
        self.assertMoney(
            self.of(-5), receivable=300, difference=70, ledger_receivable=370
        )
        self.assertIn(late.name, self.of(-5).changed_documents)
        self.assertNotIn(self.invoice.name, self.of(-5).changed_documents)
        self.assertMoney(self.of(-21), difference=0)
        self.assertFalse(self.of(-21).changed_documents)

    def test_what_was_withdrawn_later(self):
        self.invoice.button_draft()
        self.assertMoney(self.of(-5), receivable=300, difference=-300)
        self.assertIn(self.invoice.name, self.of(-5).changed_documents)

    def test_money_of_later_days_changes_nothing(self):
        self.pay(300, self.invoice, date=self.day(-2))
        self.assertMoney(self.of(-3), difference=0)
        self.assertMoney(self.of(-2), difference=-300)

    def test_matching_with_a_stranger(self):
        payment = self.pay(300, partner=self.make_partner("X"), date=self.day(-10))
        (payment.line_ids | self.invoice.line_ids).filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.assertMoney(self.of(-11), difference=0)
        self.assertMoney(self.of(-10), difference=-300)
        self.assertIn(self.invoice.name, self.of(-10).changed_documents)

    def test_a_partner_who_left_is_still_compared(self):
        self.client.partner_ids = self.make_partner("Instead")
        self.assertMoney(self.of(-5), difference=0)

    def test_nobody_changes_it(self):
        for action in (
            lambda: self.of(-1).write({"receivable": 1}),
            lambda: self.of(-1).unlink(),
        ):
            with self.assertRaises(UserError):
                action()

    def test_balances_of_many_days_are_averages(self):
        snapshots = self.env["kam.credit.snapshot"]
        domain = [("line_id", "=", self.line.id), ("date", ">=", self.day(-26))]
        [(receivable, days)] = snapshots._read_group(
            domain, [], ["receivable:sum", "date:count_distinct"]
        )
        self.assertEqual(days, 26)
        self.assertAlmostEqual(receivable, 300 * 25 / 26)

    def test_three_figures_in_one_graph(self):
        groups = self.env["kam.credit.history"].formatted_read_group(
            [("line_id", "=", self.line.id), ("date", ">=", self.day(-26))],
            ["figure", "date:year"],
            ["amount:sum"],
        )
        sums = {}
        for group in groups:
            sums.setdefault(group["figure"], []).append(group["amount:sum"])
        self.assertEqual(set(sums), {"limit", "exposure", "overdue"})
        self.assertEqual(set(sums["limit"]), {1000})

    def test_opened_from_the_line_and_the_client(self):
        for record in (self.line, self.client):
            action = record.with_user(self.kam).action_open_history()
            found = self.env["kam.credit.history"].search(action["domain"])
            self.assertEqual(found.line_id, self.line)
            self.assertEqual(len(found), 3 * len(self.snapshots()))
            opened = found[0].action_open_snapshot()["res_id"]
            self.assertEqual(opened, found[0].snapshot_id.id)


class TestFailure(SnapshotCase):
    def test_what_another_worker_takes_is_left_to_it(self):
        """A failure to serialise costs no other company its snapshots."""

        def fail(*_args):
            raise SerializationFailure

        self.patch(self.registry["kam.credit.snapshot"], "_fill", fail)
        with mute_logger("odoo.addons.key_account_management"):
            self.assertFalse(self.take())
