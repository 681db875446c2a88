from odoo import fields, models


class KamCollectionLetterLine(models.Model):
    """A document in a letter, with what is to pay of it and the penalty."""

    _name = "kam.collection.letter.line"
    _description = "Document of Collection Letter"
    _inherit = ["kam.guard.mixin"]
    _order = "letter_id, date_maturity, id"

    _system_only = True

    letter_id = fields.Many2one(
        comodel_name="kam.collection.letter",
        required=True,
        index=True,
        ondelete="cascade",
    )
    client_id = fields.Many2one(related="letter_id.client_id")
    currency_id = fields.Many2one(related="letter_id.currency_id")
    item_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Journal Item",
        index="btree_not_null",
        ondelete="set null",
    )
    name = fields.Char(string="Document", required=True)
    date_maturity = fields.Date(string="Due", required=True)
    days = fields.Integer(string="Days Overdue")
    amount = fields.Monetary(string="To Pay", help="What is disputed is left out.")
    penalty = fields.Monetary()
