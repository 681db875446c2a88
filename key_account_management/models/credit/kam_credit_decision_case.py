from odoo import api, fields, models

from .kam_credit_ledger import AGING
from .kam_credit_line_behaviour import BEHAVIOUR


class KamCreditDecision(models.Model):
    """What whoever decides on a held order wants to know of its client today.

    The figures are of all documents of the client, with or without a credit line;
    who may read the decision may see them.
    """

    _inherit = "kam.credit.decision"

    document_ids = fields.Many2many(
        comodel_name="kam.credit.exposure",
        string="Open Documents",
        compute="_compute_document_ids",
    )
    document_count = fields.Integer(compute="_compute_document_ids")
    earlier_decision_ids = fields.Many2many(
        comodel_name="kam.credit.decision",
        string="Earlier Decisions",
        compute="_compute_earlier_decision_ids",
    )
    allowed = fields.Monetary(
        string="Limit with Tolerance",
        compute="_compute_allowed",
    )
    aging_not_due = fields.Monetary(compute="_compute_aging", string="Not Due")
    aging_1_30 = fields.Monetary(compute="_compute_aging", string="1–30 Days")
    aging_31_60 = fields.Monetary(compute="_compute_aging", string="31–60 Days")
    aging_61_90 = fields.Monetary(compute="_compute_aging", string="61–90 Days")
    aging_over_90 = fields.Monetary(compute="_compute_aging", string="Over 90 Days")
    aging_unallocated = fields.Monetary(compute="_compute_aging", string="Unallocated")
    paid_amount = fields.Monetary(
        compute="_compute_payment_behaviour", string="Paid in 12 Months"
    )
    paid_on_time_percent = fields.Float(
        compute="_compute_payment_behaviour",
        string="Paid on Time (%)",
        digits=(16, 1),
        aggregator=None,
    )
    average_days_late = fields.Float(
        compute="_compute_payment_behaviour",
        digits=(16, 1),
        aggregator=None,
    )
    largest_debt = fields.Monetary(compute="_compute_payment_behaviour")

    @api.depends("client_id", "company_id")
    def _compute_document_ids(self):
        documents = self.env["kam.credit.exposure"].search(
            [
                ("client_id", "in", self.client_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        groups = documents.grouped(lambda d: (d.client_id.id, d.company_id.id))
        for decision, key in self.env["kam.credit.ledger"]._get_keys(self).items():
            found = groups.get(key, documents.browse())
            decision.document_ids = found
            decision.document_count = len(found)

    @api.depends("client_id", "company_id")
    def _compute_earlier_decision_ids(self):
        for decision in self:
            decision.earlier_decision_ids = self.search(
                [
                    ("client_id", "=", decision.client_id.id),
                    ("company_id", "=", decision.company_id.id),
                    ("id", "<", decision._origin.id),
                ],
                limit=100,
            )

    @api.depends("limit", "tolerance_percent")
    def _compute_allowed(self):
        for decision in self:
            decision.allowed = decision.limit * (1 + decision.tolerance_percent / 100)

    @api.depends("client_id", "company_id")
    def _compute_aging(self):
        keys = self.env["kam.credit.ledger"]._get_keys(self)
        receivables = self.env["kam.credit.ledger"]._get_receivables(keys.values())
        for decision, key in keys.items():
            for bucket in AGING:
                decision[f"aging_{bucket}"] = receivables[key][bucket]

    @api.depends("client_id", "company_id")
    def _compute_payment_behaviour(self):
        keys = self.env["kam.credit.ledger"]._get_keys(self)
        behaviour = self.env["kam.credit.line"]._get_payment_behaviour(keys.values())
        for decision, key in keys.items():
            for name in BEHAVIOUR:
                decision[name] = behaviour[key][name]

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }

    def action_open_documents(self):
        """Open the documents that make up the exposure of the client."""
        self.ensure_one()
        return self.env["kam.credit.exposure"]._get_action(
            self.client_id, self.company_id
        )

    def action_open_line(self):
        """Open the credit line that the order was judged on."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.credit.line",
            "res_id": self.line_id.id,
            "view_mode": "form",
        }

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Credit decision %s", self.order_id.sudo().name)
