from odoo import api, fields, models


class KamCreditCheckStep(models.Model):
    """Who did what to a creditworthiness check; added to, never changed."""

    _name = "kam.credit.check.step"
    _description = "Step of a Credit Check"
    _inherit = ["kam.guard.mixin"]
    _order = "date desc, id desc"
    _rec_name = "kind"

    _append_only = True

    check_id = fields.Many2one(
        comodel_name="kam.credit.check",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    client_id = fields.Many2one(related="check_id.client_id", store=True, index=True)
    company_id = fields.Many2one(related="check_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("submitted", "Submitted"),
            ("review", "Recommended"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        string="Step",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    limit = fields.Monetary(readonly=True)
    risk_class = fields.Char(string="Class", readonly=True)
    score = fields.Float(digits=(16, 1), readonly=True, aggregator=None)
    reason = fields.Char(readonly=True)

    @api.model
    def _get_kept_message(self):
        return self.env._("The steps of a check are kept as they were.")

    @api.model
    def _log(self, check, kind, reason=None):
        """Add a step with the figures of the moment; sudo: nobody may write steps."""
        return self.sudo().create(
            {
                "check_id": check.id,
                "kind": kind,
                "user_id": self.env.uid,
                "limit": check.approved_limit,
                "risk_class": check.risk_class,
                "score": check.score,
                "reason": reason,
            }
        )
