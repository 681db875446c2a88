from odoo import fields, models


class KamCollectionStartLine(models.TransientModel):
    _name = "kam.collection.start.line"
    _description = "Client and Level in the First Run of the Ladder"
    _inherit = ["kam.dialog.mixin"]
    _order = "client_id, stage_id"

    start_id = fields.Many2one(
        comodel_name="kam.collection.start", required=True, ondelete="cascade"
    )
    client_id = fields.Many2one(
        comodel_name="kam.client", required=True, ondelete="cascade"
    )
    stage_id = fields.Many2one(
        comodel_name="kam.collection.stage",
        string="Level",
        required=True,
        ondelete="cascade",
    )
    item_count = fields.Integer(string="Items")
    currency_id = fields.Many2one(related="start_id.currency_id", related_sudo=False)
    amount = fields.Monetary()
