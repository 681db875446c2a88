"""Two orders confirmed at the same moment by real connections."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import psycopg2

import odoo
from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.orm.registry import DummyRLock, Registry
from odoo.service import model as service_model
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from ..common import MAIL_OFF, KamFactory

LIMIT = 100_000
AMOUNT = 80_000


class DatabaseCopy:
    """A throw-away copy of the test database, made and dropped here."""

    def __init__(self, source):
        self.source = source
        self.name = f"{source}_race_{os.getpid()}"

    @contextmanager
    def postgres(self):
        with odoo.sql_db.db_connect("postgres").cursor() as cr:
            cr._cnx.autocommit = True
            yield cr

    def create(self):
        odoo.sql_db.close_db(self.source)
        with self.postgres() as cr:
            try:
                cr.execute(
                    f'CREATE DATABASE "{self.name}" TEMPLATE "{self.source}"',
                    log_exceptions=False,
                )
                return
            except psycopg2.errors.ObjectInUse:
                cr.execute(f'CREATE DATABASE "{self.name}" TEMPLATE template0')
        self.dump_and_restore()

    def dump_and_restore(self):
        """For a database that somebody else is connected to."""
        env = odoo.tools.misc.exec_pg_environ()
        with tempfile.TemporaryDirectory() as folder:
            dump = str(Path(folder) / "dump")
            subprocess.run(
                ["pg_dump", "-Fc", "-Z0", "-f", dump, self.source],
                env=env,
                check=True,
            )
            subprocess.run(
                ["pg_restore", "--no-owner", "-d", self.name, dump],
                env=env,
                check=True,
            )

    def drop(self):
        Registry.delete(self.name)
        odoo.sql_db.close_db(self.name)
        with self.postgres() as cr:
            cr.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


class Browser:
    """A client of the web server, with its own session."""

    def __init__(self, base):
        self.base = base
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def call(self, path, params):
        request = urllib.request.Request(
            self.base + path,
            json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=60) as answer:
            answer = json.load(answer)
        if "error" in answer:
            raise AssertionError(answer["error"]["data"]["message"])
        return answer["result"]

    def login(self, database, login):
        self.call(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": login},
        )

    def run(self, model, method, *args):
        return self.call(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": {}},
        )

    def confirm(self, order_id):
        return self.run("sale.order", "action_confirm", [order_id])


class WebServer:
    """A real server on a database: HTTP workers and, if wanted, a worker for jobs."""

    def __init__(self, database, workers=2, jobs=0):
        self.database = database
        self.port, gevent_port = self.free_ports()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [
                os.environ.get("KAM_PYTHON") or sys.executable,
                "-m",
                "odoo",
                *self.connection(),
                f"--database={database}",
                f"--db-filter=^{database}$",
                f"--workers={workers}",
                f"--max-cron-threads={jobs}",
                "--http-interface=127.0.0.1",
                f"--http-port={self.port}",
                f"--gevent-port={gevent_port}",
                "--log-level=warn",
            ],
            env=self.environment(),
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    @staticmethod
    def free_ports():
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            second.bind(("127.0.0.1", 0))
            return first.getsockname()[1], second.getsockname()[1]

    @staticmethod
    def environment():
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        if password := odoo.tools.config["db_password"]:
            env["PGPASSWORD"] = password
        return env

    @staticmethod
    def connection():
        """How to reach the database: the test run's own configuration."""
        conf = os.environ.get("KAM_ODOO_RC") or os.environ.get("ODOO_RC")
        if conf:
            return [f"--config={conf}"]
        config = odoo.tools.config
        options = {
            "--db_host": config["db_host"],
            "--db_port": config["db_port"],
            "--db_user": config["db_user"],
            "--data-dir": config["data_dir"],
        }
        args = [f"{name}={value}" for name, value in options.items() if value]
        paths = config["addons_path"]
        if not isinstance(paths, str):
            paths = ",".join(paths)
        return [*args, f"--addons-path={paths}"]

    def wait(self, seconds=90):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.base}/web/health", timeout=5).close()
                return
            except OSError:
                time.sleep(0.2)
        self.log.seek(0)
        raise AssertionError(f"The web server did not start:\n{self.log.read()}")

    def stop(self):
        """Stop the master; its workers belong to its process group."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(20)
        self.log.close()


@tagged("standard", "post_install", "-at_install")
class RaceCase(KamFactory, BaseCase):
    """Works on a committed copy of the database with its own registry."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.copy = DatabaseCopy(get_db_name())
        cls.addClassCleanup(cls.copy.drop)
        cls.copy.create()
        cls.race = cls.load_registry(cls.copy.name)
        # Odoo's own runner holds this lock, which the threads would wait for
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        with cls.transaction() as env:
            cls.env = env(context=MAIL_OFF)
            cls.setup_kam()
            clients = [cls.make_limited(LIMIT, f"Race {n}") for n in range(10)]
            cls.partner_ids = [client.partner_ids.id for client in clients]
            cls.kam_id = cls.kam.id
            cls.login = cls.kam.login
            cls.product_id = cls.product.id
        cls.env = None

    @staticmethod
    def load_registry(name):
        """A registry loaded while tests are enabled would run them all."""
        config = odoo.tools.config
        enabled = config["test_enable"]
        config["test_enable"] = False
        try:
            return Registry(name)
        finally:
            config["test_enable"] = enabled

    @classmethod
    @contextmanager
    def transaction(cls):
        """A connection of its own, committed at the end."""
        with cls.race.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, dict(MAIL_OFF))

    def assertWhole(self):
        with self.transaction() as env:
            self.assertEqual(env["kam.credit.decision"]._check_chain(), [])
            self.assertEqual(env["sale.order"]._check_credit_rest(), [])


