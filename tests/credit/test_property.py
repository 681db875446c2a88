"""Random histories against a brute-force calculation from the documents."""

from collections import defaultdict
from contextlib import suppress

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tools import SQL

from odoo.addons.key_account_management.models.credit.open_items import (
    Days,
    get_items,
)

from ..common import KamCommon
from .ledger import Ledger, cents, rest

index = st.integers(0, 5)
money = st.integers(1, 50_000).map(lambda amount: amount / 100)
past = st.integers(-120, 0)
# now and then dated later than today
dated = st.one_of(past, past, st.integers(-3, 3))

# whole prices keep every share and its tax a whole number of cents
order_line = st.fixed_dictionaries(
    {
        "qty": st.integers(1, 6),
        "price": st.integers(1, 300),
        "taxed": st.booleans(),
    }
)
order = st.tuples(
    st.just("order"),
    st.fixed_dictionaries(
        {
            "buyer": index,
            "payer": index,
            "company": index,
            "euro": st.booleans(),
            "days": past,
            "lines": st.lists(order_line, min_size=1, max_size=3),
        }
    ),
)
invoice_order = st.tuples(
    st.just("invoice_order"),
    st.fixed_dictionaries(
        {
            "order": index,
            "part": st.sampled_from([0.5, 1, 1, 1.5]),
            "price": st.sampled_from([None, None, 0.9, 1.2]),
            "days": dated,
            "term": st.integers(0, 60),
            "final": st.booleans(),
        }
    ),
)
steps = st.one_of(
    order,
    invoice_order,
    invoice_order,
    st.tuples(
        st.just("down_payment"),
        st.fixed_dictionaries({"order": index, "share": st.floats(0.1, 0.6)}),
    ),
    st.tuples(
        st.just("invoice"),
        st.fixed_dictionaries(
            {
                "partner": index,
                "company": index,
                "euro": st.booleans(),
                "amount": money,
                "days": dated,
                "term": st.integers(0, 60),
            }
        ),
    ),
    st.tuples(
        st.just("pay"),
        st.fixed_dictionaries(
            {
                "invoice": index,
                "matched": st.booleans(),
                "amount": money,
                "days": dated,
            }
        ),
    ),
    st.tuples(
        st.just("credit_note"),
        st.fixed_dictionaries(
            {
                "invoice": index,
                "part": st.sampled_from([None, None, 0.5]),
                "matched": st.booleans(),
            }
        ),
    ),
    st.tuples(
        st.just("change_order"),
        st.fixed_dictionaries({"order": index, "qty": st.integers(0, 9)}),
    ),
    st.tuples(st.just("cancel_order"), st.fixed_dictionaries({"order": index})),
    st.tuples(st.just("undo_invoice"), st.fixed_dictionaries({"invoice": index})),
)


class Undo(Exception):
    """Takes back what one example did."""


