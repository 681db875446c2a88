from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_compare

from . import order_rest


class SaleOrder(models.Model):
    """The rest of a confirmed order: what is still to be invoiced.

    0 if the posted invoiced quantity of every line reaches the ordered and the
    delivered one; else the value of the order less the posted invoices of its lines,
    at least 0. Its value is its total and what was delivered beyond what was ordered;
    of an order whose rest was closed by hand what was delivered alone, since goods
    that left are owed. Taxes included, company currency at the rate of the order.
    """

    _inherit = "sale.order"

    credit_currency_id = fields.Many2one(
        related="company_id.currency_id",
        string="Credit Currency",
        groups="base.group_user",
    )
    credit_rest = fields.Monetary(
        string="Rest to Invoice",
        compute="_compute_credit_rest",
        store=True,
        copy=False,
        currency_field="credit_currency_id",
        groups="base.group_user",
        help="What a confirmed order still adds to the exposure of the client.",
    )
    credit_rest_closed = fields.Boolean(
        string="Rest Closed",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Nothing more will be delivered and invoiced of this order.",
    )

    _credit_rest_idx = models.Index(
        """(credit_debtor_id) INCLUDE (credit_rest, company_id, commitment_date)
           WHERE state = 'sale' AND credit_rest > 0"""
    )

    @api.depends(
        "state",
        "amount_total",
        "currency_rate",
        "credit_rest_closed",
        "order_line.product_uom_qty",
        "order_line.qty_delivered",
        "order_line.qty_invoiced_posted",
        "order_line.amount_invoiced",
    )
    def _compute_credit_rest(self):
        confirmed = self.filtered(lambda order: order.state == "sale")
        (self - confirmed).credit_rest = 0.0
        for order in confirmed:
            order.credit_rest = order._get_credit_rest()

    def _get_credit_rate(self):
        """Return the rate to divide by for company currency; None: there is none.

        That of the order once it is confirmed; today's before, since core sets the
        date of the order when it is confirmed.
        """
        self.ensure_one()
        currency, company = self.currency_id, self.company_id
        if currency == company.currency_id or not currency:
            return 1.0
        if self.state == "sale":
            return self.currency_rate or 1.0
        if self._is_credit_rate_missing():
            return None
        return self.env["res.currency"]._get_conversion_rate(
            company.currency_id, currency, company, company._kam_today()
        )

    def _is_credit_rate_missing(self):
        """Tell whether nobody entered a rate for the currency of the order.

        Core takes 1 then. A rate of 1 in a confirmed order is looked at again.
        """
        self.ensure_one()
        if self.state == "sale" and self.currency_rate not in (0.0, 1.0):
            return False
        return not self._has_credit_rate(self.currency_id)

    def _has_credit_rate(self, currency):
        """Tell whether amounts of a currency are known in company currency."""
        company = self.company_id
        if not currency or currency == company.currency_id:
            return True
        roots = (False, company.sudo().root_id.id)
        rates = self.env["res.currency.rate"].sudo()
        return bool(
            rates.search_count(
                [("currency_id", "=", currency.id), ("company_id", "in", roots)],
                limit=1,
            )
        )

    def _convert_credit(self, amount):
        """Return an amount of the order in company currency; 0 without a rate."""
        rate = self._get_credit_rate()
        return self.company_id.currency_id.round(amount / rate) if rate else 0.0

    def _get_credit_value(self):
        """Return the value of the order in its currency, taxes included."""
        lines = self.sudo().order_line
        # as a rule nothing is delivered yet: then no line has to be looked at
        if not any(lines.mapped("qty_delivered")):
            return self.amount_total
        surplus = sum(line._get_credit_surplus() for line in lines)
        return self.amount_total + surplus

    def _get_credit_total(self):
        """Return the value of the order in company currency, taxes included."""
        return self._convert_credit(self._get_credit_value())

    def _get_credit_committed(self):
        """Return what the order commits the client to, in company currency.

        Its value; if the rest was closed what was invoiced or delivered of it.
        """
        if not self.sudo().credit_rest_closed:
            return self._get_credit_total()
        lines = self.sudo().order_line
        delivered = sum(line._get_credit_delivered() for line in lines)
        return self._convert_credit(max(delivered, self._get_credit_invoiced()))

    def _get_credit_rest(self):
        """Return what is left to invoice in company currency, whatever the state."""
        self.ensure_one()
        if self._is_credit_invoiced():
            return 0.0
        if self.sudo().credit_rest_closed:
            lines = self.sudo().order_line
            value = sum(line._get_credit_delivered() for line in lines)
        else:
            value = self._get_credit_value()
        if not value:
            return 0.0
        return max(0.0, self._convert_credit(value - self._get_credit_invoiced()))

    def _get_credit_invoiced(self):
        """Return what posted invoices took of this order, in its currency.

        An invoice of this order alone counts with its total, since taxes may be
        rounded over all lines; of another one, its lines of this order count.
        """
        invoiced = 0.0
        items = self.sudo().order_line.invoice_lines.filtered(
            lambda item: (
                item.parent_state == "posted"
                or item.move_id.payment_state == "invoicing_legacy"
            )
        )
        for move, lines in items.grouped("move_id").items():
            if move.currency_id != self.currency_id and not self._has_credit_rate(
                move.currency_id
            ):
                continue
            products = move.invoice_line_ids.filtered(
                lambda item: item.display_type == "product"
            )
            amount = (
                move.amount_total
                if products <= lines
                else sum(lines.mapped("price_total"))
            )
            invoiced -= move.direction_sign * move.currency_id._convert(
                amount,
                self.currency_id,
                self.company_id,
                move.invoice_date or self.company_id._kam_today(),
            )
        return invoiced

    def _is_credit_invoiced(self):
        """Tell whether posted invoices reach the quantity to invoice of every line.

        As superuser: invoices count that the user may not see.
        """
        lines = self.sudo().order_line
        # as a rule nothing is: then no product has to be looked at
        if not lines.invoice_lines:
            return False
        lines = lines.filtered(lambda line: line._is_credit_relevant())
        if not lines:
            return False
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return all(
            float_compare(
                abs(line.qty_invoiced_posted),
                abs(line._get_credit_quantity()),
                precision_digits=digits,
            )
            >= 0
            and line.qty_invoiced_posted * line._get_credit_quantity() >= 0
            for line in lines
        )

    # --- money that is there ---

    def _is_credit_prepaid(self):
        """Tell whether money that is there covers the value of the order.

        Money, not papers: what was captured or authorised for it, and what its
        invoices were paid with; each unit of money serves one order.
        """
        compare = self.company_id.currency_id.compare_amounts
        total = self._get_credit_total()
        return compare(total, 0) > 0 and compare(self._get_credit_paid(), total) >= 0

    def _get_credit_paid(self):
        """Return the money that is there for the order, in company currency."""
        self.ensure_one()
        paid = self._get_credit_matched()
        for transaction in self.sudo().transaction_ids._filter_credit_roots():
            money = transaction._get_credit_money() - sum(
                order._get_credit_claim(transaction.currency_id)
                for order in transaction.sale_order_ids - self.sudo()
            )
            paid += self._convert_credit_money(max(0.0, money), transaction.currency_id)
        return paid

    def _get_credit_claim(self, currency):
        """Return what this order takes of money that pays several orders.

        What it still needs, if it is confirmed or was let through as prepaid.

        :param currency: of the money
        """
        order = self.sudo()
        decision = order.credit_decision_id
        is_let_through = (
            decision.is_prepaid
            and decision.outcome != "hold"
            and decision.state == "open"
        )
        if order.state != "sale" and not is_let_through:
            return 0.0
        company = order.company_id
        needed = max(0.0, order._get_credit_total() - order._get_credit_matched())
        if currency == order.currency_id:
            return currency.round(needed * (order._get_credit_rate() or 1.0))
        return company.currency_id._convert(
            needed, currency, company, company._kam_today()
        )

    def _convert_credit_money(self, amount, currency):
        """Return money in company currency; at the rate of the order, if it is its.

        Money in a currency without a rate covers nothing.
        """
        if currency == self.currency_id:
            return self._convert_credit(amount)
        if not self._has_credit_rate(currency):
            return 0.0
        company = self.company_id
        return currency._convert(
            amount, company.currency_id, company, company._kam_today()
        )

    def _get_credit_matched(self):
        """Return the money matched with invoices of the order, in company currency.

        Of an invoice of several orders the share of this one. What went back to the
        customer against credit notes is taken off.
        """
        paid = 0.0
        items = self.sudo().order_line.invoice_lines.filtered(
            lambda item: item.parent_state == "posted"
        )
        for move, lines in items.grouped("move_id").items():
            products = move.invoice_line_ids.filtered(
                lambda item: item.display_type == "product"
            )
            whole = sum(products.mapped("price_total"))
            share = sum(lines.mapped("price_total")) / whole if whole else 0.0
            money = move._get_credit_money()
            paid += self._convert_credit_money(money * share, move.currency_id)
        return paid

    # --- closing by hand ---

    def action_credit_close_rest(self, reason):
        """Close the rest of confirmed orders: nothing more will be invoiced.

        :param reason: why; kept in the history of the order
        :raise AccessError: unless credit controller, head or director
        :raise UserError: without a reason, or when nothing is open
        """
        return self._credit_set_closed(True, reason)

    def action_credit_open_rest(self, reason):
        """Open a rest again that was closed by hand; the order is judged again."""
        return self._credit_set_closed(False, reason)

    def _credit_set_closed(self, closed, reason):
        self.check_access("read")
        self.env.user._check_kam_roles(
            "credit",
            "head",
            message=self.env._(
                "The rest of an order is closed and opened by a credit "
                "controller, the head of the department or the director."
            ),
        )
        reason = self._take_text(reason, self.env._("Reason"))
        if not reason:
            raise UserError(self.env._("Enter the reason."))
        if any(order.state != "sale" for order in self):
            raise UserError(self.env._("Only confirmed orders have a rest to close."))
        orders = self.filtered(lambda order: order.credit_rest_closed != closed)
        orders.sudo().write({"credit_rest_closed": closed})
        for order in orders:
            words = self.env["kam.credit.messenger"]._for_reader(order).env
            order.sudo()._message_log(
                body=words._("Rest closed: %s", reason)
                if closed
                else words._("Rest opened again: %s", reason),
                author_id=self.env.user.partner_id.id,
            )
        return True

    @api.model
    def _fill_credit_debtors(self):
        """Fill the debtor of confirmed orders that have none, by SQL (at upgrade).

        The company of the invoice address is taken for that of the confirmation.
        """
        self.env.flush_all()
        self.env.cr.execute(order_rest.get_debtor_fill())
        self.invalidate_model(["credit_debtor_id"])

    @api.model
    def _get_credit_rests(self):
        """SQL of the rest of every confirmed order, see :mod:`.order_rest`."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return order_rest.get_rests(digits)

    @api.model
    def _check_credit_debtors(self):
        """Find confirmed orders whose debtor is not that of their confirmation.

        :return: list of problems in words
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT orders.name, debtor.name, known.name
                  FROM sale_order orders
             LEFT JOIN kam_credit_decision decision
                    ON decision.id = orders.credit_decision_id
             LEFT JOIN res_partner debtor ON debtor.id = orders.credit_debtor_id
             LEFT JOIN res_partner known ON known.id = decision.debtor_id
                 WHERE orders.state = 'sale'
                   AND (orders.credit_debtor_id IS NULL
                        OR decision.debtor_id != orders.credit_debtor_id)
              ORDER BY orders.id
                """
            )
        )
        return [
            self.env._(
                "%(order)s: the debtor is %(debtor)s, confirmed was %(known)s",
                order=name,
                debtor=debtor or "–",
                known=known or "–",
            )
            for name, debtor, known in rows
        ]

    @api.model
    def _fill_credit_rest(self):
        """Count the rest of all confirmed orders by SQL (at upgrade).

        What SQL leaves to the ORM is little.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH counted AS MATERIALIZED (%s), filled AS (
                    UPDATE sale_order SET credit_rest = counted.rest FROM counted
                     WHERE sale_order.id = counted.order_id
                       AND COALESCE(sale_order.credit_rest, 0) != counted.rest)
                SELECT order_id FROM counted WHERE rest IS NULL
                """,
                self._get_credit_rests(),
            )
        )
        self.invalidate_model(["credit_rest"])
        left = self.browse(order_id for (order_id,) in rows)
        self.env.add_to_compute(self._fields["credit_rest"], left)

    @api.model
    def _check_credit_rest(self):
        """Recount the stored rests from the documents.

        :return: list of problems in words
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT orders.name, orders.credit_rest, counted.rest
                  FROM (%s) counted JOIN sale_order orders
                    ON orders.id = counted.order_id
                 WHERE COALESCE(orders.credit_rest, 0) != counted.rest
                """,
                self._get_credit_rests(),
            )
        )
        return [
            self.env._(
                "%(order)s: the stored rest is %(stored)s, the documents say %(rest)s",
                order=name,
                stored=stored,
                rest=rest,
            )
            for name, stored, rest in rows
        ]
