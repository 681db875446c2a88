"""A wholesale company with years of business, made in seconds by SQL.

Odoo itself makes one document of each kind, so that every column is as Odoo fills it,
with the addon or without; the rest are copies of these rows with other partners,
dates and numbers.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

SELLER = "bench_seller"
DRAFTS = 200
LINE_COUNT = 3
# Shares of the orders and of the invoices.
UNINVOICED_ORDERS = 0.1
OPEN_INVOICES = 0.2
HISTORY_DAYS = 730
OPEN_DAYS = 60
TERM_DAYS = 30


def main(env, partners, invoices, orders):
    """Fill the main company; counts may come as text."""
    company = Company(env, int(partners))
    company.make_partners()
    open_orders = int(int(orders) * UNINVOICED_ORDERS)
    company.make_orders("sale", open_orders, HISTORY_DAYS // 10)
    company.make_orders("draft", DRAFTS, OPEN_DAYS)
    open_invoices = int(int(invoices) * OPEN_INVOICES)
    invoiced = int(orders) - open_orders
    company.make_invoiced(open_invoices, paid=False)
    company.make_invoiced(invoiced - open_invoices, paid=True)
    company.make_invoices(int(invoices) - invoiced)
    for table in TABLES:
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


TABLES = (
    "res_partner",
    "sale_order",
    "sale_order_line",
    "account_move",
    "account_move_line",
)


class Company:
    """Templates made by Odoo, and their copies."""

    def __init__(self, env, partners):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.partners = partners
        self.first_partner = None
        self.seller = self._make_seller()
        self.products = self.env["product.product"].create(
            [
                {"name": f"Bench goods {i}", "list_price": 50 * i, "type": "consu"}
                for i in range(1, LINE_COUNT + 1)
            ]
        )
        self.products.invoice_policy = "order"
        self.partner = self.env["res.partner"].create(
            {"name": "Bench partner", "is_company": True, "email": "b@example.com"}
        )

    def _make_seller(self):
        return self.env["res.users"].create(
            {
                "name": "Bench seller",
                "login": SELLER,
                "email": "seller@example.com",
                "group_ids": [
                    Command.link(self.env.ref("base.group_user").id),
                    Command.link(
                        self.env.ref("sales_team.group_sale_salesman_all_leads").id
                    ),
                ],
            }
        )

    # Templates

    def _template_order(self):
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "user_id": self.seller.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2})
                    for product in self.products
                ],
            }
        )

    def _template_invoice(self, order, paid):
        invoice = order._create_invoices()
        invoice.action_post()
        if paid:
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({})._create_payments()
        self.env.flush_all()
        return invoice

    # Copies

    def make_partners(self):
        self.env.flush_all()
        self.first_partner = self._copy(
            self.partner,
            self.partners,
            name=SQL("'Bench partner ' || n"),
            complete_name=SQL("'Bench partner ' || n"),
            commercial_partner_id=SQL("%s + n", self._next_id("res_partner")),
        )

    def make_orders(self, state, count, days):
        order = self._template_order()
        if state == "sale":
            order.action_confirm()
        self.env.flush_all()
        self._copy_order(order, count, days)

    def make_invoiced(self, count, paid):
        """Copies of an order together with its invoice."""
        order = self._template_order()
        order.action_confirm()
        invoice = self._template_invoice(order, paid)
        days = HISTORY_DAYS if paid else OPEN_DAYS
        order_lines = self._copy_order(order, count, days)
        move_lines = self._copy_invoice(invoice, count, days)
        for order_line in order.order_line:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO sale_order_line_invoice_rel"
                    " (order_line_id, invoice_line_id)"
                    " SELECT %s + n, %s + n FROM generate_series(1, %s) n",
                    order_lines[order_line.id],
                    move_lines[order_line.invoice_lines.id],
                    count,
                )
            )

    def make_invoices(self, count):
        """Paid invoices without an order."""
        order = self._template_order()
        order.action_confirm()
        self._copy_invoice(self._template_invoice(order, True), count, HISTORY_DAYS)

    def _copy_order(self, order, count, days):
        """Copy an order with its lines; line id -> id before its first copy."""
        date = SQL("%s::timestamp - %s", fields.Datetime.now(), _age(days))
        first = self._copy(
            order,
            count,
            **self._partner_columns(
                "partner_id partner_invoice_id partner_shipping_id"
            ),
            name=SQL("'BENCH' || %s + n", self._next_id("sale_order")),
            date_order=date,
            create_date=date,
            access_token=None,
        )
        return {
            line.id: self._copy(
                line,
                count,
                relations=("tax_ids",),
                order_id=SQL("%s + n", first),
                **self._partner_columns("order_partner_id"),
            )
            for line in order.order_line
        }

    def _copy_invoice(self, invoice, count, days):
        """Copy an invoice with its lines; line id -> id before its first copy."""
        today = fields.Date.today()
        date = SQL("(%s::date - %s)::date", today, _age(days))
        due = SQL("(%s::date - %s)::date", today + timedelta(TERM_DAYS), _age(days))
        number = SQL("'BENCH/' || %s + n", self._next_id("account_move"))
        first = self._copy(
            invoice,
            count,
            **self._partner_columns(
                "partner_id commercial_partner_id partner_shipping_id"
            ),
            name=number,
            payment_reference=number,
            sequence_prefix="BENCH/",
            sequence_number=SQL("%s + n", self._next_id("account_move")),
            date=date,
            invoice_date=date,
            invoice_date_due=due,
            access_token=None,
        )
        return {
            line.id: self._copy(
                line,
                count,
                relations=("tax_ids",),
                move_id=SQL("%s + n", first),
                **self._partner_columns("partner_id"),
                move_name=number,
                date=date,
                invoice_date=date,
                date_maturity=due if line.date_maturity else None,
                full_reconcile_id=None,
                matching_number=None,
            )
            for line in invoice.line_ids
        }

    def _partner_columns(self, names):
        partner = SQL("%s + 1 + n %% %s", self.first_partner, self.partners)
        return dict.fromkeys(names.split(), partner)

    # SQL

    def _next_id(self, table):
        """The id after which the next copies in a table will stand."""
        self.env.cr.execute(SQL("SELECT max(id) FROM %s", SQL.identifier(table)))
        return self.env.cr.fetchone()[0]

    def _copy(self, record, count, relations=(), **values):
        """Copy a row `count` times; the id before the first copy.

        :param relations: names of many2many fields to copy along
        :param values: columns that differ; SQL may use ``n``, counted from 1
        """
        table = record._table
        first = self._next_id(table)
        columns = {
            name: SQL("t.%s", SQL.identifier(name)) for name in self._columns(table)
        }
        known = {name: value for name, value in values.items() if name in columns}
        columns.update(known, id=SQL("%s + n", first))
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(names)s) SELECT %(values)s"
                " FROM %(table)s t, generate_series(1, %(count)s) n"
                " WHERE t.id = %(id)s",
                table=SQL.identifier(table),
                names=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(SQL("%s", value) for value in columns.values()),
                count=count,
                id=record.id,
            )
        )
        self.env.cr.execute(
            SQL(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
                table,
                first + max(count, 1),
            )
        )
        for name in relations:
            self._copy_relation(record, name, first, count)
        return first

    def _copy_relation(self, record, name, first, count):
        field = record._fields[name]
        for related in record[name]:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (%s, %s)"
                    " SELECT %s + n, %s FROM generate_series(1, %s) n",
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    SQL.identifier(field.column2),
                    first,
                    related.id,
                    count,
                )
            )

    def _columns(self, table):
        self.env.cr.execute(
            SQL(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = current_schema AND table_name = %s"
                " AND is_generated = 'NEVER'",
                table,
            )
        )
        return [name for (name,) in self.env.cr.fetchall()]


def _age(days):
    """SQL for the age of the n-th copy, spread evenly over the days."""
    return SQL("(n * 7 %% %s) * interval '1 day'", days)
