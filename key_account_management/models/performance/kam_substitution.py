from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .calendar import count_workdays
from .kam_sales_plan_line import COUNTS

# More working days than these take something away from a sales plan.
SHORT = 5


class KamSubstitution(models.Model):
    """What a long absence takes away from the sales plan of the manager.

    The head scales the plan by working days: as its next version, which is approved
    like any other. What falls into the days is shown for information; the plan of the
    substitute stays as it is.
    """

    _inherit = "kam.substitution"

    working_days = fields.Integer(
        compute="_compute_working_days", help="From Monday to Friday."
    )
    plan_currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_plan_turnover"
    )
    plan_turnover = fields.Monetary(
        string="Turnover Planned for These Days",
        compute="_compute_plan_turnover",
        currency_field="plan_currency_id",
        groups="key_account_management.group_kam_user",
        help="For information: what of the absent manager's plan falls into more than "
        "five working days of absence.",
    )

    @api.depends("date_from", "date_to")
    def _compute_working_days(self):
        for substitution in self:
            first, last = substitution.date_from, substitution.date_to
            is_dated = first and last
            substitution.working_days = count_workdays(first, last) if is_dated else 0

    @api.depends("working_days", "absent_user_id")
    @api.depends_context("company")
    def _compute_plan_turnover(self):
        """By month: the target × working days of absence ÷ working days."""
        currency = self.env.company.root_id.sudo().currency_id
        for substitution in self:
            lines = substitution._get_plan_lines()
            turnover = sum(
                line.target * substitution._get_absent_share(line.month)
                for line in lines
                if line.metric == "turnover"
            )
            substitution.plan_currency_id = currency
            substitution.plan_turnover = currency.round(turnover)

    def _get_plan_lines(self):
        """Return the targets of the absent manager for the months of the absence.

        None for up to five working days. sudo: the sum is for those who see the
        substitution.
        """
        lines = self.env["kam.sales.plan.line"].sudo()
        if self.working_days <= SHORT:
            return lines
        months = (
            fields.Date.start_of(d, "month") for d in (self.date_from, self.date_to)
        )
        lines = self.env["kam.sales.plan"]._get_governing_lines(
            self.env.company.root_id, *months
        )
        return lines.filtered(lambda line: line.user_id == self.absent_user_id)

    def _get_absent_share(self, month):
        """Return the share of the working days of a month that is absence."""
        last = month + relativedelta(months=1, days=-1)
        absent = count_workdays(max(month, self.date_from), min(last, self.date_to))
        return absent / count_workdays(month, last)

    def action_scale_plan(self):
        """Make the next version of the manager's plans without the days of absence.

        Made once; after that it opens what was made.

        :raise UserError: for up to five working days, or without an approved plan
        """
        self.ensure_one()
        self._check_decider()
        made = self.env["kam.sales.plan"].search([("substitution_id", "=", self.id)])
        return (made or self._make_scaled_plans())._get_records_action()

    def _make_scaled_plans(self):
        plans = self._get_plan_lines().plan_id.sudo(False)
        plans = plans.filtered(lambda plan: plan.state == "approved")
        if not plans:
            raise UserError(
                self.env._(
                    "There is nothing to scale: %(manager)s has no approved plan for "
                    "these days, or is absent for no more than %(days)s working days.",
                    manager=self.sudo().absent_user_id.name,
                    days=SHORT,
                )
            )
        plans.check_access("write")
        governance = self.env["kam.sales.plan.governance"]
        scaled = plans.browse()
        for plan in plans:
            version = governance._copy(plan, plan.parent_id)
            version.sudo().substitution_id = self
            version.version_reason = self.display_name
            for line in version.line_ids:
                rest = line.target * (1 - self._get_absent_share(line.month))
                line.target = round(rest, 0 if line.metric in COUNTS else 2)
            scaled |= version
        return scaled
