from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .kam_sales_plan_line import COUNTS
from .splitting import mix, split

METHODS = ("equal", "last_year", "potential")


class KamSalesPlanSplitter(models.AbstractModel):
    """Fills sales plans: from last year, and by splitting that of a department.

    Weights of a split come from what was sold a year ago, from the potential of the
    clients, or are equal; the parts sum to the whole.
    """

    _name = "kam.sales.plan.splitter"
    _description = "Split of Sales Plans"

    @api.model
    def _split(self, plan, method, percents=None):
        """Write the parts of one plan; see ``kam.sales.plan.action_split``."""
        self._check_splittable(plan)
        users = plan._get_members()
        children = plan._get_children(users)
        weights, is_equal = self._get_weights(plan, users, method, percents)
        self._write_split(plan, users, children, weights)
        if is_equal:
            plan._message_log(
                body=self.env._(
                    "Split into equal parts where nothing was sold a year ago."
                )
            )

    def _check_splittable(self, plan):
        """Refuse what has no managers, or managers whose plans are fixed.

        :raise UserError: naming what to do
        """
        plan.ensure_one()
        if plan.user_id:
            raise UserError(
                self.env._("Only the plan of a department is split over managers.")
            )
        if not plan._get_members():
            raise UserError(
                self.env._(
                    "%s has no members. Add the managers to the team first.",
                    plan.team_id.name,
                )
            )
        fixed = plan.child_ids.filtered(lambda child: child.state != "draft")
        if fixed:
            raise UserError(
                self.env._(
                    "%s is no draft any longer: the plan cannot be split again. Make a "
                    "new version.",
                    fixed[:1].name,
                )
            )

    def _get_weights(self, plan, users, method, percents):
        """Return ({(metric, month): weights of the users}, whether some fell back)."""
        if method == "mix":
            if not isinstance(percents, dict):
                percents = {}
            percents = {
                name: share for name, share in (percents or {}).items() if share
            }
        else:
            percents = {method: 100} if isinstance(method, str) else {}
        for share in percents.values():
            plan._take_number(share, self.env._("Percent"))
        if not percents or set(percents) - set(METHODS) or min(percents.values()) < 0:
            raise UserError(
                self.env._(
                    "Choose equal parts, last year, potential or a mix of them with "
                    "percents above 0."
                )
            )
        past = self._get_last_year(plan, users) if "last_year" in percents else {}
        potentials = (
            self._get_potentials(plan, users) if "potential" in percents else {}
        )
        weights, is_equal = {}, False
        for line in plan.line_ids:
            shares = {
                "equal": [1] * len(users),
                "last_year": [past.get((u, line.metric, line.month), 0) for u in users],
                "potential": [potentials.get(user, 0) for user in users],
            }
            is_equal |= "last_year" in percents and not any(shares["last_year"])
            weights[line] = mix(shares, percents)
        return weights, is_equal

    def _get_last_year(self, plan, users):
        """Return dict (user, metric, month) -> fact of the same month a year ago."""
        year, result = relativedelta(years=1), {}
        facts = self._get_past_facts(plan, set(plan.line_ids.mapped("metric")))
        for (metric, month), rows in facts.items():
            for (user_id, _client), fact in rows:
                key = users.browse(user_id), metric, month + year
                result[key] = result.get(key, 0) + fact
        return {key: max(0, fact) for key, fact in result.items()}

    def _get_past_facts(self, plan, metrics):
        """Return the facts of the plan's months a year ago; sudo: whoever sold it."""
        year = relativedelta(years=1)
        return (
            self.env["kam.plan.facts"]
            .sudo()
            ._get_facts(
                plan.company_id,
                plan.date_from - year,
                fields.Date.end_of(plan.date_to - year, "month"),
                metrics,
            )
        )

    @api.model
    def _copy_last_year(self, plan, growth, metrics):
        """Set targets to what was reached a year ago, month by month.

        :param growth: percent that is added
        """
        year = relativedelta(years=1)
        users = set(plan._get_users().ids)
        facts = self._get_past_facts(plan, set(metrics))
        known = {line._get_cell(): line for line in plan.line_ids}
        for metric in metrics:
            digits = 0 if metric in COUNTS else 2
            for month in plan._get_months():
                rows = facts.get((metric, month - year), ())
                fact = sum(fact for (user_id, _c), fact in rows if user_id in users)
                target = round(max(0, fact) * (1 + growth / 100), digits)
                cell = metric, month, False, False
                if cell in known:
                    known[cell].target = target
                else:
                    plan._add_line(cell, target)

    def _get_potentials(self, plan, users):
        """Return dict user -> sum of the potentials of his clients' tiers."""
        rows = (
            self.env["kam.client"]
            .sudo()
            ._read_group(
                [
                    ("manager_id", "in", users.ids),
                    ("company_id", "in", (False, plan.company_id.id)),
                ],
                ["manager_id", "tier_id"],
                ["__count"],
            )
        )
        result = {}
        for user, tier, count in rows:
            weight = tier.plan_potential if tier else 1
            result[user] = result.get(user, 0) + count * weight
        return result

    def _write_split(self, plan, users, children, weights):
        """Write the parts of each line into the plans of the managers."""
        cells = {
            (child.user_id, line._get_cell()): line
            for child in children.values()
            for line in child.line_ids
        }
        new = []
        for line in plan.line_ids:
            digits = 0 if line.metric in COUNTS else 2
            parts = split(line.target, weights[line], digits)
            for user, part in zip(users, parts, strict=True):
                if known := cells.get((user, line._get_cell())):
                    known.sudo().target = part
                else:
                    new.append(line._prepare_part(children[user], part))
        self.env["kam.sales.plan.line"].sudo().create(new)
