"""Every way an order can become confirmed passes the gate."""

import json
from contextlib import suppress

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import JsonRpcException

from ..common import KamCommon, KamHttpCase

UNJUDGED = {"kam_history_import": True}


class GateCase(KamCommon):
    """A client with 100,000 of credit."""

    def setUp(self):
        super().setUp()
        self.client = self.make_limited(100_000)
        self.partner = self.client.partner_ids

    def order_vals(self, amount, **vals):
        line = self.line_vals(price_unit=amount)
        return {
            "partner_id": self.partner.id,
            "user_id": self.kam.id,
            "order_line": [Command.create(line)],
            **vals,
        }


class TestButton(GateCase):
    def test_an_order_that_fits_is_confirmed(self):
        order = self.make_order(self.partner, 100_000)
        self.assertIs(self.confirm(order), True)
        self.assertPassed(order)

    def test_a_held_order_stays_a_quotation_and_says_so(self):
        order = self.make_order(self.partner, 100_000.01)
        result = self.confirm(order)
        self.assertHeld(order, "limit")
        self.assertEqual(order.state, "draft")
        self.assertEqual(result["type"], "ir.actions.client")
        self.assertEqual(result["tag"], "display_notification")
        self.assertIn(order.name, json.dumps(result, default=str))

    def test_a_sent_quotation_stays_sent(self):
        order = self.make_order(self.partner, 100_000.01)
        order.action_quotation_sent()
        self.confirm(order)
        self.assertHeld(order, "limit")
        self.assertEqual(order.state, "sent")

    def test_every_role_that_may_confirm_is_judged(self):
        people = self.kam | self.support | self.director | self.administrator
        for user in people:
            with self.subTest(user.login):
                order = self.make_order(self.partner, 100_001)
                with suppress(UserError):  # a role without sales rights
                    self.confirm(order, user)
                order.invalidate_recordset()
                self.assertNotEqual(order.state, "sale")

    def test_superuser_code_is_judged(self):
        order = self.make_order(self.partner, 100_001)
        order.sudo().action_confirm()
        self.assertHeld(order, "limit")

    def test_each_try_is_judged_on_fresh_figures(self):
        order = self.make_order(self.partner, 100_001)
        self.confirm(order)
        self.assertHeld(order, "limit")
        order.order_line.price_unit = 100_000
        self.confirm(order)
        self.assertPassed(order)
        first, second = order.credit_decision_ids.sorted("id")
        self.assertEqual((first.state, second.state), ("superseded", "open"))
        self.assertEqual(order.credit_decision_id, second)

    def test_who_confirmed_is_written_down(self):
        order = self.make_order(self.partner, 10)
        self.confirm(order)
        self.assertEqual(order.credit_decision_id.user_id, self.kam)
        self.assertTrue(order.credit_decision_id.date)

    def test_core_checks_still_speak(self):
        order = self.make_order(self.partner, 10)
        order._action_cancel()
        with self.assertRaises(UserError):
            self.confirm(order)

    def test_the_list_action_confirms_what_fits(self):
        big = self.make_order(self.partner, 100_001)
        small = self.make_order(self.partner, 100_000)
        result = (big | small).with_user(self.kam).action_confirm_selected()
        self.assertHeld(big, "limit")
        self.assertPassed(small)
        text = json.dumps(result, default=str)
        self.assertIn(big.name, text)
        self.assertNotIn("Traceback", text)

    def test_a_held_order_sends_no_confirmation(self):
        order = self.make_order(self.partner, 100_001)
        before = order.message_ids
        order.with_context(send_email=True).action_confirm()
        sent = (order.message_ids - before).filtered(
            lambda message: order.partner_id in message.partner_ids
        )
        self.assertHeld(order, "limit")
        self.assertFalse(sent)

    def test_no_override_of_confirm_sees_a_held_order(self):
        """Core addons book or print before ``super()``."""
        seen = []

        class Eager:
            __slots__ = ()

            def action_confirm(self):
                seen.extend(self.ids)
                return super().action_confirm()

        model = type(self.env["sale.order"])
        bases = model.__bases__

        def restore():
            self.env["sale.order"]._unregister_hook()
            model.__bases__ = bases
            self.env["sale.order"]._register_hook()

        self.env["sale.order"]._unregister_hook()
        self.addCleanup(restore)
        model.__bases__ = (Eager, *bases)
        self.env["sale.order"]._register_hook()
        held = self.make_order(self.partner, 100_001)
        passed = self.make_order(self.partner, 100_000)
        (held | passed).action_confirm()
        self.assertEqual(seen, passed.ids)
        self.assertPassed(passed)
        self.assertHeld(held, "limit")
        self.assertEqual(len(passed.credit_decision_ids), 1)


