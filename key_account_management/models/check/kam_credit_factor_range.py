from odoo import api, fields, models
from odoo.tools.misc import formatLang

from .kam_credit_factor import DIGITS


class KamCreditFactorRange(models.Model):
    """Points for an input from one value up to, not including, another."""

    _name = "kam.credit.factor.range"
    _description = "Range of a Scoring Factor"
    _inherit = ["kam.guard.mixin"]
    _order = "factor_id, value_from"

    factor_id = fields.Many2one(
        comodel_name="kam.credit.factor", required=True, index=True, ondelete="cascade"
    )
    value_from = fields.Float(string="From", digits=(16, DIGITS), required=True)
    value_to = fields.Float(string="Below", digits=(16, DIGITS), required=True)
    points = fields.Float(required=True, digits=(16, 1))

    _bounds_order = models.Constraint(
        "CHECK (value_from < value_to)", "A range ends above the value it begins with."
    )
    _points_range = models.Constraint(
        "CHECK (points >= 0 AND points <= 100)", "Points run from 0 to 100."
    )

    @api.depends("value_from", "value_to", "factor_id.range_ids")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for record in self:
            record.display_name = record._get_text(
                record._get_kind(), record.value_from, record.value_to
            )

    def _get_kind(self):
        """Return which range of its factor this is: the only one, first, last."""
        self.ensure_one()
        ranges = self.factor_id.range_ids.sorted("value_from")
        if self == ranges[:1]:
            return "any" if self == ranges[-1:] else "below"
        return "from" if self == ranges[-1:] else "between"

    @api.model
    def _get_text(self, kind, low, high):
        """Return bounds in words, in the language of the environment."""
        low, high = self._format(low), self._format(high)
        return {
            "any": self.env._("any"),
            "below": self.env._("below %s", high),
            "from": self.env._("from %s", low),
            "between": self.env._("%(low)s to below %(high)s", low=low, high=high),
        }.get(kind, "")

    def _format(self, value):
        digits = 0 if value == int(value) else 2
        return formatLang(self.env, value, digits=digits)

    @api.constrains("factor_id", "value_from", "value_to")
    def _check_neighbours(self):
        if not self.env.context.get("kam_factor_saving"):
            self.factor_id._check_ranges()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_between(self):
        """The ranges that stay must join; checked with the factor when it is saved."""
        if self.env.context.get("kam_factor_saving"):
            return
        for factor in self.factor_id:
            kept = factor.range_ids - self
            ordered = (factor.range_ids).sorted("value_from")
            inner = ordered[1:-1] & self
            if not kept or inner:
                factor._refuse_gap()
