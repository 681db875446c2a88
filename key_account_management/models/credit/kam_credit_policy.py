from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL, frozendict

ACTIONS = [("ignore", "Ignore"), ("warn", "Warn"), ("hold", "Hold")]


class KamCreditPolicy(models.Model):
    """What happens to an order when a credit rule is not met.

    Amounts are in the currency of the company whose order is judged.
    """

    _name = "kam.credit.policy"
    _description = "Credit Policy"
    _inherit = ["kam.guard.mixin", "mail.thread"]
    _order = "sequence, id"

    # What the gate reads besides the fields of the rules (``kam.credit.rule``).
    _rule_fields = ("horizon_days", "prepaid_exempt", "release_days", "auto_confirm")

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="Leave empty to share the policy between all companies.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )
    limit_action = fields.Selection(
        ACTIONS,
        string="Over the Limit",
        default="hold",
        required=True,
        tracking=True,
        help="Debt, confirmed orders and this order exceed the effective limit with "
        "its tolerance.",
    )
    limit_tolerance_percent = fields.Float(
        string="Limit Tolerance (%)",
        digits=(16, 2),
        tracking=True,
        help="By how many percent the limit may be exceeded.",
    )
    overdue_action = fields.Selection(
        ACTIONS, string="Overdue Debt", default="hold", required=True, tracking=True
    )
    overdue_grace_days = fields.Integer(
        string="Grace (days)",
        tracking=True,
        help="Debt counts as overdue for this rule when it is more than so many days "
        "past due.",
    )
    overdue_min_amount = fields.Monetary(
        string="Overdue from",
        tracking=True,
        help="Overdue debt below this amount does not count.",
    )
    terms_action = fields.Selection(
        ACTIONS, string="Long Terms", default="ignore", required=True, tracking=True
    )
    max_term_days = fields.Integer(
        string="Longest Term (days)",
        tracking=True,
        help="Longest allowed payment term of an order, in days.",
    )
    order_action = fields.Selection(
        ACTIONS, string="Large Order", default="ignore", required=True, tracking=True
    )
    max_order_amount = fields.Monetary(
        string="Largest Order",
        tracking=True,
        help="Largest amount of a single order, taxes included.",
    )
    no_line_action = fields.Selection(
        ACTIONS, string="No Credit Line", default="hold", required=True, tracking=True
    )
    expired_action = fields.Selection(
        ACTIONS,
        string="Credit Line Expired",
        default="hold",
        required=True,
        tracking=True,
    )
    stop_action = fields.Selection(
        ACTIONS, string="Shipment Stop", default="hold", required=True, tracking=True
    )
    debtor_action = fields.Selection(
        ACTIONS,
        string="Foreign Invoice Address",
        default="hold",
        required=True,
        tracking=True,
        help="An order of a key client is invoiced to somebody who is no legal entity "
        "of any key client.",
    )
    horizon_days = fields.Integer(
        string="Horizon (days)",
        tracking=True,
        help="Confirmed orders to be delivered later than so many days from today do "
        "not use the limit. The order that is judged always does. 0: all orders count.",
    )
    prepaid_exempt = fields.Boolean(
        string="Prepaid Orders Pass",
        default=True,
        tracking=True,
        help="An order that is covered by prepayment passes every rule but the "
        "shipment stop.",
    )
    release_days = fields.Integer(
        string="Release Valid for (days)",
        default=30,
        required=True,
        tracking=True,
        help="How long a release is valid when the releaser names no date.",
    )
    auto_confirm = fields.Boolean(
        string="Confirm Ready Orders Automatically",
        tracking=True,
        help="A held order that passes when it is judged again is confirmed at once.",
    )

    _numbers_positive = models.Constraint(
        """CHECK (limit_tolerance_percent >= 0 AND overdue_grace_days >= 0
            AND overdue_min_amount >= 0 AND max_term_days >= 0
            AND max_order_amount >= 0 AND horizon_days >= 0 AND release_days >= 0)""",
        "Days, amounts and percentages of a credit policy cannot be negative.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            company = policy.company_id or self.env.company
            policy.currency_id = company.currency_id

    @api.constrains("order_action", "max_order_amount")
    def _check_max_order_amount(self):
        for policy in self:
            if policy.order_action != "ignore" and not policy.max_order_amount:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s judges large orders: enter the largest "
                        "order, or set the rule to Ignore.",
                        policy=policy.name,
                    )
                )

    @api.model
    @tools.ormcache("policy_id")
    def _get_rules(self, policy_id):
        """Return actions and thresholds of a policy; read once per process."""
        policy = self.sudo().browse(policy_id)
        rules = self.env["kam.credit.rule"]
        names = (*self._rule_fields, *rules._get_policy_fields())
        return frozendict({name: policy[name] for name in names})

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        self.env["kam.credit.gate"]._trigger_review()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_default(self):
        if self._get_default() in self:
            raise ValidationError(
                self.env._(
                    "The default credit policy cannot be deleted: clients without a "
                    "policy of their own are judged by it. Change it instead."
                )
            )

    @api.model
    def _get_default(self):
        """Return the shipped policy, which judges where nothing else is set."""
        xmlid = "key_account_management.kam_credit_policy_default"
        return self.sudo().browse(self.env["ir.model.data"]._xmlid_to_res_id(xmlid))

    @api.model
    def _get_line_policy(self):
        """SQL of the policy id of a ``line`` whose client's ``tier`` is joined.

        Its own, else that of the tier, else the default; also where there is no line.
        """
        return SQL(
            "COALESCE(line.policy_id, tier.credit_policy_id, %s)",
            self._get_default().id,
        )