class TestWriteAndCreate(GateCase):
    def test_writing_the_state_is_judged(self):
        order = self.make_order(self.partner, 100_001)
        order.with_user(self.kam).write({"state": "sale"})
        self.assertHeld(order, "limit")
        self.assertEqual(order.state, "draft")

    def test_writing_the_state_of_an_order_that_fits(self):
        order = self.make_order(self.partner, 100_000)
        order.with_user(self.kam).write({"state": "sale"})
        self.assertPassed(order)

    def test_what_else_is_written_counts_and_stays(self):
        order = self.make_order(self.partner, 90_000)
        extra = Command.create(self.line_vals(price_unit=20_000))
        order.with_user(self.kam).write(
            {"state": "sale", "client_order_ref": "PO 7", "order_line": [extra]}
        )
        self.assertHeld(order, "limit")
        self.assertEqual(order.client_order_ref, "PO 7")
        self.assertMoney(order, amount_total=110_000)
        self.assertMoney(order.credit_decision_id, order_amount=110_000)

    def test_a_cancelled_order_is_no_way_in(self):
        order = self.make_order(self.partner, 100_001)
        order._action_cancel()
        order.with_user(self.kam).write({"state": "sale"})
        self.assertNotEqual(order.state, "sale")
        self.assertEqual(order.credit_state, "hold")

    def test_creating_a_confirmed_order_is_judged(self):
        orders = self.env["sale.order"].with_user(self.kam)
        order = orders.create(self.order_vals(100_001, state="sale"))
        self.assertHeld(order, "limit")
        self.assertEqual(order.state, "draft")

    def test_creating_a_confirmed_order_that_fits(self):
        orders = self.env["sale.order"].with_user(self.kam)
        order = orders.create(self.order_vals(100_000, state="sale"))
        self.assertPassed(order)
        self.assertMoney(order, credit_rest=100_000)

    def test_the_default_state_of_the_context_is_judged(self):
        orders = self.env["sale.order"].with_user(self.kam)
        order = orders.with_context(default_state="sale").create(
            self.order_vals(100_001)
        )
        self.assertHeld(order, "limit")

    def test_lines_created_after_a_confirmed_header_are_judged(self):
        order = (
            self.env["sale.order"]
            .with_user(self.kam)
            .create(self.order_vals(10, state="sale", order_line=[]))
        )
        self.env["sale.order.line"].with_user(self.kam).create(
            {**self.line_vals(price_unit=100_001), "order_id": order.id}
        )
        order.invalidate_recordset()
        self.assertEqual(order.credit_state, "hold")

    def test_a_copy_is_a_fresh_quotation(self):
        order = self.make_order(self.partner, 60_000)
        self.confirm(order)
        copy = order.with_user(self.kam).copy()
        self.assertEqual((copy.state, copy.credit_state), ("draft", "none"))
        self.assertFalse(copy.credit_decision_id | copy.credit_decision_ids)
        self.confirm(copy)
        self.assertHeld(copy, "limit")

    def test_a_copy_confirmed_on_the_spot_is_judged(self):
        order = self.make_order(self.partner, 60_000)
        self.confirm(order)
        copy = order.with_user(self.kam).copy({"state": "sale"})
        self.assertHeld(copy, "limit")

    def test_import_of_confirmed_orders_is_judged(self):
        names = (
            "partner_id/.id",
            "state",
            "user_id/.id",
            "order_line/product_id/.id",
            "order_line/product_uom_qty",
            "order_line/price_unit",
        )
        orders = self.env["sale.order"].with_user(self.kam)
        common = (str(self.partner.id), "Sales Order", str(self.kam.id))
        goods = (str(self.product.id), "1")
        result = orders.load(
            list(names),
            [[*common, *goods, "80000"], [*common, *goods, "80001"]],
        )
        self.assertFalse(result["messages"])
        first, second = orders.sudo().browse(result["ids"])
        self.assertPassed(first)
        self.assertHeld(second, "limit")


