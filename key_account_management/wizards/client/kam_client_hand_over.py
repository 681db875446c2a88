from odoo import api, fields, models
from odoo.exceptions import UserError


class KamClientHandOver(models.TransientModel):
    """Hand key clients over from their managers to another one from a date."""

    _name = "kam.client.hand.over"
    _description = "Hand over Key Clients"
    _inherit = ["kam.dialog.mixin"]

    client_ids = fields.Many2many(
        comodel_name="kam.client", string="Key Clients", required=True
    )
    from_manager_id = fields.Many2one(
        comodel_name="res.users",
        help="Choose a manager to hand over all of his clients.",
        domain=[("share", "=", False)],
    )
    manager_id = fields.Many2one(
        comodel_name="res.users",
        string="To Manager",
        required=True,
        domain=[("share", "=", False)],
    )
    date = fields.Date(
        string="From Date",
        required=True,
        default=fields.Date.context_today,
        help="First day of the new manager.",
    )
    reason = fields.Char(required=True, help="Kept in the owner history.")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        context = self.env.context
        if context.get("active_model") == "kam.client":
            values["client_ids"] = [(6, 0, context.get("active_ids", []))]
        return values

    @api.onchange("from_manager_id")
    def _onchange_from_manager_id(self):
        if self.from_manager_id:
            self.client_ids = self.env["kam.client"].search(
                [("manager_id", "=", self.from_manager_id.id)]
            )

    def action_apply(self):
        """Write the owner history and give the clients to the new manager.

        :return: closes the dialog; opens the list where its user does not see the
            clients any longer, so that their form is not read again
        :raise UserError: without clients, or without a reason
        """
        self.ensure_one()
        if not self.client_ids:
            raise UserError(self.env._("Choose the key clients to hand over."))
        if not self.reason.strip():
            raise UserError(self.env._("Enter the reason of the hand-over."))
        self.client_ids.action_hand_over(self.manager_id, self.date, self.reason)
        if not self.client_ids.has_access("read"):
            action = "key_account_management.kam_client_action"
            return {
                **self.env["ir.actions.act_window"]._for_xml_id(action),
                "target": "main",
            }
        return {"type": "ir.actions.act_window_close"}
