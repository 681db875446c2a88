"""One status, the plea, and figures that explain each other, on a decision."""

from lxml import etree

from odoo.tools.safe_eval import safe_eval

from ..common import KamCommon


class TestDecisionWords(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client(manager_id=cls.kam.id)
        cls.partner = cls.client.partner_ids
        cls.policy = cls.make_policy(overdue_action="hold", overdue_min_amount=1)
        cls.make_line(cls.client, 1_000_000, policy_id=cls.policy.id)

    def hold(self, amount=10):
        order = self.make_order(self.partner, amount, user_id=self.kam.id)
        order.with_user(self.kam).action_confirm()
        self.assertEqual(order.credit_state, "hold")
        return order

    def owe(self, amount, days):
        self.make_invoice(
            self.partner, amount, date=self.day(-days), due=self.day(-days)
        )

    def test_unallocated_money_explains_the_difference(self):
        self.owe(230_090, 20)
        self.pay(15_000, partner=self.partner)
        decision = self.hold().credit_decision_id
        self.assertMoney(decision, overdue=230_090, unallocated=15_000)
        self.assertIn("215,090 is overdue", decision.headline)
        self.assertIn(
            "Overdue 230,090, the oldest for 20 days. Of it 215,090 counts: 15,000 of "
            "unallocated money is taken off.",
            decision.summary,
        )

    def test_grace_days_explain_the_rest_of_it(self):
        self.policy.overdue_grace_days = 5
        self.owe(230_090, 20)
        self.owe(30_000, 3)
        self.pay(15_000, partner=self.partner)
        decision = self.hold().credit_decision_id
        self.assertIn(
            "Overdue 260,090, the oldest for 20 days. Of it 215,090 counts: 15,000 of "
            "unallocated money is taken off, and 30,000 is within the grace days or "
            "disputed.",
            decision.summary,
        )

    def test_grace_days_alone(self):
        self.policy.overdue_grace_days = 5
        self.owe(100, 20)
        self.owe(30, 3)
        decision = self.hold().credit_decision_id
        self.assertIn("Of it 100 counts: 30 is within the grace days", decision.summary)

    def test_nothing_to_explain(self):
        self.owe(100, 20)
        decision = self.hold().credit_decision_id
        self.assertIn("Overdue 100, the oldest for 20 days.", decision.summary)
        self.assertNotIn("counts:", decision.summary)

    def test_one_status(self):
        self.owe(100, 20)
        held, rejected, released = (self.hold() for _number in range(3))
        decision = rejected.credit_decision_id.with_user(self.director)
        decision.action_reject("No money seen.")
        self.assertEqual(decision.status, "rejected")
        self.assertTrue(
            decision.headline.startswith("Rejected: No money seen. It was held: 100 is")
        )
        decision = released.credit_decision_id.with_user(self.director)
        decision.action_release("Money seen")
        self.assertEqual(decision.status, "released")
        self.assertTrue(decision.display_name.endswith(": Released"))
        self.assertTrue(decision.headline.startswith("Released. It was held: 100 is"))
        self.assertEqual(held.credit_decision_id.status, "hold")
        self.policy.limit_action = "hold"
        self.env["kam.credit.line"].search([]).limit = 0
        short = self.hold(50).credit_decision_id.with_user(self.director)
        amount = short._format_amount(short.shortfall)
        self.assertTrue(short.headline.startswith(f"Held: {amount} short."))
        short.action_release("Money seen")
        self.assertTrue(short.headline.startswith(f"Released; it was {amount} short."))
        held.action_cancel()
        self.assertEqual(held.credit_decision_id.status, "superseded")

    def test_the_plea_and_who_may_release(self):
        self.owe(100, 20)
        order = self.hold()
        self.env["kam.credit.authority"].search([]).unlink()
        self.env["kam.credit.authority"].create(
            {"user_id": self.director.id, "is_unlimited": True}
        )
        decision = order.credit_decision_id.with_user(self.kam)
        self.assertFalse(decision.asked_message)
        order.with_user(self.kam).action_credit_request("He pays on Friday")
        decision.invalidate_recordset()
        self.assertIn(self.kam.name, decision.asked_message)
        self.assertIn("He pays on Friday", decision.asked_message)
        self.assertIn(self.director.name, decision.who_message)
        self.assertFalse(decision.with_user(self.director).who_message)

    def test_a_confirmed_order_tells_the_figures_of_its_decision_from_those_of_now(
        self,
    ):
        order = self.make_order(self.partner, 400, user_id=self.kam.id)
        self.assertFalse(order.credit_decided_message)
        order.with_user(self.kam).action_confirm()
        self.owe(100, 20)
        order.invalidate_recordset()
        order = order.with_user(self.kam)
        self.assertTrue(order.credit_decided_message)
        self.assertIn("debt 0", order.credit_message)
        self.assertEqual(order.credit_receivable, 100)

    def test_the_bar_has_its_figures(self):
        """The widget reads what the form loads: a field that is left out shows 0."""
        for model in ("kam.credit.decision", "sale.order"):
            views = self.env[model].with_user(self.controller)
            arch = etree.fromstring(views.get_view(view_type="form")["arch"])
            [bar] = arch.xpath("//widget[@name='kam_credit_bar']")
            loaded = set(arch.xpath("//field[not(ancestor::field)]/@name"))
            self.assertLessEqual(set(safe_eval(bar.get("options")).values()), loaded)
