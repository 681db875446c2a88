from odoo import api, fields, models
from odoo.tools import format_date


class KamCreditSnapshot(models.Model):
    """A credit line at the close of a day, as it was taken the night after.

    Amounts in the currency of the company, pooled as those of the line. Made by
    `kam_credit_snapshot_fill` and kept as taken; what the ledger of that day says
    today is computed beside it (`kam_credit_snapshot_difference`).
    """

    _name = "kam.credit.snapshot"
    _description = "Daily Snapshot of a Credit Line"
    _inherit = ["kam.guard.mixin", "kam.credit.daily.mixin"]
    _order = "date desc, line_id"
    _rec_name = "line_id"

    _append_only = True
    _daily_fields = frozenset(
        ("limit", "receivable", "uninvoiced", "exposure", "overdue", "disputed")
    )

    line_id = fields.Many2one(
        comodel_name="kam.credit.line",
        string="Credit Line",
        required=True,
        ondelete="cascade",
        readonly=True,
    )
    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="restrict", readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    manager_id = fields.Many2one(related="client_id.manager_id")
    date = fields.Date(required=True, readonly=True, help="Figures at its close.")
    limit = fields.Monetary(string="Effective Limit", readonly=True)
    receivable = fields.Monetary(string="Receivables", readonly=True)
    uninvoiced = fields.Monetary(string="Confirmed, not Invoiced", readonly=True)
    exposure = fields.Monetary(readonly=True)
    overdue = fields.Monetary(readonly=True)
    overdue_days = fields.Integer(
        string="Oldest Overdue (days)", readonly=True, aggregator="max"
    )
    is_over_limit = fields.Boolean(
        string="Over the Limit",
        readonly=True,
        help="The exposure was more than the limit with the tolerance of the policy.",
    )
    is_overdue = fields.Boolean(
        string="Overdue beyond Grace",
        readonly=True,
        help="Debt was overdue beyond grace and minimum of the policy, net of "
        "unallocated credits.",
    )
    disputed = fields.Monetary(
        readonly=True, help="What of the receivables was in accepted disputes."
    )
    is_backfilled = fields.Boolean(
        string="Filled in Later",
        readonly=True,
        help="Taken on a later day: receivables from the ledger, confirmed orders "
        "estimated from the dates of orders and invoices.",
    )
    covered = fields.Json(readonly=True)
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        compute="_compute_partner_ids",
        string="Legal Entities",
        help="The legal entities that the client had when the snapshot was taken.",
    )

    _line_date_uniq = models.Constraint(
        "UNIQUE (line_id, date)", "A credit line has one snapshot a day."
    )
    _company_date_idx = models.Index("(company_id, date)")

    @api.depends("covered")
    def _compute_partner_ids(self):
        partners = self.env["res.partner"]
        known = partners.browse({id_ for snap in self for id_ in snap.covered or []})
        known = known.exists()
        for snapshot in self:
            covered = partners.browse(snapshot.covered or [])
            snapshot.partner_ids = covered & known

    @api.depends("line_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for snapshot in self:
            snapshot.display_name = self.env._(
                "%(line)s on %(date)s",
                line=snapshot.line_id.display_name,
                date=format_date(self.env, snapshot.date),
            )

    @api.model
    def _get_kept_message(self):
        return self.env._(
            "Snapshots are kept as they were taken and cannot be changed."
        )
