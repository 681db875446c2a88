from odoo import api, fields, models

FIELDS = (
    "limit",
    "temporary_limit",
    "temporary_until",
    "policy_id",
    "risk_class",
    "valid_until",
    "is_stopped",
    "stop_reason",
)


class KamCreditLineSet(models.TransientModel):
    """Change a credit line with a reason, which is kept in its history."""

    _name = "kam.credit.line.set"
    _description = "Change a Credit Line"
    _inherit = ["kam.dialog.mixin"]

    line_id = fields.Many2one(
        comodel_name="kam.credit.line", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="line_id.currency_id", related_sudo=False)
    exposure = fields.Monetary(related="line_id.exposure", related_sudo=False)
    limit = fields.Monetary(string="Credit Limit")
    temporary_limit = fields.Monetary()
    temporary_until = fields.Date(string="Temporary until")
    policy_id = fields.Many2one(
        comodel_name="kam.credit.policy", string="Credit Policy"
    )
    risk_class = fields.Selection(
        selection=lambda self: (
            self.env["kam.credit.line"]
            ._fields["risk_class"]
            ._description_selection(self.env)
        )
    )
    valid_until = fields.Date(string="Valid until")
    is_stopped = fields.Boolean(string="Shipment Stop")
    stop_reason = fields.Char()
    reason = fields.Char(required=True, help="Kept in the history of the line.")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if line_id := values.get("line_id"):
            line = self.env["kam.credit.line"].browse(line_id)
            for name in FIELDS:
                value = line[name]
                values[name] = value.id if name == "policy_id" else value
        return values

    def action_apply(self):
        """Write the values that differ, with the reason."""
        self.ensure_one()
        changed = {
            name: self[name].id if name == "policy_id" else self[name]
            for name in FIELDS
            if self[name] != self.line_id[name]
        }
        self.line_id.action_set(changed, self.reason)
        return {"type": "ir.actions.act_window_close"}