class TestNoWayRound(GateCase):
    def test_the_context_of_a_user_opens_nothing(self):
        for user in (self.kam, self.support, self.administrator):
            order = self.make_order(self.partner, 100_001)
            mine = order.with_user(user).with_context(**UNJUDGED)
            with suppress(UserError):  # a role without sales rights
                mine.action_confirm()
            with suppress(UserError):
                mine.write({"state": "sale"})
            order.invalidate_recordset()
            self.assertNotEqual(order.state, "sale")

    def test_the_context_of_a_user_creates_nothing_confirmed(self):
        orders = self.env["sale.order"].with_user(self.kam).with_context(**UNJUDGED)
        order = orders.create(self.order_vals(100_001, state="sale"))
        self.assertHeld(order, "limit")

    def test_nor_through_code_that_lends_rights(self):
        order = self.make_order(self.partner, 100_001)
        mine = order.with_user(self.kam).with_context(**UNJUDGED)
        mine.sudo().action_confirm()
        self.assertHeld(order, "limit")

    def test_superuser_code_may_load_history(self):
        order = self.make_order(self.partner, 100_001)
        order.sudo().with_context(**UNJUDGED).action_confirm()
        order.invalidate_recordset()
        self.assertEqual((order.state, order.credit_state), ("sale", "none"))
        self.assertFalse(order.credit_decision_ids)
        self.assertMoney(order, credit_rest=100_001)

    def test_what_the_room_writes_no_user_writes(self):
        order = self.make_order(self.partner, 100_001)
        other = self.make_client("Other")
        self.confirm(order)
        vals = {
            "credit_state": "released",
            "credit_decision_id": False,
            "credit_rest": 0,
            "credit_rest_closed": True,
            "kam_client_id": other.id,
        }
        for user in (self.kam, self.support, self.director, self.administrator):
            for name, value in vals.items():
                with self.subTest(f"{name} by {user.login}"):
                    with self.assertRaises(UserError):
                        order.with_user(user).write({name: value})
        self.assertHeld(order, "limit")
        self.assertEqual(order.kam_client_id, self.client)

    def test_what_the_room_writes_no_user_creates(self):
        decision = self.make_order(self.partner, 10)._credit_evaluate()
        vals = {
            "credit_state": "released",
            "credit_decision_id": decision.id,
            "credit_decision_ids": [Command.link(decision.id)],
            "credit_rest": -1,
        }
        orders = self.env["sale.order"].with_user(self.kam)
        for name, value in vals.items():
            with self.subTest(name), self.assertRaises(UserError):
                orders.create(self.order_vals(10, **{name: value}))

    def test_stored_totals_a_user_could_write_are_not_believed(self):
        for name, value in (
            ("amount_total", 1),
            ("amount_untaxed", 1),
            ("currency_rate", 1000),
        ):
            with self.subTest(name):
                order = self.make_order(self.partner, 100_001)
                with suppress(UserError):  # refused, or written and not believed
                    order.with_user(self.kam).write({name: value})
                    self.env.flush_all()
                self.confirm(order)
                self.assertHeld(order, "limit")
                self.assertMoney(order.credit_decision_id, order_amount=100_001)

    def test_stored_totals_of_confirmed_orders_are_not_believed(self):
        order = self.make_order(self.partner, 60_000)
        self.confirm(order)
        line = order.order_line
        for record, vals in (
            (order, {"amount_total": 1}),
            (order, {"currency_rate": 1000}),
            (order, {"invoice_status": "invoiced"}),
            (line, {"price_total": 1, "price_subtotal": 1}),
            (line, {"qty_invoiced": 1}),
        ):
            with suppress(UserError):  # refused, or written and not believed
                record.with_user(self.kam).write(vals)
                self.env.flush_all()
        self.assertMoney(self.judge(self.client), uninvoiced=60_000)

    def test_totals_given_at_creation_are_not_believed(self):
        orders = self.env["sale.order"].with_user(self.kam)
        with suppress(UserError):  # refused, or written and not believed
            order = orders.create(
                self.order_vals(100_001, amount_total=1, currency_rate=1e6)
            )
            self.confirm(order)
            self.assertHeld(order, "limit")

    def test_defaults_in_the_context_are_not_believed(self):
        defaults = {
            "default_amount_total": 1,
            "default_currency_rate": 1e6,
            "default_credit_state": "released",
            "default_credit_rest": 1,
            "default_credit_rest_closed": True,
            "default_price_total": 1,
            "default_price_subtotal": 1,
            "default_qty_invoiced_posted": 1,
            "default_amount_invoiced": 100_001,
        }
        orders = self.env["sale.order"].with_user(self.kam).with_context(**defaults)
        order = orders.create(self.order_vals(100_001))
        self.assertEqual(order.sudo().credit_state, "none")
        self.confirm(order)
        self.assertHeld(order, "limit")
        self.assertMoney(order.credit_decision_id, order_amount=100_001)
        fits = orders.create(self.order_vals(60_000, state="sale"))
        self.assertPassed(fits)
        self.assertMoney(self.judge(self.client), uninvoiced=60_000)

    def test_a_decided_order_is_cancelled_and_not_deleted(self):
        order = self.make_order(self.partner, 100_001)
        self.confirm(order)
        with self.assertRaisesRegex(UserError, "(?i)cancel"):
            order.unlink()
        self.assertTrue(order.exists().credit_decision_id.exists())

    def test_an_order_never_judged_may_be_deleted(self):
        order = self.make_order(self.partner, 10)
        order.unlink()
        self.assertFalse(order.exists())


