from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrderCreditCutLine(models.TransientModel):
    _name = "sale.order.credit.cut.line"
    _description = "Line to Cut"
    _inherit = ["kam.dialog.mixin"]
    _order = "id"

    cut_id = fields.Many2one(
        comodel_name="sale.order.credit.cut", required=True, ondelete="cascade"
    )
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(
        related="order_line_id.currency_id", related_sudo=False
    )
    name = fields.Char(
        related="order_line_id.display_name", related_sudo=False, string="Product"
    )
    ordered = fields.Float(
        related="order_line_id.product_uom_qty", related_sudo=False, string="Ordered"
    )
    uom_id = fields.Many2one(
        related="order_line_id.product_uom_id", related_sudo=False, string="Unit"
    )
    quantity = fields.Float(string="Stays", digits="Product Unit")
    least = fields.Float(
        compute="_compute_amounts",
        digits="Product Unit",
        help="Delivered or invoiced already.",
    )
    unit_amount = fields.Monetary(
        compute="_compute_amounts", string="Per Unit", help="Taxes included."
    )
    taken = fields.Monetary(
        compute="_compute_taken", string="Taken Off", help="Taxes included."
    )

    @api.depends("order_line_id")
    def _compute_amounts(self):
        for row in self:
            line = row.order_line_id
            ordered = line.product_uom_qty
            row.least = max(line.qty_delivered, line.qty_invoiced, 0.0)
            row.unit_amount = line.price_total / ordered if ordered else 0.0

    @api.depends("order_line_id", "quantity")
    def _compute_taken(self):
        for row in self:
            row.taken = (row.ordered - row.quantity) * row.unit_amount

    def _check_quantities(self):
        for row in self:
            least = min(row.least, row.ordered)
            if least <= row.quantity <= row.ordered:
                continue
            raise UserError(
                self.env._(
                    "%(product)s: enter a quantity from %(least)s to %(ordered)s.",
                    product=row.name,
                    least=f"{least:g}",
                    ordered=f"{row.ordered:g}",
                )
            )
