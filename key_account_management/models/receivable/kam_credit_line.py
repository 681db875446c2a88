from odoo import fields, models


class KamCreditLine(models.Model):
    _inherit = "kam.credit.line"

    stop_collection_id = fields.Many2one(
        comodel_name="kam.collection",
        string="Stopped by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The collection case that stopped the shipments and lifts the stop when "
        "it closes. Empty: the stop was set by hand.",
    )

    def write(self, vals):
        """A stop that somebody changes by hand is his from then on."""
        result = super().write(vals)
        if {"is_stopped", "stop_reason"} & set(vals) and not self.env.su:
            self.sudo().write({"stop_collection_id": False})
        return result
