from odoo import api, fields, models


class KamPayCorrector(models.Model):
    """What a result of criteria 5.3 to 5.8 adds to the pay or takes from it.

    Of the rows of one criterion the highest border that was reached applies, as in
    the ranges of the scorecard. A criterion that is not applicable corrects nothing.
    """

    _name = "kam.pay.corrector"
    _description = "Corrector of a Pay Scheme"
    _inherit = ["kam.guard.mixin"]
    _order = "scheme_id, code, value_from"
    _rec_name = "code"

    scheme_id = fields.Many2one(
        comodel_name="kam.pay.scheme",
        string="Pay Scheme",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="scheme_id.company_id", store=True, index=True)
    code = fields.Selection(
        selection=[
            ("settlement", "5.3 Settlement on time"),
            ("debt", "5.4 No overdue or over-limit debt"),
            ("reports", "5.5 Reports"),
            ("claims", "5.6 Claims"),
            ("evaluations", "5.7 Evaluations"),
            ("complaints", "5.8 Complaints"),
        ],
        string="Criterion",
        required=True,
    )
    value_from = fields.Float(
        string="Result from",
        required=True,
        help="In percent; for claims, evaluations and complaints their number.",
    )
    percent = fields.Float(
        string="Corrects by (%)",
        required=True,
        help="-10 takes a tenth of the pay, 5 adds a twentieth.",
    )

    _border_uniq = models.Constraint(
        "UNIQUE (scheme_id, code, value_from)",
        "Each range of a criterion begins at a border of its own.",
    )
    _percent_range = models.Constraint(
        "CHECK (percent >= -100 AND percent <= 100)",
        "A corrector lies between -100 and 100 percent.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.scheme_id._check_unused()
        return rows

    def write(self, vals):
        self.scheme_id._check_unused()
        result = super().write(vals)
        self.scheme_id._check_unused()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.scheme_id._check_unused()
