from odoo import fields, models


class KamVisitPlan(models.Model):
    _inherit = "kam.visit.plan"

    return_count = fields.Integer(
        string="Returned",
        readonly=True,
        copy=False,
        help="How often the plan was given back; 0 is accepted the first time.",
    )

    def action_return(self, comment):
        """Count how often a plan was given back; sudo: nobody may write the count."""
        result = super().action_return(comment)
        for plan in self.sudo():
            plan.return_count += 1
        return result
