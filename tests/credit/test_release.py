"""Release and rejection of held orders: who, why, how much, how long."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time

from ..common import ADDON, KamCommon


class ReleaseCase(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_limited(1000)
        self.partner = self.client.partner_ids

    def make_held(self, amount, partner=None, **vals):
        order = self.make_order(partner or self.partner, amount, **vals)
        self.confirm(order)
        order.invalidate_recordset()
        self.assertEqual(order.credit_state, "hold")
        return order

    def release(self, order, user=None, reason="Paid tomorrow", **kwargs):
        decision = order.credit_decision_id.with_user(user or self.controller)
        decision.action_release(reason, **kwargs)
        order.invalidate_recordset()

    def assertStillHeld(self, order):
        order.invalidate_recordset()
        self.assertEqual((order.credit_state, order.state), ("hold", "draft"))


class TestRelease(ReleaseCase):
    def test_a_released_order_is_ready_and_then_confirmed(self):
        order = self.make_held(1500)
        self.release(order)
        self.assertEqual((order.credit_state, order.state), ("released", "draft"))
        self.assertIs(self.confirm(order), True)
        order.invalidate_recordset()
        self.assertEqual((order.credit_state, order.state), ("released", "sale"))
        self.assertMoney(self.judge(self.client), uninvoiced=1500)

    def test_what_is_written_down(self):
        order = self.make_held(1500)
        decision = order.credit_decision_id
        self.release(order, reason="  Paid tomorrow ")
        self.assertEqual(decision.state, "released")
        self.assertEqual(decision.release_user_id, self.controller)
        self.assertEqual(decision.release_reason.strip(), "Paid tomorrow")
        self.assertEqual(decision.outcome, "hold")
        self.assertMoney(decision, release_amount=1500, shortfall=500)
        self.assertEqual(decision.release_until, self.day(30))
        resolution = decision.resolution_ids
        self.assertEqual(
            (resolution.kind, resolution.user_id), ("release", self.controller)
        )
        self.assertMoney(resolution, amount=1500)

    def test_the_days_are_a_setting_of_the_policy(self):
        self.env["kam.credit.line"].search(
            [("client_id", "=", self.client.id)]
        ).policy_id.release_days = 7
        order = self.make_held(1500)
        self.release(order)
        self.assertEqual(order.credit_decision_id.release_until, self.day(7))

    def test_amount_and_date_may_be_given(self):
        order = self.make_held(1500)
        self.release(order, amount=1600, until=self.day(3))
        decision = order.credit_decision_id
        self.assertMoney(decision, release_amount=1600)
        self.assertEqual(decision.release_until, self.day(3))
        order.order_line.price_unit = 1600
        self.confirm(order)
        self.assertEqual(order.state, "sale")

    def test_a_draft_that_grows_past_its_release_is_judged_again(self):
        order = self.make_held(1500)
        self.release(order)
        first = order.credit_decision_id
        order.order_line.price_unit = 1500.01
        self.confirm(order)
        self.assertHeld(order, "limit")
        self.assertNotEqual(order.credit_decision_id, first)
        self.assertEqual(first.state, "superseded")

    def test_a_draft_that_shrinks_stays_released(self):
        order = self.make_held(1500)
        self.release(order)
        order.order_line.price_unit = 1400
        self.confirm(order)
        self.assertEqual(order.state, "sale")

    def test_the_last_day_of_a_release_counts(self):
        order = self.make_held(1500)
        self.release(order, until=self.day(3))
        with freeze_time(self.day(3)):
            self.confirm(order)
        self.assertEqual(order.state, "sale")

    def test_the_day_after_it_is_judged_again(self):
        order = self.make_held(1500)
        self.release(order, until=self.day(3))
        with freeze_time(self.day(4)):
            self.confirm(order)
            self.assertHeld(order, "limit")

    def test_time_alone_never_holds_a_confirmed_order(self):
        order = self.make_held(1500)
        self.release(order, until=self.today)
        self.confirm(order)
        with freeze_time(self.day(400)):
            order.note = "Ring the bell"
            with self.enter_registry_test_mode():
                for name in ("review", "task"):
                    cron = self.env.ref(f"{ADDON}.ir_cron_credit_{name}")
                    cron.method_direct_trigger()
        order.invalidate_recordset()
        self.assertEqual((order.credit_state, order.state), ("released", "sale"))

    def test_other_reasons_that_came_up_later_are_covered(self):
        order = self.make_held(1500)
        self.release(order)
        self.make_invoice(self.partner, 200)
        self.confirm(order)
        self.assertEqual(order.state, "sale")

    def test_another_debtor_is_not_covered(self):
        small = self.make_limited(100, "Small")
        order = self.make_held(1500)
        self.release(order)
        order.partner_invoice_id = small.partner_ids
        self.confirm(order)
        self.assertHeld(order, "limit")
        self.assertEqual(order.credit_decision_id.client_id, small)

    def test_a_release_is_used_once(self):
        order = self.make_held(1500)
        self.release(order)
        copy = order.copy()
        self.confirm(copy)
        self.assertHeld(copy, "limit")

    def test_each_order_of_a_batch_has_its_own_release(self):
        first, second = self.make_held(1500), self.make_held(1600)
        self.release(first)
        self.confirm(first | second)
        self.assertEqual(first.state, "sale")
        self.assertHeld(second, "limit")

    def test_a_release_of_an_order_in_euro_is_company_money(self):
        euro = self.make_currency("EUR", (-400, 0.5))
        order = self.make_held(750, currency=euro)
        self.release(order)
        self.assertMoney(order.credit_decision_id, release_amount=1500)
        self.confirm(order)
        self.assertEqual(order.state, "sale")


class TestReject(ReleaseCase):
    def test_a_rejected_order_stays_a_quotation(self):
        order = self.make_held(1500)
        decision = order.credit_decision_id
        decision.with_user(self.controller).action_reject("Owes too much")
        order.invalidate_recordset()
        self.assertEqual((order.credit_state, order.state), ("rejected", "draft"))
        self.assertEqual(decision.state, "rejected")
        resolution = decision.resolution_ids
        self.assertEqual(
            (resolution.kind, resolution.reason), ("reject", "Owes too much")
        )

    def test_confirming_a_rejected_order_does_not_confirm_it(self):
        order = self.make_held(1500)
        order.credit_decision_id.with_user(self.controller).action_reject("No")
        self.confirm(order)
        order.invalidate_recordset()
        self.assertEqual(order.state, "draft")

    def test_a_rejected_order_cut_to_fit_is_judged_anew(self):
        order = self.make_held(1500)
        order.credit_decision_id.with_user(self.controller).action_reject("No")
        order.order_line.price_unit = 1000
        self.confirm(order)
        self.assertPassed(order)

    def test_reject_needs_a_reason(self):
        order = self.make_held(1500)
        for reason in ("", "   ", False):
            with self.assertRaises(UserError):
                order.credit_decision_id.with_user(self.controller).action_reject(
                    reason
                )
        self.assertStillHeld(order)


class TestBadRelease(ReleaseCase):
    def test_reason_of_spaces(self):
        order = self.make_held(1500)
        for reason in ("", "   ", False):
            with self.assertRaises(UserError):
                self.release(order, reason=reason)
        self.assertStillHeld(order)

    def test_release_of_nothing(self):
        order = self.make_held(1500)
        for amount in (0, -5):
            with self.assertRaises(UserError):
                self.release(order, amount=amount)
        self.assertStillHeld(order)

    def test_an_order_that_passed_has_nothing_to_release(self):
        order = self.make_order(self.partner, 10)
        self.confirm(order)
        with self.assertRaises(UserError):
            self.release(order)

    def test_a_date_that_has_passed(self):
        order = self.make_held(1500)
        with self.assertRaises(UserError):
            self.release(order, until=self.day(-1))
        self.assertStillHeld(order)

    def test_a_superseded_decision(self):
        order = self.make_held(1500)
        old = order.credit_decision_id
        order.order_line.price_unit = 1600
        self.confirm(order)
        with self.assertRaises(UserError):
            old.with_user(self.controller).action_release("Paid tomorrow")


class TestAuthority(ReleaseCase):
    def test_up_to_the_authority_of_a_role(self):
        for user, most in ((self.controller, 100_000), (self.head, 500_000)):
            with self.subTest(user.login):
                order = self.make_held(1000 + most)
                self.release(order, user)
                self.assertEqual(order.credit_state, "released")

    def test_a_cent_above_the_authority_of_a_role(self):
        for user, most in ((self.controller, 100_000), (self.head, 500_000)):
            with self.subTest(user.login):
                order = self.make_held(1000.01 + most)
                with self.assertRaises(UserError):
                    self.release(order, user)
                self.assertStillHeld(order)

    def test_the_director_is_not_limited(self):
        order = self.make_held(90_000_000)
        self.release(order, self.director)
        self.assertEqual(order.credit_state, "released")

    def test_managers_and_support_release_nothing(self):
        order = self.make_held(1001)
        for user in (self.kam, self.other_kam, self.support):
            with self.subTest(user.login), self.assertRaises(UserError):
                self.release(order, user)
        self.assertStillHeld(order)

    def test_the_head_of_another_team_releases_nothing(self):
        order = self.make_held(1001)
        with self.assertRaises(AccessError):
            self.release(order, self.other_head)
        self.assertStillHeld(order)

    def test_without_a_shortfall_the_amount_of_the_order_counts(self):
        client = self.make_client("Stopped")
        policy = self.make_policy(stop_action="hold")
        line = self.make_line(client, 1e9, policy_id=policy.id)
        line.write({"is_stopped": True, "stop_reason": "Sued us"})
        small = self.make_held(100_000, client.partner_ids)
        big = self.make_held(100_000.01, client.partner_ids)
        self.release(small)
        self.assertEqual(small.credit_state, "released")
        with self.assertRaises(UserError):
            self.release(big)
        self.release(big, self.head)
        self.assertEqual(big.credit_state, "released")

    def test_a_release_for_more_than_the_order_needs_the_authority_for_it(self):
        order = self.make_held(1500)
        with self.assertRaises(UserError):
            self.release(order, amount=102_000)
        self.assertStillHeld(order)

    def test_authority_is_a_setting_per_group_and_user(self):
        authority = self.env["kam.credit.authority"]
        group = self.env.ref(f"{ADDON}.group_kam_credit")
        shipped = authority.search([("group_id", "=", group.id)])
        self.assertEqual(shipped.mapped("amount"), [100_000])
        shipped.amount = 200
        order = self.make_held(1500)
        with self.assertRaises(UserError):
            self.release(order)
        authority.create({"user_id": self.controller.id, "amount": 500})
        self.release(order)
        self.assertEqual(order.credit_state, "released")

    def test_authority_in_another_company_is_none_here(self):
        company = self.make_company("Sister", chart=False)
        authority = self.env["kam.credit.authority"]
        authority.search([]).unlink()
        authority.create(
            {"user_id": self.controller.id, "company_id": company.id, "amount": 1e6}
        )
        order = self.make_held(1500)
        with self.assertRaises(UserError):
            self.release(order)

    def test_managers_do_not_give_themselves_authority(self):
        authority = self.env["kam.credit.authority"]
        for user in (self.kam, self.support, self.controller, self.head):
            with self.subTest(user.login), self.assertRaises(AccessError):
                authority.with_user(user).create({"user_id": user.id, "amount": 1e9})


class TestOwnManager(ReleaseCase):
    def promote(self, user, *roles):
        groups = [self.env.ref(f"{ADDON}.group_kam_{role}").id for role in roles]
        user.group_ids = [Command.link(group) for group in groups]

    def test_the_manager_of_the_client_never_releases(self):
        order = self.make_held(1500)
        self.promote(self.kam, "credit", "director")
        with self.assertRaises(UserError):
            self.release(order, self.kam)
        with self.assertRaises(UserError):
            order.credit_decision_id.with_user(self.kam).action_reject("No")
        self.assertStillHeld(order)

    def test_nor_through_the_dialog(self):
        order = self.make_held(1500)
        self.promote(self.kam, "director")
        dialog = self.env["kam.credit.decision.release"].with_user(self.kam)
        with self.assertRaises(UserError):
            dialog.create(
                {
                    "decision_id": order.credit_decision_id.id,
                    "reason": "Trust me",
                    "amount": 1500,
                    "until": self.day(5),
                }
            ).action_apply()
        self.assertStillHeld(order)

    def test_the_head_who_manages_the_client_himself(self):
        self.client.manager_id = self.head
        order = self.make_held(1500, user_id=self.kam.id)
        with self.assertRaises(UserError):
            self.release(order, self.head)
        self.release(order, self.director)
        self.assertEqual(order.credit_state, "released")

    def test_the_manager_of_the_ordering_client(self):
        buyer = self.make_client("Buyer", manager_id=self.other_kam.id)
        order = self.make_held(
            1500, buyer.partner_ids, partner_invoice_id=self.partner.id
        )
        self.assertEqual(order.credit_decision_id.client_id, self.client)
        self.promote(self.other_kam, "director")
        self.promote(self.kam, "director")
        for user in (self.other_kam, self.kam):
            with self.subTest(user.login), self.assertRaises(UserError):
                self.release(order, user)
        self.release(order, self.director)

    def test_another_manager_with_the_right_may(self):
        order = self.make_held(1500)
        self.promote(self.other_kam, "credit")
        self.release(order, self.other_kam)
        self.assertEqual(order.credit_state, "released")


class TestDialogsAndNews(ReleaseCase):
    def test_the_release_dialog(self):
        order = self.make_held(1500)
        dialog = self.env["kam.credit.decision.release"].with_user(self.controller)
        dialog.create(
            {
                "decision_id": order.credit_decision_id.id,
                "reason": "Paid tomorrow",
                "amount": 1500,
                "until": self.day(5),
            }
        ).action_apply()
        order.invalidate_recordset()
        self.assertEqual(order.credit_state, "released")
        self.assertEqual(order.credit_decision_id.release_until, self.day(5))

    def test_the_reject_dialog(self):
        order = self.make_held(1500)
        dialog = self.env["kam.credit.decision.reject"].with_user(self.controller)
        dialog.create(
            {"decision_id": order.credit_decision_id.id, "reason": "Owes too much"}
        ).action_apply()
        order.invalidate_recordset()
        self.assertEqual(order.credit_state, "rejected")

    def heard(self, user, order):
        decisions = order.credit_decision_ids
        return self.told(user, order) or self.told(user, decisions)

    def test_the_one_who_can_release_gets_an_activity(self):
        order = self.make_held(1500)
        tasks = self.env["mail.activity"].search(
            [
                ("user_id", "=", self.controller.id),
                "|",
                "&",
                ("res_model", "=", "sale.order"),
                ("res_id", "in", order.ids),
                "&",
                ("res_model", "=", "kam.credit.decision"),
                ("res_id", "in", order.credit_decision_ids.ids),
            ]
        )
        self.assertEqual(len(tasks), 1)
        for user in (self.support, self.other_kam, self.other_head):
            self.assertFalse(self.heard(user, order), user.login)

    def test_above_the_controller_it_goes_to_the_next(self):
        order = self.make_held(301_000)
        self.assertFalse(self.heard(self.controller, order))
        self.assertTrue(self.heard(self.head, order))
        self.assertFalse(self.heard(self.other_head, order))

    def test_above_the_head_it_goes_to_the_director(self):
        order = self.make_held(600_000)
        self.assertFalse(self.heard(self.head, order))
        self.assertTrue(self.heard(self.director, order))

    def test_the_manager_asks_with_a_comment(self):
        order = self.make_held(1500)
        order.with_user(self.kam).action_credit_request("They open a shop on Monday")
        request = order.credit_decision_id.request_ids
        self.assertEqual(request.comment, "They open a shop on Monday")
        self.assertEqual(request.user_id, self.kam)
        self.assertTrue(request.date)
        self.assertTrue(self.heard(self.controller, order))

    def test_a_request_needs_a_comment_and_a_hold(self):
        order = self.make_held(1500)
        for comment in ("", "   "):
            with self.assertRaises(UserError):
                order.with_user(self.kam).action_credit_request(comment)
        fits = self.make_order(self.partner, 10)
        with self.assertRaises(UserError):
            fits.with_user(self.kam).action_credit_request("Please")

    def test_the_manager_hears_of_release_and_rejection(self):
        for answer in ("action_release", "action_reject"):
            order = self.make_held(1500)
            self.assertFalse(self.heard(self.kam, order))
            decision = order.credit_decision_id.with_user(self.controller)
            getattr(decision, answer)("Known for years")
            self.assertTrue(self.heard(self.kam, order), answer)
            for user in (self.support, self.other_kam, self.other_head):
                self.assertFalse(self.heard(user, order), user.login)

    def test_the_task_is_gone_once_decided(self):
        order = self.make_held(1500)
        self.release(order)
        open_tasks = self.env["mail.activity"].search(
            [("user_id", "=", self.controller.id), ("active", "=", True)]
        )
        mine = open_tasks.filtered(
            lambda task: (
                (task.res_model == "sale.order" and task.res_id in order.ids)
                or (
                    task.res_model == "kam.credit.decision"
                    and task.res_id in order.credit_decision_ids.ids
                )
            )
        )
        self.assertFalse(mine)
