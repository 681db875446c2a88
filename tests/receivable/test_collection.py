"""Cases open and close by the debt."""

from odoo.exceptions import AccessError, UserError

from ..common import KamCommon


class TestCollection(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(
            10000, name="Debtor", overdue_grace_days=3, overdue_min_amount=100
        )
        cls.partner = cls.client.partner_ids

    def overdue(self, amount=100, days=4, client=None):
        partner = (client or self.client).partner_ids
        return self.make_invoice(
            partner, amount, date=self.day(-60), due=self.day(-days)
        )

    def open_cases(self):
        self.env["kam.collection.debt"]._open_cases()
        return self.env["kam.collection"].search(
            [("client_id", "=", self.client.id), ("state", "!=", "closed")]
        )

    def test_opens_at_grace_and_minimum(self):
        self.overdue(100, 3)
        self.assertFalse(self.open_cases())
        self.overdue(99.99, 4)
        self.assertFalse(self.open_cases())
        self.overdue(0.01, 4)
        case = self.open_cases()
        self.assertEqual((case.state, case.overdue), ("open", 200))
        self.assertEqual(self.open_cases(), case)
        self.assertEqual(len(case.step_ids), 1)

    def test_policy_with_nothing_but_a_name_has_neither_grace_nor_minimum(self):
        policy = self.env["kam.credit.policy"].create({"name": "Bare"})
        self.client.credit_line_ids.policy_id = policy
        self.overdue(0.01, 1)
        self.assertTrue(self.open_cases())

    def test_unallocated_credits_keep_it_shut(self):
        self.overdue()
        self.pay(50, partner=self.partner)
        self.assertFalse(self.open_cases())

    def test_priority_by_class(self):
        self.overdue(100, 10)
        self.assertEqual(self.open_cases().priority, 2000)
        self.client.credit_line_ids.risk_class = "e"
        self.assertEqual(self.open_cases().priority, 3000)

    def test_payment_closes_a_paused_case(self):
        invoice = self.overdue()
        case = self.open_cases()
        case.with_user(self.controller).action_pause("Holidays", self.day(5))
        self.assertEqual(self.open_cases().state, "paused")
        self.pay(100, invoice)
        self.assertFalse(self.open_cases())
        self.assertEqual(case.state, "closed")

    def test_pause_ends_by_date(self):
        self.overdue()
        case = self.open_cases()
        case.with_user(self.controller).action_pause("Holidays", self.day(0))
        case.sudo().pause_until = self.day(-1)
        self.assertEqual(self.open_cases().state, "open")

    def test_forward_with_a_reason_and_never_back(self):
        self.overdue()
        case = self.open_cases().with_user(self.controller)
        stages = self.env["kam.collection.stage"].search([("days", ">=", 0)])
        with self.assertRaises(UserError):
            case.write({"stage_id": stages[2].id})
        case.action_forward(stages[2], "They do not answer")
        self.assertEqual(case.step_ids[:1].result, "They do not answer")
        case.with_context(kam_reason="By hand").write({"stage_id": stages[3].id})
        self.assertEqual(case.step_ids.sorted("id")[-1:].mapped("result"), ["By hand"])
        with self.assertRaises(UserError):
            case.action_forward(stages[4], None)
        with self.assertRaises(UserError):
            case.action_forward(stages[1], "Back")
        with self.assertRaises(UserError):
            case.write({"state": "closed"})

    def test_board_begins_with_the_first_stage_that_has_a_case(self):
        """A case goes forward only, and a phone shows the first column."""
        ladder = self.env["kam.collection.stage"].search([])
        columns = self.env["kam.collection"]._group_expand_stage
        self.assertEqual(columns(ladder[1] | ladder[3], []), ladder[1:])
        self.assertEqual(columns(ladder[:1], []), ladder)
        self.assertEqual(columns(ladder.browse(), []), ladder)

    def test_call_on_the_case_of_another_shows_nothing(self):
        self.overdue()
        case = self.open_cases()
        dialog = self.env["kam.collection.call"].with_user(self.other_kam)
        vals = {"result": "Who", "next_date": self.day(1)}
        for name in ("overdue", "unallocated", "oldest_overdue_days", "client_id"):
            with self.assertRaises(AccessError):
                call = dialog.create({**vals, "collection_id": case.id})
                call.invalidate_recordset()
                call.read([name])

    def test_call_makes_a_step_and_a_promise(self):
        self.overdue()
        case = self.open_cases().with_user(self.kam)
        call = self.env["kam.collection.call"].with_user(self.kam)
        call.create(
            {
                "collection_id": case.id,
                "result": "Pays on Friday",
                "next_date": self.day(3),
                "promise_amount": 100,
                "promise_date": self.day(2),
            }
        ).action_apply()
        step = case.step_ids.filtered(lambda step: step.kind == "call")
        self.assertEqual((step.kind, step.promise_id.amount), ("call", 100))
        self.assertEqual(case.next_date, self.day(3))
        with self.assertRaises(AccessError):
            case.action_pause("Mine", self.day(5))

    def test_queries_do_not_grow_with_clients(self):
        for number in range(3):
            client = self.make_client(f"Debtor {number}")
            self.overdue(500, 40, client)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(27):
            self.env["kam.collection.debt"].with_context(
                tracking_disable=True
            )._open_cases()
            self.env.flush_all()
