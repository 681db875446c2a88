from odoo import fields, models


class KamCollectionPause(models.TransientModel):
    _name = "kam.collection.pause"
    _description = "Pause a Collection Case"
    _inherit = ["kam.dialog.mixin"]

    collection_id = fields.Many2one(
        comodel_name="kam.collection", required=True, ondelete="cascade"
    )
    reason = fields.Char(required=True)
    until = fields.Date(string="Last Day", required=True)

    def action_apply(self):
        """Pause the case."""
        self.ensure_one()
        self.collection_id.action_pause(self.reason, self.until)
        return {"type": "ir.actions.act_window_close"}
