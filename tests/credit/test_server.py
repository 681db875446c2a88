"""A real server under load: nobody waits for long, and nothing is forgotten.

``KAM_SIGNINGS`` and ``KAM_RACES`` set the number of rounds.
"""

import os
import threading
import time
import urllib.request
from contextlib import contextmanager
from functools import partial

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.service import model as service_model
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.key_account_management.models.credit.kam_credit_lock import (
    WAIT_PARAMETER,
)

from ..common import MAIL_OFF
from .test_concurrency import AMOUNT, LIMIT, Browser, RaceCase, WebServer
from .test_portal_neutral import SIGNATURE

SIGNINGS = int(os.environ.get("KAM_SIGNINGS", "4"))
RACES = int(os.environ.get("KAM_RACES", "200"))
LANES = 2
MINUTE = 60


class Together:
    """Calls started at the same moment, each in a thread of its own."""

    def __init__(self, calls):
        self.seconds = [0.0] * len(calls)
        self.results = [None] * len(calls)
        self.failures = []
        self.barrier = threading.Barrier(len(calls))
        self.threads = [
            threading.Thread(target=self.run, args=(number, call))
            for number, call in enumerate(calls)
        ]

    def run(self, number, call):
        self.barrier.wait(MINUTE)
        start = time.monotonic()
        try:
            self.results[number] = call()
        except Exception as error:
            self.failures.append(error)
        self.seconds[number] = time.monotonic() - start

    def finish(self):
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join(2 * MINUTE)
        if any(thread.is_alive() for thread in self.threads):
            self.failures.append(AssertionError("A request hangs."))
        return self


class Watch(threading.Thread):
    """Asks for the login page all the time and notes how long it takes."""

    def __init__(self, base):
        super().__init__(daemon=True)
        self.url = f"{base}/web/login"
        self.stopped = threading.Event()
        self.seconds = []

    def run(self):
        while not self.stopped.wait(0.1):
            start = time.monotonic()
            urllib.request.urlopen(self.url, timeout=120).read()
            self.seconds.append(time.monotonic() - start)

    def stop(self):
        self.stopped.set()
        self.join(2 * MINUTE)
        return self.seconds


