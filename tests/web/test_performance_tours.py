"""A manager opens a number, the head closes the month, the director approves."""

from dateutil.relativedelta import MO, relativedelta

from odoo.fields import Command

from ..common import KamHttpCase


class TestPerformanceTours(KamHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Tour Client")
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE kam_assignment SET date_from = '2020-01-01'")
        cls.env.invalidate_all()
        month = cls.today.replace(day=1) - relativedelta(months=1)
        day = month + relativedelta(days=9)
        cls.make_invoice(
            cls.client.partner_ids, 1000, date=day - relativedelta(years=1)
        )
        invoice = cls.make_invoice(cls.client.partner_ids, 1100, date=day, due=day)
        cls.pay(1100, invoice, date=day)
        cls.env["kam.sales.plan"].create(
            {
                "company_id": cls.company.id,
                "team_id": cls.team.id,
                "user_id": cls.kam.id,
                "period": "month",
                "date_from": month,
                "effective_date": month,
                "state": "approved",
                "line_ids": [Command.create({"month": month, "target": 1000})],
            }
        )
        cards = cls.env["kam.scorecard"]._make_cards(cls.company, month)
        cls.card = cards.filtered(lambda card: card.user_id == cls.kam)
        cls.card._compute_cards()
        cls.url = f"/odoo/scorecards/{cls.card.id}"

    def test_the_quadrant_of_managers(self):
        week = self.card.date_from + relativedelta(weekday=MO)
        self.env["kam.visit.plan"].create(
            {"user_id": self.kam.id, "week_start": week, "state": "approved"}
        )
        self.card._compute_cards()
        self.start_tour(
            "/odoo/scorecard-ranking",
            "kam_head_opens_the_quadrant",
            login=self.head.login,
        )

    def test_from_the_number_to_the_closed_month(self):
        self.start_tour(
            "/odoo/my-scorecard", "kam_manager_opens_a_number", login=self.kam.login
        )
        self.start_tour(self.url, "kam_head_closes_the_month", login=self.head.login)
        self.assertEqual(self.card.state, "closed")
        self.start_tour(self.url, "kam_director_approves", login=self.director.login)
        self.assertEqual(self.card.state, "approved")
