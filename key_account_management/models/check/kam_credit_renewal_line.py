from odoo import api, fields, models
from odoo.exceptions import UserError


class KamCreditRenewalLine(models.Model):
    """The new limit of one credit line in a renewal."""

    _name = "kam.credit.renewal.line"
    _description = "Line of a Renewal"
    _inherit = ["kam.guard.mixin"]
    _order = "renewal_id desc, id"
    _rec_name = "line_id"

    _fixed_by = "renewal_id"

    renewal_id = fields.Many2one(
        comodel_name="kam.credit.renewal", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="renewal_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_id = fields.Many2one(
        comodel_name="kam.credit.line",
        string="Credit Line",
        required=True,
        index=True,
        ondelete="restrict",
    )
    client_id = fields.Many2one(related="line_id.client_id", store=True, index=True)
    risk_class = fields.Selection(related="line_id.risk_class")
    exposure = fields.Monetary(related="line_id.exposure", related_sudo=False)
    old_limit = fields.Monetary(
        string="Limit Now",
        compute="_compute_old_limit",
        store=True,
        precompute=True,
    )
    new_limit = fields.Monetary(
        compute="_compute_new_limit", store=True, readonly=False, precompute=True
    )
    is_below_exposure = fields.Boolean(compute="_compute_is_below_exposure")

    _line_uniq = models.Constraint(
        "UNIQUE (renewal_id, line_id)", "Each credit line is renewed once."
    )
    _new_limit_positive = models.Constraint(
        "CHECK (new_limit >= 0)",
        "A credit limit cannot be below zero. Enter 0 for no credit.",
    )

    @api.depends("line_id")
    def _compute_old_limit(self):
        for line in self:
            line.old_limit = line.line_id.limit

    @api.depends("old_limit", "renewal_id.method", "renewal_id.change")
    def _compute_new_limit(self):
        for line in self:
            renewal = line.renewal_id
            change = renewal.change
            if renewal.method == "percent":
                change = line.old_limit * change / 100
            line.new_limit = max(0.0, line.currency_id.round(line.old_limit + change))

    @api.depends("new_limit", "line_id")
    def _compute_is_below_exposure(self):
        for line in self:
            line.is_below_exposure = (
                line.currency_id.compare_amounts(line.new_limit, line.exposure) < 0
            )

    @api.constrains("line_id")
    def _check_company(self):
        for line in self:
            if line.line_id.company_id != line.company_id:
                raise UserError(self.env._("Choose credit lines of one company."))

    def _get_change_text(self):
        """Return that the limit was changed since, or nothing."""
        if not self.currency_id.compare_amounts(self.line_id.limit, self.old_limit):
            return ""
        return self.env._(
            "The limit of %s was changed since. Reject this renewal and make another "
            "one.",
            self.client_id.name,
        )

    def _get_obstacle(self):
        """Return that the limit is beyond the user's authority, or nothing."""
        if self.env["kam.credit.authority"]._may_approve(
            self.env.user, self.company_id, self.new_limit, self.risk_class
        ):
            return ""
        return self.env._(
            "Your authority does not cover %(amount)s for %(client)s.",
            amount=self.currency_id.format(self.new_limit),
            client=self.client_id.name,
        )

    def _get_highest(self):
        """Return the line with the highest new limit of each class.

        Whoever may approve these may approve all.
        """
        by_class = self.grouped("risk_class").values()
        return self.browse(
            max(lines, key=lambda x: x.new_limit).id for lines in by_class
        )
