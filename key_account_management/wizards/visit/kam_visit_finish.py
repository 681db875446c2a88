from odoo import api, fields, models
from odoo.exceptions import UserError


class KamVisitFinish(models.TransientModel):
    """What a visit came to: finishes a visit, or enters one that nobody planned.

    From the card of a client five fields are enough.
    """

    _name = "kam.visit.finish"
    _description = "Finish a Visit"
    _inherit = ["kam.dialog.mixin"]

    visit_id = fields.Many2one(comodel_name="kam.visit", ondelete="cascade")
    client_id = fields.Many2one(
        comodel_name="kam.client", string="Key Client", ondelete="cascade"
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead", string="Opportunity", ondelete="cascade"
    )
    state = fields.Selection(related="visit_id.state", related_sudo=False)
    kind_id = fields.Many2one(comodel_name="kam.visit.kind", required=True)
    outcome_required = fields.Boolean(
        related="kind_id.outcome_required", related_sudo=False
    )
    outcome_id = fields.Many2one(comodel_name="kam.visit.outcome")
    note = fields.Text(string="What Came of It")
    next_step = fields.Char(required=True)
    next_date = fields.Date(string="Next Step on", required=True)
    date_done = fields.Datetime(string="Done on", default=fields.Datetime.now)
    missed_reason = fields.Char(string="Why Late")

    @api.model
    def default_get(self, fields):
        """Of a planned visit whom it is for and what it is; else an ordinary one."""
        values = super().default_get(fields)
        visit = self.env["kam.visit"].browse(values.get("visit_id", []))
        if visit:
            values["client_id"] = visit.client_id.id
            values["lead_id"] = visit.lead_id.id
            values["kind_id"] = visit.kind_id.id
            values["note"] = visit.note
        if not values.get("kind_id"):
            values["kind_id"] = self.env["kam.visit.kind"].search([], limit=1).id
        return values

    def action_apply(self):
        """Finish the visit; enter it first if it was not planned.

        :raise UserError: as `kam.visit.action_done`
        """
        self.ensure_one()
        visit = self.visit_id or self._create_visit()
        visit.write(
            {
                "kind_id": self.kind_id.id,
                "outcome_id": self.outcome_id.id,
                "note": self.note or visit.note,
                "next_step": self.next_step,
                "next_date": self.next_date,
                "date_done": self.date_done,
                "missed_reason": self.missed_reason,
            }
        )
        visit.action_done()
        return {"type": "ir.actions.act_window_close"}

    def _create_visit(self):
        if not (self.client_id or self.lead_id):
            raise UserError(self.env._("Choose the key client who was met."))
        done = self.date_done or fields.Datetime.now()
        return self.env["kam.visit"].create(
            {
                "client_id": self.client_id.id,
                "lead_id": self.lead_id.id,
                "kind_id": self.kind_id.id,
                "date_planned": min(done, fields.Datetime.now()),
            }
        )
