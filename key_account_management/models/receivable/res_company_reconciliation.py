from odoo import fields, models


class ResCompany(models.Model):
    """How a company reminds of reconciliation statements without an answer."""

    _inherit = "res.company"

    kam_reminder_count = fields.Integer(
        string="Reminders of a Statement",
        default=3,
        help="How often at most a legal entity is reminded of a reconciliation "
        "statement that it has not answered in time; 0: never.",
    )
    kam_reminder_days = fields.Integer(
        string="Days between Reminders",
        default=7,
        help="The first reminder goes out on the day after the deadline.",
    )

    _kam_reminder_count_positive = models.Constraint(
        "CHECK (kam_reminder_count >= 0)",
        "The number of reminders of a statement cannot be negative.",
    )
    _kam_reminder_days_positive = models.Constraint(
        "CHECK (kam_reminder_days > 0)",
        "Leave at least one day between two reminders of a statement.",
    )
