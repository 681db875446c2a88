from odoo import api, fields, models


class KamKpiRange(models.Model):
    """The points from a border on, up to the next border of the criterion."""

    _name = "kam.kpi.range"
    _description = "Range of a Criterion"
    _inherit = ["kam.guard.mixin"]
    _order = "kpi_id, value_from"
    _rec_name = "value_from"

    kpi_id = fields.Many2one(
        comodel_name="kam.kpi",
        string="Criterion",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="kpi_id.company_id", store=True, index=True)
    value_from = fields.Float(string="From", required=True)
    points = fields.Float(required=True)

    _border_uniq = models.Constraint(
        "UNIQUE (kpi_id, value_from)", "Each range begins at a border of its own."
    )
    _points_positive = models.Constraint(
        "CHECK (points >= 0)", "Points are 0 or more. Enter 0 for none."
    )

    @api.model_create_multi
    def create(self, vals_list):
        ranges = super().create(vals_list)
        ranges.kpi_id._check_unused()
        return ranges

    def write(self, vals):
        self.kpi_id._check_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.kpi_id._check_unused()
