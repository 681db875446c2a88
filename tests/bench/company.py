"""A wholesale company with years of business, made in seconds by SQL.

Odoo itself makes one document of each kind, so that every column is as Odoo fills it,
with the addon or without; the rest are copies of these rows with other partners,
dates and numbers. Partners stand in groups of ten (`key_clients.py` makes a key client
of each); the first group buys most: 5,886 of 300,000 orders at 2,000 groups.
"""

from contextlib import contextmanager
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

SELLER = "bench_seller"
ACCOUNTANT = "bench_accountant"
GROUP_SIZE = 10
LINE_COUNT = 2
# Documents to confirm and to post, for each of KINDS; found by their reference.
MEASURED = 80
MEASURED_LINE_COUNT = 10
KINDS = ("typical", "largest")
# Shares of the orders and of the invoices.
UNINVOICED_ORDERS = 0.1
OPEN_INVOICES = 0.2
HISTORY_DAYS = 730
OPEN_DAYS = 150
TERM_DAYS = 30
# The larger, the more the first partners buy.
SKEW = 1.933
GOLDEN = 0.6180339887498949

TABLES = (
    "res_partner",
    "sale_order",
    "sale_order_line",
    "account_move",
    "account_move_line",
    "sale_order_line_invoice_rel",
    "account_tax_sale_order_line_rel",
    "account_move_line_account_tax_rel",
)


