from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Metrics of the sales plan that criterion 5.2 weighs, and how much by default.
PARTS = {
    "turnover": 60.0,
    "active_clients": 25.0,
    "new_clients": 15.0,
    "margin": 0.0,
    "collections": 0.0,
}


class KamKpi(models.Model):
    """How a criterion of the scorecard is measured from a day on.

    A row is never changed after a card was computed with it: a new weight or target
    is a new row with its own first day. The set in force for a period is the latest
    row of each code that starts on or before it; a row of the company goes before a
    shared one.
    """

    _name = "kam.kpi"
    _description = "Scorecard Criterion"
    _inherit = ["kam.guard.mixin"]
    _order = "sequence, date_from desc, id desc"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="Leave empty to share the criterion between all companies.",
    )
    code = fields.Selection(
        selection=[
            ("growth", "Growth of turnover"),
            ("plan", "Fulfilment of the sales plan"),
            ("settlement", "Settlement on time"),
            ("debt", "No overdue or over-limit debt"),
            ("reports", "Reports on time"),
            ("claims", "No justified claims"),
            ("evaluations", "No negative evaluations"),
            ("complaints", "No justified complaints"),
        ],
        required=True,
    )
    date_from = fields.Date(
        string="In Force from",
        required=True,
        default=lambda self: fields.Date.start_of(
            fields.Date.context_today(self), "month"
        ),
        help="The first month that is measured in this way.",
    )
    order_number = fields.Char(
        string="Order No.", help="Number of the order that set it in force."
    )
    weight = fields.Float(
        required=True,
        help="Percent of the total. The weights of all criteria in force make 100; a "
        "criterion with weight 0 is shown and does not count.",
    )
    target = fields.Float(
        default=100.0,
        help="The result that gives 100 points on a linear scale.",
    )
    cap = fields.Float(
        string="Cap (%)", default=100.0, required=True, help="The most points."
    )
    floor = fields.Float(
        string="Floor (%)",
        help="On a linear scale: below so many points there are none.",
    )
    scale = fields.Selection(
        selection=[("linear", "Linear"), ("ranges", "Ranges")],
        default="linear",
        required=True,
    )
    range_ids = fields.One2many(
        comodel_name="kam.kpi.range", inverse_name="kpi_id", string="Ranges", copy=True
    )
    base = fields.Selection(
        selection=[("last_year", "Last year"), ("previous", "Previous month")],
        default="last_year",
        required=True,
        help="What the turnover is compared with.",
    )
    part_turnover = fields.Float(string="Turnover (%)", default=PARTS["turnover"])
    part_active_clients = fields.Float(
        string="Active Clients (%)", default=PARTS["active_clients"]
    )
    part_new_clients = fields.Float(
        string="New Clients (%)", default=PARTS["new_clients"]
    )
    part_margin = fields.Float(string="Margin (%)", default=PARTS["margin"])
    part_collections = fields.Float(
        string="Money Collected (%)", default=PARTS["collections"]
    )
    formula = fields.Text(
        compute="_compute_formula", help="How the points come about, in words."
    )

    _weight_range = models.Constraint(
        "CHECK (weight >= 0 AND weight <= 100)",
        "The weight of a criterion lies between 0 and 100 percent.",
    )
    _cap_positive = models.Constraint(
        "CHECK (cap > 0)", "The cap of a criterion must be more than 0 percent."
    )
    _code_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code, date_from)",
        "This criterion has a row from that day already. Choose another day.",
    )

    @api.depends("code", "target", "cap", "scale", "base", "range_ids.points")
    @api.depends_context("lang")
    def _compute_formula(self):
        words = self._get_formulas()
        for kpi in self:
            kpi.formula = words.get(kpi.code, "")

    def _get_formulas(self):
        """Return dict code -> how it is measured, in the language of the reader."""
        return {
            "growth": self.env._(
                "Turnover against the same clients' turnover of the base, on the days "
                "that the manager owned them; growth ÷ target × 100."
            ),
            "plan": self.env._(
                "Fact ÷ plan of each part, up to the cap, by the weights of the parts."
            ),
            "settlement": self.env._(
                "By amount, the percent of what fell due in the month and was paid on "
                "time; what is not paid counts as late."
            ),
            "debt": self.env._(
                "Client-days without overdue or over-limit debt, percent of the "
                "client-days with debt on a credit line."
            ),
            "reports": self.env._(
                "Percent on time × percent accepted the first time ÷ 100."
            ),
            "claims": self.env._("Number of justified claims of clients."),
            "evaluations": self.env._("Number of negative evaluations by superiors."),
            "complaints": self.env._(
                "Number of justified complaints of other departments."
            ),
        }

    @api.constrains("scale", "target", "range_ids", "code")
    def _check_scale(self):
        for kpi in self:
            if kpi.scale == "linear" and kpi.target <= 0:
                raise ValidationError(
                    self.env._(
                        "%s: a linear scale needs a target above 0. Enter the result "
                        "that gives 100 points.",
                        kpi.name,
                    )
                )
            if kpi.scale == "ranges" and not kpi.range_ids:
                raise ValidationError(
                    self.env._("%s: enter the ranges and their points.", kpi.name)
                )

    @api.constrains(*(f"part_{metric}" for metric in PARTS))
    def _check_parts(self):
        for kpi in self:
            parts = kpi._get_part_weights().values()
            if min(parts) < 0 or not sum(parts):
                raise ValidationError(
                    self.env._(
                        "%s: the weights of the parts are 0 or more, and one of them "
                        "is above 0.",
                        kpi.name,
                    )
                )

    def write(self, vals):
        self._check_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused()

    def _check_unused(self):
        """Keep what a closed card was paid by.

        :raise UserError: naming the way to change a criterion
        """
        used = (
            self.env["kam.scorecard.line"]
            .sudo()
            .search(
                [("kpi_id", "in", self.ids), ("scorecard_id.state", "!=", "draft")],
                limit=1,
            )
        )
        if used:
            raise UserError(
                self.env._(
                    "Closed scorecards were computed with %s. Duplicate the criterion "
                    "and give the copy a later first day.",
                    used.kpi_id.name,
                )
            )

    def copy_data(self, default=None):
        """A copy begins next month, beside the original."""
        vals_list = super().copy_data(default=default)
        month = fields.Date.start_of(fields.Date.context_today(self), "month")
        for vals in vals_list:
            if not (default or {}).get("date_from"):
                vals["date_from"] = fields.Date.add(month, months=1)
        return vals_list

    def _get_part_weights(self):
        """Return dict metric -> weight of the parts of criterion 5.2."""
        self.ensure_one()
        return {metric: self[f"part_{metric}"] for metric in PARTS}

    def _get_scale(self):
        """Return the scale as `scoring` takes it and as cards keep it."""
        self.ensure_one()
        return {
            "kind": self.scale,
            "target": self.target,
            "floor": self.floor,
            "cap": self.cap,
            "ranges": [[row.value_from, row.points] for row in self.range_ids],
        }

    def _prepare_inputs(self, sums):
        """Return the inputs of the formula, as `scoring` takes and lines keep them.

        :param sums: dict kind of entry -> (amount, base)
        """
        self.ensure_one()
        inputs = {"code": self.code, "scale": self._get_scale()}
        if self.code == "plan":
            inputs["parts"] = [
                {
                    "metric": metric,
                    "weight": weight,
                    "fact": sums.get(metric, (0, 0))[0],
                    "plan": sums.get(metric, (0, 0))[1],
                }
                for metric, weight in self._get_part_weights().items()
            ]
        elif self.code == "reports":
            inputs["done"] = list(sums.get("done", (0, 0)))
            inputs["accepted"] = list(sums.get("accepted", (0, 0)))
        else:
            inputs["amount"] = round(sum(amount for amount, _b in sums.values()), 2)
            inputs["base"] = round(sum(base for _a, base in sums.values()), 2)
        return inputs

    @api.model
    def _get_in_force(self, company, day):
        """Return the criteria in force for a period, one per code.

        :param company: root company
        :param day: first day of the period
        """
        rows = self.sudo().search(
            [("date_from", "<=", day), ("company_id", "in", (False, company.id))]
        )
        found = {}
        for row in rows.sorted(lambda row: (bool(row.company_id), row.date_from)):
            found[row.code] = row
        return self.browse(row.id for row in found.values()).sorted(
            lambda row: (row.sequence, row.id)
        )

    def _check_weights(self):
        """Check that the criteria of a period make 100 percent.

        :raise UserError: with the sum that they have
        """
        total = round(sum(self.sudo().mapped("weight")), 2)
        if total != 100:
            raise UserError(
                self.env._(
                    "The weights of the criteria in force make %s percent and must "
                    "make 100. Change them under Configuration, Criteria.",
                    total,
                )
            )
