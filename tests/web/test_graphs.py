"""A line of a graph joins the days of one thing, never unrelated clients."""

from ..common import KamHttpCase


class TestGraphs(KamHttpCase):
    def test_grouped_by_clients_a_line_becomes_bars(self):
        client = self.make_limited(1000)
        self.make_invoice(client.partner_ids, 500)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kam_credit_line SET create_date = create_date - interval '9 day'"
        )
        self.env["kam.credit.snapshot"]._fill(self.company, self.day(-5), self.day(-1))
        self.start_tour(
            "/odoo/credit-history",
            "kam_line_joins_days_only",
            login=self.controller.login,
        )