def main(env, partners, invoices, orders):
    """Fill the main company; counts may come as text."""
    company = Company(env, int(partners))
    uninvoiced = int(int(orders) * UNINVOICED_ORDERS)
    unpaid = int(int(invoices) * OPEN_INVOICES)
    invoiced = int(orders) - uninvoiced
    open_order = company.template_order(confirmed=True)
    open_pair = company.template_pair()
    paid_pair = company.template_pair(paid=True)
    _order, lone_invoice = company.template_pair(paid=True)
    draft = company.template_order(MEASURED_LINE_COUNT)
    draft_pair = company.template_pair(line_count=MEASURED_LINE_COUNT, posted=False)
    env.flush_all()
    with bare_tables(env):
        company.make_partners()
        company.copy_order(open_order, uninvoiced, HISTORY_DAYS // 10)
        company.copy_pair(*open_pair, unpaid, OPEN_DAYS)
        company.copy_pair(*paid_pair, invoiced - unpaid, HISTORY_DAYS)
        company.copy_invoice(lone_invoice, int(invoices) - invoiced, HISTORY_DAYS)
        for kind in KINDS:
            company.kind = kind
            company.copy_order(draft, MEASURED, 1)
            company.copy_pair(*draft_pair, MEASURED, 1)
    vacuum(env)


@contextmanager
def bare_tables(env):
    """Fill the tables without indexes and references, which are made afterwards."""
    tables = SQL("ARRAY[%s]::regclass[]", SQL(", ").join(SQL("%s", t) for t in TABLES))
    indexes = env.execute_query(
        SQL(
            """
            SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
              FROM pg_index
             WHERE indrelid = ANY(%s) AND NOT EXISTS (
                    SELECT FROM pg_constraint WHERE conindid = indexrelid)
            """,
            tables,
        )
    )
    references = env.execute_query(
        SQL(
            """
            SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
              FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s)
            """,
            tables,
        )
    )
    for index, _definition in indexes:
        env.cr.execute(f"DROP INDEX {index}")
    for table, name, _definition in references:
        env.cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    env.cr.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for _index, definition in indexes:
        env.cr.execute(definition)
    for table, name, definition in references:
        env.cr.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def vacuum(env):
    """Leave the tables as a server that has run for long has them."""
    env.cr.commit()
    env.cr._cnx.autocommit = True
    for table in TABLES:
        env.cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
    env.cr._cnx.autocommit = False


class Company:
    """Templates made by Odoo, and their copies."""

    def __init__(self, env, partners):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.partners = partners
        self.first_partner = None
        # One of KINDS: copies are for such clients, and say so; None: for all.
        self.kind = None
        self.seller = self._make_user(SELLER, "sales_team.group_sale_salesman")
        self._make_user(ACCOUNTANT, "account.group_account_invoice")
        self.products = self.env["product.product"].create(
            [
                {
                    "name": f"Bench goods {i}",
                    "list_price": 50 * i,
                    "standard_price": 30 * i,
                    "type": "consu",
                    "invoice_policy": "order",
                }
                for i in range(1, MEASURED_LINE_COUNT + 1)
            ]
        )
        self.partner = self.env["res.partner"].create(
            {"name": "Bench partner", "is_company": True, "email": "b@example.com"}
        )

    def _make_user(self, login, group):
        groups = self.env.ref("base.group_user") | self.env.ref(group)
        return self.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "email": f"{login}@example.com",
                "group_ids": [Command.set(groups.ids)],
            }
        )

    # Templates

    def template_order(self, line_count=LINE_COUNT, confirmed=False):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "user_id": self.seller.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2})
                    for product in self.products[:line_count]
                ],
            }
        )
        if confirmed:
            order.action_confirm()
        return order

    def template_pair(self, line_count=LINE_COUNT, posted=True, paid=False):
        """A confirmed order and its invoice."""
        order = self.template_order(line_count, confirmed=True)
        invoice = order._create_invoices()
        if posted:
            invoice.action_post()
        if paid:
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({})._create_payments()
        return order, invoice

    # Copies

    def make_partners(self):
        self.first_partner = self._copy(
            self.partner,
            self.partners,
            name=SQL("'Bench partner ' || n"),
            complete_name=SQL("'Bench partner ' || n"),
            commercial_partner_id=SQL("%s + n", self._last_id("res_partner")),
        )

    def copy_pair(self, order, invoice, count, days):
        """Copies of an order together with its invoice."""
        order_lines = self.copy_order(order, count, days)
        move_lines = self.copy_invoice(invoice, count, days)
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

    def copy_order(self, order, count, days):
        """Copy an order with its lines; line id -> id before its first copy."""
        date = SQL("%s::timestamp - %s", fields.Datetime.now(), _age(days))
        first = self._copy(
            order,
            count,
            **self._partner_columns(
                "partner_id partner_invoice_id partner_shipping_id credit_debtor_id"
            ),
            name=SQL("'BENCH' || %s + n", self._last_id("sale_order")),
            client_order_ref=self.kind,
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

    def copy_invoice(self, invoice, count, days):
        """Copy an invoice with its lines; line id -> id before its first copy."""
        values = self._invoice_columns(invoice, days)
        values["ref"] = self.kind
        first = self._copy(
            invoice,
            count,
            **self._partner_columns(
                "partner_id commercial_partner_id partner_shipping_id"
            ),
            **values,
        )
        due = values["invoice_date_due"]
        return {
            line.id: self._copy(
                line,
                count,
                relations=("tax_ids",),
                move_id=SQL("%s + n", first),
                **self._partner_columns("partner_id"),
                move_name=values["name"],
                date=values["date"],
                invoice_date=values["date"],
                date_maturity=due if line.date_maturity else None,
                full_reconcile_id=None,
                matching_number=None,
            )
            for line in invoice.line_ids
        }

    def _invoice_columns(self, invoice, days):
        today = fields.Date.today()
        date = SQL("(%s::date - %s)::date", today, _age(days))
        due = SQL("(%s::date - %s)::date", today + timedelta(TERM_DAYS), _age(days))
        values = {"date": date, "invoice_date": date, "invoice_date_due": due}
        if invoice.state == "draft":
            return {**values, "name": None, "access_token": None}
        number = SQL("'BENCH/' || %s + n", self._last_id("account_move"))
        return {
            **values,
            "name": number,
            "payment_reference": number,
            "sequence_prefix": "BENCH/",
            "sequence_number": SQL("%s + n", self._last_id("account_move")),
            "access_token": None,
        }

    def _partner_columns(self, names):
        """The columns with the partner of the n-th copy.

        A typical partner belongs to one of the clients with an average number of
        orders.
        """
        if self.kind == "largest":
            position = SQL("0")
        elif self.kind == "typical":
            position = SQL(
                "%s + (n * %s) %% %s",
                *(self.partners // 4, GROUP_SIZE, self.partners // 10),
            )
        else:
            position = SQL(
                "floor(%s * power(n * %s - floor(n * %s), %s))::int",
                *(self.partners, GOLDEN, GOLDEN, SKEW),
            )
        partner = SQL("%s + 1 + %s", self.first_partner, position)
        return dict.fromkeys(names.split(), partner)

    # SQL

    def _last_id(self, table):
        """The id after which the next copies in a table will stand."""
        self.env.cr.execute(SQL("SELECT max(id) FROM %s", SQL.identifier(table)))
        return self.env.cr.fetchone()[0]

    def _copy(self, record, count, relations=(), **values):
        """Copy a row `count` times; the id before the first copy.

        :param relations: names of many2many fields to copy along
        :param values: columns that differ; SQL may use ``n``, counted from 1
        """
        table = record._table
        first = self._last_id(table)
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
