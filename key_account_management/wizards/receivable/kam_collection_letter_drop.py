from odoo import fields, models
from odoo.fields import Command


class KamCollectionLetterDrop(models.TransientModel):
    _name = "kam.collection.letter.drop"
    _description = "Drop Collection Letters"
    _inherit = ["kam.dialog.mixin"]

    letter_ids = fields.Many2many(
        comodel_name="kam.collection.letter",
        string="Letters",
        required=True,
        default=lambda self: [Command.set(self.env.context.get("active_ids", []))],
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        """Drop the letters."""
        self.ensure_one()
        self.letter_ids.action_drop(self.reason)
        return {"type": "ir.actions.act_window_close"}
