from odoo import api, fields, models
from odoo.exceptions import UserError

from .kam_credit_factor import DIGITS


class KamCreditCheckFactor(models.Model):
    """One factor of a check: its input, range, points and weight of that time."""

    _name = "kam.credit.check.factor"
    _description = "Factor of a Credit Check"
    _inherit = ["kam.guard.mixin"]
    _order = "check_id desc, sequence, id"
    _rec_name = "factor_id"

    _system_fields = frozenset(("check_id",))
    _fixed_by = "check_id"

    check_id = fields.Many2one(
        comodel_name="kam.credit.check", required=True, index=True, ondelete="cascade"
    )
    client_id = fields.Many2one(related="check_id.client_id", store=True, index=True)
    company_id = fields.Many2one(related="check_id.company_id", store=True, index=True)
    factor_id = fields.Many2one(
        comodel_name="kam.credit.factor",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    sequence = fields.Integer(related="factor_id.sequence", store=True)
    is_computed = fields.Boolean(related="factor_id.is_computed")
    source = fields.Selection(
        [("ledger", "From the ledger"), ("typed", "Typed")], compute="_compute_source"
    )
    unit = fields.Char(related="factor_id.unit")
    input = fields.Float(
        digits=(16, 4),
        aggregator=None,
        help="A computed one comes from the ledger when the check is submitted.",
    )
    is_entered = fields.Boolean(
        string="Known",
        help="A typed input that is not known counts 0 points; a computed one without "
        "data is left out.",
    )
    is_applicable = fields.Boolean(
        string="Counts",
        compute="_compute_points",
        store=True,
    )
    range_id = fields.Many2one(
        comodel_name="kam.credit.factor.range",
        compute="_compute_points",
        store=True,
        ondelete="set null",
    )
    range_kind = fields.Selection(
        selection=[
            ("any", "Any"),
            ("below", "Below"),
            ("from", "From"),
            ("between", "Between"),
        ],
        compute="_compute_points",
        store=True,
    )
    range_low = fields.Float(
        compute="_compute_points", store=True, digits=(16, DIGITS), aggregator=None
    )
    range_high = fields.Float(
        compute="_compute_points", store=True, digits=(16, DIGITS), aggregator=None
    )
    range_text = fields.Char(
        string="Range Then",
        compute="_compute_range_text",
        help="The range as it was when the points were given.",
    )
    points = fields.Float(
        compute="_compute_points", store=True, digits=(16, 1), aggregator=None
    )
    weight = fields.Float(readonly=True, digits=(16, 2))
    counted_weight = fields.Float(
        compute="_compute_weighted",
        digits=(16, 2),
        help="The weight, or 0 for a factor that does not count.",
    )
    weighted = fields.Float(
        string="Weighted Points",
        compute="_compute_weighted",
        digits=(16, 3),
        help="Points × weight; their sum by that of the weights is the score.",
    )

    _factor_uniq = models.Constraint(
        "UNIQUE (check_id, factor_id)", "Each factor counts once in a check."
    )

    @api.depends("factor_id.code")
    def _compute_source(self):
        for line in self:
            line.source = "ledger" if line.is_computed else "typed"

    @api.depends("input", "is_entered")
    def _compute_points(self):
        """Points of the range of today's catalogue; kept until the input changes."""
        for line in self:
            factor = line.factor_id
            line.is_applicable = line.is_entered or not factor.is_computed
            found = (
                factor._get_range(line.input) if line.is_entered else factor.range_ids
            )
            line.range_id = found if line.is_entered else False
            line.range_kind = found._get_kind() if line.is_entered and found else False
            line.range_low = found.value_from if line.is_entered else 0.0
            line.range_high = found.value_to if line.is_entered else 0.0
            line.points = found.points if line.is_entered else 0.0

    @api.depends("points", "weight", "is_applicable")
    def _compute_weighted(self):
        for line in self:
            line.counted_weight = line.weight if line.is_applicable else 0.0
            line.weighted = line.points * line.counted_weight

    @api.depends("range_kind", "range_low", "range_high")
    @api.depends_context("lang")
    def _compute_range_text(self):
        ranges = self.env["kam.credit.factor.range"]
        for line in self:
            line.range_text = ranges._get_text(
                line.range_kind, line.range_low, line.range_high
            )

    @api.onchange("input")
    def _onchange_input(self):
        self.is_entered = True

    def write(self, vals):
        if not self.env.su and "input" in vals:
            vals = {"is_entered": True, **vals}
        return super().write(vals)

    def _check_fixed_fields(self, vals):
        """Only inputs that are typed may be written by hand, while the check is open.

        :raise UserError: for others
        """
        if any(self.mapped("is_computed")):
            raise UserError(self._get_system_message(()))
        return super()._check_fixed_fields(vals)

    @api.model
    def _get_system_message(self, names):
        return self.env._(
            "Inputs from the ledger, points and weights are not typed. Compute the "
            "check again instead."
        )
