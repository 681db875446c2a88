"""Each rule of the policy at its borders."""

from odoo.fields import Command

from ..common import RULES, KamCommon


class TestLimitRule(KamCommon):
    def test_the_example_of_the_specification(self):
        client = self.make_limited(1_000_000)
        partner = client.partner_ids
        self.make_invoice(partner, 700_000, due=self.day(30))
        self.make_confirmed(partner, 200_000)
        order = self.make_order(partner, 150_000)
        self.confirm(order)
        self.assertHeld(order, "limit")
        self.assertEqual(order.credit_decision_id.client_id, client)
        self.assertMoney(
            order.credit_decision_id,
            receivable=700_000,
            uninvoiced=200_000,
            exposure=900_000,
            limit=1_000_000,
            order_amount=150_000,
            headroom=-50_000,
            shortfall=50_000,
            overdue=0,
        )

    def test_the_sentence_names_every_figure_in_order(self):
        client = self.make_limited(1_000_000)
        self.make_invoice(client.partner_ids, 700_000, due=self.day(30))
        self.make_confirmed(client.partner_ids, 200_000)
        order = self.make_order(client.partner_ids, 150_000)
        self.confirm(order)
        figures = ("50,000", "1,000,000", "700,000", "200,000", "100,000", "150,000")
        self.assertRegex(order.credit_message, ".*".join(figures))
        self.assertIn("overdue", order.credit_message.lower())
        self.assertEqual(len(order.credit_message.splitlines()), 1)

    def test_an_order_that_uses_the_last_cent_passes(self):
        client = self.make_limited(1000)
        order = self.make_order(client.partner_ids, 1000)
        self.confirm(order)
        self.assertPassed(order)
        self.assertMoney(order.credit_decision_id, headroom=0, shortfall=0)

    def test_one_cent_over_is_held(self):
        client = self.make_limited(1000)
        order = self.make_order(client.partner_ids, 1000.01)
        self.confirm(order)
        self.assertHeld(order, "limit")
        self.assertMoney(order.credit_decision_id, headroom=-0.01, shortfall=0.01)

    def test_tolerance_is_a_percentage_of_the_limit(self):
        client = self.make_limited(1000, limit_tolerance_percent=2.5)
        fits = self.make_order(client.partner_ids, 1025)
        self.confirm(fits)
        self.assertPassed(fits)
        self.assertMoney(fits.credit_decision_id, limit=1000, headroom=0)
        fits._action_cancel()
        over = self.make_order(client.partner_ids, 1025.01)
        self.confirm(over)
        self.assertHeld(over, "limit")
        self.assertMoney(over.credit_decision_id, shortfall=0.01)

    def test_a_limit_of_zero_means_no_credit(self):
        client = self.make_limited(0)
        order = self.make_order(client.partner_ids, 0.01)
        self.confirm(order)
        self.assertHeld(order, "limit")

    def test_zero_and_negative_orders_pass_limit_and_overdue(self):
        client = self.make_limited(0, overdue_action="hold")
        self.make_invoice(client.partner_ids, 100, date=self.day(-9))
        for amount in (0, -50):
            order = self.make_order(client.partner_ids, amount)
            self.confirm(order)
            self.assertPassed(order)

    def test_warn_lets_the_order_through_and_records_why(self):
        client = self.make_limited(1000, limit_action="warn")
        order = self.make_order(client.partner_ids, 1500)
        self.assertIs(self.confirm(order), True)
        self.assertGate(order, "warn", "limit")
        self.assertMoney(order.credit_decision_id, shortfall=500)

    def test_ignore_says_nothing(self):
        client = self.make_limited(1000, limit_action="ignore")
        order = self.make_order(client.partner_ids, 1500)
        self.confirm(order)
        self.assertPassed(order)

    def test_a_reason_carries_what_was_measured_and_allowed(self):
        client = self.make_limited(1000, order_action="hold", max_order_amount=600)
        order = self.make_order(client.partner_ids, 700)
        self.confirm(order)
        self.assertHeld(order, "order")
        reason = order.credit_decision_id.reason_ids.filtered(
            lambda reason: reason.rule == "order"
        )
        self.assertEqual(reason.outcome, "hold")
        self.assertMoney(reason, measured=700, allowed=600)
        self.assertTrue(reason.message)


