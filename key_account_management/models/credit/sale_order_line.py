from odoo import api, models


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "kam.credit.import.mixin"]

    _credit_protected_fields = frozenset(
        (
            "amount_invoiced",
            "invoice_lines",
            "price_subtotal",
            "price_tax",
            "price_total",
            "qty_invoiced",
            "qty_invoiced_posted",
            "qty_to_invoice",
        )
    )
    _credit_basis_fields = frozenset(
        (
            "combo_item_id",
            "discount",
            "display_type",
            "order_id",
            "price_unit",
            "product_id",
            "product_template_id",
            "product_uom_id",
            "product_uom_qty",
            "qty_delivered",
            "tax_ids",
            "technical_price_unit",
        )
    )

    def _is_credit_relevant(self):
        """Tell whether the line is invoiced by quantity, and so has a rest."""
        self.ensure_one()
        return bool(
            not self.display_type
            and (self.product_uom_qty or self.qty_delivered)
            and self.product_id.type != "combo"
        )

    def _get_credit_margin_rates(self):
        """Return per line its margin as a ratio of its untaxed amount.

        By the product's cost of today; 0 for a line without an amount. sudo: only the
        order in which lines are proposed to be cut gets out, no cost.
        """
        rates = {}
        for line in self.sudo():
            product = line.product_id.with_company(line.company_id)
            quantity = line.product_uom_id._compute_quantity(
                line.product_uom_qty, product.uom_id or line.product_uom_id
            )
            worth = line.price_subtotal / (line.order_id._get_credit_rate() or 1.0)
            cost = product.standard_price * quantity
            rates[line.with_env(self.env)] = (worth - cost) / worth if worth else 0.0
        return rates

    def _get_credit_quantity(self):
        """Return the quantity to invoice: the ordered, or the delivered if more.

        Of a line below zero the ordered one: taking more back opens no headroom.
        """
        self.ensure_one()
        ordered = self.product_uom_qty
        return max(ordered, self.qty_delivered) if ordered >= 0 else ordered

    def _get_credit_value(self, quantity):
        """Return the price of a quantity in the currency of the order, with taxes."""
        self.ensure_one()
        if self.product_uom_qty:
            return self.price_total / self.product_uom_qty * quantity
        taxes = self.tax_ids.compute_all(
            self.price_unit * (1 - self.discount / 100),
            currency=self.currency_id,
            quantity=quantity,
            product=self.product_id,
            partner=self.order_id.partner_shipping_id,
        )
        return taxes["total_included"]

    def _get_credit_surplus(self):
        """Return the value of what was delivered beyond what was ordered."""
        beyond = self._get_credit_quantity() - self.product_uom_qty
        if not beyond or not self._is_credit_relevant():
            return 0.0
        return self._get_credit_value(beyond)

    def _get_credit_delivered(self):
        """Return the value of what was delivered."""
        if not self._is_credit_relevant() or self.product_uom_qty < 0:
            return 0.0
        return self._get_credit_value(max(0.0, self.qty_delivered))

    @api.model
    def default_get(self, fields):
        """Take no default, which anybody may choose, for what the system computes."""
        return super().default_get(
            [name for name in fields if name not in self._credit_protected_fields]
        )

    @api.model_create_multi
    def create(self, vals_list):
        protected = self._get_credit_protected()
        for vals in vals_list:
            self.env["sale.order"]._credit_check_protected(vals, protected)
        default = self.default_get(["order_id"]).get("order_id")
        orders = self.env["sale.order"].browse(
            {order for vals in vals_list if (order := vals.get("order_id", default))}
        )
        with self.env["kam.credit.gate"]._watch(orders):
            return super().create(vals_list)

    def write(self, vals):
        self.env["sale.order"]._credit_check_protected(
            vals, self._get_credit_protected()
        )
        if self._credit_basis_fields.isdisjoint(vals):
            return super().write(vals)
        orders = self.order_id.browse(vals.get("order_id") or ())
        with self.env["kam.credit.gate"]._watch(self.order_id | orders):
            return super().write(vals)

    def unlink(self):
        with self.env["kam.credit.gate"]._watch(self.order_id):
            return super().unlink()

    @api.model
    def _get_credit_protected(self):
        """Fields that the user may not enter: who makes out invoices may link them."""
        if self.env.user.has_group("account.group_account_invoice"):
            return self._credit_protected_fields - {"invoice_lines"}
        return self._credit_protected_fields

    @api.depends("order_id.credit_state", "order_id.credit_rest_closed")
    def _compute_qty_to_invoice(self):
        """On hold, or the rest closed: invoice no more than was delivered."""
        result = super()._compute_qty_to_invoice()
        for line in self:
            if not line.order_id._is_credit_capped() or line.display_type:
                continue
            delivered = line.qty_delivered - line.qty_invoiced
            line.qty_to_invoice = max(0.0, min(line.qty_to_invoice, delivered))
        return result

    def _is_credit_delivery_stopped(self):
        """Tell whether goods of this line must not leave; for the warehouse addon."""
        self.ensure_one()
        return self.order_id._is_credit_capped()
