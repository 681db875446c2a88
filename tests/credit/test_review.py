"""Held orders are judged again when the client's figures change."""

from odoo import fields

from odoo.addons.key_account_management.models.credit.kam_credit_lock import (
    WAIT_PARAMETER,
)

from ..common import ADDON, KamCommon


class ReviewCase(KamCommon):
    def setUp(self):
        super().setUp()
        self.cron = self.env.ref(f"{ADDON}.ir_cron_credit_task")
        self.client = self.make_limited(100_000)
        self.partner = self.client.partner_ids
        self.line = self.env["kam.credit.line"].search(
            [("client_id", "=", self.client.id)]
        )

    def make_held(self, amount=80_000, **vals):
        order = self.make_order(self.partner, amount, **vals)
        self.confirm(order)
        self.assertHeld(order, "limit")
        return order

    def review(self):
        """Run the cron as the scheduler does."""
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def triggers(self):
        """How many runs of the cron are asked for, at once."""
        self.env.flush_all()
        soon = fields.Datetime.add(fields.Datetime.now(), minutes=5)
        return self.env["ir.cron.trigger"].search_count(
            [("cron_id", "=", self.cron.id), ("call_at", "<=", soon)]
        )

    def assertReady(self, order):
        """Free to be confirmed, and not confirmed."""
        self.assertEqual((order.state, order.credit_state), ("draft", "pass"))
        self.assertEqual(order.credit_decision_id.outcome, "pass")


