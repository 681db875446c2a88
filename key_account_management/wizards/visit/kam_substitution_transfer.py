from odoo import api, fields, models


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

    @api.model
    def _get_kinds(self):
        work = self.env["kam.substitution.work"]
        kind = ("visit_ids", work._get_visits, work._give_visits)
        return [*super()._get_kinds(), kind]
