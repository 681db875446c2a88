from odoo import api, fields, models


class KamCreditRequest(models.Model):
    """A manager's request to release a held order, with his comment."""

    _name = "kam.credit.request"
    _description = "Credit Release Request"
    _inherit = ["kam.guard.mixin"]
    _order = "id desc"
    _rec_name = "decision_id"

    _append_only = True

    decision_id = fields.Many2one(
        comodel_name="kam.credit.decision",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    client_id = fields.Many2one(
        related="decision_id.client_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="decision_id.company_id", store=True, precompute=True
    )
    comment = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Asked by", required=True, readonly=True
    )
    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)

    @api.model
    def _get_kept_message(self):
        return self.env._("A request is kept as it was made.")
