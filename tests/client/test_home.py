"""The form of a client is where its work starts."""

from odoo.exceptions import AccessError, UserError

from ..common import KamCommon


class TestClientHome(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(1000, overdue_action="hold")
        cls.partner = cls.client.partner_ids
        cls.line = cls.client.credit_line_ids

    def start(self, user, name):
        """The new record that a button opens for the user, with its defaults."""
        action = getattr(self.client.with_user(user), name)()
        model = self.env[action["res_model"]].with_user(user)
        return model.with_context(**action["context"]).new({})

    def test_what_a_client_starts(self):
        self.assertEqual(
            self.start(self.kam, "action_new_quotation").partner_id, self.partner
        )
        visit = self.start(self.kam, "action_plan_visit")
        self.assertEqual((visit.client_id, visit.user_id), (self.client, self.kam))
        promise = self.start(self.kam, "action_new_promise")
        self.assertEqual(promise.client_id, self.client)

    def test_a_stranger_starts_nothing(self):
        client = self.client.with_user(self.other_kam)
        for name in (
            "action_new_quotation",
            "action_plan_visit",
            "action_new_promise",
            "action_open_case",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(client, name)()

    def test_a_case_is_opened_when_debt_is_ripe(self):
        client = self.client.with_user(self.controller)
        with self.assertRaisesRegex(UserError, "nothing to collect"):
            client.action_open_case()
        self.make_invoice(self.partner, 500, date=self.day(-60), due=self.day(-40))
        with self.assertRaises(AccessError):
            self.client.with_user(self.kam).action_open_case()
        action = client.action_open_case()
        self.assertEqual(action["res_id"], self.client.collection_id.id)
        self.assertEqual(client.action_open_case()["res_id"], action["res_id"])

    def test_how_to_reach_the_main_legal_entity(self):
        self.partner.write({"phone": "+7 495 000", "email": "a@b.example", "vat": "7"})
        client = self.client.with_user(self.kam)
        self.assertEqual(
            (client.main_phone, client.main_email, client.main_vat),
            ("+7 495 000", "a@b.example", "7"),
        )

    def test_chart_of_limit_and_debt(self):
        self.assertFalse(self.client.credit_chart)
        self.make_invoice(self.partner, 300, date=self.day(-3), due=self.day(-2))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kam_credit_line SET create_date = create_date - interval '9 day'"
            " WHERE id = %s",
            [self.line.id],
        )
        self.env["kam.credit.snapshot"]._fill(self.company, self.day(-4), self.day(-1))
        self.env.invalidate_all()
        chart = self.client.with_user(self.kam).credit_chart
        days = [self.day(number) for number in (-4, -3, -2, -1, 0)]
        self.assertEqual(chart["days"], [str(day) for day in days])
        figures = {figure["name"]: figure["values"] for figure in chart["figures"]}
        self.assertEqual(figures["receivable"], [0, 300, 300, 300, 300])
        self.assertEqual(figures["overdue"], [0, 0, 0, 300, 300])
        self.assertEqual(figures["limit"][-1], 1000)
        with self.assertRaises(AccessError):
            self.line.with_user(self.other_kam).read(["chart"])

    def test_charts_of_many_lines_in_one_query(self):
        lines = self.line | self.make_line(self.make_client("Other"), 5)
        self.env.invalidate_all()
        lines.mapped("effective_limit")
        lines.mapped("overdue")
        lines.mapped("currency_id")
        with self.assertQueryCount(1):
            lines.mapped("chart")
