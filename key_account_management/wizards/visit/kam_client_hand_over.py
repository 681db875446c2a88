from odoo import fields, models


class KamClientHandOver(models.TransientModel):
    _inherit = "kam.client.hand.over"

    moves_visits = fields.Boolean(
        string="Planned Visits Go Along",
        default=True,
        help="Otherwise they stay with the manager until now, who has to cancel or "
        "make them. From a later day on they always go along.",
    )

    def action_apply(self):
        dialog = self.with_context(kam_keep_visits=not self.moves_visits)
        return super(KamClientHandOver, dialog).action_apply()
