"""The nightly run: few queries, twice, killed, and by two workers at once."""

import signal
import subprocess
import threading

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..committed import CommittedCase
from ..common import MAIL_OFF, KamCommon
from ..credit import test_concurrency as concurrency

# Dies with the second batch done but not committed.
KILLED = """
import os, signal
from odoo.addons.key_account_management.models.receivable import kam_collection
kam_collection.BATCH = 2
ladder = type(env["kam.collection.ladder"])
climb, calls = ladder._climb, []

def climb_and_die(self, clients=None, company=None):
    climb(self, clients, company)
    self.env.flush_all()
    calls.append(clients)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

ladder._climb = climb_and_die
env["kam.collection"]._cron_collect()
"""


class EveryDay:
    """A company that works on every day, so that the ladder moves on each."""

    @classmethod
    def setup_ladder(cls):
        attendance = {"hour_from": 8, "hour_to": 16}
        cls.company.kam_ladder_start = cls.day(-100)
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Every day",
                "attendance_ids": [
                    Command.create({**attendance, "name": day, "dayofweek": day})
                    for day in "0123456"
                ],
            }
        )

    @classmethod
    def make_debtors(cls, count, days=6):
        clients = cls.env["kam.client"]
        for number in range(count):
            client = cls.make_client(f"Debtor {days} {number}")
            cls.make_invoice(
                client.partner_ids, 100, date=cls.day(-60), due=cls.day(-days)
            )
            clients |= client
        cls.env.flush_all()
        return clients


class TestQueries(EveryDay, KamCommon):
    """A batch takes a fixed number of queries, however many clients it has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_ladder()

    def count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def counts(self, clients):
        """Queries of opening cases, of planning and of a run that is done."""
        debts = self.env["kam.collection.debt"].with_context(tracking_disable=True)
        ladder = self.env["kam.collection.ladder"]
        opening = self.count(lambda: debts._open_cases(clients.ids))
        plans = self.env["kam.collection.plan"]
        settings = plans._get_settings(self.company)
        planning = self.count(
            lambda: plans._get_plan(self.company, self.today, settings, clients.ids)
        )
        climbing = self.count(lambda: ladder._climb(clients.ids))
        again = self.count(lambda: ladder._climb(clients.ids))
        return opening, planning, climbing, again

    def test_queries_do_not_grow_with_clients(self):
        few = self.counts(self.make_debtors(3))
        many = self.counts(self.make_debtors(60))
        self.assertLessEqual(many[0], 26)
        self.assertLessEqual(many[1], 15)
        for before, after in zip(few, many, strict=True):
            self.assertLessEqual(after, before + 3, (few, many))

    def test_closing_neither(self):
        clients = self.make_debtors(60)
        debts = self.env["kam.collection.debt"].with_context(tracking_disable=True)
        debts._open_cases(clients.ids)
        for invoice in self.env["account.move"].search(
            [("kam_client_id", "in", clients.ids)]
        ):
            self.pay(100, invoice)
        self.assertLessEqual(self.count(lambda: debts._open_cases(clients.ids)), 26)
        self.assertEqual(set(clients.mapped("collection_id.id")), set())


@tagged("standard", "post_install", "-at_install")
class TestRerun(EveryDay, CommittedCase):
    @classmethod
    def setup_work(cls):
        cls.setup_ladder()

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            cls = type(self)
            cls.env = env(context=MAIL_OFF)
            cls.company = cls.env.company
            self.client_ids = self.make_debtors(6).ids
        cls.env = None

    def run_cron(self):
        with self.transaction() as env:
            env["kam.collection"]._cron_collect()

    def assertOnce(self):
        """One case, one letter and each level once for every client."""
        with self.transaction() as env:
            own = [("client_id", "in", self.client_ids)]
            cases = env["kam.collection"].search(own)
            self.assertEqual(sorted(cases.client_id.ids), self.client_ids)
            letters = env["kam.collection.letter"].search(own)
            self.assertEqual(sorted(letters.mapped("client_id").ids), self.client_ids)
            self.assertEqual(len(letters), len(cases))
            steps = env["kam.collection.step"].search([*own, ("kind", "=", "level")])
            self.assertEqual(len(steps), 3 * len(cases))
            opened = env["kam.collection.step"].search([*own, ("kind", "=", "open")])
            self.assertEqual(len(opened), len(cases))

    def test_twice(self):
        self.run_cron()
        self.run_cron()
        self.assertOnce()

    def test_killed_in_the_middle(self):
        server = concurrency.WebServer
        killed = subprocess.run(
            [
                *(concurrency.sys.executable, "-m", "odoo", "shell"),
                *(*server.connection(), f"--database={self.copy.name}", "--no-http"),
            ],
            input=KILLED,
            env=server.environment(),
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.assertEqual(killed.returncode, -signal.SIGKILL, killed.stderr[-2000:])
        with self.transaction() as env:
            letters = env["kam.collection.letter"].search_count(
                [("client_id", "in", self.client_ids)]
            )
        self.assertLess(letters, len(self.client_ids))
        self.run_cron()
        self.assertOnce()

    def test_two_workers_at_once(self):
        barrier = threading.Barrier(2)
        failures = []

        def work():
            try:
                with self.race.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, dict(MAIL_OFF))
                    env["kam.client"].search([], limit=1)
                    barrier.wait(60)
                    env["kam.collection.debt"]._open_cases(self.client_ids)
                    env["kam.collection.ladder"]._climb(self.client_ids)
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(2)]
        with mute_logger("odoo.sql_db"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertLessEqual(len(failures), 1)
        self.run_cron()
        self.assertOnce()