class TestOverdueRule(KamCommon):
    def make_debtor(self, **policy):
        return self.make_client_with({"overdue_action": "hold", **policy})

    def make_client_with(self, policy):
        client = self.make_client("Debtor")
        self.make_line(client, 1e6, policy_id=self.make_policy(**policy).id)
        return client

    def gate(self, client):
        order = self.make_order(client.partner_ids, 10)
        self.confirm(order)
        return order

    def test_due_today_is_not_overdue(self):
        client = self.make_debtor()
        self.make_invoice(client.partner_ids, 100, date=self.day(-30), due=self.today)
        self.assertPassed(self.gate(client))

    def test_due_yesterday_is_overdue(self):
        client = self.make_debtor()
        self.make_invoice(client.partner_ids, 100, date=self.day(-30), due=self.day(-1))
        order = self.gate(client)
        self.assertHeld(order, "overdue")
        decision = order.credit_decision_id
        self.assertMoney(decision, overdue=100)
        self.assertEqual(decision.oldest_overdue_days, 1)
        # only the overdue is at fault, nothing is short
        self.assertMoney(decision, shortfall=0)

    def test_the_last_day_of_grace_passes(self):
        client = self.make_debtor(overdue_grace_days=5)
        self.make_invoice(client.partner_ids, 100, date=self.day(-5))
        self.assertPassed(self.gate(client))

    def test_the_day_after_grace_is_held(self):
        client = self.make_debtor(overdue_grace_days=5)
        self.make_invoice(client.partner_ids, 100, date=self.day(-6))
        self.assertHeld(self.gate(client), "overdue")

    def test_only_what_is_past_grace_counts_towards_the_minimum(self):
        client = self.make_debtor(overdue_grace_days=5, overdue_min_amount=100)
        self.make_invoice(client.partner_ids, 60, date=self.day(-6))
        self.make_invoice(client.partner_ids, 60, date=self.day(-5))
        self.assertPassed(self.gate(client))

    def test_below_the_minimum_amount_passes(self):
        client = self.make_debtor(overdue_min_amount=100)
        self.make_invoice(client.partner_ids, 99.99, date=self.day(-6))
        self.assertPassed(self.gate(client))

    def test_from_the_minimum_amount_on_is_held(self):
        client = self.make_debtor(overdue_min_amount=100)
        self.make_invoice(client.partner_ids, 100, date=self.day(-6))
        self.assertHeld(self.gate(client), "overdue")

    def test_a_minimum_of_zero_still_needs_something_overdue(self):
        client = self.make_debtor(overdue_min_amount=0)
        self.make_invoice(client.partner_ids, 100, due=self.day(10))
        self.assertPassed(self.gate(client))

    def test_unallocated_credits_are_set_against_the_overdue(self):
        client = self.make_debtor()
        self.make_invoice(client.partner_ids, 100, date=self.day(-6))
        self.pay(99.99, partner=client.partner_ids)
        self.assertHeld(self.gate(client), "overdue")
        self.pay(0.01, partner=client.partner_ids)
        self.assertPassed(self.gate(client))

    def test_a_matched_payment_leaves_the_rest_overdue(self):
        client = self.make_debtor(overdue_min_amount=40.01)
        invoice = self.make_invoice(client.partner_ids, 100, date=self.day(-6))
        self.pay(60, invoice=invoice)
        self.assertPassed(self.gate(client))
        self.make_invoice(client.partner_ids, 0.01, date=self.day(-6))
        self.assertHeld(self.gate(client), "overdue")

    def test_instalments_fall_due_one_by_one(self):
        client = self.make_debtor(overdue_min_amount=30.01)
        term = self.env["account.payment.term"].create(
            {
                "name": "30 at once, 70 in two months",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 30, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 70, "nb_days": 60}
                    ),
                ],
            }
        )
        self.make_invoice(
            client.partner_ids,
            100,
            date=self.day(-10),
            invoice_payment_term_id=term.id,
            invoice_date_due=False,
        )
        order = self.gate(client)
        self.assertPassed(order)
        self.assertMoney(order.credit_decision_id, receivable=100, overdue=30)

    def test_every_partner_of_the_client_counts(self):
        partners = self.make_partner("Shop") | self.make_partner("Depot")
        client = self.make_client("Holding", partners)
        policy = self.make_policy(overdue_action="hold")
        self.make_line(client, 1e6, policy_id=policy.id)
        self.make_invoice(partners[1], 100, date=self.day(-3))
        order = self.make_order(partners[0], 10)
        self.confirm(order)
        self.assertHeld(order, "overdue")

    def test_warn_on_overdue(self):
        client = self.make_debtor(overdue_action="warn")
        self.make_invoice(client.partner_ids, 100, date=self.day(-6))
        self.assertGate(self.gate(client), "warn", "overdue")


