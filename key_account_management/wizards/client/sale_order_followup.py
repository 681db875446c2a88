from odoo import api, fields, models


class SaleOrderFollowup(models.TransientModel):
    """The four questions about a proposal that was sent."""

    _name = "sale.order.followup"
    _description = "Answer about a Proposal"
    _inherit = ["kam.dialog.mixin"]

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, ondelete="cascade"
    )
    received = fields.Boolean(string="The customer has the proposal", default=True)
    next_steps = fields.Char(help="What happens next, on either side.")
    urgency = fields.Selection(
        selection=lambda self: self._get_urgencies(), default="normal", required=True
    )
    next_date = fields.Date(
        string="We Talk Again on", required=True, help="Today or later."
    )

    @api.model
    def _get_urgencies(self):
        field = self.env["sale.order"]._fields["kam_followup_urgency"]
        return field._description_selection(self.env)

    def action_apply(self):
        """Note the answer on the order."""
        self.ensure_one()
        self.order_id.action_followup_answer(
            self.received, self.next_steps, self.urgency, self.next_date
        )
        return {"type": "ir.actions.act_window_close"}
