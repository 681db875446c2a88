from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .kam_sales_plan_grid_line import CELLS


class KamSalesPlanGrid(models.TransientModel):
    """The plans of a department as a table: managers down, months across.

    Each metric has a row of the department, one per manager, and the gap between
    them, which follows while it is typed. Saving writes into the plans themselves and
    makes those of managers that are missing.
    """

    _name = "kam.sales.plan.grid"
    _description = "Sales Plan as a Table"
    _inherit = ["kam.dialog.mixin"]

    plan_id = fields.Many2one(
        comodel_name="kam.sales.plan",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    first = fields.Integer(compute="_compute_months", help="Number of a month.")
    last = fields.Integer(compute="_compute_months", help="Number of a month.")
    line_ids = fields.One2many(
        comodel_name="kam.sales.plan.grid.line",
        inverse_name="grid_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        string="Targets",
    )

    @api.depends("plan_id")
    def _compute_months(self):
        for grid in self:
            plan = grid.plan_id
            grid.first = plan.date_from.month if plan.date_from else 1
            grid.last = plan.date_to.month if plan.date_to else 12

    @api.depends("plan_id")
    def _compute_line_ids(self):
        for grid in self:
            rows = grid._prepare_rows() if grid.plan_id else []
            grid.line_ids = [Command.clear(), *map(Command.create, rows)]

    def _prepare_rows(self):
        """Return the values of the rows: what the plans say now."""
        plan = self.plan_id
        children = {child.user_id: child for child in plan.child_ids}
        users = plan._get_members() | plan.child_ids.user_id
        lines = (plan | plan.child_ids).line_ids.filtered("is_whole")
        metrics = lines.mapped("metric") or ["turnover"]
        rows = []
        for metric in dict.fromkeys(metrics):
            cells = self._get_cells(plan, metric)
            parts = [
                (user, self._get_cells(children.get(user), metric)) for user in users
            ]
            gap = {
                name: round(cells[name] - sum(part[name] for _u, part in parts), 2)
                for name in CELLS
            }
            rows += [
                {"kind": "department", "metric": metric, **cells},
                *(
                    {"kind": "manager", "metric": metric, "user_id": user.id, **part}
                    for user, part in parts
                ),
                {"kind": "gap", "metric": metric, **gap},
            ]
        return [{**row, "sequence": number} for number, row in enumerate(rows)]

    @api.model
    def _get_cells(self, plan, metric):
        """Return dict field of a month -> target of a plan, which may be missing."""
        cells = dict.fromkeys(CELLS, 0.0)
        if plan:
            for line in plan.line_ids.filtered("is_whole"):
                if line.metric == metric:
                    cells[f"month_{line.month.month}"] = line.target
        return cells

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        """Let the gaps follow what is typed."""
        for gap in self.line_ids.filtered(lambda row: row.kind == "gap"):
            rows = self.line_ids.filtered(lambda row, gap=gap: row.metric == gap.metric)
            for name in CELLS:
                signs = {"department": 1, "manager": -1, "gap": 0}
                gap[name] = round(sum(row[name] * signs[row.kind] for row in rows), 2)

    def action_apply(self):
        """Write the targets into the plans of the department and its managers.

        :raise UserError: for somebody who is no manager of the department, and where
            a plan that is no draft would change
        """
        self.ensure_one()
        plan = self.plan_id
        plan.check_access("write")
        rows = self.line_ids.filtered(lambda row: row.kind == "manager")
        strangers = rows.user_id - plan._get_members() - plan.child_ids.user_id
        if strangers:
            raise UserError(
                self.env._(
                    "%(user)s has no part in the plan of %(team)s. Remove the row.",
                    user=strangers[:1].name,
                    team=plan.team_id.name,
                )
            )
        missing = (
            rows.filtered(lambda row: any(row[name] for name in CELLS)).user_id
            - plan.child_ids.user_id
        )
        children = plan._get_children(missing)
        for row in self.line_ids.filtered(lambda row: row.kind != "gap"):
            owner = children.get(row.user_id) if row.kind == "manager" else plan
            if owner:
                self._save_row(owner, row)
        return {"type": "ir.actions.act_window_close"}

    def _save_row(self, plan, row):
        """Write those targets of a plan that differ from the row."""
        known = {
            line.month: line
            for line in plan.line_ids.filtered("is_whole")
            if line.metric == row.metric
        }
        for month in plan._get_months():
            target = row[f"month_{month.month}"]
            if line := known.get(month):
                if line.target != target:
                    line.target = target
            elif target:
                plan._add_line((row.metric, month, False, False), target)
