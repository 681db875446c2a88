from odoo import api, fields, models
from odoo.tools import SQL

from .kam_credit_policy import RULES

MONEY_RULES = ("limit", "overdue", "order")


class KamCreditReason(models.Model):
    """The result of one rule in a decision.

    ``measured`` against ``allowed``: money in company currency for the rules limit,
    overdue and order, days for terms and expired, 1 or 0 for the others.
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
    rule = fields.Selection(RULES, required=True, readonly=True)
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
            reason.measured_text = reason._format(reason.measured)
            reason.allowed_text = reason._format(reason.allowed)
            reason.message = reason._get_message()

    def _get_rule_label(self):
        selection = self._fields["rule"]._description_selection(self.env)
        return dict(selection)[self.rule]

    def _format(self, value):
        if self.rule in MONEY_RULES:
            return self.decision_id._format_amount(value)
        if self.rule in ("terms", "expired"):
            return self.env._("%(days)d days", days=int(value))
        return self.env._("Yes") if value else self.env._("No")

    def _get_message(self):
        """Return the reason in one sentence, in the language of the reader."""
        values = {"measured": self.measured_text, "allowed": self.allowed_text}
        if self.cause == "no_rate":
            return self.env._(
                "There is no exchange rate for %s, so the amount of the order is not "
                "known. Enter a rate and confirm again.",
                self.decision_id.order_currency_id.sudo().name,
            )
        if self.outcome == "pass":
            return self._get_passed_message(values)
        messages = {
            "limit": lambda: self.env._(
                "Debt, confirmed orders and this order make %(measured)s; "
                "%(allowed)s is allowed.",
                **values,
            ),
            "overdue": lambda: self.env._(
                "%(measured)s is overdue; it counts from %(allowed)s on.", **values
            ),
            "terms": lambda: self.env._(
                "The payment term is %(measured)s; %(allowed)s are allowed.", **values
            ),
            "order": lambda: self.env._(
                "The order is %(measured)s; a single order may be %(allowed)s.",
                **values,
            ),
            "no_line": lambda: self.env._(
                "The client has no credit line in this company."
            ),
            "no_check": lambda: self.env._(
                "No creditworthiness check of the client is valid."
            ),
            "expired": lambda: self.env._(
                "The credit line expired %(measured)s ago.", **values
            ),
            "stop": lambda: self.env._("Shipments to the client are stopped."),
            "debtor": lambda: self.env._(
                "The order is invoiced to somebody who belongs to no key client."
            ),
        }
        return messages[self.rule]()

    def _get_passed_message(self, values):
        messages = {
            "limit": lambda: self.env._(
                "%(measured)s of %(allowed)s is used with this order.", **values
            ),
            "overdue": lambda: (
                self.env._(
                    "%(measured)s is overdue, which does not hold the order.", **values
                )
                if self.measured
                else self.env._("Nothing overdue.")
            ),
            "terms": lambda: self.env._("The payment term is %(measured)s.", **values),
            "order": lambda: self.env._("The order is %(measured)s.", **values),
            "no_line": lambda: self.env._("The client has a credit line."),
            "no_check": lambda: self.env._("The client's creditworthiness is checked."),
            "expired": lambda: self.env._("The credit line is valid."),
            "stop": lambda: self.env._("Shipments are not stopped."),
            "debtor": lambda: self.env._("Invoiced to the key client itself."),
        }
        return messages[self.rule]()

    @api.model
    def _get_kept_message(self):
        return self.env._("A credit decision is kept as it was made.")
