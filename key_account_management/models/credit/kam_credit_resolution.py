from odoo import api, fields, models


class KamCreditResolution(models.Model):
    """A release or a rejection: an entry of its own in the chain of decisions."""

    _name = "kam.credit.resolution"
    _description = "Credit Release or Rejection"
    _inherit = ["kam.guard.mixin", "kam.credit.chain.mixin"]
    _order = "id desc"
    _rec_name = "decision_id"

    _chain_money = ("amount",)
    _append_only = True

    decision_id = fields.Many2one(
        comodel_name="kam.credit.decision",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    client_id = fields.Many2one(
        comodel_name="kam.client",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="restrict", readonly=True
    )
    currency_id = fields.Many2one(related="decision_id.currency_id")
    kind = fields.Selection(
        [("release", "Released"), ("reject", "Rejected")], required=True, readonly=True
    )
    reason = fields.Char(required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="Released up to this amount.")
    until = fields.Date(readonly=True, help="Last day of the release.")
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", required=True, readonly=True
    )
    date = fields.Datetime(required=True, readonly=True)

    def _get_chain_key(self, vals):
        return vals["client_id"], vals["company_id"]

    def _get_chain_text(self, vals):
        return [
            vals["kind"],
            str(vals["decision_id"]),
            vals["reason"],
            self._format_chain_money(vals["amount"]),
            fields.Date.to_string(vals["until"] or None) or "",
            str(vals["user_id"]),
            fields.Datetime.to_string(vals["date"]),
        ]

    def _get_chain_vals(self, stored):
        return {
            **stored,
            "kind": self.kind,
            "decision_id": self.decision_id.id,
            "reason": self.reason,
            "until": self.until,
            "user_id": self.user_id.id,
            "date": self.date,
        }

    @api.model
    def _get_kept_message(self):
        return self.env._("A release or rejection is kept as it was given.")
