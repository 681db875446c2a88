"""What the builder of the demo company makes quickly equals what core makes.

It gives values that core would look up one by one, numbers entries itself, links
payments by SQL and confirms orders by their state. The same plan is carried out twice
here, by the builder and by core's own buttons; all stored fields have to be alike.
"""

from datetime import timedelta

from odoo import models
from odoo.fields import Date
from odoo.tests import tagged

from odoo.addons.key_account_management_demo.models.kam_demo import HISTORY
from odoo.addons.key_account_management_demo.models.market import (
    Deal,
    Shipment,
    workday,
)

from .demo_company import DemoCase

# Ids, names, the numbers in them, keys, messages and moments of writing.
OTHER = {
    *models.MAGIC_COLUMNS,
    *("name", "display_name", "complete_name", "access_token", "move_name"),
    *("sequence_number", "memo", "ref", "payment_reference", "origin"),
    *("invoice_origin", "message_main_attachment_id", "message_ids"),
    "audit_trail_message_ids",
    *("matching_number", "full_reconcile_id"),
}


@tagged("standard", "post_install", "-at_install")
class TestShortcuts(DemoCase):
    maxDiff = None

    def setUp(self):
        super().setUp()
        builder = self.env["kam.demo.documents"]
        self.builder = builder.with_context(**HISTORY)

    def make_deal(self, customer):
        """An order of two goods, one of them taxed, shipped and paid in one go."""
        goods = self.builder._get_goods()
        lines = (
            (next(good for good in goods if good.is_exempt), 3),
            (next(good for good in goods if not good.is_exempt), 7),
        )
        day = workday(Date.today() - timedelta(days=80))
        shipment = Shipment(
            day=workday(day + timedelta(days=3)),
            quantities=(3, 7),
            payments=((2, 1.0),),
            allowance=0.03,
        )
        return Deal(customer, day, lines, (shipment,), minute=100)

    def build(self, deal):
        """The documents of a deal as the builder makes them."""
        orders = self.builder._create_orders([deal])
        invoices = self.builder._create_invoices(orders)
        self.builder._create_allowances(invoices)
        self.builder._create_payments(invoices)
        return orders[0][1], invoices[0][1]

    def press(self, deal):
        """The same deal by what core's buttons do, one document after the other."""
        (shipment,) = deal.shipments
        order = self.press_order(deal)
        invoice = order._create_invoices()
        invoice.invoice_date = shipment.day
        invoice.action_post()
        refund = invoice.create(self.builder._prepare_allowance(shipment, invoice))
        refund.action_post()
        self.match(invoice, refund)
        ((day, amount),) = self.builder._get_instalments(shipment, invoice)
        partner = invoice.commercial_partner_id
        payment = self.builder.env["account.payment"].create(
            self.builder._prepare_payment(
                self.builder._get_journal("bank"),
                (day, partner, invoice.currency_id, 0),
                [(invoice, amount)],
            )
        )
        payment.action_post()
        self.match(invoice, payment.move_id)
        return order, invoice

    def press_order(self, deal):
        """A quotation with customer, people and quantities; core finds the rest."""
        partner = self.ref(f"partner_{deal.key}")
        owner = self.env["kam.assignment"]._get_owners(
            [(partner.kam_client_id, deal.day)]
        )
        vals = self.builder._prepare_order(deal, partner, *owner.values())
        lines = self.builder._prepare_order_lines(deal.lines)
        order = self.builder.env["sale.order"].create({**vals, "order_line": lines})
        order.action_confirm()
        order.date_order = vals["date_order"]  # confirming makes it now
        return order

    def match(self, *moves):
        items = self.builder._get_open_items(self.env["account.move"].union(*moves))
        items.reconcile()

    def describe(self, order, invoice):
        """Dict of record and field -> value; documents of the deal by their place."""
        self.env.flush_all()
        self.env.invalidate_all()
        moves, matches = self.get_matched(invoice)
        documents = {}
        for records in (
            *(order, order.order_line, moves, moves.line_ids.sorted("id")),
            *(moves.origin_payment_id, matches),
        ):
            for number, record in enumerate(records):
                documents[record] = f"{record._name} {number}"
        self.assertIn(len(moves), (3, 4))  # invoice, credit note, payment, exchange
        return {
            (title, name): self.get_plain(record[name], documents)
            for record, title in documents.items()
            for name, field in record._fields.items()
            if field.store and name not in OTHER
        }

    def get_matched(self, moves):
        """All entries that are matched with each other, and how."""
        items = moves.line_ids
        matches = (items.matched_credit_ids | items.matched_debit_ids).sorted("id")
        items = matches.credit_move_id | matches.debit_move_id
        found = moves | items.move_id | matches.exchange_move_id
        if found != moves:
            return self.get_matched(found)
        return moves.sorted("id"), matches

    def get_plain(self, value, documents):
        if not isinstance(value, models.BaseModel):
            return value
        return [documents.get(record, record.id) for record in value]

    def assertAlike(self, customer):
        deal = self.make_deal(customer)
        with self.env.cr.savepoint() as savepoint:
            quick = self.describe(*self.build(deal))
            savepoint.rollback()
        self.env.invalidate_all()
        slow = self.describe(*self.press(deal))
        self.assertGreater(len(quick), 300)
        self.assertEqual(
            {key: value for key, value in quick.items() if slow.get(key) != value},
            {key: value for key, value in slow.items() if quick.get(key) != value},
        )

    def test_documents_at_home_equal_those_of_core(self):
        self.assertAlike("severny")

    def test_documents_in_euro_equal_those_of_core(self):
        euro = self.ref("pricelist_euro")
        partners = self.env["res.partner"].search(
            [("kam_client_id", "!=", False), ("is_company", "=", True)]
        )
        in_euro = partners.filtered(
            lambda partner: partner.specific_property_product_pricelist == euro
        )
        name = in_euro[0].get_external_id()[in_euro[0].id]
        self.assertAlike(name.partition(".partner_")[2])
