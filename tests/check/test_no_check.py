"""The rule no_check at the gate."""

from .common import CheckCase


class TestNoCheck(CheckCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        policy = cls.make_policy("Checked only", no_check_action="hold")
        cls.line = cls.make_line(cls.client, 100000, policy_id=policy.id)

    def confirm_new(self):
        order = self.make_order(self.partner, 100)
        self.confirm(order)
        return order

    def test_never_checked(self):
        self.assertHeld(self.confirm_new(), "no_check")

    def test_warns_only(self):
        self.line.policy_id.no_check_action = "warn"
        self.assertGate(self.confirm_new(), "warn", "no_check")

    def test_ignored_as_shipped(self):
        default = self.env["kam.credit.policy"]._get_default()
        self.assertEqual(default.no_check_action, "ignore")
        self.line.policy_id.no_check_action = "ignore"
        self.assertPassed(self.confirm_new())

    def test_checked(self):
        check = self.make_submitted(85)
        self.assertHeld(self.confirm_new(), "no_check")
        check.with_user(self.controller).action_approve()
        self.assertPassed(self.confirm_new())
        check.sudo().valid_until = self.today
        self.assertPassed(self.confirm_new())
        check.sudo().valid_until = self.day(-1)
        self.assertHeld(self.confirm_new(), "no_check")

    def test_check_in_another_company(self):
        other = self.make_company("Other", chart=False)
        check = self.make_submitted(85, company_id=other.id)
        check.with_user(self.controller).action_approve()
        self.assertHeld(self.confirm_new(), "no_check")
