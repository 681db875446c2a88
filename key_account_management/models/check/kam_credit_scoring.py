from odoo import api, models
from odoo.fields import Command, Domain
from odoo.tools import float_round


class KamCreditScoring(models.AbstractModel):
    """Scores creditworthiness checks, every term of the result kept on the check.

    score = Σ points × weight / Σ weight over the factors that count.
    recommended limit = min(requested, monthly turnover × term / 30 × factor of the
    class, highest limit of the class).

    The check calls :meth:`_fill` for the inputs of today, and its computed fields call
    :meth:`_get_score` and :meth:`_get_recommendation`.
    """

    _name = "kam.credit.scoring"
    _description = "Scoring of Creditworthiness Checks"

    @api.model
    def _fill(self, checks):
        """Fill the factors of the checks with the catalogue and the figures of today.

        Typed inputs stay. sudo: the figures are those of all documents, whatever the
        user may see of them.
        """
        factors = self.env["kam.credit.factor"].sudo().search(Domain.TRUE)
        catalogue_date = self._get_catalogue_date()
        for company, some in checks.sudo().grouped("company_id").items():
            inputs = some.client_id._get_check_inputs(company)
            turnovers = some.client_id._get_monthly_turnovers(company)
            for check in some:
                known = inputs[check.client_id]
                check.turnover = turnovers[check.client_id]
                check.factor_ids = self._prepare_factors(check, factors, known)
                check.catalogue_date = catalogue_date
                check.factor_ids._compute_points()
        self.env.flush_all()

    @api.model
    def _prepare_factors(self, check, factors, known):
        """Return commands that bring the lines of the check to the catalogue.

        :param known: dict code -> value of the computed inputs
        """
        lines = {line.factor_id: line for line in check.factor_ids}
        commands = [
            Command.unlink(line.id)
            for factor, line in lines.items()
            if factor not in factors
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

    @api.model
    def _get_score(self, check):
        """Return score, known share and class of a check, by its factors.

        :return: dict of values of the check
        """
        lines = check.factor_ids
        total = sum(lines.mapped("weight"))
        weight = sum(lines.mapped("counted_weight"))
        known = sum(lines.filtered("is_entered").mapped("weight"))
        points = sum(lines.mapped("weighted"))
        # Rounded before the class is looked up: what is shown as 80.0 is class A.
        score = float_round(points / weight, precision_digits=1) if weight else 0.0
        worst = "c" if 2 * weight < total else None
        classes = self.env["kam.credit.class"].with_company(check.company_id)
        found = classes._get_class(score, worst)
        return {
            "score": score,
            "applicable_percent": 100 * known / total if total else 0.0,
            "risk_class": found.risk_class,
            "class_factor": found.factor,
            "class_cap": found.cap,
            "class_months": found.months,
        }

    @api.model
    def _get_recommendation(self, check):
        """Return the recommended limit of a check and what it comes from.

        :return: dict of values of the check
        """
        currency = check.currency_id
        is_expected = currency.compare_amounts(check.turnover, 0) <= 0
        monthly = check.expected_turnover if is_expected else check.turnover
        by_turnover = currency.round(
            monthly * check.requested_term_days / 30 * check.class_factor
        )
        limits = [check.requested_limit, by_turnover]
        if check.class_cap:
            limits.append(check.class_cap)
        return {
            "is_turnover_expected": is_expected,
            "turnover_limit": by_turnover,
            "recommended_limit": min(limits),
        }
