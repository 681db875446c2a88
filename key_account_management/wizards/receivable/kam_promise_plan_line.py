from odoo import fields, models


class KamPromisePlanLine(models.TransientModel):
    _name = "kam.promise.plan.line"
    _description = "Instalment of a Plan"
    _inherit = ["kam.dialog.mixin"]
    _order = "date, id"

    plan_id = fields.Many2one(
        comodel_name="kam.promise.plan", required=True, ondelete="cascade"
    )
    date = fields.Date(required=True)
    currency_id = fields.Many2one(related="plan_id.currency_id", related_sudo=False)
    amount = fields.Monetary(required=True)
