from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kam_hand_over_days = fields.Integer(
        string="Overdue Debt Stays with the Giver (days)",
        default=60,
        help="Debt that was overdue when a client was handed over counts for so many "
        "days on the scorecard of the manager who gave the client away.",
    )
    kam_pay_credit_days = fields.Integer(
        string="Credit Notes Correct Their Month (days)",
        default=45,
        help="A credit note within so many days of an invoice of an earlier month "
        "corrects the pay of that month, and does not count in its own.",
    )
