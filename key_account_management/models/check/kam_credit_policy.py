from odoo import fields, models

from ..credit.kam_credit_policy import ACTIONS


class KamCreditPolicy(models.Model):
    _inherit = "kam.credit.policy"

    no_check_action = fields.Selection(
        ACTIONS,
        string="No Creditworthiness Check",
        default="ignore",
        required=True,
        tracking=True,
        help="No approved creditworthiness check of the client is valid today.",
    )