class ServerCase(RaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.transaction() as env:
            cls.env = env(context=MAIL_OFF)
            users = {
                login: f"base.group_user,key_account_management.group_kam_{group}"
                for login, group in (
                    ("race_support_a", "support"),
                    ("race_support_b", "support"),
                    ("race_controller", "credit"),
                    ("race_director", "director"),
                )
            }
            users["race_accountant"] = "base.group_user,account.group_account_manager"
            for login, groups in users.items():
                new_test_user(cls.env, login, groups=groups, context=MAIL_OFF)
        cls.env = None

    def serve(self, workers):
        """Start a server with a worker for jobs; it prints from its own address."""
        server = WebServer(self.copy.name, workers=workers, jobs=1)
        self.addCleanup(server.stop)
        with self.transaction() as env:
            parameters = env["ir.config_parameter"]
            for name in ("web.base.url", "report.url"):
                parameters.set_param(name, server.base)
        server.wait()
        return server

    def browse(self, server, login):
        browser = Browser(server.base)
        browser.login(self.copy.name, login)
        return browser

    def do(self, function):
        """Call ``function(env)`` in a transaction, tried again like a request."""

        def call():
            result = function(env)
            cr.commit()
            return result

        with self.race.cursor() as cr, mute_logger("odoo.sql_db"):
            env = api.Environment(cr, SUPERUSER_ID, dict(MAIL_OFF))
            return service_model.retrying(call, env)

    def wait_for(self, function, seconds=MINUTE):
        """Wait until ``function(env)`` is true; return the seconds or nothing."""
        start = time.monotonic()
        while time.monotonic() - start < seconds:
            if self.do(function):
                return time.monotonic() - start
            time.sleep(0.2)
        return None

    def make_orders(self, partner_id, *amounts, **vals):
        """Ids of quotations."""

        def create(env):
            return (
                env["sale.order"]
                .create(
                    [
                        {
                            "partner_id": partner_id,
                            "user_id": self.kam_id,
                            "order_line": [
                                Command.create(
                                    {
                                        "product_id": self.product_id,
                                        "price_unit": amount,
                                    }
                                )
                            ],
                            **vals,
                        }
                        for amount in amounts
                    ]
                )
                .ids
            )

        return self.do(create)

    def sign(self, server, order_id, token):
        return Browser(server.base).call(
            f"/my/orders/{order_id}/accept",
            {"access_token": token, "name": "Buyer", "signature": SIGNATURE},
        )

    def make_signable(self, partner_id, amount):
        """Id and token of an order that its customer signs."""
        (order_id,) = self.make_orders(
            partner_id,
            amount,
            state="sent",
            require_signature=True,
            require_payment=False,
        )
        token = self.do(
            lambda env: env["sale.order"].browse(order_id)._portal_ensure_token()
        )
        return order_id, token


class TestSigning(ServerCase):
    """A customer signs while all other workers confirm orders of the same client."""

    REQUEST = 10
    LOGIN = 2

    def sign_with(self, workers):
        server = self.serve(workers)
        logins = [self.login, "race_support_a", "race_support_b"][: workers - 1]
        users = [self.browse(server, login) for login in logins]
        watch = Watch(server.base)
        self.sign_once(server, users)  # styles are made now
        watch.start()
        signed, seconds = [], []
        for _round in range(SIGNINGS):
            order_id, times = self.sign_once(server, users)
            signed.append(order_id)
            seconds += times
        logins = watch.stop()
        figures = (
            f"{workers} workers, {SIGNINGS} rounds: requests up to {max(seconds):.1f} s"
            f" (median {sorted(seconds)[len(seconds) // 2]:.1f}), "
            f"login up to {max(logins):.1f} s of {len(logins)}"
        )
        if path := os.environ.get("KAM_FIGURES"):
            with open(path, "a") as file:
                file.write(f"{figures}\n")
        self.assertLess(max(seconds), self.REQUEST, figures)
        self.assertLess(max(logins), self.LOGIN, figures)
        # a document takes the job some seconds
        patience = 2 * MINUTE + 6 * SIGNINGS
        is_done = self.wait_for(partial(self.is_all_done, signed), patience)
        self.assertTrue(is_done, self.do(self.describe_tasks))
        self.assertWhole()

    def sign_once(self, server, users):
        partner_id = self.partner_ids[0]
        order_id, token = self.make_signable(partner_id, 1)
        others = self.make_orders(partner_id, *(1 for _user in users))
        calls = [partial(self.sign, server, order_id, token)]
        for user, other_id in zip(users, others, strict=True):
            calls.append(partial(user.confirm, other_id))
        together = Together(calls).finish()
        self.assertEqual(together.failures, [])
        self.assertIn("message=sign_ok", together.results[0]["redirect_url"])
        return order_id, together.seconds

    def is_all_done(self, order_ids, env):
        """Confirmed, with the signed document in the history, and no task left."""
        orders = env["sale.order"].browse(order_ids)
        return (
            set(orders.mapped("state")) == {"sale"}
            and all(self.has_document(order) for order in orders)
            and not env["kam.credit.task"].search_count([])
        )

    def describe_tasks(self, env):
        tasks = env["kam.credit.task"].search([])
        return [(task.kind, task.failures, task.error) for task in tasks]

    def has_document(self, order):
        notes = order.message_ids.filtered(
            lambda m: "signed by Buyer" in (m.body or "")
        )
        return len(notes) == 1 and notes.attachment_ids.mapped("mimetype") == [
            "application/pdf"
        ]

    def test_a_lock_not_had_in_time(self):
        """The customer hears that his order is being checked; it is judged later."""
        self.set_wait(1)
        server = self.serve(2)
        order_id, token = self.make_signable(self.partner_ids[1], 1)
        with self.locked(self.partner_ids[1]):
            start = time.monotonic()
            answer = self.sign(server, order_id, token)
            self.assertLess(time.monotonic() - start, self.REQUEST)
            self.assertIn("message=sign_ok", answer["redirect_url"])
            url = f"{server.base}{answer['redirect_url']}"
            page = urllib.request.urlopen(url, timeout=30).read().decode()
            self.assertIn("It is being checked", page)
            self.assertNotIn("has been confirmed", page)
            self.assertEqual(
                self.do(partial(self.read_order, order_id)), ("sent", True)
            )
        self.assertTrue(self.wait_for(partial(self.is_all_done, [order_id])))

    def test_staff_is_tried_again(self):
        self.set_wait(1)
        server = self.serve(2)
        user = self.browse(server, self.login)
        (order_id,) = self.make_orders(self.partner_ids[1], 1)
        with self.locked(self.partner_ids[1]):
            thread = threading.Thread(target=user.confirm, args=(order_id,))
            thread.start()
            time.sleep(1.5)
        thread.join(MINUTE)
        self.assertEqual(self.do(partial(self.read_order, order_id)), ("sale", False))

    def read_order(self, order_id, env):
        order = env["sale.order"].browse(order_id)
        return order.state, bool(order.signature)

    def set_wait(self, seconds):
        """Wait so long for the lock in this test."""
        with self.transaction() as env:
            env["ir.config_parameter"].set_param(WAIT_PARAMETER, seconds)
        if seconds:
            self.addCleanup(self.set_wait, False)

    @contextmanager
    def locked(self, partner_id):
        """Somebody else decides on the client, and takes his time."""
        with self.race.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            client = env["res.partner"].browse(partner_id).kam_client_id
            env["kam.credit.lock"]._take([(client.id, env.company.id)])
            yield
            cr.rollback()

    def test_two_workers(self):
        self.sign_with(2)

    def test_four_workers(self):
        self.sign_with(4)


class TestMixedRaces(ServerCase):
    """Confirmations against each other, money, limits, releases and imports."""

    def test_mixed_races(self):
        server = self.serve(4)
        lanes = [Lane(self, server, number) for number in range(LANES)]
        threads = [threading.Thread(target=lane.run) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([fault for lane in lanes for fault in lane.faults], [])
        self.assertEqual(sum(lane.rounds for lane in lanes), RACES // LANES * LANES)
        if path := os.environ.get("KAM_FIGURES"):
            waits = sorted(wait for lane in lanes for wait in lane.waits)
            with open(path, "a") as file:
                file.write(
                    f"{RACES} races: {len(waits)} reviewed, up to {waits[-1]} s\n"
                )
        self.assertWhole()


class Lane:
    """Rounds on clients of its own, one after another."""

    def __init__(self, case, server, number):
        self.case = case
        self.server = server
        self.partners = case.partner_ids[number::LANES]
        self.faults, self.waits, self.rounds = [], [], 0
        self.browsers = {
            login: case.browse(server, login)
            for login in (
                case.login,
                "race_support_a",
                "race_controller",
                "race_director",
                "race_accountant",
            )
        }

    def run(self):
        races = (
            self.race_two_orders,
            self.race_limit,
            self.race_payment,
            self.race_lower_limit,
            self.race_release,
            self.race_import,
            self.race_signature,
        )
        for number in range(RACES // LANES):
            race = races[number % len(races)]
            try:
                fault = race(self.partners[number % len(self.partners)])
            except Exception as error:
                fault = repr(error)
            if fault:
                self.faults.append(f"round {number}, {race.__name__}: {fault}")
            self.rounds += 1

    def together(self, *calls):
        together = Together(calls).finish()
        if together.failures:
            raise together.failures[0]
        return together

    def confirm(self, order_id, login=None):
        return partial(self.browsers[login or self.case.login].confirm, order_id)

    def states(self, *order_ids):
        return self.case.do(
            lambda env: sorted(
                (order.state, order.credit_state)
                for order in env["sale.order"].browse(order_ids)
            )
        )

    def clear(self, *order_ids):
        """Make room for the next round."""
        self.case.do(
            lambda env: (
                env["sale.order"]
                .browse(order_ids)
                .filtered(lambda order: order.state != "cancel")
                ._action_cancel()
            )
        )

    def line_of(self, partner_id, limit=None):
        """Id of the credit line; on request with another limit."""

        def find(env):
            client = env["res.partner"].browse(partner_id).kam_client_id
            line = env["kam.credit.line"].search([("client_id", "=", client.id)])
            if limit is not None:
                line.limit = limit
            return line.id

        return self.case.do(find)

    def one_passed(self, *order_ids):
        states = self.states(*order_ids)
        self.clear(*order_ids)
        if [state for state, _credit in states].count("sale") != 1:
            return f"not one of two passed: {states}"
        if any(credit == "none" for _state, credit in states):
            return f"undecided: {states}"
        return None

    def reviewed(self, order_id):
        """The order went out at once, or is held and is freed within a minute."""

        def is_free(env):
            order = env["sale.order"].browse(order_id)
            return order.state == "sale" or order.credit_state == "pass"

        seconds = self.case.wait_for(is_free)
        states = self.states(order_id)
        self.clear(order_id)
        if seconds is None:
            return f"not reviewed within a minute: {states}"
        self.waits.append(round(seconds, 1))
        return None

    def race_two_orders(self, partner_id):
        orders = self.case.make_orders(partner_id, AMOUNT, AMOUNT)
        self.together(
            self.confirm(orders[0]), self.confirm(orders[1], "race_support_a")
        )
        return self.one_passed(*orders)

    def race_limit(self, partner_id):
        (order,) = self.case.make_orders(partner_id, 2 * LIMIT)
        line = self.line_of(partner_id)
        raising = partial(
            self.browsers["race_director"].run,
            "kam.credit.line",
            "action_set",
            [line],
            {"limit": 2 * LIMIT},
            "A better year",
        )
        self.together(self.confirm(order), raising)
        fault = self.reviewed(order)
        self.line_of(partner_id, LIMIT)
        return fault

    def race_payment(self, partner_id):
        (order,) = self.case.make_orders(partner_id, AMOUNT)

        def owe(env):
            # the factories of the case work on the environment of its class, which
            # the other lane uses as well
            factory = type("Factory", (type(self.case),), {"env": env})
            factory.company = env.company
            factory.today = self.case.today
            factory.product = env["product.product"].browse(self.case.product_id)
            partner = env["res.partner"].browse(partner_id)
            factory.make_invoice(partner, LIMIT / 2, due=self.case.day(30))
            return factory.make_receipt(LIMIT / 2, partner).id

        receipt = self.case.do(owe)
        posting = partial(
            self.browsers["race_accountant"].run,
            "account.move",
            "action_post",
            [receipt],
        )
        self.together(self.confirm(order), posting)
        return self.reviewed(order)

    def race_lower_limit(self, partner_id):
        (order,) = self.case.make_orders(partner_id, AMOUNT)
        line = self.line_of(partner_id)
        lowering = partial(
            self.browsers["race_director"].run,
            "kam.credit.line",
            "action_set",
            [line],
            {"limit": LIMIT / 2},
            "A worse year",
        )
        self.together(self.confirm(order), lowering)

        def is_as_decided(env):
            record = env["sale.order"].browse(order)
            limit = record.credit_decision_id.limit
            return (record.state == "sale") == (limit == LIMIT)

        fault = None
        if not self.case.do(is_as_decided):
            fault = f"not as decided: {self.states(order)}"
        self.clear(order)
        self.line_of(partner_id, LIMIT)
        return fault

    def race_release(self, partner_id):
        """A release counts when its order goes out; both are decided for certain."""
        large, small = self.case.make_orders(partner_id, 2 * LIMIT, AMOUNT)
        self.browsers[self.case.login].confirm(large)
        decision = self.case.do(
            lambda env: env["sale.order"].browse(large).credit_decision_id.id
        )
        releasing = partial(
            self.browsers["race_director"].run,
            "kam.credit.decision",
            "action_release",
            [decision],
            "Paid tomorrow",
        )
        self.together(self.confirm(small), releasing)
        self.browsers["race_support_a"].confirm(large)
        states = self.states(large, small)
        self.clear(large, small)
        if states != [("sale", "pass"), ("sale", "released")]:
            return f"lost: {states}"
        return None

    def race_import(self, partner_id):
        orders = self.case.make_orders(partner_id, AMOUNT, AMOUNT)
        browser = self.browsers["race_support_a"]
        rows = [[str(orders[0]), "sale"]]
        importing = partial(browser.run, "sale.order", "load", [".id", "state"], rows)
        together = self.together(importing, self.confirm(orders[1]))
        if not together.results[0]["ids"]:
            return together.results[0]["messages"]
        return self.one_passed(*orders)

    def race_signature(self, partner_id):
        signed, token = self.case.make_signable(partner_id, AMOUNT)
        (other,) = self.case.make_orders(partner_id, AMOUNT)
        self.together(
            partial(self.case.sign, self.server, signed, token), self.confirm(other)
        )
        self.case.wait_for(
            lambda env: env["sale.order"].browse(signed).credit_decision_id.id
        )
        return self.one_passed(signed, other)
