from odoo import fields, models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "kam.guard.mixin"]

    kam_unit_cost = fields.Float(
        string="Unit Cost at Posting",
        digits="Product Price",
        readonly=True,
        copy=False,
        groups="key_account_management.group_kam_user,account.group_account_readonly",
        help="Cost of one unit (of this line, in company currency) when the invoice "
        "was posted. Margins are computed with it.",
    )

    def _get_kam_unit_cost_query(self):
        """SQL that sets the cost of the product on sales lines that have none.

        A credit note takes the cost of the invoice it reverses, so that a return
        takes back the margin that was made. For lines of the current company.
        """
        product = self.env["product.product"].with_company(self.env.company)
        return SQL(
            """
            UPDATE account_move_line line SET kam_unit_cost = ROUND(source.cost, %(d)s)
              FROM (
                SELECT item.id, COALESCE(
                       original.kam_unit_cost * COALESCE(
                            uom.factor / NULLIF(original_uom.factor, 0), 1),
                       (%(cost)s)::numeric * COALESCE(
                            uom.factor / NULLIF(product_uom.factor, 0), 1), 0) AS cost
                  FROM account_move_line item
                  JOIN account_move move ON move.id = item.move_id
                  JOIN product_product product ON product.id = item.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
             LEFT JOIN uom_uom product_uom ON product_uom.id = template.uom_id
             LEFT JOIN uom_uom uom ON uom.id = item.product_uom_id
             LEFT JOIN LATERAL (
                    SELECT NULLIF(kam_unit_cost, 0) AS kam_unit_cost, product_uom_id
                      FROM account_move_line
                     WHERE move_id = move.reversed_entry_id
                       AND product_id = item.product_id AND display_type = 'product'
                  ORDER BY id LIMIT 1) original ON TRUE
             LEFT JOIN uom_uom original_uom ON original_uom.id = original.product_uom_id
                 WHERE item.id IN %(lines)s AND COALESCE(item.kam_unit_cost, 0) = 0
              ) source
             WHERE source.id = line.id
            """,
            d=self.env["decimal.precision"].precision_get("Product Price"),
            cost=product._field_to_sql("product", "standard_price"),
            lines=tuple(self.ids) or (0,),
        )
