"""Headroom on the order while typing, for a manager without accounting rights."""

from odoo.exceptions import AccessError

from ..common import KamCommon


class TestLiveFigures(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_limited(1000, limit_tolerance_percent=10)
        self.partner = self.client.partner_ids
        self.make_invoice(self.partner, 300)
        self.make_confirmed(self.partner, 150.5)

    def typed(self, order, price):
        """The figures an onchange returns to the manager who types ``price``."""
        env = self.env(user=self.kam, context={})
        line = {
            "product_id": self.product.id,
            "product_uom_qty": 1,
            "price_unit": price,
        }
        names = ("credit_headroom", "credit_exposure", "credit_limit_effective")
        record = env["sale.order"].new(
            {"order_line": [(0, 0, line)]}, origin=env["sale.order"].browse(order.id)
        )
        return {name: round(record[name], 2) for name in names}

    def test_typing_shows_what_the_decision_will_say(self):
        order = self.make_order(self.partner, lines=[])
        shown = self.typed(order, 600)
        self.assertEqual(
            shown,
            {
                "credit_headroom": 49.5,
                "credit_exposure": 450.5,
                "credit_limit_effective": 1000,
            },
        )
        order.write({"order_line": [(0, 0, self.line_vals(price_unit=600))]})
        decision = order._credit_evaluate()
        self.assertMoney(decision, headroom=49.5, exposure=450.5, limit=1000)

    def test_a_saved_order_shows_the_same(self):
        order = self.make_order(self.partner, 700)
        mine = order.with_user(self.kam)
        self.assertMoney(mine, credit_headroom=-50.5, credit_exposure=450.5)
        self.assertMoney(order._credit_evaluate(), headroom=-50.5)

    def test_a_down_payment_on_the_quotation_counts_once(self):
        order = self.make_order(self.partner, 200)
        self.make_down_payment(order, 60)
        mine = order.with_user(self.kam)
        self.assertMoney(mine, credit_headroom=449.5, credit_exposure=510.5)
        self.assertMoney(order._credit_evaluate(), headroom=449.5, exposure=510.5)

    def test_an_order_in_euro_shows_company_money(self):
        euro = self.make_currency("EUR", (-400, 0.5))
        order = self.make_order(self.partner, 100, currency=euro)
        mine = order.with_user(self.kam)
        self.assertMoney(mine, credit_headroom=449.5, credit_limit_effective=1000)
        self.assertMoney(order._credit_evaluate(), headroom=449.5)

    def test_a_confirmed_order_is_not_counted_twice(self):
        order = self.make_order(self.partner, 200)
        self.confirm(order)
        mine = order.with_user(self.kam)
        self.assertMoney(mine, credit_headroom=449.5, credit_exposure=450.5)

    def test_orders_beyond_the_horizon_are_left_out_here_too(self):
        self.env["kam.credit.line"].search(
            [("client_id", "=", self.client.id)]
        ).policy_id.horizon_days = 30
        self.make_confirmed(
            self.partner, 400, commitment_date=f"{self.day(60)} 12:00:00"
        )
        order = self.make_order(self.partner, 100)
        self.assertMoney(order.with_user(self.kam), credit_headroom=549.5)
        self.assertMoney(order._credit_evaluate(), headroom=549.5)

    def test_the_live_figure_follows_the_documents(self):
        order = self.make_order(self.partner, 100).with_user(self.kam)
        self.assertMoney(order, credit_headroom=549.5)
        self.make_invoice(self.partner, 49.5)
        self.assertMoney(order, credit_headroom=500)

    def test_the_manager_has_no_accounting_rights(self):
        with self.assertRaises(AccessError):
            self.partner.with_user(self.kam).read(["credit"])
        line = self.env["kam.credit.line"].search([("client_id", "=", self.client.id)])
        self.assertMoney(line.with_user(self.kam), receivable=300, uninvoiced=150.5)

    def test_foreign_clients_are_not_revealed(self):
        theirs = self.make_client(
            "Theirs", manager_id=self.other_kam.id, team_id=self.other_team.id
        )
        line = self.make_line(theirs, 1000)
        self.make_invoice(theirs.partner_ids, 777)
        mine = line.with_user(self.kam)
        with self.assertRaises(AccessError):
            mine.read(["receivable", "limit"])
        found = self.env["kam.credit.line"].with_user(self.kam).search([])
        self.assertNotIn(line.id, found.ids)
        order = self.make_order(
            self.partner, 10, partner_invoice_id=theirs.partner_ids.id
        )
        env = self.env(user=self.kam, context={})
        record = env["sale.order"].new(
            {"partner_invoice_id": theirs.partner_ids.id},
            origin=env["sale.order"].browse(order.id),
        )
        self.assertEqual(record.credit_limit_effective, 0)
        self.assertEqual(record.credit_exposure, 0)
