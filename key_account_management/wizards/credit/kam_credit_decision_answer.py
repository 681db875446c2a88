from odoo import fields, models


class KamCreditDecisionAnswer(models.AbstractModel):
    """What the dialogs of release and rejection share.

    Usage: inherit, add fields, call ``action_release`` or ``action_reject`` of the
    decision in ``action_apply``. The related fields are read as the user: nobody
    learns from a dialog what he may not read in the decision.
    """

    _name = "kam.credit.decision.answer"
    _description = "Answer to a Held Order"
    _inherit = ["kam.dialog.mixin"]

    decision_id = fields.Many2one(
        comodel_name="kam.credit.decision", required=True, ondelete="cascade"
    )
    order_id = fields.Many2one(related="decision_id.order_id", related_sudo=False)
    currency_id = fields.Many2one(related="decision_id.currency_id", related_sudo=False)
    summary = fields.Char(related="decision_id.summary", related_sudo=False)
    shortfall = fields.Monetary(related="decision_id.shortfall", related_sudo=False)
    reason = fields.Char(required=True)
