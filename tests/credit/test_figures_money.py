"""Currencies, branches, companies and foreign invoice addresses."""

from ..common import KamCommon


class TestCurrencies(KamCommon):
    """A euro costs 2 of the company's money, from ten days ago on 4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.make_currency("EUR", (-400, 0.5), (-10, 0.25))

    def setUp(self):
        super().setUp()
        self.client = self.make_limited(100_000)
        self.partner = self.client.partner_ids
        self.line = self.env["kam.credit.line"].search(
            [("client_id", "=", self.client.id)]
        )

    def make_old(self, amount, **kwargs):
        """An order confirmed at the old rate."""
        order = self.make_order(self.partner, amount, currency=self.euro, **kwargs)
        order.with_context(kam_history_import=True).write(
            {"state": "sale", "date_order": f"{self.day(-30)} 12:00:00"}
        )
        return order

    def test_the_judged_order_is_converted_once(self):
        order = self.make_order(self.partner, 123.45, currency=self.euro)
        self.assertMoney(
            order._credit_evaluate(), order_amount=493.8, order_total=493.8
        )

    def test_an_order_in_euro_up_to_the_last_cent(self):
        fits = self.make_order(self.partner, 25_000, currency=self.euro)
        self.confirm(fits)
        self.assertPassed(fits)
        fits._action_cancel()
        over = self.make_order(self.partner, 25_000.01, currency=self.euro)
        self.confirm(over)
        self.assertHeld(over, "limit")
        self.assertMoney(over.credit_decision_id, shortfall=0.04)

    def test_a_confirmed_order_keeps_its_own_rate(self):
        self.make_old(100)
        self.assertMoney(self.line, uninvoiced=200)
        self.assertMoney(self.judge(self.client), uninvoiced=200)

    def test_a_partial_invoice_leaves_the_rest_at_the_orders_rate(self):
        order = self.make_old(None, lines=[{"product_uom_qty": 10, "price_unit": 10}])
        self.invoice_order(order, quantity=4)
        self.assertMoney(order, credit_rest=120)
        # 40 euro were invoiced today, at 4
        self.assertMoney(self.line, uninvoiced=120, receivable=160)

    def test_an_invoice_is_owed_at_its_own_rate(self):
        self.make_invoice(self.partner, 100, date=self.day(-20), currency=self.euro)
        self.make_invoice(self.partner, 100, currency=self.euro)
        self.assertMoney(self.line, receivable=600)

    def test_an_invoice_in_another_currency_than_its_order(self):
        order = self.make_confirmed(
            self.partner,
            lines=[{"product_uom_qty": 10, "price_unit": 10}],
            currency=self.euro,
        )
        move = order._create_invoices()
        move.currency_id = self.company.currency_id
        move.invoice_line_ids.write({"quantity": 4, "price_unit": 40})
        self.post(move)
        self.assertMoney(self.line, receivable=160, uninvoiced=240)

    def test_a_rate_that_does_not_divide(self):
        self.euro.rate_ids.unlink()
        crown = self.make_currency("SEK", (-400, 10.7))
        order = self.make_confirmed(self.partner, 1000, currency=crown)
        self.assertMoney(order, credit_rest=93.46)
        self.assertMoney(self.line, uninvoiced=93.46)

    def test_a_quotation_is_judged_at_the_rate_it_will_be_confirmed_at(self):
        self.line.limit = 300
        order = self.make_order(
            self.partner,
            100,
            currency=self.euro,
            date_order=f"{self.day(-30)} 12:00:00",
        )
        self.confirm(order)
        self.assertHeld(order, "limit")
        self.assertMoney(order.credit_decision_id, order_amount=400)

    def test_overdue_of_a_foreign_invoice_is_company_money(self):
        invoice = self.make_invoice(
            self.partner, 100, date=self.day(-20), currency=self.euro
        )
        self.pay(50, invoice=invoice, date=self.day(-15))
        self.assertMoney(self.line, receivable=150, overdue=150)


class TestInvoiceAddress(KamCommon):
    """The debtor is who is invoiced, the client is who orders."""

    def setUp(self):
        super().setUp()
        self.buyer = self.make_limited(1000, "Buyer")
        self.payer = self.make_limited(5000, "Payer")

    def make_cross(self, amount):
        return self.make_order(
            self.buyer.partner_ids,
            amount,
            partner_invoice_id=self.payer.partner_ids.id,
        )

    def test_the_debtors_line_judges(self):
        order = self.make_cross(5000)
        self.confirm(order)
        self.assertPassed(order)
        self.assertEqual(order.kam_client_id, self.buyer)
        self.assertEqual(order.credit_decision_id.client_id, self.payer)
        self.assertMoney(order.credit_decision_id, limit=5000, headroom=0)

    def test_the_rest_uses_the_debtors_room(self):
        self.confirm(self.make_cross(5000))
        self.assertMoney(self.judge(self.payer), uninvoiced=5000)
        self.assertMoney(self.judge(self.buyer), uninvoiced=0)

    def test_the_invoice_uses_the_debtors_room(self):
        order = self.make_cross(5000)
        self.confirm(order)
        self.invoice_order(order)
        self.assertMoney(self.judge(self.payer), receivable=5000, uninvoiced=0)
        self.assertMoney(self.judge(self.buyer), receivable=0, uninvoiced=0)

    def test_an_invoice_contact_of_the_client_is_the_client(self):
        contact = self.make_partner(
            "Accounts",
            parent_id=self.buyer.partner_ids.id,
            is_company=False,
            type="invoice",
        )
        order = self.make_order(
            self.buyer.partner_ids, 1000, partner_invoice_id=contact.id
        )
        self.confirm(order)
        self.assertPassed(order)
        self.assertEqual(order.credit_decision_id.client_id, self.buyer)
        self.assertMoney(self.judge(self.buyer), uninvoiced=1000)

    def test_moving_the_address_of_a_confirmed_order_moves_the_rest(self):
        order = self.make_order(self.buyer.partner_ids, 800)
        self.confirm(order)
        order.partner_invoice_id = self.payer.partner_ids
        self.assertMoney(self.judge(self.buyer), uninvoiced=0)
        self.assertMoney(self.judge(self.payer), uninvoiced=800)


class TestCompanies(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.make_company("Branch", chart=False, parent_id=cls.company.id)
        cls.other = cls.make_company("Sister")
        cls.client = cls.make_client("Everywhere")
        cls.partner = cls.client.partner_ids
        cls.policy = cls.make_policy(limit_action="hold", no_line_action="hold")
        cls.line = cls.make_line(cls.client, 1000, policy_id=cls.policy.id)

    def test_a_branch_shares_the_line_of_its_root(self):
        order = self.make_order(self.partner, 1000, company=self.branch)
        self.confirm(order)
        self.assertPassed(order)
        self.assertEqual(order.credit_decision_id.line_id, self.line)
        self.assertMoney(self.line, uninvoiced=1000)
        late = self.make_order(self.partner, 0.01)
        self.confirm(late)
        self.assertHeld(late, "limit")

    def test_an_invoice_of_a_branch_counts_at_the_root(self):
        self.make_invoice(self.partner, 400, company=self.branch)
        self.make_invoice(self.partner, 300)
        self.assertMoney(self.line, receivable=700)
        self.assertMoney(self.judge(self.client, company=self.branch), receivable=700)

    def test_another_company_knows_nothing_of_it(self):
        self.make_invoice(self.partner, 400, company=self.other)
        self.make_confirmed(self.partner, 200, company=self.other)
        self.assertMoney(self.line, receivable=0, uninvoiced=0)
        self.assertMoney(self.judge(self.client), exposure=0)

    def test_a_line_of_another_company_gives_no_credit(self):
        tier = self.env["kam.tier"].create(
            {"name": "Gold", "credit_policy_id": self.policy.id}
        )
        self.client.tier_id = tier
        order = self.make_order(self.partner, 10, company=self.other)
        self.confirm(order)
        self.assertHeld(order, "no_line")

    def test_each_company_has_its_own_line(self):
        theirs = self.make_line(
            self.client, 50, company=self.other, policy_id=self.policy.id
        )
        self.make_invoice(self.partner, 30, company=self.other)
        self.make_invoice(self.partner, 900)
        self.assertMoney(theirs, receivable=30, headroom=20)
        order = self.make_order(self.partner, 20, company=self.other)
        self.confirm(order)
        self.assertPassed(order)
        self.assertEqual(order.credit_decision_id.line_id, theirs)

    def test_the_companys_own_figures_do_not_hang_on_the_active_one(self):
        self.make_invoice(self.partner, 900)
        order = self.make_order(self.partner, 100.01)
        order.with_company(self.other).with_context(
            allowed_company_ids=(self.other | self.company).ids
        ).action_confirm()
        self.assertHeld(order, "limit")
        self.assertMoney(order.credit_decision_id, shortfall=0.01)

    def test_a_line_for_a_branch_is_refused(self):
        with self.assertRaises(Exception) as caught:
            self.make_line(self.make_client("Branchy"), 10, company=self.branch)
        self.assertIn("Branch", str(caught.exception))

    def test_a_batch_over_two_companies_is_judged_in_each(self):
        self.make_line(self.client, 50, company=self.other, policy_id=self.policy.id)
        here = self.make_order(self.partner, 1000)
        there = self.make_order(self.partner, 51, company=self.other)
        (here | there).action_confirm()
        self.assertPassed(here)
        self.assertHeld(there, "limit")
        self.assertMoney(there.credit_decision_id, shortfall=1)
