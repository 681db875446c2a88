from odoo import api, fields, models

# Codes that need going there, and those that keep each interval. A training is held
# at the client's; whoever was visited has been talked to.
ON_SITE = ("visit", "event", "training")
VISITS = ("visit", "training")
TOUCHES = ("visit", "call", "online")


class KamVisitKind(models.Model):
    """Visit, call, online meeting, event, training: how long, how strict."""

    _name = "kam.visit.kind"
    _description = "Kind of Visit"
    _inherit = ["kam.guard.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [
            ("visit", "Visit"),
            ("call", "Call"),
            ("online", "Online Meeting"),
            ("event", "Event"),
            ("training", "Training"),
        ],
        required=True,
        default="visit",
        help="Visits and trainings keep the visit interval; all kinds keep the call "
        "interval.",
    )
    sequence = fields.Integer(
        default=10, help="The weekly plan takes the first kind of each code."
    )
    duration = fields.Float(string="Duration (hours)", default=1.0, required=True)
    color = fields.Integer()
    outcome_required = fields.Boolean(
        default=True, help="A visit of this kind is not done without an outcome."
    )
    active = fields.Boolean(default=True)

    _duration_positive = models.Constraint(
        "CHECK (duration > 0)", "Enter a duration of more than 0 hours."
    )

    @api.model
    def _get_kind(self, code):
        """Return the first kind of a code, or an empty record."""
        return self.search([("code", "=", code)], limit=1)
