from odoo import fields, models


class KamCreditDecisionAnswer(models.AbstractModel):
    """What the dialogs of release and rejection share.

    Usage: inherit, add fields, call ``action_release`` or ``action_reject`` of the
    decision in ``action_apply``.
    """

    _name = "kam.credit.decision.answer"
    _description = "Answer to a Held Order"

    decision_id = fields.Many2one(
        comodel_name="kam.credit.decision", required=True, ondelete="cascade"
    )
    order_id = fields.Many2one(related="decision_id.order_id")
    currency_id = fields.Many2one(related="decision_id.currency_id")
    summary = fields.Char(related="decision_id.summary")
    shortfall = fields.Monetary(related="decision_id.shortfall")
    reason = fields.Char(required=True)
