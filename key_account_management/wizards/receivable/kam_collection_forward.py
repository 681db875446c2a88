from odoo import fields, models


class KamCollectionForward(models.TransientModel):
    _name = "kam.collection.forward"
    _description = "Move a Collection Case Forward"
    _inherit = ["kam.dialog.mixin"]

    collection_id = fields.Many2one(
        comodel_name="kam.collection", required=True, ondelete="cascade"
    )
    stage_id = fields.Many2one(
        comodel_name="kam.collection.stage", required=True, ondelete="cascade"
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        """Move the case; nothing is sent."""
        self.ensure_one()
        self.collection_id.action_forward(self.stage_id, self.reason)
        return {"type": "ir.actions.act_window_close"}
