"""SQL of what confirmed orders have still to invoice, and of who owes them.

The ORM counts the rest of an order when its documents change (`sale_order_rest.py`
says what it is). Here the same is counted for all orders at once: of those that were
confirmed before the addon was there, and to check what is stored. It needs no model of
the addon, whose installation fills the columns before its models are loaded.
"""

from odoo.tools import SQL

_IS_POSTED = SQL("(move.state = 'posted' OR move.payment_state = 'invoicing_legacy')")
_SIGN = SQL(
    "(CASE WHEN move.move_type IN ('entry', 'in_invoice', 'out_refund', 'in_receipt')"
    " THEN -1 ELSE 1 END)"
)
# Who owes an order now: whose address it was at the confirmation nobody knows.
_DEBTOR = SQL("COALESCE(partner.commercial_partner_id, sale_order.partner_id)")


def get_fill(digits):
    """Return SQL that writes debtor and rest of every confirmed order.

    Both at once: in a large table writing the rows takes longer than counting.

    :param digits: decimals of quantities
    """
    return SQL(
        """
        UPDATE sale_order SET credit_debtor_id = %(debtor)s, credit_rest = counted.rest
          FROM (%(rests)s) counted
     LEFT JOIN res_partner partner ON partner.id = counted.partner_invoice_id
         WHERE sale_order.id = counted.order_id
        """,
        debtor=_DEBTOR,
        rests=get_rests(digits),
    )


def get_debtor_fill():
    """Return SQL that writes the debtor of confirmed orders that have none."""
    return SQL(
        """
        UPDATE sale_order SET credit_debtor_id = %s
          FROM sale_order orders
     LEFT JOIN res_partner partner ON partner.id = orders.partner_invoice_id
         WHERE orders.id = sale_order.id
           AND orders.state = 'sale' AND orders.credit_debtor_id IS NULL
        """,
        _DEBTOR,
    )


def get_rests(digits):
    """Return SQL of the rest of every confirmed order.

    Rows are order_id, partner_invoice_id, rest. The rest is in company currency; NULL
    if it takes rates or taxes, and so the ORM: of an order with invoices in another
    currency, or with goods delivered that were not ordered. Invoices are summed up
    only where the quantity leaves the question open.

    :param digits: decimals of quantities
    """
    # OFFSET: what is open is worked out once, although it is named twice.
    return SQL(
        """
        SELECT order_id, partner_invoice_id,
               CASE WHEN value <= 0 THEN 0
                    ELSE ROUND(value / rate / rounding) * rounding END AS rest
          FROM (
            SELECT orders.id AS order_id, orders.partner_invoice_id,
                   currency.rounding,
                   CASE WHEN orders.currency_id = company.currency_id THEN 1
                        ELSE COALESCE(NULLIF(orders.currency_rate, 0), 1) END AS rate,
                   CASE WHEN goods.is_unordered THEN NULL
                        WHEN goods.is_reached OR worth.amount = 0 THEN 0
                        ELSE worth.amount - (%(invoiced)s) END AS value
              FROM sale_order orders
              JOIN res_company company ON company.id = orders.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
         LEFT JOIN (%(goods)s) goods ON goods.order_id = orders.id
        CROSS JOIN LATERAL (
                SELECT CASE WHEN orders.credit_rest_closed
                            THEN COALESCE(goods.delivered, 0)
                            ELSE COALESCE(orders.amount_total, 0)
                                 + COALESCE(goods.surplus, 0) END AS amount
                  ) worth
             WHERE orders.state = 'sale'
            OFFSET 0
          ) counted
        """,
        goods=_get_goods(digits),
        invoiced=_get_invoiced(),
    )


