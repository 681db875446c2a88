from odoo import fields, models


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

    def _compute_work(self):
        result = super()._compute_work()
        work = self.env["kam.substitution.work"]
        for dialog in self:
            dialog.order_ids = work._get_held_orders(dialog.substitution_id)
        return result

    def _give(self):
        result = super()._give()
        work = self.env["kam.substitution.work"]
        found = work._get_held_orders(self.substitution_id)
        work._give_orders(self.substitution_id, self.order_ids & found)
        return result
