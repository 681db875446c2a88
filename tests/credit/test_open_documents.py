"""Open documents add up to the exposure, for whoever may see the client."""

from ..common import KamCommon


class TestOpenDocuments(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(1000)
        cls.partner = cls.client.partner_ids
        cls.invoice = cls.make_invoice(cls.partner, 300, due=cls.day(-45))
        cls.payment = cls.pay(40, partner=cls.partner)
        cls.order = cls.make_confirmed(cls.partner, 200)

    def documents(self, user=None):
        self.env.flush_all()
        documents = self.env["kam.credit.exposure"].with_user(user or self.env.user)
        return documents.search([("client_id", "=", self.client.id)])

    def test_they_add_up_to_the_exposure(self):
        documents = self.documents()
        self.assertEqual(
            sorted(documents.mapped("amount")),
            [-40, 200, 300],
        )
        line = self.client.credit_line_ids
        self.assertEqual(sum(documents.mapped("amount")), line.exposure)

    def test_kind_aging_and_days(self):
        kinds = self.documents().grouped("kind")
        invoice, credit, order = kinds["invoice"], kinds["credit"], kinds["order"]
        self.assertEqual((invoice.aging, invoice.days_overdue), ("31_60", 45))
        self.assertEqual((credit.aging, credit.days_overdue), ("unallocated", 0))
        self.assertEqual((order.aging, order.days_overdue), ("order", 0))
        self.assertEqual(invoice.move_id, self.invoice)
        self.assertEqual(order.order_id, self.order)

    def test_due_today_is_not_overdue(self):
        self.make_invoice(self.partner, 10, due=self.today)
        document = self.documents().filtered(lambda d: d.amount == 10)
        self.assertEqual((document.aging, document.days_overdue), ("not_due", 0))

    def test_paid_documents_leave(self):
        self.pay(300, self.invoice)
        self.assertNotIn("invoice", self.documents().mapped("kind"))

    def test_the_manager_sees_his_own_only(self):
        for user in (self.kam, self.head, self.controller, self.support, self.director):
            self.assertEqual(len(self.documents(user)), 3, user.login)
        for user in (self.other_kam, self.other_head):
            self.assertFalse(self.documents(user), user.login)

    def test_the_case_lists_them(self):
        decision = self.judge(self.client)
        self.assertEqual(decision.document_ids, self.documents())
        self.assertEqual(decision.document_count, 3)
        self.assertFalse(decision.with_user(self.kam).document_ids - self.documents())

    def test_opening_one(self):
        kinds = self.documents().grouped("kind")
        self.assertEqual(kinds["order"].action_open_document()["res_id"], self.order.id)
        action = kinds["invoice"].action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("account.move", self.invoice.id)
        )
