from odoo import fields, models


class KamCollectionStage(models.Model):
    """A level of dunning, by days from the due date of an item."""

    _name = "kam.collection.stage"
    _description = "Collection Stage"
    _order = "days, id"

    name = fields.Char(required=True, translate=True)
    days = fields.Integer(
        string="Days from Due Date",
        required=True,
        help="Negative: so many days before an item is due.",
    )
    fold = fields.Boolean(string="Folded in Kanban")
    description = fields.Text(translate=True, help="What is done at this level.")
