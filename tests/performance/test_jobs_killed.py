"""The nightly jobs, killed 20 times at a random statement: each result is there once.

On a committed copy of the database, in processes of their own.
"""

from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tests import tagged

from ..committed import KilledCase

CRONS = (("kam.scorecard", "_cron_compute"), ("kam.sales.forecast", "_cron_keep"))
# One card a commit, so that a run has many places to be killed between.
SMALL = """
from odoo.addons.key_account_management.models.performance import kam_scorecard
kam_scorecard.BATCH = 1
"""
COUNT = 4


@tagged("standard", "post_install", "-at_install")
class TestKilledJobs(KilledCase):
    @classmethod
    def setup_work(cls):
        """Managers with a client and a plan each, all of them behind."""
        cls.company.kam_checkpoint_days = "1"
        month = cls.today.replace(day=1)
        users = cls.env["res.users"]
        for number in range(COUNT):
            users |= cls.make_user(f"kam_killed_{number}", "user")
        cls.team.member_ids = [Command.link(user.id) for user in users]
        for user in users:
            client = cls.make_client(f"Client of {user.name}", manager_id=user.id)
            for day in (month, month - relativedelta(years=1)):
                cls.make_invoice(client.partner_ids, 100, date=day)
            cls.env["kam.sales.plan"].create(
                {
                    "company_id": cls.company.id,
                    "team_id": cls.team.id,
                    "user_id": user.id,
                    "period": "month",
                    "date_from": month,
                    "effective_date": month,
                    "state": "approved",
                    "line_ids": [Command.create({"month": month, "target": 10**6})],
                }
            )
        cls.user_ids, cls.company_id = users.ids, cls.company.id

    def test_every_result_once(self):
        self.kill(CRONS, SMALL)
        with self.transaction() as env:
            self.assertCards(env)
            self.assertForecasts(env)

    def assertCards(self, env):
        """This month's card of each, computed, and its entries once."""
        cards = env["kam.scorecard"].search([("user_id", "in", self.user_ids)])
        self.assertTrue(all(cards.mapped("computed_on")))
        self.assertFalse(any(cards.mapped("error")))
        month = max(cards.mapped("date_from"))
        cards = cards.filtered(lambda card: card.date_from == month)
        self.assertEqual(sorted(cards.user_id.ids), sorted(self.user_ids))
        for card in cards:
            growth = card.line_ids.filtered(lambda line: line.code == "growth")
            self.assertEqual((growth.amount, growth.base_amount), (100, 100))
            self.assertEqual(len(growth.entry_ids), 2)
            self.assertEqual(len(card.line_ids), 8)

    def assertForecasts(self, env):
        rows = env["kam.sales.forecast"].search([("user_id", "in", self.user_ids)])
        self.assertEqual(sorted(rows.user_id.ids), sorted(self.user_ids))
        self.assertEqual(len(rows), COUNT)
        plans = env["kam.sales.plan"].search([("user_id", "in", self.user_ids)])
        self.assertEqual(plans.mapped(lambda plan: len(plan.activity_ids)), [1] * COUNT)
