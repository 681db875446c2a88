from odoo import api, fields, models
from odoo.tools import formatLang

from . import scoring

MONEY = ("growth", "settlement")


class KamScorecardLine(models.Model):
    """One criterion on a card: what was achieved, the points and the record behind."""

    _name = "kam.scorecard.line"
    _description = "Scorecard Criterion Result"
    _inherit = ["kam.guard.mixin"]
    _order = "scorecard_id, sequence, id"
    _rec_name = "name"

    _system_only = True

    scorecard_id = fields.Many2one(
        comodel_name="kam.scorecard",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    kpi_id = fields.Many2one(
        comodel_name="kam.kpi",
        string="Criterion",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    name = fields.Char(related="kpi_id.name")
    code = fields.Selection(related="kpi_id.code", store=True, string="Kind")
    sequence = fields.Integer(related="kpi_id.sequence", store=True)
    company_id = fields.Many2one(
        related="scorecard_id.company_id", store=True, index=True
    )
    user_id = fields.Many2one(
        related="scorecard_id.user_id",
        store=True,
        index=True,
        string="Key Account Manager",
    )
    team_id = fields.Many2one(related="scorecard_id.team_id", store=True)
    date_from = fields.Date(related="scorecard_id.date_from", store=True)
    weight = fields.Float(string="Weight (%)", readonly=True)
    target = fields.Float(readonly=True)
    cap = fields.Float(string="Cap (%)", readonly=True)
    actual = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="In percent; for claims, evaluations and complaints their number.",
    )
    points = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    weighted = fields.Float(
        string="Weighted Points",
        digits=(16, 2),
        readonly=True,
        help="Points × weight ÷ the weights of all applicable criteria.",
    )
    is_applicable = fields.Boolean(
        string="Applicable",
        readonly=True,
        help="Not set: there was nothing to measure against; the weight is spread "
        "over the other criteria.",
    )
    amount = fields.Float(
        string="Counted", digits=(16, 2), readonly=True, help="The numerator."
    )
    base_amount = fields.Float(
        string="Out of", digits=(16, 2), readonly=True, help="The denominator."
    )
    detail = fields.Json(
        readonly=True,
        help="Every input of the formula, so that the line can be computed again.",
    )
    explanation = fields.Char(compute="_compute_explanation", string="How It Came")
    formula = fields.Text(related="kpi_id.formula")
    entry_ids = fields.One2many(
        comodel_name="kam.scorecard.entry", inverse_name="line_id", readonly=True
    )

    @api.depends("detail", "actual", "points", "is_applicable")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for line in self:
            line.explanation = line._get_explanation()

    def _get_explanation(self):
        """Return the formula with its numbers, in the language of the reader."""
        self.ensure_one()
        inputs = self.detail or {}
        if not self.is_applicable:
            return self.env._("Nothing to measure against")
        if self.code == "plan":
            return self._explain_plan(inputs)
        if self.code == "reports":
            (done, due), (accepted, sent) = inputs["done"], inputs["accepted"]
            return self.env._(
                "%(done)s of %(due)s on time, %(accepted)s of %(sent)s accepted the "
                "first time",
                done=int(done),
                due=int(due),
                accepted=int(accepted),
                sent=int(sent),
            )
        return self._explain_ratio(inputs)

    def _explain_ratio(self, inputs):
        amount, base = inputs["amount"], inputs.get("base", 0)
        if self.code in MONEY:
            currency = self.company_id.sudo().currency_id
            amount, base = currency.format(amount), currency.format(base)
        else:
            amount, base = int(amount), int(base)
        texts = {
            "growth": self.env._("%(amount)s against %(base)s of the base"),
            "settlement": self.env._("%(amount)s of %(base)s paid on time"),
            "debt": self.env._("%(amount)s of %(base)s client-days clean"),
        }
        if text := texts.get(self.code):
            return text % {"amount": amount, "base": base}
        return self.env._("%s in the month", amount)

    def _explain_plan(self, inputs):
        """Return the completion of each planned part."""
        metrics = dict(
            self.env["kam.sales.plan.line"]
            ._fields["metric"]
            ._description_selection(self.env)
        )
        text = ", ".join(
            f"{metrics[part['metric']]}: "
            f"{formatLang(self.env, 100 * part['fact'] / part['plan'], digits=1)} %"
            for part in inputs["parts"]
            if part["plan"] > 0
        )
        earlier = scoring.get_earlier_plan(inputs)
        if earlier is None:
            return text
        return self.env._(
            "%(parts)s; %(earlier)s by the version before",
            parts=text,
            earlier=formatLang(self.env, earlier),
        )

    def _prepare_score(self, inputs, score, weighted):
        """Return the values of a computed line.

        :param inputs: as of `scoring`
        :param score: (actual, points), both None if not applicable
        """
        self.ensure_one()
        actual, points = score
        parts = inputs.get("parts", ())
        pair = inputs.get("done") or (inputs.get("amount", 0), inputs.get("base", 0))
        if parts:
            pair = actual or 0, 100 * bool(actual is not None)
        return {
            "weight": self.kpi_id.weight,
            "target": self.kpi_id.target,
            "cap": self.kpi_id.cap,
            "actual": actual or 0,
            "points": points or 0,
            "weighted": weighted,
            "is_applicable": actual is not None,
            "amount": pair[0],
            "base_amount": pair[1],
            "detail": inputs,
        }

    def _prepare_workbook_row(self):
        """Return what the workbook of the team takes of a line."""
        self.ensure_one()
        inputs = self.detail or {}
        scale = inputs.get("scale") or self.kpi_id._get_scale()
        return {
            "name": self.name,
            "code": self.code,
            "amount": self.amount,
            "base": self.base_amount,
            "actual": self.actual,
            "points": self.points,
            "weight": self.weight,
            "weighted": self.weighted,
            "applicable": self.is_applicable,
            "scale": scale,
        }

    def action_open_records(self):
        """Open the records whose sums are numerator and denominator of the line."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "key_account_management.kam_scorecard_entry_action"
        )
        action["domain"] = [("line_id", "=", self.id)]
        if self.code == "settlement":
            action["context"] = {"kam_days_late": True}
        action["display_name"] = f"{self.name}: {self.scorecard_id.display_name}"
        return action
