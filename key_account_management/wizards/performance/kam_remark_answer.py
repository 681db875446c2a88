from odoo import api, fields, models


class KamRemarkAnswer(models.TransientModel):
    """Judge, answer or appeal: one dialog, whose buttons follow who opened it."""

    _name = "kam.remark.answer"
    _description = "Judge or Answer a Remark"
    _inherit = ["kam.dialog.mixin"]

    remark_id = fields.Many2one(
        comodel_name="kam.remark",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    fact = fields.Char(related="remark_id.fact", related_sudo=False)
    state = fields.Selection(related="remark_id.state", related_sudo=False)
    may_find = fields.Boolean(compute="_compute_may_find")
    text = fields.Char(string="Reason", required=True)

    @api.depends("remark_id")
    def _compute_may_find(self):
        for dialog in self:
            dialog.may_find = dialog.remark_id.may_find

    def action_justified(self):
        """Find the remark justified."""
        self.remark_id.action_find("justified", self.text)
        return {"type": "ir.actions.act_window_close"}

    def action_unjustified(self):
        """Find the remark unjustified."""
        self.remark_id.action_find("unjustified", self.text)
        return {"type": "ir.actions.act_window_close"}

    def action_reply(self):
        """Answer the remark, or appeal against the judgement."""
        if self.state == "new":
            self.remark_id.action_reply(self.text)
        else:
            self.remark_id.action_appeal(self.text)
        return {"type": "ir.actions.act_window_close"}
