from odoo import api, fields, models


class KamCockpitLine(models.TransientModel):
    """One manager on the screen of the department."""

    _name = "kam.cockpit.line"
    _description = "Manager of the Department"
    _inherit = ["kam.dialog.mixin"]

    cockpit_id = fields.Many2one(
        comodel_name="kam.cockpit", required=True, ondelete="cascade", index=True
    )
    card_id = fields.Many2one(
        comodel_name="kam.scorecard",
        string="Scorecard",
        required=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(related="card_id.user_id", related_sudo=False)
    state = fields.Selection(related="card_id.state", related_sudo=False)
    total = fields.Float(related="card_id.total", related_sudo=False)
    is_scored = fields.Boolean(related="card_id.is_scored", related_sudo=False)
    is_thin = fields.Boolean(related="card_id.is_thin", related_sudo=False)
    currency_id = fields.Many2one(related="card_id.currency_id", related_sudo=False)
    variable_pay = fields.Monetary(related="card_id.variable_pay", related_sudo=False)
    target = fields.Monetary(string="Sales Plan")
    fact = fields.Monetary(string="Turnover")
    forecast = fields.Monetary()
    overdue = fields.Monetary()
    held = fields.Monetary(string="On Hold")
    held_count = fields.Integer(string="Orders on Hold")
    portfolio = fields.Integer()
    covered = fields.Integer()
    late_reports = fields.Integer()
    completion = fields.Float(string="Completion (%)", compute="_compute_ratios")
    coverage = fields.Float(string="Coverage (%)", compute="_compute_ratios")
    is_red = fields.Boolean(compute="_compute_is_red")

    @api.depends("target", "fact", "portfolio", "covered")
    def _compute_ratios(self):
        for line in self:
            line.completion = 100 * line.fact / line.target if line.target else 0
            line.coverage = 100 * line.covered / line.portfolio if line.portfolio else 0

    @api.depends("forecast", "target", "total", "is_scored", "overdue", "late_reports")
    def _compute_is_red(self):
        department = self.env["kam.department"]
        for line in self:
            figures = {
                "target": line.target,
                "forecast": line.forecast,
                "late_reports": line.late_reports,
            }
            line.is_red = department._is_red(line.card_id, figures)

    def action_open_card(self):
        """Open the scorecard of the manager."""
        self.ensure_one()
        return self.card_id._get_records_action()

    def action_open_overdue(self):
        """Open what is overdue with the clients of the manager."""
        self.ensure_one()
        domain = [
            ("manager_id", "=", self.user_id.id),
            ("company_id", "child_of", self.card_id.company_id.ids),
            ("overdue", ">", 0),
        ]
        return self._open("kam_receivable_report_action", domain)

    def action_open_held(self):
        """Open the orders of the manager that are on hold."""
        self.ensure_one()
        domain = self.env["kam.department"]._get_held_domain(self.card_id)
        return self._open("kam_credit_decision_action_hold", domain)

    def action_open_plan(self):
        """Open plan and fact of the manager's month."""
        self.ensure_one()
        domain = [
            ("user_id", "=", self.user_id.id),
            ("company_id", "=", self.card_id.company_id.id),
            ("month", "=", self.card_id.date_from),
            ("metric", "=", "turnover"),
        ]
        return self._open("kam_plan_report_action", domain)

    def action_open_reports(self):
        """Open the late reports of the manager."""
        self.ensure_one()
        domain = [("user_id", "=", self.user_id.id), ("state", "=", "late")]
        return self._open("kam_report_instance_action_late", domain)

    def _open(self, xmlid, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"key_account_management.{xmlid}"
        )
        action["domain"] = domain
        action["context"] = {}
        return action
