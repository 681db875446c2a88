from odoo import fields, models


class KamSubstitutionTransfer(models.TransientModel):
    _inherit = "kam.substitution.transfer"

    visit_ids = fields.Many2many(
        comodel_name="kam.visit",
        string="Planned Visits",
        compute="_compute_work",
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    def _compute_work(self):
        result = super()._compute_work()
        work = self.env["kam.substitution.work"]
        for dialog in self:
            dialog.visit_ids = work._get_visits(dialog.substitution_id)
        return result

    def _give(self):
        result = super()._give()
        work = self.env["kam.substitution.work"]
        found = work._get_visits(self.substitution_id)
        work._give_visits(self.substitution_id, self.visit_ids & found)
        return result
