from odoo import fields, models


class KamReportReturn(models.TransientModel):
    _name = "kam.report.return"
    _description = "Give a Report Back"
    _inherit = ["kam.dialog.mixin"]

    report_ids = fields.Many2many(
        comodel_name="kam.report.instance",
        string="Reports",
        required=True,
        default=lambda self: self.env["kam.report.instance"].browse(
            self.env.context.get("active_ids", [])
        ),
    )
    remark = fields.Text(string="What to Change", required=True)

    def action_apply(self):
        """Give the reports back to their managers."""
        self.report_ids.action_return(self.remark)
        return {"type": "ir.actions.act_window_close"}
