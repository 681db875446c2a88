from odoo import api, fields, models


class KamScorecardCorrection(models.Model):
    """What came to light after a month was closed, on the next open card.

    Late documents: the closed formulas on today's documents, less what was paid last;
    ``detail`` is the state of knowledge that it leaves behind, so that a document
    counts once. Carried: what a card would have been below 0. Made anew by
    `kam.pay.engine` while the card is open, kept once it is closed.
    """

    _name = "kam.scorecard.correction"
    _description = "Correction of a Closed Scorecard"
    _inherit = ["kam.guard.mixin"]
    _order = "scorecard_id, source_id, id"
    _rec_name = "source_id"

    _system_only = True

    scorecard_id = fields.Many2one(
        comodel_name="kam.scorecard",
        string="Counts on",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    source_id = fields.Many2one(
        comodel_name="kam.scorecard",
        string="Corrects",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    kind = fields.Selection(
        selection=[("late", "Late documents"), ("carried", "Carried over")],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one(related="scorecard_id.user_id", store=True, index=True)
    team_id = fields.Many2one(related="scorecard_id.team_id", store=True)
    company_id = fields.Many2one(
        related="scorecard_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        readonly=True, help="What is paid more or less for the closed month."
    )
    points = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="By how much the total of the closed card would be different. For "
        "information: the closed card stays as it is.",
    )
    documents = fields.Json(
        readonly=True, help="List of id, name, before and after of each document."
    )
    detail = fields.Json(readonly=True, help="The inputs of the pay as corrected.")
    explanation = fields.Char(compute="_compute_explanation", string="Changes")

    _once = models.UniqueIndex(
        "(scorecard_id, source_id, kind)",
        "A closed card is corrected once on each card.",
    )

    @api.depends("documents", "kind")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for row in self:
            if row.kind == "carried":
                row.explanation = self.env._("The month would have been below 0")
                continue
            currency = row.company_id.sudo().currency_id
            row.explanation = ", ".join(
                f"{doc['name']}: {currency.format(doc['before'])}"
                f" → {currency.format(doc['after'])}"
                for doc in row.documents or ()
            )

    def action_open_records(self):
        """Open the late documents, those that the user may read."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        ids = [doc["id"] for doc in self.documents or ()]
        action["domain"] = [("id", "in", ids)]
        action["context"] = {"create": False}
        action["display_name"] = self.env._("Late Documents")
        return action
