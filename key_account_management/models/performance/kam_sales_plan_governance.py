from odoo import api, models


class KamSalesPlanGovernance(models.AbstractModel):
    """Which version of a sales plan governs a month, and how versions follow."""

    _name = "kam.sales.plan.governance"
    _description = "Versions of Sales Plans"

    @api.model
    def _get_lines(self, company, date_from, date_to, *, is_first=False):
        """Return the targets that govern months, of all managers.

        One plan governs a month of a manager: of those approved the one with the
        latest effective date up to the month, and of the latest version.

        :param date_from: first day of the first month
        :param date_to: first day of the last month
        :param is_first: only plans that were approved before their period began
        """
        plans = (
            self.env["kam.sales.plan"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "!=", False),
                    ("state", "in", ("approved", "closed")),
                    ("date_from", "<=", date_to),
                    ("date_to", ">=", date_from),
                ]
            )
        )
        if is_first:
            plans = plans.filtered(
                lambda plan: (
                    not plan.date_approved or plan.date_approved < plan.date_from
                )
            )
        governing = {}
        order = plans.sorted(lambda p: (p.effective_date or p.date_from, p.version))
        for plan in order:
            for month in plan._get_months():
                if (plan.effective_date or plan.date_from) <= month:
                    governing[plan.user_id, month] = plan
        return plans.line_ids.filtered(
            lambda line: (
                date_from <= line.month <= date_to
                and governing.get((line.user_id, line.month)) == line.plan_id
                and line.is_whole
            )
        )

    @api.model
    def _get_earlier(self, plan):
        """Return the approved version before a plan, as far as the user sees it."""
        plans = self.env["kam.sales.plan"]
        if plan.version <= 1:
            return plans
        return plans.search(
            [
                *self._get_versions_domain(plan),
                ("version", "<", plan.version),
                ("state", "in", ("approved", "closed")),
            ],
            order="version desc",
            limit=1,
        )

    @api.model
    def _copy(self, plan, parent):
        """Copy a plan as its next version; sudo: the version is nobody's to write.

        :param parent: plan of the department that the copy belongs to
        """
        latest = plan.sudo().search(
            self._get_versions_domain(plan), order="version desc", limit=1
        )
        vals = {"version": latest.version + 1, "parent_id": parent.id}
        return plan.sudo().copy(vals).sudo(False)

    def _get_versions_domain(self, plan):
        """Return the domain of all versions of a plan."""
        names = ("company_id", "team_id", "user_id", "date_from", "period")
        return [
            (name, "=", plan[name].id if name.endswith("_id") else plan[name])
            for name in names
        ]
