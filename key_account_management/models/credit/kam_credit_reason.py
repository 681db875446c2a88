from odoo import api, fields, models
from odoo.tools import SQL


class KamCreditReason(models.Model):
    """The result of one rule in a decision.

    ``measured`` against ``allowed``: money in company currency, days, or 1 and 0, as
    the rule says; its words are those of the rule, see ``kam.credit.rule``.
    """

    _name = "kam.credit.reason"
    _description = "Credit Decision Reason"
    _inherit = ["kam.guard.mixin"]
    _order = "decision_id desc, id"
    _rec_name = "rule"

    _append_only = True

    decision_id = fields.Many2one(
        comodel_name="kam.credit.decision",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    client_id = fields.Many2one(
        related="decision_id.client_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="decision_id.company_id", store=True, precompute=True
    )
    manager_id = fields.Many2one(
        related="decision_id.manager_id", store=True, precompute=True
    )
    date = fields.Datetime(related="decision_id.date", store=True, precompute=True)
    rule = fields.Selection(
        selection=lambda self: self.env["kam.credit.rule"]._get_selection(),
        required=True,
        readonly=True,
    )
    outcome = fields.Selection(
        [("pass", "Passed"), ("warn", "Warning"), ("hold", "Hold")],
        string="Result",
        required=True,
        readonly=True,
    )
    measured = fields.Float(digits=(16, 2), readonly=True, aggregator=None)
    allowed = fields.Float(digits=(16, 2), readonly=True, aggregator=None)
    cause = fields.Selection(
        [("no_rate", "No Exchange Rate")],
        readonly=True,
        help="What kept the rule from measuring.",
    )
    measured_text = fields.Char(string="Figure", compute="_compute_message")
    allowed_text = fields.Char(string="Threshold", compute="_compute_message")
    message = fields.Char(compute="_compute_message")

    @api.model
    def _prepare_chain_vals(self, vals):
        """Return the creation values with figures as they will be stored, as text."""
        return {
            **vals,
            **{
                name: self._fields[name].convert_to_column_insert(vals[name], self)
                for name in ("measured", "allowed")
            },
        }

    def _get_chain_stored(self):
        """Return ``{id: values}`` of the reasons, figures as the text stored."""
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT id, rule, outcome, cause, measured::text, allowed::text "
                "FROM kam_credit_reason WHERE id IN %s",
                tuple(self.ids) or (0,),
            )
        )
        return {row["id"]: row for row in rows}

    @api.depends("rule", "outcome", "measured", "allowed", "cause")
    @api.depends_context("lang")
    def _compute_message(self):
        for reason in self:
            rule, decision = reason._get_rule(), reason.decision_id
            reason.measured_text = rule._format(decision, reason.measured)
            reason.allowed_text = rule._format(decision, reason.allowed)
            reason.message = rule._get_message(reason)

    def _get_rule(self):
        """Return the rule; the nameless one if the addon that had it is gone."""
        name = f"kam.credit.rule.{self.rule}"
        return self.env[name if name in self.env else "kam.credit.rule"]

    @api.model
    def _get_kept_message(self):
        return self.env._("A credit decision is kept as it was made.")
