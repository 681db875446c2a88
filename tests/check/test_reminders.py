"""Reminders before a line ends and when a client pays worse; once each."""

from .common import CheckCase


class TestReminders(CheckCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls.make_line(cls.client, 1000)
        others = cls.env["kam.credit.line"].search([("id", "!=", cls.line.id)])
        others.valid_until = False

    def run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(
                f"key_account_management.ir_cron_check_{name}"
            ).sudo().method_direct_trigger()
        self.line.invalidate_recordset()
        return len(self.line.activity_ids)

    def test_on_day_30_and_on_day_14_once_each(self):
        for days, count in ((31, 0), (30, 1), (29, 1), (15, 1), (14, 2), (1, 2)):
            self.env.cr.execute(
                "UPDATE kam_credit_line SET valid_until = %s WHERE id = %s",
                [self.day(days), self.line.id],
            )
            self.line.invalidate_recordset()
            self.assertEqual(self.run_cron("remind"), count, days)
            self.assertEqual(self.run_cron("remind"), count, days)
        self.assertEqual(self.line.activity_ids.user_id, self.kam)

    def test_after_an_outage_the_closer_one_alone(self):
        self.line.valid_until = self.day(10)
        self.assertEqual(self.run_cron("remind"), 1)
        self.assertIn("10 days", self.line.activity_ids.summary)
        self.assertEqual(self.run_cron("remind"), 1)

    def test_expired_lines_are_not_reminded_of(self):
        self.line.valid_until = self.day(-1)
        self.assertEqual(self.run_cron("remind"), 0)

    def test_new_end_is_reminded_of_again(self):
        self.line.valid_until = self.day(10)
        self.run_cron("remind")
        self.line.valid_until = self.day(20)
        self.assertEqual(self.run_cron("remind"), 2)

    def pay_late(self, due, late):
        invoice = self.make_invoice(
            self.partner, 100, date=self.day(due - 10), due=self.day(due)
        )
        self.pay(100, invoice, date=self.day(due + late))

    def test_worse_payer_is_checked_early(self):
        for due in (-300, -250, -200):
            self.pay_late(due, 0)
        for due in (-60, -50):
            self.pay_late(due, 5)
        self.assertEqual(self.run_cron("early"), 1)
        self.assertIn("0 % in 3 months, 100 % before", self.line.activity_ids.summary)
        self.assertEqual(self.run_cron("early"), 1, "at most every 30 days")
        self.line.date_early_check = self.day(-30)
        self.assertEqual(self.run_cron("early"), 2)

    def test_drop_met_exactly(self):
        for due, late in ((-300, 0), (-60, 0), (-50, 5)):
            self.pay_late(due, late)
        self.company.kam_check_drop_points = 50.1
        self.assertEqual(self.run_cron("early"), 0)
        self.company.kam_check_drop_points = 50
        self.assertEqual(self.run_cron("early"), 1)

    def test_nothing_to_compare(self):
        self.pay_late(-60, 20)
        self.assertEqual(self.run_cron("early"), 0)

    def test_switched_off(self):
        self.company.kam_check_drop_points = 0
        self.pay_late(-300, 0)
        self.pay_late(-60, 20)
        self.assertEqual(self.run_cron("early"), 0)
