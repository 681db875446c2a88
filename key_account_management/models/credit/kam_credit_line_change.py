from odoo import api, fields, models


class KamCreditLineChange(models.Model):
    """One changed value of a credit line: who, when, from, to, why."""

    _name = "kam.credit.line.change"
    _description = "Credit Line Change"
    _inherit = ["kam.guard.mixin"]
    _order = "date desc, id desc"
    _rec_name = "line_id"

    _append_only = True

    line_id = fields.Many2one(
        comodel_name="kam.credit.line",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    field_name = fields.Char(string="Field", required=True, readonly=True)
    field_label = fields.Char(string="Changed", compute="_compute_field_label")
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", required=True, readonly=True
    )
    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)

    def _compute_field_label(self):
        labels = self.env["kam.credit.line"].fields_get(attributes=["string"])
        for change in self:
            label = labels.get(change.field_name, {}).get("string")
            change.field_label = label or change.field_name

    @api.model
    def _get_kept_message(self):
        return self.env._("The history of a credit line is kept and cannot be changed.")
