from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..credit.kam_credit_line import RISK_CLASSES


class KamCreditClass(models.Model):
    """A risk class: from which score, and what limit it allows for how long."""

    _name = "kam.credit.class"
    _description = "Risk Class"
    _inherit = ["kam.guard.mixin"]
    _order = "risk_class"
    _rec_name = "risk_class"

    risk_class = fields.Selection(RISK_CLASSES, string="Class", required=True)
    border = fields.Float(
        string="Score from",
        digits=(16, 1),
        required=True,
        help="Lowest score of the class.",
    )
    factor = fields.Float(
        digits=(16, 2),
        required=True,
        default=1.0,
        help="The limit is at most the turnover of the payment term × this factor.",
    )
    cap = fields.Float(
        string="Highest Limit",
        digits=(16, 2),
        company_dependent=True,
        help="In the currency of the company. 0: no highest limit.",
    )
    months = fields.Integer(
        string="Valid for (months)",
        required=True,
        default=12,
        help="How long a limit is valid that is approved for this class.",
    )

    _class_uniq = models.Constraint(
        "UNIQUE (risk_class)", "There is a row for this class already. Change that one."
    )
    _numbers_positive = models.Constraint(
        "CHECK (border >= 0 AND border <= 100 AND factor >= 0 AND months > 0)",
        "The score runs from 0 to 100, the factor from 0, the months from 1.",
    )

    @api.constrains("risk_class", "border")
    def _check_borders(self):
        """Better classes begin at higher scores."""
        ordered = self.search(Domain.TRUE, order="risk_class")
        for better, worse in zip(ordered, ordered[1:], strict=False):
            if better.border <= worse.border:
                raise ValidationError(
                    self.env._(
                        "Class %(better)s has to begin at a higher score than class "
                        "%(worse)s.",
                        better=better.risk_class.upper(),
                        worse=worse.risk_class.upper(),
                    )
                )

    @api.model
    def _get_class(self, score, worst=None):
        """Return the class of a score.

        Below every border it is the worst class there is.

        :param score: 0 to 100
        :param worst: a class that the result is not better than
        """
        classes = self.sudo().search(Domain.TRUE, order="risk_class")
        found = classes.filtered(lambda row: score >= row.border)[:1] or classes[-1:]
        if worst and found.risk_class < worst:
            found = classes.filtered(lambda row: row.risk_class >= worst)[:1] or found
        return found
