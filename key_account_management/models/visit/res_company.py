from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kam_visit_speed = fields.Float(
        string="Speed between Sites (km/h)",
        default=30.0,
        help="For the travel times of the weekly plan.",
    )
    kam_strike_days = fields.Integer(
        string="Days to an Order",
        default=3,
        help="A visit is a success if the client orders within so many days.",
    )
    kam_plan_deadline_day = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        string="Plans Due on",
        default="4",
        required=True,
        help="Day of the week before the planned one.",
    )
    kam_plan_hour = fields.Float(
        string="Plans Proposed at",
        default=16.0,
        help="Time of that day at which the plans of the next week are proposed.",
    )
    kam_plan_deadline_hour = fields.Float(
        string="Plans Due at",
        default=18.0,
        help="Later the head of the department is told whose plan is missing.",
    )

    _kam_visit_speed_positive = models.Constraint(
        "CHECK (kam_visit_speed > 0)", "Enter a speed of more than 0 km/h."
    )
    _kam_strike_days_positive = models.Constraint(
        "CHECK (kam_strike_days >= 0)", "The days to an order cannot be negative."
    )
    _kam_plan_hours = models.Constraint(
        "CHECK (kam_plan_hour BETWEEN 0 AND 24"
        " AND kam_plan_deadline_hour BETWEEN 0 AND 24)",
        "Enter times of the day between 0:00 and 24:00.",
    )
