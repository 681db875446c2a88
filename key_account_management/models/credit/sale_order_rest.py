from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, float_compare

CLOSING_GROUPS = (
    "key_account_management.group_kam_credit,key_account_management.group_kam_head"
)


class SaleOrder(models.Model):
    """The rest of a confirmed order: what is still to be invoiced.

    0 if the posted invoiced quantity of every line reaches the ordered one, or the
    rest was closed by hand; else the total less the posted invoices of its lines,
    at least 0. Taxes included, company currency at the rate of the order.
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
        """(partner_invoice_id) INCLUDE (credit_rest, company_id, commitment_date)
           WHERE state = 'sale' AND credit_rest > 0"""
    )

    @api.depends(
        "state",
        "amount_total",
        "currency_rate",
        "credit_rest_closed",
        "order_line.product_uom_qty",
        "order_line.qty_invoiced_posted",
        "order_line.amount_invoiced",
        "order_line.invoice_lines.move_id.amount_total",
    )
    def _compute_credit_rest(self):
        confirmed = self.filtered(lambda order: order.state == "sale")
        (self - confirmed).credit_rest = 0.0
        for order in confirmed:
            order.credit_rest = order._get_credit_rest()

    def _get_credit_rate(self):
        """Return the rate to divide by for company currency.

        That of the order once it is confirmed; today's before, since core sets the
        date of the order when it is confirmed.
        """
        self.ensure_one()
        currency, company = self.currency_id, self.company_id
        if currency == company.currency_id or not currency:
            return 1.0
        if self.state == "sale":
            return self.currency_rate or 1.0
        return self.env["res.currency"]._get_conversion_rate(
            company.currency_id, currency, company, company._kam_today()
        )

    def _get_credit_total(self):
        """Return the total of the order in company currency, taxes included."""
        return self.company_id.currency_id.round(
            self.amount_total / self._get_credit_rate()
        )

    def _get_credit_rest(self):
        """Return what is left to invoice in company currency, whatever the state."""
        self.ensure_one()
        if self.credit_rest_closed or self._is_credit_invoiced():
            return 0.0
        invoiced = self._get_credit_invoiced()
        rest = (self.amount_total - invoiced) / self._get_credit_rate()
        return max(0.0, self.company_id.currency_id.round(rest))

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
        """Tell whether posted invoices reach the ordered quantity of every line."""
        lines = self.order_line.filtered(lambda line: line._is_credit_relevant())
        if not lines:
            return False
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return all(
            float_compare(
                abs(line.qty_invoiced_posted),
                abs(line.product_uom_qty),
                precision_digits=digits,
            )
            >= 0
            and line.qty_invoiced_posted * line.product_uom_qty >= 0
            for line in lines
        )

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
        if not self.env.user.has_groups(CLOSING_GROUPS):
            raise AccessError(
                self.env._(
                    "The rest of an order is closed and opened by a credit "
                    "controller, the head of the department or the director."
                )
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Enter the reason."))
        if any(order.state != "sale" for order in self):
            raise UserError(self.env._("Only confirmed orders have a rest to close."))
        orders = self.filtered(lambda order: order.credit_rest_closed != closed)
        orders.sudo().write({"credit_rest_closed": closed})
        for order in orders:
            words = order._credit_for_reader().env
            order.sudo()._message_log(
                body=words._("Rest closed: %s", reason.strip())
                if closed
                else words._("Rest opened again: %s", reason.strip()),
                author_id=self.env.user.partner_id.id,
            )
        return True

    @api.model
    def _credit_rest_query(self):
        """SQL of the rest of every confirmed order.

        Columns: order id, rest, is_mixed: it has invoices in another currency, and
        the rest is left to the ORM. For filling at installation and for checking.
        Invoices are summed up only where the quantity leaves the question open.
        """
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return SQL(
            """
            WITH reached AS MATERIALIZED (
                SELECT order_id FROM (%(lines)s) line
              GROUP BY order_id HAVING BOOL_AND(is_reached))
            SELECT orders.id AS order_id,
                   COALESCE(invoice.is_mixed, FALSE) AS is_mixed,
                   CASE WHEN orders.credit_rest_closed IS TRUE
                          OR reached.order_id IS NOT NULL THEN 0
                        ELSE GREATEST(0, ROUND((
                            (orders.amount_total - COALESCE(invoice.amount, 0))
                            / COALESCE(NULLIF(orders.currency_rate, 0), 1)
                            )::numeric, currency.decimal_places)) END AS rest
              FROM sale_order orders
              JOIN res_company company ON company.id = orders.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
         LEFT JOIN reached ON reached.order_id = orders.id
 LEFT JOIN LATERAL (%(invoices)s) invoice ON TRUE
             WHERE orders.state = 'sale'
            """,
            lines=self._credit_rest_line_query(digits),
            invoices=self._credit_invoiced_query(),
        )

    def _credit_invoiced_query(self):
        """SQL of what posted invoices took of one of `orders` that is not `reached`."""
        return SQL(
            """
            SELECT BOOL_OR(move.currency_id != orders.currency_id) AS is_mixed,
                   SUM((CASE WHEN item.count = products.count THEN move.amount_total
                             ELSE item.amount END)
                       * (CASE WHEN move.move_type IN ('entry', 'in_invoice',
                                'out_refund', 'in_receipt') THEN -1 ELSE 1 END)
                   ) AS amount
              FROM (
                SELECT aml.move_id, SUM(aml.price_total) AS amount,
                       COUNT(DISTINCT aml.id) FILTER (
                            WHERE aml.display_type = 'product') AS count
                  FROM sale_order_line line
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                  JOIN account_move_line aml ON aml.id = rel.invoice_line_id
                 WHERE line.order_id = orders.id AND reached.order_id IS NULL
              GROUP BY aml.move_id
              ) item
              JOIN account_move move ON move.id = item.move_id
               AND (move.state = 'posted' OR move.payment_state = 'invoicing_legacy')
              JOIN LATERAL (
                SELECT COUNT(*) AS count FROM account_move_line aml
                 WHERE aml.move_id = move.id AND aml.display_type = 'product'
              ) products ON TRUE
            """
        )

    def _credit_rest_line_query(self, digits):
        return SQL(
            """
            SELECT line.order_id,
                   ROUND(ABS(COALESCE(SUM(item.quantity * item_uom.factor
                            / NULLIF(line_uom.factor, 0)), 0))::numeric, %(digits)s)
                        >= ROUND(ABS(line.product_uom_qty)::numeric, %(digits)s)
                   AND COALESCE(SUM(item.quantity), 0) * line.product_uom_qty >= 0
                        AS is_reached
              FROM sale_order_line line
              JOIN sale_order orders ON orders.id = line.order_id
         LEFT JOIN product_product product ON product.id = line.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
         LEFT JOIN (
                SELECT rel.order_line_id, aml.product_uom_id,
                       aml.quantity * (CASE WHEN move.move_type IN ('entry',
                            'in_invoice', 'out_refund', 'in_receipt') THEN -1
                            ELSE 1 END) AS quantity
                  FROM sale_order_line_invoice_rel rel
                  JOIN account_move_line aml ON aml.id = rel.invoice_line_id
                  JOIN account_move move ON move.id = aml.move_id
                 WHERE move.state = 'posted'
                    OR move.payment_state = 'invoicing_legacy') item
                ON item.order_line_id = line.id
         LEFT JOIN uom_uom item_uom ON item_uom.id = item.product_uom_id
             WHERE orders.state = 'sale'
               AND line.display_type IS NULL
               AND line.product_uom_qty != 0
               AND template.type IS DISTINCT FROM 'combo'
          GROUP BY line.id
            """,
            digits=digits,
        )

    @api.model
    def _fill_credit_rest(self):
        """Fill the rest of all confirmed orders by SQL (at installation).

        Orders with invoices in another currency are few and left to the ORM.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH counted AS MATERIALIZED (%s), filled AS (
                    UPDATE sale_order SET credit_rest = counted.rest FROM counted
                     WHERE sale_order.id = counted.order_id
                       AND counted.rest != 0 AND NOT counted.is_mixed)
                SELECT order_id FROM counted WHERE is_mixed
                """,
                self._credit_rest_query(),
            )
        )
        self.invalidate_model(["credit_rest"])
        mixed = self.browse(order_id for (order_id,) in rows)
        self.env.add_to_compute(self._fields["credit_rest"], mixed)

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
                 WHERE NOT counted.is_mixed
                   AND COALESCE(orders.credit_rest, 0) != counted.rest
                """,
                self._credit_rest_query(),
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
