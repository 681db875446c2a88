"""Who may release or approve: for many at once as one by one."""

from datetime import timedelta

from odoo import fields

from ..common import KamCommon
from .common import DeskFactory


class TestInvolvement(DeskFactory, KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_department()
        cls.decisions = cls.env["kam.credit.decision"].search(
            [("outcome", "=", "hold"), ("state", "=", "open")]
        )
        cls.checks = cls.env["kam.credit.check"].search([("state", "=", "submitted")])
        cls.env["kam.credit.authority"].search([]).unlink()
        for user in (cls.kam, cls.other_kam, cls.controller, cls.head, cls.director):
            cls.env["kam.credit.authority"].create({"user_id": user.id, "amount": 800})

    def check(self, expected):
        """The users of ``expected`` may release or approve for so many clients."""
        self.env.invalidate_all()
        for user, count in expected.items():
            with self.subTest(user.login):
                decisions = self.decisions.with_user(user).sudo(False)
                answering = decisions.env["kam.credit.answering"]
                decisions = decisions._filtered_access("read")
                one_by_one = decisions.filtered(
                    lambda x, gate=answering: not gate._get_release_obstacle(x)
                )
                self.assertEqual(answering._filter_releasable(decisions), one_by_one)
                checks = self.checks.with_user(user)._filtered_access("read")
                approval = checks.env["kam.credit.approval"]
                one_by_one = checks.browse(
                    check.id for check in checks if not approval._get_obstacle(check)
                )
                self.assertEqual(approval._filter(checks), one_by_one)
                releasable = answering._filter_releasable(decisions)
                self.assertEqual(
                    (len(releasable), len(checks - one_by_one)),
                    count,
                )

    def test_managers_never_decide_on_their_clients(self):
        # short: 700, 90 and 1,800, of which 800 cover two
        self.check(
            {
                self.kam: (0, 2),
                self.other_kam: (0, 1),
                self.controller: (2, 0),
                self.head: (2, 0),
                self.director: (2, 0),
            }
        )

    def test_whoever_had_the_client_since_then_is_involved(self):
        self.client.with_user(self.director).action_hand_over(
            self.controller, self.today, "New districts"
        )
        self.check({self.controller: (1, 1), self.director: (2, 0)})
        self.client.with_user(self.director).action_hand_over(
            self.other_kam, self.today, "Back"
        )
        self.check({self.controller: (1, 1), self.other_kam: (0, 2)})

    def test_whoever_stood_in_is_involved(self):
        self.env["kam.substitution"].create(
            {
                "absent_user_id": self.kam.id,
                "substitute_user_id": self.controller.id,
                "date_from": self.today,
                "date_to": self.day(3),
            }
        ).with_user(self.director).action_confirm()
        self.check({self.controller: (0, 2), self.director: (2, 0)})

    def test_who_left_the_client_before_the_order_is_not(self):
        old = self.today - timedelta(days=400)
        period = self.env["kam.assignment"].search(
            [("client_id", "=", self.client.id)], limit=1
        )
        period.copy(
            {
                "manager_id": self.controller.id,
                "date_from": fields.Date.subtract(old, days=10),
                "date_to": old,
            }
        )
        self.check({self.controller: (2, 0)})