class TestRemoteCalls(KamHttpCase):
    """The same through XML-RPC and the JSON-RPC of the web client."""

    def setUp(self):
        super().setUp()
        self.client = self.make_limited(100_000)
        self.order = self.make_order(self.client.partner_ids, 100_001)
        self.order.require_payment = False
        self.env.flush_all()

    def xmlrpc(self, method, *args, **kwargs):
        return self.xmlrpc_object.execute_kw(
            self.env.cr.dbname,
            self.kam.id,
            self.kam.login,
            "sale.order",
            method,
            list(args),
            kwargs,
        )

    def jsonrpc(self, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/sale.order/{method}",
            {"model": "sale.order", "method": method, "args": args, "kwargs": kwargs},
        )

    def test_xmlrpc_confirm(self):
        self.assertTrue(self.xmlrpc("action_confirm", self.order.ids))
        self.assertHeld(self.order, "limit")

    def test_xmlrpc_write(self):
        context = {"kam_history_import": True}
        self.xmlrpc("write", self.order.ids, {"state": "sale"}, context=context)
        self.assertHeld(self.order, "limit")

    def test_jsonrpc_confirm_and_write(self):
        self.authenticate(self.kam.login, self.kam.login)
        context = {"kam_history_import": True}
        self.jsonrpc("action_confirm", self.order.ids, context=context)
        self.assertHeld(self.order, "limit")
        self.jsonrpc("write", self.order.ids, {"state": "sale"}, context=context)
        self.assertHeld(self.order, "limit")

    def test_jsonrpc_cannot_write_the_decision(self):
        self.authenticate(self.kam.login, self.kam.login)
        with self.assertRaises(JsonRpcException):
            self.jsonrpc("write", self.order.ids, {"credit_state": "pass"})
        with self.assertRaises(JsonRpcException):
            self.jsonrpc("_credit_evaluate", self.order.ids)
        self.order.invalidate_recordset()
        self.assertEqual(self.order.credit_state, "none")

    def test_jsonrpc_create_with_default_state(self):
        self.authenticate(self.kam.login, self.kam.login)
        vals = {
            "partner_id": self.client.partner_ids.id,
            "order_line": [[0, 0, self.line_vals(price_unit=100_001)]],
        }
        context = {"default_state": "sale", "kam_history_import": True}
        order_id = self.jsonrpc("create", vals, context=context)
        order = self.env["sale.order"].browse(order_id)
        self.assertHeld(order, "limit")
