from odoo import fields, models


class KamCreditLine(models.Model):
    _name = "kam.credit.line"
    _inherit = ["kam.credit.line", "kam.fixed.mixin"]

    _fixed_fields = frozenset(("stop_collection_id",))

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

    def _get_fixed_message(self):
        return self.env._("Only the ladder says which case stopped the shipments.")
