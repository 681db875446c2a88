from odoo import api, fields, models


class KamSubstitutionTransfer(models.TransientModel):
    _inherit = "kam.substitution.transfer"

    order_ids = fields.Many2many(
        comodel_name="sale.order",
        string="Orders on Hold",
        compute="_compute_work",
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    @api.model
    def _get_kinds(self):
        work = self.env["kam.substitution.work"]
        kind = ("order_ids", work._get_held_orders, work._give_orders)
        return [*super()._get_kinds(), kind]
