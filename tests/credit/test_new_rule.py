"""A rule that another room adds: one class, judged, worded and stored."""

from odoo import api, models
from odoo.orm.model_classes import add_to_registry

from ..common import RULES, KamCommon


class TestNewRule(KamCommon):
    def add_rule(self):
        """Add a rule to the registry, and take it out again after the test."""
        asked = []

        class KamCreditRuleSmall(models.AbstractModel):
            _module = "key_account_management"
            _name = "kam.credit.rule.small"
            _description = "Credit Rule: Small Order"
            _inherit = ["kam.credit.rule"]
            _register = False

            _rule_order = 35  # between terms and order
            _unit = "money"
            _action_field = "order_action"  # a test adds no column

            @api.model
            def _get_facts(self, keys):
                asked.append(keys)
                return dict.fromkeys(keys, 50)

            @api.model
            def _measure(self, situation, policy, exceeds):
                allowed = situation.facts[self._code]
                return exceeds(allowed, situation.amount), situation.amount, allowed

            @api.model
            def _get_label(self):
                return "Small order"

            @api.model
            def _get_broken_text(self, values):
                return f"{values['measured']} is less than {values['allowed']}."

            @api.model
            def _get_passed_text(self, values, is_measured):
                return f"{values['measured']} is enough."

        registry = self.registry
        add_to_registry(registry, KamCreditRuleSmall)
        self.addCleanup(self.remove_rule, KamCreditRuleSmall._name)
        registry._setup_models__(self.cr, [KamCreditRuleSmall._name])
        registry.clear_cache()
        return asked

    def remove_rule(self, name):
        self.registry.models.pop(name, None)
        for parent in ("kam.credit.rule", "base"):
            self.registry[parent]._inherit_children.discard(name)
        self.registry.clear_cache()

    def test_it_is_judged_worded_and_stored(self):
        asked = self.add_rule()
        client = self.make_limited(1000, order_action="hold", max_order_amount=600)
        orders = [self.make_order(client.partner_ids, amount) for amount in (49, 50)]
        self.confirm(orders[0] + orders[1])
        key = client.id, self.env.company.root_id.id
        self.assertEqual(asked, [[key]], "asked once for all orders of the client")
        self.assertHeld(orders[0], "small")
        self.assertPassed(orders[1])
        reasons = [order.credit_decision_id.reason_ids for order in orders]
        self.assertEqual(reasons[0].mapped("rule"), ["limit", "small", "order"])
        self.assertIn("49 is less than 50.", orders[0].credit_message)
        self.assertEqual(reasons[1][1].message, "50 is enough.")
        self.assertEqual(reasons[1][1]._get_rule()._get_label(), "Small order")
        self.assertEqual(self.env["kam.credit.decision"]._check_chain(), [])

    def test_reasons_stay_readable_when_the_rule_is_gone(self):
        self.add_rule()
        client = self.make_limited(1000, order_action="hold", max_order_amount=600)
        order = self.make_order(client.partner_ids, 49)
        self.confirm(order)
        self.remove_rule("kam.credit.rule.small")
        self.env.invalidate_all()
        reason = order.credit_decision_id.reason_ids.filtered(
            lambda reason: reason.rule == "small"
        )
        self.assertFalse(reason.message)
        self.assertEqual(reason.outcome, "hold")

    def test_every_rule_has_its_action_label_and_place(self):
        rules = self.env["kam.credit.rule"]._get_all()
        self.assertEqual(tuple(rule._code for rule in rules), RULES)
        policy = self.env["kam.credit.policy"]._fields
        for rule in rules:
            with self.subTest(rule=rule._code):
                self.assertLessEqual(set(rule._get_fields()), policy.keys())
                self.assertEqual(rule._get_fields()[0], f"{rule._code}_action")
                self.assertTrue(rule._get_label())
