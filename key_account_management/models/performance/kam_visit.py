from odoo import fields, models


class KamVisit(models.Model):
    _inherit = "kam.visit"

    reported_at = fields.Datetime(
        string="Reported on",
        readonly=True,
        copy=False,
        help="When the outcome was entered; within 24 hours of the visit is on time.",
    )

    def action_done(self):
        """Keep when the outcome was entered; see the room of visits."""
        result = super().action_done()
        visits = self.sudo().filtered(lambda visit: not visit.reported_at)
        visits.reported_at = fields.Datetime.now()
        return result
