from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import float_round


class KamCreditCheck(models.Model):
    """Score, class and recommended limit, every term of it on the check.

    ``score`` = Σ points × weight / Σ weight over the factors that count.
    ``recommended_limit`` = min(requested, monthly turnover × term / 30 × factor of the
    class, highest limit of the class).
    """

    _inherit = "kam.credit.check"

    score = fields.Float(
        compute="_compute_score_and_class",
        store=True,
        digits=(16, 1),
        aggregator="avg",
        help="0 to 100, by the points and weights of the factors that count.",
    )
    applicable_percent = fields.Float(
        string="Known Share (%)",
        compute="_compute_score_and_class",
        store=True,
        digits=(16, 1),
        aggregator=None,
        help="Weight of the inputs that are known, in percent of all. Where less than "
        "half of the weight counts, the class is c at best.",
    )
    risk_class = fields.Selection(
        compute="_compute_score_and_class", store=True, tracking=True
    )
    class_factor = fields.Float(
        compute="_compute_score_and_class",
        store=True,
        digits=(16, 2),
        aggregator=None,
    )
    class_cap = fields.Monetary(
        string="Highest Limit of the Class",
        compute="_compute_score_and_class",
        store=True,
        aggregator=None,
        help="0: no highest limit.",
    )
    class_months = fields.Integer(
        string="Valid for (months)",
        compute="_compute_score_and_class",
        store=True,
        aggregator=None,
    )
    turnover = fields.Monetary(
        string="Monthly Turnover",
        readonly=True,
        copy=False,
        help="Average of the last 12 full months, or since the first invoice, taxes "
        "included and less credit notes.",
    )
    is_turnover_expected = fields.Boolean(
        string="Turnover is Expected",
        compute="_compute_recommended_limit",
        store=True,
        help="The client has no turnover of a full month: the expected one counts.",
    )
    turnover_limit = fields.Monetary(
        string="Limit by Turnover",
        compute="_compute_recommended_limit",
        store=True,
        help="Monthly turnover × term / 30 × factor of the class.",
    )
    recommended_limit = fields.Monetary(
        compute="_compute_recommended_limit",
        store=True,
        help="The least of what was requested, the limit by turnover and the highest "
        "limit of the class.",
    )
    approved_limit = fields.Monetary(
        compute="_compute_approved",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
    )
    approved_term_days = fields.Integer(
        string="Approved Term (days)",
        compute="_compute_approved",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        aggregator=None,
    )
    approve_reason = fields.Char(
        string="Why More",
        copy=False,
        help="Needed for a limit or term above the recommendation.",
    )
    is_above = fields.Boolean(
        string="Above the Recommendation", compute="_compute_is_above"
    )

    @api.depends(
        "factor_ids.points",
        "factor_ids.weight",
        "factor_ids.is_applicable",
        "factor_ids.is_entered",
    )
    def _compute_score_and_class(self):
        classes = self.env["kam.credit.class"]
        for check in self:
            counted = check.factor_ids.filtered("is_applicable")
            total = sum(check.factor_ids.mapped("weight"))
            weight = sum(counted.mapped("weight"))
            points = sum(line.points * line.weight for line in counted)
            score = float_round(points / weight, precision_digits=1) if weight else 0.0
            check.score = score
            entered = check.factor_ids.filtered("is_entered")
            known = sum(entered.mapped("weight"))
            check.applicable_percent = 100 * known / total if total else 0.0
            worst = "c" if 2 * weight < total else None
            found = classes.with_company(check.company_id)._get_class(score, worst)
            check.risk_class = found.risk_class
            check.class_factor = found.factor
            check.class_cap = found.cap
            check.class_months = found.months

    @api.depends(
        "requested_limit",
        "requested_term_days",
        "turnover",
        "expected_turnover",
        "class_factor",
        "class_cap",
    )
    def _compute_recommended_limit(self):
        for check in self:
            currency = check.currency_id
            check.is_turnover_expected = (
                currency.compare_amounts(check.turnover, 0) <= 0
            )
            monthly = (
                check.expected_turnover
                if check.is_turnover_expected
                else check.turnover
            )
            by_turnover = monthly * check.requested_term_days / 30 * check.class_factor
            check.turnover_limit = currency.round(by_turnover)
            limits = [check.requested_limit, check.turnover_limit]
            if check.class_cap:
                limits.append(check.class_cap)
            check.recommended_limit = min(limits)

    @api.depends("recommended_limit", "requested_term_days")
    def _compute_approved(self):
        for check in self:
            check.approved_limit = check.recommended_limit
            check.approved_term_days = check.requested_term_days

    @api.depends(
        "approved_limit",
        "recommended_limit",
        "approved_term_days",
        "requested_term_days",
    )
    def _compute_is_above(self):
        for check in self:
            is_more = check.currency_id.compare_amounts(
                check.approved_limit, check.recommended_limit
            )
            check.is_above = (
                is_more > 0 or check.approved_term_days > check.requested_term_days
            )

    def action_compute(self):
        """Read the computed inputs from the ledger again; typed ones stay.

        :raise UserError: for a decided check
        """
        self.check_access("write")
        self._check_editable()
        self._compute_score()
        return True

    def _compute_score(self):
        """Fill the factors with the catalogue and the figures of today.

        As superuser: the figures are those of the documents, whatever the user may
        see of them.
        """
        factors = self.env["kam.credit.factor"].sudo().search(Domain.TRUE)
        for company, checks in self.sudo().grouped("company_id").items():
            inputs = checks.client_id._get_check_inputs(company)
            turnovers = checks.client_id._get_monthly_turnovers(company)
            for check in checks:
                known = inputs[check.client_id]
                check.turnover = turnovers[check.client_id]
                check.factor_ids = check._prepare_factors(factors, known)
                check.catalogue_date = self._get_catalogue_date()
                check.factor_ids._compute_points()
        self.env.flush_all()

    def _prepare_factors(self, factors, known):
        """Return commands that bring the lines of the check to the catalogue."""
        lines = {line.factor_id: line for line in self.factor_ids}
        commands = [
            Command.unlink(line.id)
            for line in self.factor_ids
            if line.factor_id not in factors
        ]
        for factor in factors:
            vals = {"weight": factor.weight}
            if factor.is_computed:
                value = known.get(factor.code)
                vals.update(input=value or 0.0, is_entered=value is not None)
            if factor in lines:
                commands.append(Command.update(lines[factor].id, vals))
            else:
                commands.append(Command.create({"factor_id": factor.id, **vals}))
        return commands

    @api.model
    def _get_catalogue_date(self):
        """Return when factors, ranges or classes were changed last."""
        dates = []
        for model in ("factor", "factor.range", "class"):
            [(last,)] = (
                self.env[f"kam.credit.{model}"]
                .sudo()
                .with_context(active_test=False)
                ._read_group([], [], ["write_date:max"])
            )
            dates.append(last)
        return max(filter(None, dates), default=False)
