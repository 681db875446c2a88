from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date

from ...models.performance.kam_department import FIGURES


class KamCockpit(models.TransientModel):
    """The department on one screen, and the closing of its month.

    A picture of the moment it was opened; opened again it is taken anew.
    """

    _name = "kam.cockpit"
    _description = "Department"
    _inherit = ["kam.dialog.mixin"]

    company_id = fields.Many2one(comodel_name="res.company", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True)
    month_name = fields.Char(compute="_compute_display_name")
    is_latest = fields.Boolean(compute="_compute_is_latest")
    line_ids = fields.One2many(
        comodel_name="kam.cockpit.line", inverse_name="cockpit_id", string="Managers"
    )
    target = fields.Monetary(string="Sales Plan", compute="_compute_totals")
    fact = fields.Monetary(string="Turnover", compute="_compute_totals")
    forecast = fields.Monetary(compute="_compute_totals")
    overdue = fields.Monetary(compute="_compute_totals")
    held = fields.Monetary(string="On Hold", compute="_compute_totals")
    held_count = fields.Integer(string="Orders on Hold", compute="_compute_totals")
    portfolio = fields.Integer(compute="_compute_totals")
    covered = fields.Integer(compute="_compute_totals")
    late_reports = fields.Integer(compute="_compute_totals")
    completion = fields.Float(string="Completion (%)", compute="_compute_totals")
    coverage = fields.Float(string="Coverage (%)", compute="_compute_totals")
    to_close = fields.Integer(string="Cards to Close", compute="_compute_to_close")
    red_ids = fields.Many2many(
        comodel_name="kam.cockpit.line",
        string="In the Red",
        compute="_compute_red_ids",
    )

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Department")
        for view in self:
            view.month_name = view.month and format_date(
                self.env, view.month, date_format="LLLL y"
            )

    @api.depends("month", "company_id")
    def _compute_is_latest(self):
        """Tell whether the month runs: the next one has no cards yet."""
        for view in self:
            view.is_latest = view.month >= fields.Date.start_of(
                view.company_id.sudo()._kam_today(), "month"
            )

    @api.depends(*(f"line_ids.{name}" for name in FIGURES))
    def _compute_totals(self):
        """The totals are the sums of the cards, whatever those say."""
        for view in self:
            for name in FIGURES:
                view[name] = sum(view.line_ids.mapped(name))
            view.completion = 100 * view.fact / view.target if view.target else 0
            view.coverage = 100 * view.covered / view.portfolio if view.portfolio else 0

    @api.depends("line_ids.card_id.state")
    def _compute_to_close(self):
        for view in self:
            view.to_close = len(view._get_closable())

    @api.depends("line_ids.is_red")
    def _compute_red_ids(self):
        for view in self:
            view.red_ids = view.line_ids.filtered("is_red")

    def _get_closable(self):
        """Return the cards that the user may close at once, thin ones left out."""
        over = self.company_id.sudo()._kam_today()
        return self.line_ids.card_id.filtered(
            lambda card: card.may_close and not card.is_thin and card.date_to < over
        )

    @api.model
    def action_open(self, month=None):
        """Take a picture of the department and open it.

        :param month: first day; default this month, or the last one while it waits
            to be closed
        """
        company = self.env.company.root_id
        month = self._take_day(month, self._get_field_label("month"))
        month = fields.Date.start_of(month or self._get_month(company), "month")
        cards = self.env["kam.scorecard"].search(
            [
                ("company_id", "=", company.id),
                ("date_from", "=", month),
                ("user_id", "!=", self.env.uid),
            ]
        )
        figures = self.env["kam.department"]._get_figures(cards)
        view = self.create(
            {
                "company_id": company.id,
                "month": month,
                "line_ids": [
                    Command.create({"card_id": card.id, **figures[card]})
                    for card in cards.sorted(lambda card: card.user_id.sudo().name)
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Department"),
            "res_model": self._name,
            "res_id": view.id,
            "views": [[False, "form"]],
            "target": "main",
        }

    @api.model
    def _get_month(self, company):
        """Return last month while cards of it are open, else this month."""
        this = fields.Date.start_of(company.sudo()._kam_today(), "month")
        last = this - relativedelta(months=1)
        waiting = self.env["kam.scorecard"].search_count(
            [
                ("company_id", "=", company.id),
                ("date_from", "=", last),
                ("state", "=", "draft"),
                ("user_id", "!=", self.env.uid),
            ],
            limit=1,
        )
        return last if waiting else this

    def action_previous(self):
        """Open the month before."""
        return self.action_open(self.month - relativedelta(months=1))

    def action_next(self):
        """Open the next month."""
        return self.action_open(self.month + relativedelta(months=1))

    def action_close_month(self):
        """Close the cards of the month; thin ones are closed by themselves."""
        self._get_closable().action_close()
        return self.action_open(self.month)
