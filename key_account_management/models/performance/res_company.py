from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kam_hand_over_days = fields.Integer(
        string="Overdue Debt Stays with the Giver (days)",
        default=60,
        help="Debt that was overdue when a client was handed over counts for so many "
        "days on the scorecard of the manager who gave the client away.",
    )
