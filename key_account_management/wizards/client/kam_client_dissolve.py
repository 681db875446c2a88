from odoo import api, fields, models
from odoo.exceptions import UserError


class KamClientDissolve(models.TransientModel):
    """Make key clients ordinary customers again, with a reason."""

    _name = "kam.client.dissolve"
    _description = "No Longer a Key Client"
    _inherit = ["kam.dialog.mixin"]

    client_ids = fields.Many2many(
        comodel_name="kam.client", string="Key Clients", required=True
    )
    reason = fields.Char(required=True, help="Kept in the history of the client.")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        context = self.env.context
        if context.get("active_model") == "kam.client":
            values["client_ids"] = [(6, 0, context.get("active_ids", []))]
        return values

    def action_apply(self):
        """Release the legal entities and archive the key clients.

        :raise UserError: without a reason
        """
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Enter the reason."))
        self.client_ids.action_dissolve(self.reason.strip())
        return {"type": "ir.actions.act_window_close"}
