from odoo import api, fields, models

ACTIONS = [
    ("none", "Nothing"),
    ("call", "Call"),
    ("letter", "Letter"),
    ("head", "Task for the Head"),
    ("stop", "Stop of Shipments"),
    ("demand", "Formal Demand"),
    ("legal", "Legal Action"),
]


class KamCollectionStage(models.Model):
    """A level of dunning, by days from the due date of an item.

    The same in all companies; which of them climbs it is a setting of the company.
    """

    _name = "kam.collection.stage"
    _description = "Collection Stage"
    _inherit = ["kam.guard.mixin"]
    _order = "days, id"

    name = fields.Char(required=True, translate=True)
    days = fields.Integer(
        string="Days from Due Date",
        required=True,
        help="Negative: so many days before an item is due. On a day off the level "
        "waits for the next working day; a reminder comes on the one before.",
    )
    action = fields.Selection(
        selection=ACTIONS,
        default="none",
        required=True,
        help="What the ladder does when an item reaches this level.",
    )
    min_amount = fields.Monetary(
        string="Debt from",
        help="The level waits while the debt that has reached it is below this "
        "amount, in the currency of the company.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )
    excluded_tier_ids = fields.Many2many(
        comodel_name="kam.tier",
        string="Not for Tiers",
        help="Clients of these tiers pass over the level.",
    )
    fold = fields.Boolean(string="Folded in Kanban")
    description = fields.Text(translate=True, help="What is done at this level.")

    _min_amount_positive = models.Constraint(
        "CHECK (min_amount >= 0)", "The amount of a level cannot be negative."
    )

    @api.depends_context("company")
    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id
