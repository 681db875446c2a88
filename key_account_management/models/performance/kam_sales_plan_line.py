from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

MONEY = ("turnover", "margin", "collections")
# Metrics that product lines of invoices have.
BY_CATEGORY = ("turnover", "margin")
COUNTS = ("active_clients", "new_clients")


class KamSalesPlanLine(models.Model):
    """The target of a metric in a month, and the fact from the ledger."""

    _name = "kam.sales.plan.line"
    _description = "Sales Plan Line"
    _inherit = ["kam.guard.mixin"]
    _order = "plan_id, month, metric, id"
    _rec_name = "metric"

    _fixed_by = "plan_id"

    plan_id = fields.Many2one(
        comodel_name="kam.sales.plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        related="plan_id.user_id",
        store=True,
        index=True,
        string="Key Account Manager",
    )
    team_id = fields.Many2one(related="plan_id.team_id", store=True)
    state = fields.Selection(related="plan_id.state", store=True)
    metric = fields.Selection(
        selection=[
            ("turnover", "Turnover"),
            ("margin", "Margin"),
            ("active_clients", "Active clients"),
            ("new_clients", "New clients"),
            ("collections", "Money collected"),
        ],
        required=True,
        default="turnover",
    )
    month = fields.Date(required=True, help="First day of the month.")
    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        index="btree_not_null",
        ondelete="restrict",
        help="Leave empty for all clients of the manager.",
    )
    category_id = fields.Many2one(
        comodel_name="product.category",
        string="Product Category",
        index="btree_not_null",
        ondelete="restrict",
    )
    is_whole = fields.Boolean(
        compute="_compute_is_whole", help="Of all clients and products."
    )
    target = fields.Float(
        digits=(16, 2), required=True, help="Company currency, or number of clients."
    )
    closed_fact = fields.Float(digits=(16, 2), readonly=True, copy=False)
    fact = fields.Float(
        digits=(16, 2),
        compute="_compute_fact",
        compute_sudo=True,
        help="From the ledger; of a closed plan as it was when it was closed.",
    )
    completion = fields.Float(compute="_compute_completion", help="Fact ÷ target.")
    split = fields.Float(
        string="Split over Managers",
        digits=(16, 2),
        compute="_compute_split",
        help="Sum of the plans of the managers.",
    )
    gap = fields.Float(
        digits=(16, 2),
        compute="_compute_split",
        help="Target of the department less the sum of its managers' plans.",
    )

    _target_positive = models.Constraint(
        "CHECK (target >= 0)", "A target is 0 or more. Enter 0 for none."
    )
    _month_first = models.Constraint(
        "CHECK (month = date_trunc('month', month)::date)",
        "Enter the first day of the month.",
    )
    _cell_uniq = models.UniqueIndex(
        "(plan_id, metric, month, COALESCE(client_id, 0), COALESCE(category_id, 0))",
        "The plan has a target for this metric and month already. Change that one.",
    )

    @api.depends("target", "metric", "month", "state", "client_id", "category_id")
    def _compute_fact(self):
        """Facts of the ledger, as of today.

        Computed as superuser, for saved plans that the user may read: whose facts they
        are is not for him to propose in a form.
        """
        self.fact = 0
        seen = self.sudo(False).plan_id._origin._filtered_access("read").ids
        lines = self.filtered(lambda line: line.plan_id._origin.id in seen)
        opened = lines.filtered(lambda line: line.plan_id._origin.state != "closed")
        for line in lines - opened:
            line.fact = line._origin.closed_fact
        opened = opened.filtered("month")
        for company, group in opened.grouped(
            lambda line: line.plan_id._origin.company_id
        ).items():
            facts = group._get_facts(company)
            for line in group:
                line.fact = line._sum_facts(facts)

    def _get_facts(self, company):
        """Return dict key of a line -> list of ((manager id, client id), fact)."""
        engine, months = self.env["kam.plan.facts"], self.mapped("month")
        period = company, min(months), fields.Date.end_of(max(months), "month")
        facts = {}
        if whole := self.filtered(lambda line: not line.category_id):
            found = engine._get_facts(*period, set(whole.mapped("metric")))
            facts = {(*key, False): rows for key, rows in found.items()}
        if categories := self.category_id:
            facts |= engine._get_category_facts(*period, categories)
        return facts

    def _sum_facts(self, facts):
        """Return the sum of the facts that the line plans.

        :param facts: as of :meth:`_get_facts`
        """
        self.ensure_one()
        users = set(self.plan_id._origin._get_users().ids)
        client_id = self.client_id.id
        found = facts.get((self.metric, self.month, self.category_id.id), ())
        return sum(
            fact
            for (user_id, of_client), fact in found
            if user_id in users and (not client_id or of_client == client_id)
        )

    @api.depends("client_id", "category_id")
    def _compute_is_whole(self):
        for line in self:
            line.is_whole = not line.client_id and not line.category_id

    @api.depends("fact", "target")
    def _compute_completion(self):
        for line in self:
            line.completion = line.fact / line.target if line.target else 0

    @api.depends("target", "plan_id.child_ids.line_ids.target")
    def _compute_split(self):
        cells = {}
        for line in self.plan_id.child_ids.line_ids:
            key = line.plan_id.parent_id.id, line._get_cell()
            cells[key] = cells.get(key, 0) + line.target
        for line in self:
            line.split = cells.get((line.plan_id._origin.id, line._get_cell()), 0)
            is_split = bool(line.plan_id.child_ids)
            line.gap = round(line.target - line.split, 2) if is_split else 0

    def _get_cell(self):
        """Return what the line plans: metric, month, client, category."""
        return self.metric, self.month, self.client_id.id, self.category_id.id

    def _prepare_part(self, plan, target):
        """Return the values of the same line in the plan of a manager."""
        self.ensure_one()
        return {
            "plan_id": plan.id,
            "metric": self.metric,
            "month": self.month,
            "client_id": self.client_id.id,
            "category_id": self.category_id.id,
            "target": target,
        }

    @api.constrains("metric", "target", "category_id")
    def _check_target(self):
        for line in self:
            if line.category_id and line.metric not in BY_CATEGORY:
                raise ValidationError(
                    self.env._(
                        "A product category is planned in turnover or margin. Leave "
                        "the category empty, or choose one of these metrics."
                    )
                )
            if line.metric in COUNTS and line.target != round(line.target):
                raise ValidationError(
                    self.env._("A target of clients is a whole number.")
                )

    @api.constrains("month", "plan_id")
    def _check_month(self):
        for line in self:
            if not line.plan_id.date_from <= line.month <= line.plan_id.date_to:
                raise ValidationError(
                    self.env._(
                        "%(month)s is outside the plan, which runs from %(start)s to "
                        "%(end)s. Choose one of its months.",
                        month=format_date(self.env, line.month),
                        start=format_date(self.env, line.plan_id.date_from),
                        end=format_date(self.env, line.plan_id.date_to),
                    )
                )
