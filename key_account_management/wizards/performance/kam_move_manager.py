from odoo import api, fields, models


class KamMoveManager(models.TransientModel):
    _name = "kam.move.manager"
    _description = "Count an Invoice for Another Manager"
    _inherit = ["kam.dialog.mixin"]

    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Document",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    manager_ids = fields.Many2many(
        comodel_name="res.users",
        string="Managers of the Client",
        compute="_compute_manager_ids",
    )
    manager_id = fields.Many2one(
        comodel_name="res.users",
        string="Counts for",
        required=True,
        domain="[('id', 'in', manager_ids)]",
    )
    reason = fields.Char(required=True)

    @api.depends("move_id")
    def _compute_manager_ids(self):
        """Who looked after the client at any time, as far as the user may see."""
        for dialog in self:
            client = dialog.move_id.kam_client_id
            dialog.manager_ids = client.assignment_ids.manager_id

    def action_apply(self):
        """Change the stamp of the document."""
        self.move_id.action_set_kam_manager(self.manager_id, self.reason)
        return {"type": "ir.actions.act_window_close"}