class TestReview(ReviewCase):
    def test_a_payment_frees_a_held_order(self):
        invoice = self.make_invoice(self.partner, 50_000, due=self.day(30))
        order = self.make_held()
        before = self.triggers()
        self.pay(50_000, invoice=invoice)
        self.assertGreater(self.triggers(), before)
        self.review()
        self.assertReady(order)
        self.assertIs(self.confirm(order), True)
        self.assertPassed(order)

    def test_money_not_matched_yet_is_enough(self):
        self.make_invoice(self.partner, 50_000, due=self.day(30))
        order = self.make_held()
        self.pay(30_000, partner=self.partner)
        self.review()
        self.assertReady(order)

    def test_a_cent_too_little_is_not(self):
        self.make_invoice(self.partner, 50_000, due=self.day(30))
        order = self.make_held()
        self.pay(29_999.99, partner=self.partner)
        self.review()
        self.assertHeld(order, "limit")

    def test_a_credit_note(self):
        invoice = self.make_invoice(self.partner, 50_000, due=self.day(30))
        order = self.make_held()
        before = self.triggers()
        self.credit_note(invoice, price=30_000)
        self.assertGreater(self.triggers(), before)
        self.review()
        self.assertReady(order)

    def test_a_limit(self):
        order = self.make_held(150_000)
        before = self.triggers()
        self.line.limit = 150_000
        self.assertGreater(self.triggers(), before)
        self.review()
        self.assertReady(order)

    def test_a_temporary_limit(self):
        order = self.make_held(150_000)
        self.line.write({"temporary_limit": 150_000, "temporary_until": self.today})
        self.review()
        self.assertReady(order)

    def test_a_policy(self):
        order = self.make_held(150_000)
        before = self.triggers()
        self.line.policy_id.limit_tolerance_percent = 50
        self.assertGreater(self.triggers(), before)
        self.review()  # finds whom it concerns
        self.review()
        self.assertReady(order)

    def test_another_policy(self):
        order = self.make_held(150_000)
        self.line.policy_id = self.make_policy("Lenient")
        self.review()
        self.assertReady(order)

    def test_a_stop_lifted(self):
        self.line.policy_id.stop_action = "hold"
        self.line.write({"is_stopped": True, "stop_reason": "Sued us"})
        order = self.make_order(self.partner, 10)
        self.confirm(order)
        self.assertHeld(order, "stop")
        self.line.is_stopped = False
        self.review()
        self.assertReady(order)

    def test_a_longer_validity(self):
        self.line.policy_id.expired_action = "hold"
        self.line.valid_until = self.day(-1)
        order = self.make_order(self.partner, 10)
        self.confirm(order)
        self.assertHeld(order, "expired")
        self.line.valid_until = self.day(90)
        self.review()
        self.assertReady(order)

    def test_a_first_line(self):
        tier = self.env["kam.tier"].create(
            {
                "name": "Gold",
                "credit_policy_id": self.make_policy(no_line_action="hold").id,
            }
        )
        client = self.make_client("New", tier_id=tier.id)
        order = self.make_order(client.partner_ids, 10)
        self.confirm(order)
        self.assertHeld(order, "no_line")
        self.make_line(client, 100)
        self.review()
        self.assertReady(order)

    def test_another_order_cancelled(self):
        other = self.make_order(self.partner, 50_000)
        self.confirm(other)
        order = self.make_held()
        before = self.triggers()
        other._action_cancel()
        self.assertGreater(self.triggers(), before)
        self.review()
        self.assertReady(order)

    def test_another_order_lowered(self):
        other = self.make_order(self.partner, 50_000)
        self.confirm(other)
        order = self.make_held()
        other.order_line.price_unit = 20_000
        self.review()
        self.assertReady(order)

    def test_a_rest_closed(self):
        other = self.make_order(self.partner, 50_000)
        self.confirm(other)
        order = self.make_held()
        other.action_credit_close_rest("The mill closed")
        self.review()
        self.assertReady(order)

    def test_a_held_rise_of_a_confirmed_order_is_freed(self):
        self.make_invoice(self.partner, 50_000, due=self.day(30))
        order = self.make_order(self.partner, 50_000)
        self.confirm(order)
        order.order_line.price_unit = 60_000
        self.assertEqual(order.credit_state, "hold")
        self.pay(10_000, partner=self.partner)
        self.review()
        self.assertEqual((order.state, order.credit_state), ("sale", "pass"))

    def test_the_oldest_order_comes_first_and_the_next_sees_it(self):
        self.make_invoice(self.partner, 100_000, due=self.day(30))
        young = self.make_held(date_order=f"{self.day(-1)} 08:00:00")
        old = self.make_held(date_order=f"{self.day(-9)} 08:00:00")
        self.pay(100_000, partner=self.partner)
        self.review()
        self.assertReady(old)
        self.assertHeld(young, "limit")
        # nothing is reserved: who comes first, is served first
        self.confirm(young)
        self.assertPassed(young)
        self.confirm(old)
        self.assertHeld(old, "limit")

    def test_a_decision_is_written_only_if_the_outcome_changes(self):
        self.make_invoice(self.partner, 50_000, due=self.day(30))
        order = self.make_held()
        self.pay(1, partner=self.partner)
        self.review()
        self.review()
        self.assertEqual(len(order.credit_decision_ids), 1)
        self.pay(29_999, partner=self.partner)
        self.review()
        self.review()
        self.assertEqual(len(order.credit_decision_ids), 2)

    def test_other_clients_are_left_alone(self):
        other = self.make_limited(10, "Other")
        theirs = self.make_order(other.partner_ids, 20)
        self.confirm(theirs)
        self.make_invoice(self.partner, 50_000, due=self.day(30))
        self.pay(50_000, partner=self.partner)
        self.review()
        self.assertHeld(theirs, "limit")
        self.assertEqual(len(theirs.credit_decision_ids), 1)

    def test_released_and_rejected_orders_are_left_alone(self):
        released, rejected = self.make_held(100_001), self.make_held(100_002)
        decide = released.credit_decision_id.with_user(self.controller)
        decide.action_release("Paid tomorrow")
        decide = rejected.credit_decision_id.with_user(self.controller)
        decide.action_reject("Owes too much")
        self.line.limit = 1e6
        self.review()
        self.assertEqual(released.credit_state, "released")
        self.assertEqual(rejected.credit_state, "rejected")

    def test_cancelled_orders_are_left_alone(self):
        order = self.make_held(100_001)
        order._action_cancel()
        self.line.limit = 1e6
        self.review()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(len(order.credit_decision_ids), 1)


class TestAtTheSameMoment(ReviewCase):
    """A change and a hold that cannot see each other both ask for a review."""

    def tasks(self):
        return self.env["kam.credit.task"].search(
            [("kind", "=", "review"), ("client_id", "=", self.client.id)]
        )

    def test_a_hold_asks_though_nothing_changed_yet(self):
        self.review()
        before = self.triggers()
        self.make_held(150_000)
        self.make_held(160_000)
        self.assertEqual(len(self.tasks()), 1)
        self.assertGreater(self.triggers(), before)

    def test_money_and_limits_ask_though_no_order_is_held(self):
        invoice = self.make_invoice(self.partner, 10)
        self.review()
        self.pay(10, invoice=invoice)
        self.assertEqual(len(self.tasks()), 1)
        self.line.limit = 5
        self.assertEqual(len(self.tasks()), 2)
        self.review()
        self.assertFalse(self.tasks())

    def test_a_policy_asks_for_all(self):
        order = self.make_held(150_000)
        self.review()
        self.line.policy_id.limit_tolerance_percent = 50
        everybody = self.env["kam.credit.task"].search([])
        self.assertEqual(everybody.mapped("client_id.id"), [])
        self.review()  # makes a task for each client with held orders
        self.review()
        self.assertReady(order)

    def test_a_task_that_fails_is_kept_and_shown(self):
        task = self.env["kam.credit.task"].create(
            {"kind": "invoice", "order_id": self.make_order(self.partner, 1).id}
        )
        self.env["account.move"].flush_model()
        task._fail(ValueError("no paper"))
        self.assertEqual((task.failures, task.error), (1, "no paper"))
        self.assertGreater(task.date_next, fields.Datetime.now())
        self.assertIn("no paper", task.order_id.message_ids[0].body)


