from odoo import api, fields, models


class KamCreditDecisionRelease(models.TransientModel):
    _name = "kam.credit.decision.release"
    _description = "Release a Held Order"
    _inherit = ["kam.credit.decision.answer"]

    amount = fields.Monetary(
        compute="_compute_defaults",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="The order may go out up to this amount, taxes included.",
    )
    until = fields.Date(
        compute="_compute_defaults",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Last day on which the order may be confirmed by this release.",
    )

    @api.depends("decision_id")
    def _compute_defaults(self):
        for wizard in self:
            decision = wizard.decision_id
            wizard.amount = decision.order_amount
            wizard.until = decision and decision._get_default_release_until()

    def action_apply(self):
        """Release the order up to the amount until the date."""
        self.ensure_one()
        self.decision_id.action_release(self.reason, self.amount, self.until)
        return {"type": "ir.actions.act_window_close"}