class TestRandomHistories(KamCommon):
    """Two clients, a stranger; a company, its branch, a sister; two currencies.

    A euro costs 2 of the company's money, from twenty days ago on 4, so that
    every conversion is exact and the calculation can be done in whole cents.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.make_company("Branch", chart=False, parent_id=cls.company.id)
        cls.sister = cls.make_company("Sister")
        cls.companies = [cls.company, cls.branch, cls.sister]
        cls.euro = cls.make_currency("EUR", (-400, 0.5), (-20, 0.25))
        for rate in cls.euro.rate_ids:
            rate.copy({"company_id": cls.sister.id})
        sister_tax = cls.tax.copy(
            {
                "company_id": cls.sister.id,
                "name": "VAT 20",
                "tax_group_id": cls.sister.account_sale_tax_id.tax_group_id.id,
            }
        )
        cls.taxed_product.taxes_id += sister_tax
        holding = cls.make_partner("Shop") | cls.make_partner("Depot")
        contact = cls.make_partner(
            "Accounts", parent_id=holding[0].id, is_company=False, type="invoice"
        )
        cls.clients = [
            cls.make_client("Holding", holding),
            cls.make_client("Single"),
        ]
        cls.partners = [
            *holding,
            contact,
            cls.clients[1].partner_ids,
            cls.make_partner("Stranger"),
            holding[0],
        ]
        policy = cls.make_policy()
        cls.lines = [
            cls.make_line(client, 5000, company, policy_id=policy.id)
            for client in cls.clients
            for company in (cls.company, cls.sister)
        ]
        cls.pricelist = cls.make_pricelist(cls.euro)

    def pick(self, records, number):
        return records[number % len(records)] if records else None

    def do_order(self, buyer, payer, company, euro, days, lines):
        company = self.pick(self.companies, company)
        products = {True: self.taxed_product, False: self.product}
        order = self.make_order(
            self.partners[buyer],
            company=company,
            partner_invoice_id=self.partners[payer].id,
            pricelist_id=euro and self.pricelist.id,
            lines=[
                {
                    "product_id": products[line["taxed"]].id,
                    "product_uom_qty": line["qty"],
                    "price_unit": line["price"],
                }
                for line in lines
            ],
        )
        order.with_context(kam_history_import=True).write(
            {"state": "sale", "date_order": f"{self.day(days)} 12:00:00"}
        )
        self.orders.append(order)

    def do_invoice_order(self, order, part, price, days, term, final):
        order = self.pick(self.orders, order)
        if not order or not any(line.qty_to_invoice > 0 for line in order.order_line):
            return
        move = order._create_invoices(final=final)
        for line in move.invoice_line_ids.filtered("product_id"):
            if line.sale_line_ids.is_downpayment:
                continue
            line.quantity = line.quantity * part
            if price:
                line.price_unit = round(line.price_unit * price, 2)
        if move.amount_total < 0:
            move.unlink()
            return
        self.post(move, self.day(days), self.day(days + term))
        self.invoices.append(move)

    def do_down_payment(self, order, share):
        order = self.pick(self.orders, order)
        if order and order.state == "sale" and order.amount_total > 1:
            amount = round(order.amount_total * share, 2)
            self.invoices.append(self.make_down_payment(order, amount))

    def do_invoice(self, partner, company, euro, amount, days, term):
        self.invoices.append(
            self.make_invoice(
                self.partners[partner],
                amount,
                company=self.pick(self.companies, company),
                currency=euro and self.euro,
                date=self.day(days),
                due=self.day(days + term),
            )
        )

    def do_pay(self, invoice, matched, amount, days):
        invoice = self.pick(self.invoices, invoice)
        if not invoice or invoice.state != "posted":
            return
        if invoice.currency_id != invoice.company_id.currency_id:
            matched = False
        if matched and invoice.move_type == "out_invoice":
            self.pay(amount, invoice=invoice, date=self.day(days))
        else:
            self.pay(
                amount,
                partner=invoice.partner_id,
                company=invoice.company_id,
                date=self.day(days),
            )

    def do_credit_note(self, invoice, part, matched):
        invoice = self.pick(self.invoices, invoice)
        if not invoice or invoice.state != "posted":
            return
        if invoice.move_type != "out_invoice" or invoice.reversal_move_ids:
            return
        goods = invoice.invoice_line_ids.filtered("product_id")
        quantity = part and goods[:1].quantity * part
        if len(goods) > 1:
            quantity = None
        note = self.credit_note(invoice, quantity=quantity, match=matched)
        self.invoices.append(note)

    def do_change_order(self, order, qty):
        order = self.pick(self.orders, order)
        if not order or order.state != "sale":
            return
        line = order.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )[:1]
        line.product_uom_qty = max(qty, line.qty_invoiced)

    def do_cancel_order(self, order):
        order = self.pick(self.orders, order)
        if order and order.state == "sale":
            order._action_cancel()

    def do_undo_invoice(self, invoice):
        invoice = self.pick(self.invoices, invoice)
        if invoice and invoice.state == "posted" and not invoice.reversal_move_ids:
            invoice.button_draft()

    def compare(self):
        self.env.flush_all()
        self.env.invalidate_all()
        for order in self.orders:
            if order.state == "sale":
                self.assertEqual(cents(order.credit_rest), rest(order), order.name)
        self.assertEqual(self.env["sale.order"]._check_credit_rest(), [])
        self.compare_forms()
        for line in self.lines:
            self.compare_past(line)
            parties = line.client_id.partner_ids, line.company_id
            ledger = Ledger(self.env, *parties, self.today)
            figures = {
                "receivable": ledger.receivable,
                "uninvoiced": ledger.uninvoiced,
                "exposure": ledger.receivable + ledger.uninvoiced,
                "headroom": 500_000 - ledger.receivable - ledger.uninvoiced,
                "overdue": ledger.overdue,
                **ledger.aging(),
            }
            self.assertEqual({name: cents(line[name]) for name in figures}, figures)
            days = [days for _residual, days in ledger.debts() if days > 0]
            self.assertEqual(line.oldest_overdue_days, max(days, default=0))
            self.compare_decision(line, ledger)

    def compare_past(self, line):
        """As of days long ago, yesterday, tomorrow and in a month."""
        parties = line.client_id.partner_ids, line.company_id
        for offset in (-100, -60, -21, -20, -3, -1, 1, 2, 30):
            ledger = Ledger(self.env, *parties, self.day(offset))
            past = line.with_context(to_date=str(self.day(offset)))
            figures = {
                "receivable": ledger.receivable,
                "overdue": ledger.overdue,
                **ledger.aging(),
            }
            if offset >= 0:
                figures["uninvoiced"] = ledger.uninvoiced
            found = {name: cents(past[name]) for name in figures}
            self.assertEqual(found, figures, offset)
            if ledger.is_closed:
                self.assertEqual(ledger.receivable, ledger.balance, offset)

    def compare_forms(self):
        """The items of a day are the same however they are looked for."""
        self.env.flush_all()
        scope = SQL(
            "partner.kam_client_id IN %s", tuple(client.id for client in self.clients)
        )
        first, last = self.day(-4), self.day(2)
        together = defaultdict(list)
        for day, *item in self.read_items(scope, Days.between(first, last), True):
            together[day].append(item)
        for offset in range(-4, 3):
            day = self.day(offset)
            for is_narrow in (True, False):
                rows = self.read_items(scope, Days.one(day), is_narrow)
                self.assertEqual([item for _day, *item in rows], together[day])

    def read_items(self, scope, days, is_narrow):
        return self.env.execute_query(
            SQL(
                "SELECT day, line_id, residual, residual_currency, days, due"
                "  FROM (%s) item ORDER BY day, line_id",
                get_items(scope, days, is_narrow),
            )
        )

    def compare_decision(self, line, ledger):
        """A fresh order of 10.00 is judged on the same figures."""
        probe = self.make_order(
            line.client_id.partner_ids[:1], 10, company=line.company_id
        )
        decision = probe._credit_evaluate()
        exposure = ledger.receivable + ledger.uninvoiced
        figures = {
            "receivable": ledger.receivable,
            "uninvoiced": ledger.uninvoiced,
            "exposure": exposure,
            "order_amount": 1000,
            "headroom": 500_000 - exposure - 1000,
            "shortfall": max(0, exposure + 1000 - 500_000),
        }
        self.assertEqual({name: cents(decision[name]) for name in figures}, figures)
        self.assertEqual(decision.line_id, line)

    @settings(
        max_examples=40,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.lists(order, min_size=2, max_size=4),
        st.lists(steps, min_size=6, max_size=16),
    )
    def test_figures_equal_the_calculation_to_the_cent(self, orders, history):
        self.orders, self.invoices = [], []
        with suppress(Undo), self.env.cr.savepoint():
            for step, values in [*orders, *history]:
                getattr(self, f"do_{step}")(**values)
            self.compare()
            raise Undo