class TestOtherRules(KamCommon):
    def gate(self, client, amount=10, **vals):
        order = self.make_order(client.partner_ids[:1], amount, **vals)
        self.confirm(order)
        return order

    def make_ruled(self, policy, **line):
        client = self.make_client("Ruled")
        policy = self.make_policy(**policy)
        self.make_line(client, 1e6, policy_id=policy.id, **line)
        return client

    def make_term(self, *days):
        share = 100 / len(days)
        return self.env["account.payment.term"].create(
            {
                "name": f"In {days} days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": share, "nb_days": count}
                    )
                    for count in days
                ],
            }
        )

    def test_the_longest_term_allowed_passes(self):
        client = self.make_ruled({"terms_action": "hold", "max_term_days": 30})
        term = self.make_term(30)
        self.assertPassed(self.gate(client, payment_term_id=term.id))

    def test_a_term_a_day_too_long_is_held(self):
        client = self.make_ruled({"terms_action": "hold", "max_term_days": 30})
        term = self.make_term(31)
        self.assertHeld(self.gate(client, payment_term_id=term.id), "terms")

    def test_the_last_instalment_makes_the_term(self):
        client = self.make_ruled({"terms_action": "hold", "max_term_days": 30})
        term = self.make_term(0, 45)
        self.assertHeld(self.gate(client, payment_term_id=term.id), "terms")

    def test_no_term_is_payment_at_once(self):
        client = self.make_ruled({"terms_action": "hold", "max_term_days": 0})
        self.assertPassed(self.gate(client))

    def test_the_largest_order_allowed_passes(self):
        client = self.make_ruled({"order_action": "hold", "max_order_amount": 500})
        self.assertPassed(self.gate(client, 500))

    def test_an_order_a_cent_too_large_is_held(self):
        client = self.make_ruled({"order_action": "hold", "max_order_amount": 500})
        self.assertHeld(self.gate(client, 500.01), "order")

    def test_a_client_without_a_line_is_held(self):
        tier = self.env["kam.tier"].create(
            {
                "name": "Gold",
                "credit_policy_id": self.make_policy(no_line_action="hold").id,
            }
        )
        client = self.make_client("New", tier_id=tier.id)
        self.assertHeld(self.gate(client), "no_line")

    def test_a_client_without_a_line_may_pass(self):
        tier = self.env["kam.tier"].create(
            {"name": "Gold", "credit_policy_id": self.make_policy().id}
        )
        client = self.make_client("New", tier_id=tier.id)
        self.assertPassed(self.gate(client))

    def test_the_last_valid_day_passes(self):
        client = self.make_ruled({"expired_action": "hold"}, valid_until=self.today)
        self.assertPassed(self.gate(client))

    def test_the_day_after_the_last_valid_day_is_held(self):
        client = self.make_ruled({"expired_action": "hold"}, valid_until=self.day(-1))
        self.assertHeld(self.gate(client), "expired")

    def test_a_line_without_an_end_never_expires(self):
        client = self.make_ruled({"expired_action": "hold"})
        self.assertPassed(self.gate(client))

    def test_a_stopped_client_is_held(self):
        client = self.make_ruled(
            {"stop_action": "hold"}, is_stopped=True, stop_reason="Sued us"
        )
        self.assertHeld(self.gate(client), "stop")

    def test_a_stop_holds_even_an_order_for_nothing(self):
        client = self.make_ruled(
            {"stop_action": "hold"}, is_stopped=True, stop_reason="Sued us"
        )
        self.assertHeld(self.gate(client, 0), "stop")

    def test_an_order_invoiced_to_a_stranger_is_held(self):
        client = self.make_client("Ours")
        self.make_line(client, 1e6)
        stranger = self.make_partner("Stranger")
        order = self.gate(client, partner_invoice_id=stranger.id)
        self.assertHeld(order, "debtor")
        self.assertEqual(order.credit_decision_id.client_id, client)

    def test_changing_the_invoice_address_is_no_way_round(self):
        client = self.make_limited(100, debtor_action="hold")
        order = self.make_order(client.partner_ids, 500)
        self.confirm(order)
        self.assertHeld(order, "limit")
        order.partner_invoice_id = self.make_partner("Stranger")
        self.confirm(order)
        self.assertEqual((order.credit_state, order.state), ("hold", "draft"))

    def test_an_order_of_strangers_is_not_judged(self):
        order = self.make_order(self.make_partner("Stranger"), 1e9)
        self.confirm(order)
        self.assertEqual((order.state, order.credit_state), ("sale", "none"))
        self.assertFalse(order.credit_decision_ids)

    def test_a_strangers_order_invoiced_to_a_client_is_judged(self):
        client = self.make_limited(100)
        order = self.make_order(
            self.make_partner("Stranger"),
            500,
            partner_invoice_id=client.partner_ids.id,
        )
        self.confirm(order)
        self.assertHeld(order, "limit")

    def test_all_reasons_are_given_at_once(self):
        policy = {f"{rule}_action": "hold" for rule in RULES}
        client = self.make_client("Worst")
        self.make_line(
            client,
            100,
            policy_id=self.make_policy(
                **policy, max_term_days=10, max_order_amount=50
            ).id,
            valid_until=self.day(-1),
            is_stopped=True,
            stop_reason="Sued us",
        )
        self.make_invoice(client.partner_ids, 90, date=self.day(-3))
        order = self.gate(client, 60, payment_term_id=self.make_term(11).id)
        self.assertHeld(
            order, "expired", "limit", "no_check", "order", "overdue", "stop", "terms"
        )

    def test_the_strictest_action_decides(self):
        client = self.make_ruled(
            {
                "order_action": "warn",
                "max_order_amount": 1,
                "terms_action": "hold",
                "max_term_days": 1,
            }
        )
        order = self.gate(client, payment_term_id=self.make_term(5).id)
        self.assertHeld(order, "order", "terms")
        outcomes = {r.rule: r.outcome for r in order.credit_decision_id.reason_ids}
        self.assertEqual((outcomes["order"], outcomes["terms"]), ("warn", "hold"))


