from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kam_bank_days = fields.Integer(
        string="Bank Days of a Promise",
        help="Working days that money may take to arrive after a promised date.",
    )

    _kam_bank_days_positive = models.Constraint(
        "CHECK (kam_bank_days >= 0)",
        "The bank days of a promise cannot be negative.",
    )

    def _get_promise_deadline(self, day):
        """Return the last day on which money promised for ``day`` is in time.

        A day on a weekend moves to Monday; bank days are working days.
        """
        self.ensure_one()
        left = self.sudo().kam_bank_days
        while day.weekday() > 4 or left:
            if day.weekday() <= 4:
                left -= 1
            day += timedelta(days=1)
        return day