class TestRace(RaceCase):
    BY_CONNECTIONS = 200
    BY_WORKERS = 20

    def make_pairs(self, count):
        """Ids of twice ``count`` quotations of 80,000, two and two.

        The first pair of a client races for a lock that does not exist yet.
        """
        line = {"product_id": self.product_id, "price_unit": AMOUNT}
        vals = [
            {
                "partner_id": self.partner_ids[number % len(self.partner_ids)],
                "user_id": self.kam_id,
                "order_line": [Command.create(line)],
            }
            for number in range(count)
            for _twice in range(2)
        ]
        with self.transaction() as env:
            ids = env["sale.order"].create(vals).ids
        return list(zip(ids[::2], ids[1::2], strict=True))

    def race_pairs(self, count, confirm):
        """Confirm two and two at the same moment; one of each must pass."""
        barrier = threading.Barrier(2)
        for number, pair in enumerate(self.make_pairs(count)):
            failures = []
            threads = [
                threading.Thread(
                    target=self.run_one,
                    args=(confirm, lane, order_id, barrier, failures),
                )
                for lane, order_id in enumerate(pair)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
                self.assertFalse(thread.is_alive(), f"round {number} hangs")
            self.assertEqual(failures, [])
            self.assertOnePassed(pair, f"round {number}")
        self.assertWhole()

    @staticmethod
    def run_one(confirm, lane, order_id, barrier, failures):
        try:
            confirm(lane, order_id, barrier)
        except Exception as error:
            failures.append(error)

    def assertOnePassed(self, pair, message):
        """As committed; and make room for the next pair."""
        with self.transaction() as env:
            orders = env["sale.order"].browse(pair)
            states = sorted((order.state, order.credit_state) for order in orders)
            self.assertEqual(states, [("draft", "hold"), ("sale", "pass")], message)
            orders.filtered(lambda order: order.state == "sale")._action_cancel()

    def test_exactly_one_of_two_connections_passes_200_times_in_a_row(self):
        def confirm(_lane, order_id, barrier):
            with self.race.cursor() as cr:
                env = api.Environment(cr, self.kam_id, dict(MAIL_OFF))
                order = env["sale.order"].browse(order_id)
                order.fetch(["state"])
                cr.rollback()
                barrier.wait(60)
                service_model.retrying(order.action_confirm, env)

        # "at once": no pause before a transaction is tried again
        retries = []
        impatient = SimpleNamespace(sleep=retries.append)
        with patch.object(service_model, "time", impatient), mute_logger("odoo.sql_db"):
            self.race_pairs(self.BY_CONNECTIONS, confirm)
        self.assertTrue(retries, "The two connections never met")

    def test_exactly_one_of_two_workers_passes_20_times_in_a_row(self):
        server = WebServer(self.copy.name)
        self.addCleanup(server.stop)
        server.wait()
        browsers = [Browser(server.base), Browser(server.base)]
        for browser in browsers:
            browser.login(self.copy.name, self.login)

        def confirm(lane, order_id, barrier):
            barrier.wait(60)
            browsers[lane].confirm(order_id)

        self.race_pairs(self.BY_WORKERS, confirm)