class TestPolicyChoice(KamCommon):
    def test_shipped_default_holds_on_six_rules_and_not_on_two(self):
        client = self.make_client("Default")
        order = self.make_order(client.partner_ids, 10)
        self.confirm(order)
        self.assertHeld(order, "no_line")
        line = self.make_line(client, 100)
        line.write(
            {
                "valid_until": self.day(-1),
                "is_stopped": True,
                "stop_reason": "Sued us",
            }
        )
        self.make_invoice(client.partner_ids, 100, date=self.day(-90))
        term = self.env["account.payment.term"].create(
            {"name": "A year", "line_ids": [Command.create({"nb_days": 365})]}
        )
        order = self.make_order(client.partner_ids, 1e6, payment_term_id=term.id)
        self.confirm(order)
        spoken = order.credit_decision_id.reason_ids.filtered(
            lambda reason: reason.outcome == "hold"
        )
        self.assertEqual(
            set(spoken.mapped("rule")), {"limit", "overdue", "expired", "stop"}
        )
        order.partner_invoice_id = self.make_partner("Stranger")
        self.confirm(order)
        self.assertIn("debtor", order.credit_decision_id.reason_ids.mapped("rule"))

    def test_the_policy_of_the_tier_is_used(self):
        policy = self.make_policy(order_action="hold", max_order_amount=50)
        tier = self.env["kam.tier"].create(
            {"name": "Gold", "credit_policy_id": policy.id}
        )
        client = self.make_client("Tiered", tier_id=tier.id)
        self.make_line(client, 10)
        order = self.make_order(client.partner_ids, 60)
        self.confirm(order)
        self.assertHeld(order, "order")

    def test_the_policy_of_the_line_comes_before_the_tiers(self):
        tier = self.env["kam.tier"].create(
            {
                "name": "Gold",
                "credit_policy_id": self.make_policy(limit_action="hold").id,
            }
        )
        client = self.make_client("Tiered", tier_id=tier.id)
        self.make_line(client, 10, policy_id=self.make_policy().id)
        order = self.make_order(client.partner_ids, 60)
        self.confirm(order)
        self.assertPassed(order)


class TestHorizon(KamCommon):
    """Orders due after the horizon do not eat the limit."""

    def setUp(self):
        super().setUp()
        self.client = self.make_limited(100_000, horizon_days=30)

    def order_in(self, days, amount=80_000):
        return {"commitment_date": f"{self.day(days)} 12:00:00"}

    def test_an_order_due_on_the_last_day_counts(self):
        self.make_confirmed(self.client.partner_ids, 80_000, **self.order_in(30))
        self.assertMoney(self.judge(self.client), uninvoiced=80_000)

    def test_an_order_due_a_day_later_does_not(self):
        self.make_confirmed(self.client.partner_ids, 80_000, **self.order_in(31))
        self.assertMoney(self.judge(self.client), uninvoiced=0)

    def test_an_order_without_a_date_counts(self):
        self.make_confirmed(self.client.partner_ids, 80_000)
        self.assertMoney(self.judge(self.client), uninvoiced=80_000)

    def test_the_judged_order_always_counts(self):
        order = self.make_order(self.client.partner_ids, 100_001, **self.order_in(300))
        self.confirm(order)
        self.assertHeld(order, "limit")

    def test_an_invoice_counts_whenever_the_order_is_due(self):
        order = self.make_confirmed(
            self.client.partner_ids, 80_000, **self.order_in(31)
        )
        self.make_down_payment(order, 30_000)
        self.assertMoney(self.judge(self.client), receivable=30_000, uninvoiced=0)

    def test_a_horizon_of_zero_is_off(self):
        client = self.make_limited(100_000, horizon_days=0)
        self.make_confirmed(client.partner_ids, 80_000, **self.order_in(300))
        self.assertMoney(self.judge(client), uninvoiced=80_000)
