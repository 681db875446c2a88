from odoo import fields, models


class KamTier(models.Model):
    _inherit = "kam.tier"

    plan_potential = fields.Float(
        string="Potential",
        default=1.0,
        help="How much a client of this tier weighs when a sales plan is split by "
        "potential.",
    )
    plan_min_turnover = fields.Float(
        string="Active from",
        default=1.0,
        help="Net untaxed turnover in company currency from which a client of this "
        "tier counts as active or new in a period.",
    )

    _plan_potential_positive = models.Constraint(
        "CHECK (plan_potential >= 0)",
        "The potential of a tier is 0 or more. Enter 0 for none.",
    )
