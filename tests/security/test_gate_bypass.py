"""Ways round the gate that stay inside what a user may write or call."""

from contextlib import suppress

from odoo.exceptions import UserError
from odoo.fields import Command

from ..common import KamCommon


class BypassCase(KamCommon):
    """A client with 1,000 of credit; its manager may edit contacts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        editor = cls.env.ref("base.group_partner_manager")
        cls.kam.group_ids = [Command.link(editor.id)]

    def setUp(self):
        super().setUp()
        self.client = self.make_limited(1000)
        self.partner = self.client.partner_ids

    def order_vals(self, amount, **vals):
        line = self.line_vals(price_unit=amount)
        return {
            "partner_id": self.partner.id,
            "user_id": self.kam.id,
            "order_line": [Command.create(line)],
            **vals,
        }

    def try_to(self, action, *args, **kwargs):
        """Do it if it is not refused; either is fine, the gate must hold."""
        with suppress(UserError), self.env.cr.savepoint():
            result = action(*args, **kwargs)
            self.env.flush_all()
            return result

    def assertStillHeld(self, order, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        self.try_to(self.confirm, order, user)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((order.state, order.credit_state), ("draft", "hold"))

    def assertUninvoiced(self, amount):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertMoney(self.judge(self.client), uninvoiced=amount)


class TestPlainSaving(BypassCase):
    def test_empty_lists_of_the_web_client_are_no_forgery(self):
        """The form sends empty links along with a new line."""
        vals = self.order_vals(100)
        vals["order_line"][0][2]["invoice_lines"] = []
        order = self.env["sale.order"].with_user(self.kam).create(vals)
        self.assertEqual(order.amount_total, 100)


class TestDefaults(BypassCase):
    """Defaults of the context and of ``ir.default`` are values a user chooses."""

    def create_with(self, **defaults):
        context = {f"default_{name}": value for name, value in defaults.items()}
        orders = self.env["sale.order"].with_user(self.kam).with_context(**context)
        return self.try_to(orders.create, self.order_vals(1500))

    def assertNoWay(self, **defaults):
        order = self.create_with(**defaults)
        if order:
            self.assertStillHeld(order.sudo().with_env(self.env))

    def test_a_closed_rest_by_default(self):
        self.assertNoWay(credit_rest_closed=True)

    def test_somebody_elses_release_by_default(self):
        held = self.make_order(self.partner, 1500)
        self.confirm(held)
        held.credit_decision_id.with_user(self.controller).action_release("Good")
        self.assertNoWay(credit_decision_id=held.credit_decision_id.id)

    def test_totals_and_states_by_default(self):
        for defaults in (
            {"amount_total": 1},
            {"currency_rate": 1e6},
            {"credit_state": "released"},
            {"credit_rest": 0},
            {"kam_client_id": False},
            {"price_total": 1, "price_subtotal": 1},
            {"qty_invoiced": 1},
            {"amount_invoiced": 5000},
            {"qty_invoiced_posted": 5},
        ):
            with self.subTest("/".join(defaults)):
                self.assertNoWay(**defaults)

    def test_a_closed_rest_by_a_users_own_default(self):
        self.env["ir.default"].with_user(self.kam).set(
            "sale.order", "credit_rest_closed", True, user_id=True
        )
        orders = self.env["sale.order"].with_user(self.kam)
        order = self.try_to(orders.create, self.order_vals(1500))
        if order:
            self.assertStillHeld(order.sudo().with_env(self.env))

    def test_an_order_line_whose_order_comes_by_default(self):
        order = self.make_order(self.partner, 900)
        self.confirm(order)
        lines = self.env["sale.order.line"].with_user(self.kam)
        lines = lines.with_context(default_order_id=order.id)
        self.try_to(lines.create, self.line_vals(price_unit=5000))
        self.env.invalidate_all()
        if order.amount_total > 900:
            self.assertTrue(order._is_credit_stopped())


class TestFiguresOfTheOrder(BypassCase):
    """What an order adds is taken from its lines and posted invoices."""

    def test_invoiced_amounts_written_with_the_state(self):
        for name, value in (("amount_invoiced", 1500), ("qty_invoiced_posted", 1)):
            with self.subTest(name):
                order = self.make_order(self.partner, 1500)
                line = Command.update(order.order_line.id, {name: value})
                self.try_to(
                    order.with_user(self.kam).write,
                    {"order_line": [line], "state": "sale"},
                )
                self.assertStillHeld(order)

    def test_invoiced_amounts_given_with_the_line(self):
        for name, value in (("amount_invoiced", 1500), ("qty_invoiced_posted", 1)):
            with self.subTest(name):
                line = self.line_vals(price_unit=1500, **{name: value})
                vals = {"order_line": [Command.create(line)], "state": "sale"}
                orders = self.env["sale.order"].with_user(self.kam)
                order = self.try_to(orders.create, {**self.order_vals(0), **vals})
                if order:
                    self.assertStillHeld(order.sudo().with_env(self.env))

    def test_an_invoice_line_of_somebody_else(self):
        invoice = self.make_invoice(self.make_partner("Stranger"), 5000)
        link = {"invoice_lines": [Command.set(invoice.invoice_line_ids.ids)]}
        order = self.make_order(self.partner, 1500)
        self.try_to(order.order_line.with_user(self.kam).write, link)
        self.assertStillHeld(order)

    def test_an_invoice_line_given_with_the_order(self):
        invoice = self.make_invoice(self.make_partner("Stranger"), 5000)
        link = {"invoice_lines": [Command.set(invoice.invoice_line_ids.ids)]}
        line = self.line_vals(price_unit=1500, **link)
        vals = self.order_vals(0, order_line=[Command.create(line)])
        orders = self.env["sale.order"].with_user(self.kam)
        order = self.try_to(orders.create, vals)
        if order:
            self.assertStillHeld(order.sudo().with_env(self.env))

    def test_an_accountant_links_an_order_to_its_invoice(self):
        self.kam.group_ids |= self.env.ref("account.group_account_invoice")
        invoice = self.make_invoice(self.partner, 100)
        order = self.make_order(self.partner, 100)
        line = order.order_line.with_user(self.kam)
        line.invoice_lines = invoice.invoice_line_ids
        self.assertEqual(order.invoice_ids, invoice)

    def test_goods_called_a_down_payment(self):
        order = self.make_order(
            self.partner, lines=[{"price_unit": 1}, {"price_unit": 900}]
        )
        self.confirm(order)
        small, big = order.order_line
        move = order._create_invoices()
        move.invoice_line_ids.filtered(lambda i: i.sale_line_ids == big).unlink()
        self.post(move)
        self.try_to(big.with_user(self.kam).write, {"is_downpayment": True})
        self.env.add_to_compute(order._fields["credit_rest"], order)
        self.assertUninvoiced(900)
        self.assertFalse(order._check_credit_rest())

    def test_a_line_moved_into_a_confirmed_order(self):
        confirmed = self.make_order(self.partner, 900)
        self.confirm(confirmed)
        other = self.make_order(self.partner, 5000)
        self.try_to(
            other.order_line.with_user(self.kam).write, {"order_id": confirmed.id}
        )
        self.env.invalidate_all()
        if confirmed.amount_total > 900:
            self.assertTrue(confirmed._is_credit_stopped())

    def test_prices_updated_by_the_button(self):
        order = self.make_order(self.partner, 900)
        self.confirm(order)
        self.product.list_price = 5000
        self.try_to(order.with_user(self.kam).action_update_prices)
        self.env.invalidate_all()
        if order.amount_total > 900:
            self.assertTrue(order._is_credit_stopped())

    def test_a_discount_granted_and_taken_back(self):
        order = self.make_order(
            self.partner, lines=[{"price_unit": 5000, "discount": 90}]
        )
        self.confirm(order)
        self.assertPassed(order)
        order.order_line.with_user(self.kam).write({"discount": 0})
        self.assertTrue(order._is_credit_stopped())

    def test_a_negative_line_taken_off(self):
        order = self.make_order(
            self.partner, lines=[{"price_unit": 5000}, {"price_unit": -4500}]
        )
        self.confirm(order)
        self.assertPassed(order)
        order.order_line[1].with_user(self.kam).write({"product_uom_qty": 0})
        self.assertTrue(order._is_credit_stopped())

    def test_numbers_that_are_none(self):
        for odd in (float("nan"), float("inf"), float("-inf")):
            with self.subTest(str(odd)):
                with suppress(Exception), self.env.cr.savepoint():
                    order = self.make_order(self.partner, odd)
                    self.confirm(order)
                    self.env.flush_all()
                self.env.invalidate_all()
                order = self.make_order(self.partner, 1500)
                self.assertStillHeld(order)

    def test_what_may_be_invoiced_of_a_held_order(self):
        order = self.make_order(self.partner, 900)
        self.confirm(order)
        order.order_line.with_user(self.kam).price_unit = 5000
        self.assertTrue(order._is_credit_stopped())
        line = order.order_line
        self.try_to(line.with_user(self.kam).write, {"qty_to_invoice": 1})
        self.env.invalidate_all()
        with suppress(UserError):
            order.with_user(self.kam)._create_invoices()
        self.assertFalse(order.invoice_ids)


class TestReleases(BypassCase):
    def make_released(self, amount):
        order = self.make_order(self.partner, amount)
        self.confirm(order)
        self.assertHeld(order, "limit")
        order.credit_decision_id.with_user(self.controller).action_release("Good")
        self.confirm(order)
        self.assertEqual(order.state, "sale")
        return order

    def test_invoicing_does_not_renew_a_release(self):
        order = self.make_released(1500)
        self.invoice_order(order)
        order.order_line.with_user(self.kam).product_uom_qty = 2
        self.env.invalidate_all()
        self.assertTrue(order._is_credit_stopped())

    def test_a_released_order_set_back_and_refilled(self):
        order = self.make_released(1500)
        self.invoice_order(order)
        self.try_to(order.with_user(self.kam).write, {"state": "draft"})
        self.try_to(order.order_line.with_user(self.kam).write, {"product_uom_qty": 2})
        self.try_to(self.confirm, order)
        self.env.invalidate_all()
        self.assertFalse(
            order.state == "sale"
            and order.amount_total > 1500
            and not order._is_credit_stopped()
        )

    def test_the_own_manager_through_somebody_elses_dialog(self):
        boss = self.head
        self.client.manager_id = boss
        self.client.team_id = self.team
        order = self.make_order(self.partner, 1500, user_id=boss.id)
        self.confirm(order, boss)
        self.assertHeld(order, "limit")
        dialog = (
            self.env["kam.credit.decision.release"]
            .with_user(self.controller)
            .create({"decision_id": order.credit_decision_id.id, "reason": "Good"})
        )
        self.try_to(dialog.with_user(boss).action_apply)
        order.invalidate_recordset()
        self.assertEqual(order.credit_state, "hold")

    def test_a_dialog_belongs_to_whoever_opened_it(self):
        order = self.make_order(self.partner, 1500)
        self.confirm(order)
        dialog = (
            self.env["kam.credit.decision.release"]
            .with_user(self.controller)
            .create({"decision_id": order.credit_decision_id.id, "reason": "Good"})
        )
        with self.assertRaises(UserError):
            dialog.with_user(self.head).write({"amount": 1})
        with self.assertRaises(UserError):
            dialog.with_user(self.head).read(["amount"])

    def test_handing_the_client_over_for_a_minute(self):
        """Whoever looked after the client while the order stood never releases it."""
        boss = self.head
        debtor = self.make_limited(1000, name="Payer")
        debtor.team_id = self.team
        self.client.manager_id = boss
        self.client.team_id = self.team
        for payer in (self.partner, debtor.partner_ids):
            with self.subTest(payer.name):
                order = self.make_order(
                    self.partner, 1500, partner_invoice_id=payer.id, user_id=boss.id
                )
                self.confirm(order, boss)
                self.assertHeld(order, "limit")
                self.client.with_user(boss).manager_id = self.kam
                self.confirm(order, boss)
                decision = order.credit_decision_id.with_user(boss)
                self.try_to(decision.action_release, "I like it")
                order.invalidate_recordset()
                self.assertEqual(order.credit_state, "hold")
                self.client.manager_id = boss
                self.client.team_id = self.team

    def test_a_release_of_odd_amounts(self):
        order = self.make_order(self.partner, 1500)
        self.confirm(order)
        decision = order.credit_decision_id.with_user(self.controller)
        for odd in (float("nan"), float("inf"), -1, 10**12):
            with self.subTest(str(odd)):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    decision.action_release("Good", odd)
        self.assertHeld(order, "limit")


class TestPartners(BypassCase):
    """The figures of a client do not move because a user edits a contact."""

    def setUp(self):
        super().setUp()
        self.invoice = self.make_invoice(self.partner, 900)

    def assertNoWay(self, vals, partner=None):
        self.try_to((partner or self.partner).with_user(self.kam).write, vals)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.partner.kam_client_id, self.client)
        self.assertTrue(self.partner.is_key_client)
        order = self.make_order(self.partner, 500, user_id=self.kam.id)
        self.assertStillHeld(order)

    def test_the_client_of_a_partner_is_not_written(self):
        self.assertNoWay({"kam_client_id": False})

    def test_the_flag_of_a_partner_is_not_written(self):
        self.assertNoWay({"is_key_client": False})

    def test_the_commercial_partner_is_not_written(self):
        stranger = self.make_partner("Stranger")
        self.assertNoWay({"commercial_partner_id": stranger.id})

    def test_membership_is_not_written(self):
        self.assertNoWay({"kam_membership_id": False})

    def test_a_legal_entity_is_no_contact_of_a_stranger(self):
        stranger = self.make_partner("Stranger")
        self.assertNoWay({"is_company": False, "parent_id": stranger.id})

    def test_the_commercial_partner_of_an_address_is_not_written(self):
        address = self.make_partner(
            "Payables", is_company=False, type="invoice", parent_id=self.partner.id
        )
        self.invoice.button_draft()
        self.confirm(self.make_order(self.partner, 900, partner_invoice_id=address.id))
        stranger = self.make_partner("Stranger")
        self.assertNoWay({"commercial_partner_id": stranger.id}, partner=address)

    def test_a_partner_of_mine_by_writing_its_client(self):
        """Else his orders and balances could be read."""
        stranger = self.make_partner("Stranger")
        self.try_to(
            stranger.with_user(self.other_kam).write, {"kam_client_id": self.client.id}
        )
        stranger.invalidate_recordset()
        self.assertFalse(stranger.kam_client_id)


class TestMovedAddress(BypassCase):
    """What was confirmed for the client stays his, wherever the address moves."""

    def setUp(self):
        super().setUp()
        self.client.credit_line_ids.policy_id.debtor_action = "hold"
        self.address = self.make_partner(
            "Payables", is_company=False, type="invoice", parent_id=self.partner.id
        )
        self.order = self.make_order(
            self.partner, 900, partner_invoice_id=self.address.id
        )
        self.confirm(self.order)
        self.assertPassed(self.order)

    def assertOneIsFree(self):
        """Of two orders of 900 with a limit of 1,000 only one may be shipped."""
        self.env.flush_all()
        self.env.invalidate_all()
        fresh = self.make_order(self.partner, 900)
        self.try_to(self.confirm, fresh)
        free = (self.order | fresh).filtered(
            lambda o: o.state == "sale" and not o._is_credit_stopped()
        )
        self.assertEqual(len(free), 1)

    def test_that_leaves_its_company(self):
        self.try_to(self.address.with_user(self.kam).write, {"parent_id": False})
        self.assertOneIsFree()

    def test_that_becomes_a_company(self):
        self.try_to(self.address.with_user(self.kam).write, {"is_company": True})
        self.assertOneIsFree()

    def test_that_moves_below_a_stranger(self):
        parent = self.make_partner("Stranger")
        self.try_to(self.address.with_user(self.kam).write, {"parent_id": parent.id})
        self.assertOneIsFree()

    def test_that_is_merged_away(self):
        stranger = self.make_partner("Stranger", email=self.address.email)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.kam)
        self.try_to(wizard._merge, (self.address | stranger).ids, dst_partner=stranger)
        self.assertOneIsFree()

    def test_that_moves_to_another_legal_entity_of_the_client(self):
        second = self.make_partner("Second", kam_membership_id=self.client.id)
        self.address.with_user(self.kam).parent_id = second
        self.assertOneIsFree()
        self.assertEqual(self.order.credit_state, "pass")
        self.assertEqual(len(self.order.credit_decision_ids), 1)

    def test_that_moves_to_another_client(self):
        """It takes no debt along."""
        other = self.make_limited(500, name="Other")
        self.address.with_user(self.kam).parent_id = other.partner_ids
        self.env.invalidate_all()
        self.assertFalse(self.order._is_credit_stopped())
        self.assertEqual(self.order.credit_decision_id.client_id, self.client)
        self.assertMoney(self.judge(other), uninvoiced=0)
        self.assertOneIsFree()


class TestContext(BypassCase):
    def test_archived_lines_give_no_credit(self):
        line = self.client.credit_line_ids
        line.write({"active": False, "limit": 10_000})
        line.policy_id.no_line_action = "hold"
        self.env["kam.credit.policy"]._get_default().no_line_action = "hold"
        order = self.make_order(self.partner, 1500)
        order = order.with_context(active_test=False)
        self.assertStillHeld(order)

    def test_no_key_of_the_context_opens_the_gate(self):
        keys = {
            "active_test": False,
            "allowed_company_ids": self.company.ids,
            "default_state": "sale",
            "disable_cancel_warning": True,
            "import_file": True,
            "install_mode": True,
            "kam_credit_judged": self.company.ids,
            "kam_history_import": True,
            "lang": "xx_XX",
            "mail_activity_quick_update": True,
            "module_uninstall": True,
            "prefetch_fields": False,
            "tracking_disable": True,
            "tz": "Pacific/Kiritimati",
            "validate_analytic": False,
        }
        for user in (self.kam, self.support, self.administrator):
            for key, value in keys.items():
                with self.subTest(f"{key} by {user.login}"):
                    order = self.make_order(self.partner, 1500)
                    mine = order.with_user(user).with_context(**{key: value})
                    with suppress(Exception), self.env.cr.savepoint():
                        mine.action_confirm()
                        self.env.flush_all()
                    order.invalidate_recordset()
                    self.assertNotEqual(order.state, "sale")

    def test_the_time_zone_of_the_caller_moves_no_date(self):
        line = self.client.credit_line_ids
        line.policy_id.expired_action = "hold"
        line.valid_until = self.day(-1)
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "nowhere"):
            order = self.make_order(self.partner, 10)
            self.assertStillHeld(order.with_context(tz=zone))
