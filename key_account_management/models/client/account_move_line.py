from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    kam_unit_cost = fields.Float(
        string="Unit Cost at Posting",
        digits="Product Price",
        readonly=True,
        copy=False,
        groups="key_account_management.group_kam_user,account.group_account_readonly",
        help="Cost of one unit (of this line, in company currency) when the invoice "
        "was posted. Margins are reckoned with it.",
    )

    def _stamp_kam_unit_cost(self):
        """Stamp the cost of the product on posted sales lines that have none.

        A credit note takes the cost of the invoice it reverses, so that a return
        takes back the margin that was made.
        """
        for line in self:
            product = line.product_id.with_company(line.company_id)
            original = line.move_id.reversed_entry_id.invoice_line_ids.filtered(
                lambda item, line=line: item.product_id == line.product_id
            )[:1]
            if original.kam_unit_cost:
                line.kam_unit_cost = original.product_uom_id._compute_price(
                    original.kam_unit_cost, line.product_uom_id
                )
            else:
                line.kam_unit_cost = product.uom_id._compute_price(
                    product.standard_price, line.product_uom_id
                )