class TestLater(ReviewCase):
    """What takes long is left to a job while the lock of the client is held."""

    def send(self):
        with self.enter_registry_test_mode():
            self.env.ref(f"{ADDON}.ir_cron_credit_task_send").method_direct_trigger()
        self.env.invalidate_all()

    def test_what_the_time_does_not_suffice_for_follows_at_once(self):
        """Core's workers look again by themselves only after a minute."""
        task = self.env["kam.credit.task"]
        task.create([{"kind": "review", "client_id": self.client.id}] * 2)
        waiting, before = task.search_count([]), self.triggers()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr)
            cron, progress = env.ref(f"{ADDON}.ir_cron_credit_task")._add_progress()
            over = {"cron_id": cron.id, "ir_cron_progress_id": progress.id}
            env[task._name].with_context(**over, cron_end_time=0)._cron_decide()
            cr.commit()
        self.env.invalidate_all()
        self.assertEqual(task.search_count([]), waiting - 1)
        self.assertGreater(self.triggers(), before)

    def mails(self, order):
        return order.message_ids.filtered(lambda message: message.attachment_ids)

    def test_the_mail_of_a_confirmed_order(self):
        order = self.make_order(self.partner, 10)
        order._validate_order()
        self.assertPassed(order)
        self.assertFalse(self.mails(order))
        self.send()
        self.assertEqual(len(self.mails(order)), 1)
        self.send()
        self.assertEqual(len(self.mails(order)), 1)

    def test_the_lock_is_waited_for_as_long_as_set(self):
        lock = self.env["kam.credit.lock"]
        self.assertEqual(lock._get_wait_seconds(), 5)
        for value, seconds in (("2.5", 2.5), ("0", 0.1), ("soon", 5), ("900", 60)):
            self.env["ir.config_parameter"].set_param(WAIT_PARAMETER, value)
            self.assertEqual(lock._get_wait_seconds(), seconds)

    def test_other_statements_wait_as_before(self):
        key = (self.client.id, self.company.id)
        for setting in ("0", "7s"):
            self.env.cr.execute(f"SET LOCAL lock_timeout = '{setting}'")
            self.env["kam.credit.lock"]._take([key])
            self.env.cr.execute("SHOW lock_timeout")
            self.assertEqual(self.env.cr.fetchone()[0], setting)


class TestNewsOfReview(ReviewCase):
    def test_the_manager_is_told_and_nobody_else(self):
        order = self.make_held(150_000)
        self.assertFalse(self.told(self.kam, order))
        self.line.limit = 150_000
        self.review()
        decisions = order.credit_decision_ids
        self.assertTrue(self.told(self.kam, order) or self.told(self.kam, decisions))
        for user in (self.support, self.other_kam, self.other_head):
            self.assertFalse(self.told(user, order))
            self.assertFalse(self.told(user, decisions))

    def test_confirmed_by_itself_if_the_policy_says_so(self):
        self.line.policy_id.auto_confirm = True
        self.make_invoice(self.partner, 100_000, due=self.day(30))
        old = self.make_held(date_order=f"{self.day(-9)} 08:00:00")
        young = self.make_held(date_order=f"{self.day(-1)} 08:00:00")
        self.pay(100_000, partner=self.partner)
        self.review()
        self.assertPassed(old)
        self.assertHeld(young, "limit")

    def test_quotations_never_tried_are_not_confirmed_by_itself(self):
        self.line.policy_id.auto_confirm = True
        quotation = self.make_order(self.partner, 10)
        self.line.limit = 1e6
        self.review()
        self.assertEqual((quotation.state, quotation.credit_state), ("draft", "none"))
