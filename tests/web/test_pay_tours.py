"""A manager simulates his pay, sends a report; the head closes the department."""

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

from ..common import KamHttpCase


class TestPayTours(KamHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Tour Client")
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE kam_assignment SET date_from = '2020-01-01'")
        cls.env.invalidate_all()
        cls.month = cls.today.replace(day=1) - relativedelta(months=1)
        day = cls.month + relativedelta(days=9)
        partner = cls.client.partner_ids
        cls.make_invoice(partner, 800, date=day - relativedelta(years=1))
        invoice = cls.make_invoice(partner, 900, date=day, due=day)
        cls.pay(900, invoice, date=day)
        cls.env["kam.sales.plan"].create(
            {
                "company_id": cls.company.id,
                "team_id": cls.team.id,
                "user_id": cls.kam.id,
                "period": "month",
                "date_from": cls.month,
                "effective_date": cls.month,
                "state": "approved",
                "line_ids": [Command.create({"month": cls.month, "target": 1000})],
            }
        )
        cls.env["kam.pay.scheme"].create(
            {
                "user_id": cls.kam.id,
                "company_id": cls.company.id,
                "date_from": cls.month,
                "amount": 10_000,
            }
        )
        cards = cls.env["kam.scorecard"]._make_cards(cls.company, cls.month)
        cards._compute_cards()
        cls.card = cards.filtered(lambda card: card.user_id == cls.kam)

    def test_a_manager_simulates(self):
        self.start_tour(
            f"/odoo/my-scorecard/{self.card.id}",
            "kam_manager_simulates_his_pay",
            login=self.kam.login,
        )

    def test_the_head_closes_the_month_from_the_department(self):
        self.start_tour(
            "/odoo/department",
            "kam_head_closes_from_the_department",
            login=self.head.login,
        )
        self.assertEqual(self.card.state, "closed")

    def test_a_part_of_growth_opens_its_clients(self):
        self.start_tour(
            "/odoo/growth", "kam_manager_opens_a_part_of_growth", login=self.kam.login
        )

    def test_a_report_is_sent(self):
        duty = self.env["kam.report.duty"].create(
            {
                "name": "Debts",
                "source": "debts",
                "due_days": 3,
                "date_from": self.month,
                "company_id": self.company.id,
            }
        )
        duty._make_instances()
        report = duty.instance_ids.filtered(lambda row: row.user_id == self.kam)
        self.start_tour(
            f"/odoo/reports-due/{report[:1].id}",
            "kam_manager_sends_a_report",
            login=self.kam.login,
        )
        self.assertEqual(report[:1].state, "submitted")
