"""Snapshots by two workers at once, and by one that is killed; really committed."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.orm.registry import DummyRLock, Registry
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from ..common import MAIL_OFF, KamFactory
from . import test_concurrency

DAYS = 30
# Dies after the third week was taken and before it is committed.
KILLED = """
import os, signal
snapshots = env["kam.credit.snapshot"]
fill, weeks = type(snapshots)._fill, []
def die_in_the_third_week(self, company, first, last):
    fill(self, company, first, last)
    weeks.append(first)
    if len(weeks) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
type(snapshots)._fill = die_in_the_third_week
snapshots._cron_snapshot()
"""


@tagged("standard", "post_install", "-at_install")
class TestSnapshotRace(KamFactory, BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.copy = test_concurrency.DatabaseCopy(get_db_name())
        cls.addClassCleanup(cls.copy.drop)
        cls.copy.create()
        cls.race = test_concurrency.TestRace.load_registry(cls.copy.name)
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        with cls.transaction() as env:
            cls.env = env(context=MAIL_OFF)
            cls.setup_kam()
            for number in range(5):
                cls.make_limited(1000, f"Client {number}")
            env.flush_all()
            env.cr.execute(
                "UPDATE kam_credit_line SET create_date = create_date"
                " - %s * interval '1 day'",
                (DAYS,),
            )
            env.cr.execute("SELECT COUNT(*) FROM kam_credit_line WHERE active")
            cls.expected = env.cr.fetchone()[0] * DAYS
        cls.env = None

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            env.cr.execute("DELETE FROM kam_credit_snapshot")

    @classmethod
    @contextmanager
    def transaction(cls):
        with cls.race.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, dict(MAIL_OFF))

    def count(self):
        with self.transaction() as env:
            env.cr.execute("SELECT COUNT(*) FROM kam_credit_snapshot")
            return env.cr.fetchone()[0]

    def take(self):
        with self.transaction() as env:
            env["kam.credit.snapshot"]._cron_snapshot()

    def test_two_workers_at_once(self):
        barrier, failures = threading.Barrier(2), []

        def work():
            try:
                barrier.wait(60)
                self.take()
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _number in range(2)]
        with mute_logger("odoo.sql_db"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertEqual(failures, [])
        self.take()
        self.assertEqual(self.count(), self.expected)

    def test_killed_in_the_middle(self):
        process = subprocess.run(
            [
                os.environ.get("KAM_PYTHON") or sys.executable,
                "-m",
                "odoo",
                "shell",
                *test_concurrency.WebServer.connection(),
                f"--database={self.copy.name}",
                "--no-http",
                "--log-level=critical",
            ],
            input=KILLED,
            text=True,
            env=test_concurrency.WebServer.environment(),
            capture_output=True,
            check=False,
            timeout=120,
        )
        self.assertEqual(process.returncode, -signal.SIGKILL, process.stderr)
        self.assertEqual(self.count(), self.expected * 14 // DAYS)
        self.take()
        self.assertEqual(self.count(), self.expected)
