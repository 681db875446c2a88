from odoo import fields, models


class KamScorecardClose(models.TransientModel):
    _name = "kam.scorecard.close"
    _description = "Close a Thin Scorecard"
    _inherit = ["kam.dialog.mixin"]

    card_id = fields.Many2one(
        comodel_name="kam.scorecard",
        string="Scorecard",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    missing_weight = fields.Float(related="card_id.missing_weight", related_sudo=False)
    reason = fields.Char(required=True)

    def action_apply(self):
        """Close the card with the reason."""
        self.card_id.action_close(self.reason)
        return {"type": "ir.actions.act_window_close"}
