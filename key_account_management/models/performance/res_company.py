from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .forecasting import parse_days


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
    kam_checkpoint_days = fields.Char(
        string="Checkpoints of the Sales Plan",
        default="10, 20",
        help="Days of the month, with commas between them, on which the forecast of "
        "each manager is kept and whoever is behind his plan gets an activity.",
    )
    kam_reactivation_months = fields.Integer(
        string="Reactivated after (months)",
        default=6,
        help="A client who buys again after so many months without an invoice counts "
        "as reactivated.",
    )

    _kam_reactivation_positive = models.Constraint(
        "CHECK (kam_reactivation_months > 0)",
        "A client is reactivated after 1 month or more.",
    )

    @api.constrains("kam_checkpoint_days")
    def _check_kam_checkpoint_days(self):
        for company in self:
            try:
                parse_days(company.kam_checkpoint_days)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Checkpoints are days from 1 to 28 with commas between them, "
                        "for example: 10, 20."
                    )
                ) from error
