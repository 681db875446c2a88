"""Rights of a substitute begin and end by the clock alone, with warm caches."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import JsonRpcException
from odoo.tools import mute_logger

from ..common import KamCommon, KamHttpCase
from .roles import RIGHTS, Roles

CORE = ("sale.order", "sale.order.line", "crm.lead")
# The manager's own figures, cards and remarks, which no substitute sees.
PERSONAL = (
    "kam.pay",
    "kam.plan",
    "kam.remark",
    "kam.report",
    "kam.sales.forecast",
    "kam.sales.plan",
    "kam.scorecard",
    "kam.visit.plan.report",
)


class SubstituteCase(Roles):
    @classmethod
    def setup_substitute(cls):
        cls.setup_roles()
        cls.env["crm.lead"].create(
            {"name": "Lead", "partner_id": cls.partner_a.id, "user_id": cls.kam.id}
        )
        cls.substitution = cls.env["kam.substitution"].create(
            {
                "absent_user_id": cls.kam.id,
                "substitute_user_id": cls.other_kam.id,
                "date_from": cls.today + timedelta(days=2),
                "date_to": cls.today + timedelta(days=3),
            }
        )
        cls.substitution.with_user(cls.head).action_confirm()
        cls.start, cls.end = cls.substitution.start_at, cls.substitution.end_at
        cls.env.flush_all()


class TestSubstitutionRights(SubstituteCase, KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_substitute()
        models = [
            name
            for name, rights in RIGHTS.items()
            if "r" in rights.get("kam", "")
            and "r" not in rights.get("other_kam", "")
            and name not in ("kam.client", "kam.substitution")
        ]
        cls.personal = [
            cls.sample(name) for name in models if name.startswith(PERSONAL)
        ]
        models = [name for name in models if not name.startswith(PERSONAL)]
        cls.samples = [cls.sample(name) for name in models]
        cls.samples.append(cls.client_a)
        cls.samples += [
            cls.env[name].search(
                [("order_id.kam_client_id", "=", cls.client_a.id)]
                if name == "sale.order.line"
                else [("kam_client_id", "=", cls.client_a.id)],
                limit=1,
            )
            for name in CORE
        ]
        cls.env.flush_all()

    def seen(self, moment, user=None, **context):
        """Names of the models whose record the user finds and reads at a moment."""
        found, read = set(), set()
        with freeze_time(moment):
            self.env.invalidate_all()
            for sample in self.samples:
                record = sample.with_user(user or self.other_kam)
                # rows of the aging of another day are other records
                record = record.with_context(to_date=str(self.today), **context)
                if record.search([("id", "=", record.id)]):
                    found.add(record._name)
                try:
                    record.read(["display_name"])
                    read.add(record._name)
                except AccessError:
                    continue
        self.assertEqual(found, read, "searching and reading agree")
        return found

    def test_rights_go_with_the_clock_both_ways(self):
        everything = {sample._name for sample in self.samples}
        self.assertIn("kam.credit.decision", everything)
        second = timedelta(seconds=1)
        for moment, seen in (
            (self.start - second, set()),
            (self.start, everything),
            (self.end - second, everything),
            (self.end, set()),
            (self.start, everything),
            (self.start - second, set()),
        ):
            with self.subTest(moment=moment):
                self.assertEqual(self.seen(moment), seen)

    def test_plans_cards_and_remarks_are_not_reached(self):
        self.assertTrue(self.personal)
        with freeze_time(self.start):
            self.env.invalidate_all()
            for record in self.personal:
                with self.subTest(record._name):
                    domain = [("id", "=", record.id)]
                    self.assertFalse(record.with_user(self.other_kam).search(domain))

    def test_weekly_plan_is_read_and_not_changed(self):
        with freeze_time(self.start):
            self.env.invalidate_all()
            plan = self.plan_a.with_user(self.other_kam)
            self.assertEqual(plan.substitute_user_ids, self.other_kam)
            self.assertFalse(plan.can_change)
            for refused in (
                lambda: plan.write({"note": "Mine"}),
                plan.action_generate,
                plan.action_submit,
                plan.unlink,
            ):
                with self.assertRaises(AccessError):
                    refused()
        self.assertTrue(self.plan_a.with_user(self.kam).can_change)

    def test_weekly_plan_takes_all_clients(self):
        self.substitution.write({"scope": "selected", "client_ids": self.client_a.ids})
        seen = self.seen(self.start)
        self.assertIn("kam.visit", seen)
        self.assertFalse({"kam.visit.plan", "kam.visit.plan.exception"} & seen)

    def test_time_zone_of_the_caller_changes_nothing(self):
        second = timedelta(seconds=1)
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            self.assertFalse(self.seen(self.start - second, tz=zone))
            self.assertFalse(self.seen(self.end, tz=zone))

    def test_absent_manager_and_others_keep_what_they_have(self):
        mine = self.seen(self.start, self.kam)
        self.assertEqual(mine, {sample._name for sample in self.samples})
        self.assertFalse(self.seen(self.start, self.other_head))

    def test_client_that_changed_hands_leaves_at_once(self):
        clients = self.env["kam.client"].search([("manager_id", "=", self.kam.id)])
        clients.manager_id = self.head
        plans = {"kam.visit.plan"}  # they are the manager's, whatever clients he has
        self.assertEqual(self.seen(self.start), plans)

    def test_selected_clients_only(self):
        other = self.make_client("Not selected")
        self.substitution.write({"scope": "selected", "client_ids": other.ids})
        self.assertFalse(self.seen(self.start))
        self.substitution.client_ids |= self.client_a
        self.assertTrue(self.seen(self.start))

    def test_not_transitive(self):
        cid = self.make_user("kam_cid_third", "user")
        self.env["kam.substitution"].create(
            {
                "absent_user_id": self.other_kam.id,
                "substitute_user_id": cid.id,
                "date_from": self.substitution.date_from,
                "date_to": self.substitution.date_to,
                "scope": "all",
            }
        ).sudo().decision = "confirmed"
        self.assertFalse(self.seen(self.start, cid))

    def test_invoices_are_not_reached(self):
        with freeze_time(self.start):
            self.env.invalidate_all()
            invoices = self.env["account.move"].with_user(self.other_kam)
            self.assertFalse(invoices.search([("id", "=", self.invoice_a.id)]))
            self.assertFalse(invoices.browse(self.invoice_a.id).has_access("read"))

    def test_substitute_works_with_the_client(self):
        with freeze_time(self.start):
            self.env.invalidate_all()
            client = self.client_a.with_user(self.other_kam)
            client.note = "Called back"
            self.assertEqual(client.acting_user_ids, self.kam | self.other_kam)
            self.assertEqual(client.substitute_user_ids, self.other_kam)
            order = self.confirmed_a.with_user(self.other_kam)
            order.client_order_ref = "PO 7"
            with self.assertRaises(AccessError):
                client.manager_id = self.other_kam

    def take(self, user, amount):
        """An order of the client as the user enters it."""
        orders = self.env["sale.order"].with_user(user)
        return orders.create(
            {
                "partner_id": self.partner_a.id,
                "order_line": [Command.create(self.line_vals(price_unit=amount))],
            }
        ).with_env(self.env)

    def test_order_of_a_substitute_stays_the_absent_managers(self):
        with freeze_time(self.start):
            self.env.invalidate_all()
            order = self.take(self.other_kam, 10)
        self.assertEqual(
            (order.taken_by_id, order.user_id, order.on_behalf_of_id),
            (self.other_kam, self.kam, self.kam),
        )
        self.assertIn("on behalf of", order.message_ids[0].body)

    def test_order_of_a_substitute_may_be_his_own(self):
        self.company.kam_substitute_keeps_owner = False
        with freeze_time(self.start):
            self.env.invalidate_all()
            order = self.take(self.other_kam, 10)
        self.assertEqual(
            (order.taken_by_id, order.user_id, order.on_behalf_of_id),
            (self.other_kam, self.other_kam, self.kam),
        )

    def test_own_orders_are_on_nobodys_behalf(self):
        with freeze_time(self.start):
            self.env.invalidate_all()
            order = self.take(self.kam, 10)
            self.assertEqual((order.taken_by_id, order.user_id), (self.kam, self.kam))
            self.assertFalse(order.on_behalf_of_id)

    def test_nobody_forges_who_took_an_order(self):
        forged = {"taken_by_id": self.head.id, "on_behalf_of_id": self.head.id}
        orders = self.env["sale.order"].with_user(self.kam)
        with self.assertRaises(AccessError):
            orders.create({"partner_id": self.partner_a.id, **forged})
        proposed = {f"default_{name}": value for name, value in forged.items()}
        order = orders.with_context(**proposed).create(
            {"partner_id": self.partner_a.id}
        )
        self.assertEqual(
            (order.taken_by_id, order.on_behalf_of_id.id), (self.kam, False)
        )

    def test_decision_names_the_absent_manager(self):
        with freeze_time(self.start):
            self.env.invalidate_all()
            order = self.take(self.other_kam, 9000)
            self.confirm(order, self.other_kam)
        decision = order.credit_decision_id
        self.assertEqual(
            (decision.user_id, decision.on_behalf_of_id), (self.other_kam, self.kam)
        )


class TestSubstitutionRightsRpc(SubstituteCase, KamHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_substitute()

    def reads(self):
        self.env.flush_all()
        params = {
            "model": "kam.client",
            "method": "read",
            "args": [self.client_a.ids, ["name"]],
            "kwargs": {"context": {"tz": "Pacific/Kiritimati"}},
        }
        try:
            with mute_logger("odoo.http"):
                return bool(
                    self.make_jsonrpc_request(
                        "/web/dataset/call_kw/kam.client/read", params
                    )
                )
        except JsonRpcException:
            return False

    def test_rights_begin_and_end_between_two_requests(self):
        self.authenticate(self.other_kam.login, self.other_kam.login)
        now = fields.Datetime.now()
        hour = timedelta(hours=1)
        for start, end, expected in (
            (now + hour, now + 2 * hour, False),
            (now - hour, now + hour, True),
            (now - 2 * hour, now - hour, False),
            (now - hour, now + hour, True),
        ):
            self.substitution.write({"start_at": start, "end_at": end})
            self.assertEqual(self.reads(), expected)
        self.substitution.with_user(self.head).action_end()
        self.assertFalse(self.reads())
