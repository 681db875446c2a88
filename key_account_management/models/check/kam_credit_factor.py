from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

COMPUTED = ("years", "turnover", "days_late", "on_time", "debt", "promises")
DIGITS = 4


class KamCreditFactor(models.Model):
    """What a client is scored by: an input, ranges with points, a weight.

    Inputs of the codes in :data:`COMPUTED` come from the ledger; the others are
    typed. The lowest range takes everything below, the highest everything above.
    """

    _name = "kam.credit.factor"
    _description = "Scoring Factor"
    _inherit = ["kam.guard.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Computed by the system: years, turnover, days_late, on_time, debt, "
        "promises. Any other code is typed by hand.",
    )
    is_computed = fields.Boolean(compute="_compute_is_computed", string="Computed")
    unit = fields.Char(translate=True, help="Unit of the input, for the reader.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    weight = fields.Float(default=1.0, required=True)
    help = fields.Char(translate=True, help="Where the input is found.")
    range_ids = fields.One2many(
        comodel_name="kam.credit.factor.range", inverse_name="factor_id", copy=True
    )

    _code_uniq = models.Constraint(
        "UNIQUE (code)", "There is a factor with this code already."
    )
    _weight_positive = models.Constraint(
        "CHECK (weight > 0)",
        "Enter a weight above 0, or archive the factor.",
    )

    @api.depends("code")
    def _compute_is_computed(self):
        for factor in self:
            factor.is_computed = factor.code in COMPUTED

    @api.model_create_multi
    def create(self, vals_list):
        factors = super(KamCreditFactor, self._saving()).create(vals_list)
        factors._check_ranges()
        return factors.with_env(self.env)

    def write(self, vals):
        result = super(KamCreditFactor, self._saving()).write(vals)
        self._check_ranges()
        return result

    def _saving(self):
        """Let ranges be changed one by one: they are checked together at the end."""
        return self.with_context(kam_factor_saving=True)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for factor, vals in zip(self, vals_list, strict=True):
            vals["code"] = self.env._("%s_copy", factor.code)
            vals["name"] = self.env._("%s (copy)", factor.name)
        return vals_list

    def _check_ranges(self):
        """Refuse ranges with a gap, an overlap, or none at all."""
        for factor in self:
            ranges = factor.range_ids.sorted("value_from")
            if not ranges:
                raise ValidationError(
                    self.env._("Give %s at least one range of points.", factor.name)
                )
            for lower, upper in zip(ranges, ranges[1:], strict=False):
                order = float_compare(
                    lower.value_to, upper.value_from, precision_digits=DIGITS
                )
                if order:
                    raise ValidationError(
                        factor._get_range_error(lower, upper, is_gap=order < 0)
                    )

    def _get_range_error(self, lower, upper, is_gap):
        values = {
            "factor": self.name,
            "to": lower._format(lower.value_to),
            "from": upper._format(upper.value_from),
        }
        if is_gap:
            return self.env._(
                "The ranges of %(factor)s leave a gap from %(to)s to %(from)s.",
                **values,
            )
        return self.env._(
            "The ranges of %(factor)s overlap from %(from)s to %(to)s.", **values
        )

    def _refuse_gap(self):
        raise ValidationError(
            self.env._(
                "Without this range %s would have a gap. Change the ranges on the form "
                "of the factor.",
                self.name,
            )
        )

    def _get_range(self, value):
        """Return the range of an input: from ≤ value < to, open at both ends."""
        ranges = self.range_ids.sorted("value_from")
        for found in ranges[:-1]:
            if float_compare(value, found.value_to, precision_digits=DIGITS) < 0:
                return found
        return ranges[-1:]
