"""Tests on a committed copy of the database, by processes of their own."""

import json
import subprocess
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.orm.registry import DummyRLock, Registry
from odoo.tests import BaseCase
from odoo.tests.common import get_db_name

from .common import MAIL_OFF, KamFactory
from .credit import test_concurrency as concurrency

# Forks a process for each kill: it has connections of its own and dies at the
# statement that was drawn. How many really died is told on the last line.
KILLER = """
import json, os, random, signal
from odoo import SUPERUSER_ID, api, sql_db

def run(cron, die_at=None):
    count, execute = [0], sql_db.Cursor.execute

    def counted(self, *args, **kwargs):
        count[0] += 1
        if count[0] == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(self, *args, **kwargs)

    sql_db.Cursor.execute = counted
    with env.registry.cursor() as cr:
        fresh = api.Environment(cr, SUPERUSER_ID, {})
        model, method = cron
        getattr(fresh[model], method)()
    sql_db.Cursor.execute = execute
    return count[0]

def in_a_process(cron, die_at):
    child = os.fork()
    if not child:
        sql_db._Pool = None
        try:
            run(cron, die_at)
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL

draw, deaths = random.Random(20), {}
for cron in CRONS:
    # some jobs are over after 20 statements, some take hundreds
    kills = [in_a_process(cron, int(10 ** draw.uniform(0, 2.6))) for _n in range(20)]
    deaths[".".join(cron)] = sum(kills)
    in_a_process(cron, None)
    in_a_process(cron, None)
print("DEATHS", json.dumps(deaths))
"""


class CommittedCase(KamFactory, BaseCase):
    """A copy of the database in which ``setup_work`` is committed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.copy = concurrency.DatabaseCopy(get_db_name())
        cls.addClassCleanup(cls.copy.drop)
        cls.copy.create()
        cls.race = concurrency.TestRace.load_registry(cls.copy.name)
        # Odoo's own runner holds this lock, which a registry would wait for
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        with cls.transaction() as env:
            cls.env = env(context=MAIL_OFF)
            cls.setup_kam()
            cls.setup_work()
            env.flush_all()
        cls.env = None

    @classmethod
    def setup_work(cls):
        """What the tests of the class find, made by ``cls.env``."""

    @classmethod
    @contextmanager
    def transaction(cls):
        """A connection of its own, committed at the end."""
        with cls.race.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, dict(MAIL_OFF))


class KilledCase(CommittedCase):
    """Jobs that are killed 20 times at a random statement, then run twice."""

    def kill(self, crons, prelude=""):
        """Kill each job, and make sure that some of the kills hit it at work.

        :param crons: pairs of model and method
        :param prelude: Python to run before
        """
        server = concurrency.WebServer
        process = subprocess.run(
            [
                *(concurrency.sys.executable, "-m", "odoo", "shell"),
                *(*server.connection(), f"--database={self.copy.name}", "--no-http"),
                "--log-level=critical",
            ],
            input=f"{prelude}\nCRONS = {crons!r}\n{KILLER}",
            env=server.environment(),
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        told = [x for x in process.stdout.splitlines() if "DEATHS" in x]
        self.assertTrue(told, process.stderr[-2000:] + process.stdout[-2000:])
        deaths = json.loads(told[-1].partition("DEATHS ")[2])
        for cron in crons:
            self.assertGreater(deaths[".".join(cron)], 3, deaths)
