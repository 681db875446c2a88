from odoo import api, fields, models


class KamVisitPlanException(models.Model):
    """A client who should be met in a week and is not in the plan, and why."""

    _name = "kam.visit.plan.exception"
    _description = "Not Planned"
    _inherit = ["kam.guard.mixin"]
    _order = "score desc, id"
    _rec_name = "client_id"
    _system_only = True

    plan_id = fields.Many2one(
        comodel_name="kam.visit.plan",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Opportunity",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    kind_id = fields.Many2one(
        comodel_name="kam.visit.kind", readonly=True, ondelete="restrict"
    )
    reason = fields.Selection(
        [
            ("absent", "No working time in this week"),
            ("closed", "The client receives on none of the working days"),
            ("capacity", "The days are full"),
            ("time", "No free time that suits the client"),
            ("no_tier", "The client has no tier, so no interval"),
        ],
        string="Why Not Planned",
        required=True,
        readonly=True,
    )
    count = fields.Integer(string="Contacts", default=1, readonly=True)
    score = fields.Float(readonly=True, aggregator=None)
    reasons = fields.Json(readonly=True)
    reason_text = fields.Char(string="Why Due", compute="_compute_reason_text")
    tier_id = fields.Many2one(related="client_id.tier_id")

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for line in self:
            line.reason_text = self.env["kam.visit.reason"]._get_text(line.reasons)
