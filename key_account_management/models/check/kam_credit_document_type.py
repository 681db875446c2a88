from odoo import fields, models


class KamCreditDocumentType(models.Model):
    """A paper that a creditworthiness check may ask for."""

    _name = "kam.credit.document.type"
    _description = "Type of Credit Document"
    _inherit = ["kam.guard.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    required = fields.Boolean(
        help="A check is not approved while this document is missing or expired."
    )
    validity_months = fields.Integer(
        string="Valid for (months)",
        help="How long a received document counts. 0: without end.",
    )

    _validity_positive = models.Constraint(
        "CHECK (validity_months >= 0)",
        "A document cannot be valid for less than 0 months.",
    )