def _get_invoiced():
    """What posted invoices took of one of `orders`, in its currency; NULL: in another.

    An invoice of this order alone counts with its total, since taxes may be rounded
    over all lines; of another one, its lines of this order count, each once.
    """
    return SQL(
        """
        SELECT CASE WHEN BOOL_OR(move.currency_id != orders.currency_id) THEN NULL
                    ELSE COALESCE(SUM(%(sign)s * (
                         CASE WHEN item.count = products.count THEN move.amount_total
                              ELSE item.amount END)), 0) END
          FROM (
            SELECT aml.move_id, SUM(aml.price_total) AS amount,
                   COUNT(*) FILTER (WHERE aml.display_type = 'product') AS count
              FROM account_move_line aml
             WHERE aml.id IN (
                SELECT rel.invoice_line_id
                  FROM sale_order_line line
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                 WHERE line.order_id = orders.id)
          GROUP BY aml.move_id
          ) item
          JOIN account_move move ON move.id = item.move_id AND %(is_posted)s
          JOIN LATERAL (
            SELECT COUNT(*) AS count FROM account_move_line aml
             WHERE aml.move_id = move.id AND aml.display_type = 'product'
          ) products ON TRUE
        """,
        sign=_SIGN,
        is_posted=_IS_POSTED,
    )


def _get_goods(digits):
    """The goods of each order: invoiced in full, value beyond the order, delivered.

    As :meth:`_get_credit_quantity`, :meth:`_get_credit_surplus` and
    :meth:`_get_credit_delivered` of its lines have it.
    """
    # goods that were not ordered have no price here: is_unordered leaves them out
    price = SQL("line.price_total / line.product_uom_qty")
    target = SQL(
        "(CASE WHEN line.product_uom_qty < 0 THEN line.product_uom_qty"
        " ELSE GREATEST(line.product_uom_qty, line.qty_delivered) END)"
    )
    return SQL(
        """
        SELECT order_id, BOOL_AND(is_reached) AS is_reached,
               BOOL_OR(is_unordered) AS is_unordered,
               SUM(surplus) AS surplus, SUM(delivered) AS delivered
          FROM (
            SELECT line.order_id,
                   ROUND(ABS(COALESCE(SUM(%(quantity)s), 0)), %(digits)s)
                        >= ROUND(ABS(%(target)s), %(digits)s)
                   AND COALESCE(SUM(%(quantity)s), 0) * %(target)s >= 0 AS is_reached,
                   line.product_uom_qty = 0 AS is_unordered,
                   CASE WHEN line.product_uom_qty > 0
                             AND line.qty_delivered > line.product_uom_qty
                        THEN %(price)s * (line.qty_delivered - line.product_uom_qty)
                        END AS surplus,
                   CASE WHEN line.product_uom_qty > 0 AND line.qty_delivered > 0
                        THEN %(price)s * line.qty_delivered END AS delivered
              FROM sale_order_line line
         LEFT JOIN product_product product ON product.id = line.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
         LEFT JOIN (%(items)s) item ON item.order_line_id = line.id
         LEFT JOIN uom_uom item_uom ON item_uom.id = item.product_uom_id
             WHERE line.display_type IS NULL
               AND (line.product_uom_qty != 0 OR line.qty_delivered != 0)
               AND template.type IS DISTINCT FROM 'combo'
          GROUP BY line.id
          ) line
      GROUP BY order_id
        """,
        quantity=_get_quantity(digits),
        digits=digits,
        target=target,
        price=price,
        items=_get_items(),
    )


def _get_items():
    """The posted invoice lines of each order line; of credit notes below zero."""
    return SQL(
        """
        SELECT rel.order_line_id, aml.product_uom_id, %s * aml.quantity AS quantity
          FROM sale_order_line_invoice_rel rel
          JOIN account_move_line aml ON aml.id = rel.invoice_line_id
          JOIN account_move move ON move.id = aml.move_id
         WHERE %s
        """,
        _SIGN,
        _IS_POSTED,
    )


def _get_quantity(digits):
    """The quantity of an `item` in the unit of its `line`.

    Rounded up from another unit as core does it (`uom.uom._compute_quantity`); the
    inner rounding drops what a division leaves far behind the decimals. What has no
    unit counts as it is.
    """
    return SQL(
        """
        (CASE WHEN item.product_uom_id = line.product_uom_id
                   OR item.product_uom_id IS NULL THEN item.quantity
              ELSE SIGN(item.quantity) * CEIL(ROUND(ABS(item.quantity)
                   * item_uom.factor / COALESCE(line_uom.factor, 1) * %(scale)s, 6))
                   / %(scale)s END)
        """,
        scale=10**digits,
    )
