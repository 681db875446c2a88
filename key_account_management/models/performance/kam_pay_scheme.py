from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

# What may still be entered in a scheme by which a closed month was paid.
OPEN_END = frozenset(("name", "date_to"))


class KamPayScheme(models.Model):
    """How the variable part of a manager's pay follows from his month.

    pay = amount × Σ weight × payout(completion) × Π(1 + corrector), never below 0;
    the calculation itself is in `pay`. Once a closed card was paid by a scheme, only
    its end may still be moved: a change is a new scheme from a later day.
    """

    _name = "kam.pay.scheme"
    _description = "Pay Scheme"
    _inherit = ["kam.guard.mixin"]
    _order = "date_from desc, user_id, id desc"

    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Key Account Manager",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        compute="_compute_team_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The team of the manager, whose leader sees the scheme.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company.root_id,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.start_of(
            self.env.company._kam_today(), "month"
        ),
    )
    date_to = fields.Date(
        string="To", help="Last day in force; empty: until further notice."
    )
    amount = fields.Monetary(
        string="Variable Pay at 100 %",
        required=True,
        help="Per month. A scheme in force for a part of the month pays by its days.",
    )
    weight_turnover = fields.Float(string="Turnover (%)", default=60.0)
    weight_active = fields.Float(string="Active Clients (%)", default=25.0)
    weight_new = fields.Float(string="New Clients (%)", default=15.0)
    threshold = fields.Float(
        string="Threshold (%)",
        default=80.0,
        help="Below this completion a part pays nothing; the threshold itself pays.",
    )
    cap = fields.Float(
        string="Cap (%)", default=120.0, help="The most that a part pays."
    )
    accelerator = fields.Float(
        default=1.0, help="What each percent above the plan pays, in percent."
    )
    curve = fields.Selection(
        selection=[
            ("step", "From the threshold the completion itself"),
            ("linear", "From the threshold a line from 0 to 100, without a step"),
        ],
        default="step",
        required=True,
    )
    corrector_ids = fields.One2many(
        comodel_name="kam.pay.corrector",
        inverse_name="scheme_id",
        string="Correctors",
        copy=True,
    )
    active = fields.Boolean(default=True)

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "The amount at 100 % is 0 or more."
    )
    _weights_whole = models.Constraint(
        "CHECK (weight_turnover >= 0 AND weight_active >= 0 AND weight_new >= 0"
        " AND ABS(weight_turnover + weight_active + weight_new - 100) < 0.005)",
        "The weights of turnover, active and new clients make 100 percent.",
    )
    _curve_range = models.Constraint(
        "CHECK (threshold >= 0 AND threshold <= 100 AND cap >= 100"
        " AND accelerator >= 0)",
        "The threshold lies between 0 and 100 percent, the cap is 100 or more and the "
        "accelerator 0 or more.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "The last day of a scheme is not before its first.",
    )

    @api.depends("user_id", "date_from")
    def _compute_name(self):
        for scheme in self:
            # kept for readers of every language, hence no date of one of them
            start = fields.Date.to_string(scheme.date_from)
            scheme.name = ", ".join(filter(None, (scheme.user_id.sudo().name, start)))

    @api.depends("user_id")
    def _compute_team_id(self):
        teams = self.user_id._get_kam_teams()
        for scheme in self:
            scheme.team_id = teams.get(scheme.user_id)

    @api.constrains("company_id")
    def _check_company_id(self):
        if self.company_id.sudo().parent_id:
            raise ValidationError(
                self.env._("Schemes are of a main company, not of its branches.")
            )

    @api.constrains("user_id", "company_id", "date_from", "date_to", "active")
    def _check_overlap(self):
        """One scheme a day: a second one would pay the same plan twice."""
        for scheme in self.filtered("active"):
            others = self.search(
                scheme._get_in_force_domain(
                    scheme.company_id,
                    scheme.user_id,
                    scheme.date_from,
                    scheme.date_to,
                )
                & Domain("id", "!=", scheme.id),
                limit=1,
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "%(user)s has a scheme from %(date)s on. End that one first.",
                        user=scheme.user_id.sudo().name,
                        date=format_date(self.env, others.date_from),
                    )
                )

    def write(self, vals):
        if not OPEN_END.issuperset(vals):
            self._check_unused()
        ends = {scheme: scheme.date_to for scheme in self}
        paid = self._get_paid_until() if "date_to" in vals else {}
        result = super().write(vals)
        for scheme, day in paid.items():
            scheme._check_end(min(day, ends[scheme] or day))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused()

    def _get_paid_until(self):
        """Return dict scheme -> last day of the closed months that it paid.

        sudo: the card may be of a team that its reader does not lead.
        """
        cards = (
            self.env["kam.scorecard"]
            .sudo()
            .search_fetch(
                [
                    ("user_id", "in", self.user_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("state", "!=", "draft"),
                    ("has_pay", "=", True),
                ],
                ["user_id", "company_id", "date_from", "date_to"],
            )
        )
        found = {}
        for scheme in self:
            days = [card.date_to for card in cards if scheme._covers(card)]
            if days:
                found[scheme] = max(days)
        return found

    def _covers(self, card):
        """Return whether the scheme was in force on a day of a card."""
        return (
            card.user_id == self.user_id
            and card.company_id == self.company_id
            and card.date_to >= self.date_from
            and (not self.date_to or card.date_from <= self.date_to)
        )

    def _check_unused(self):
        """Keep what a closed card was paid by.

        :raise UserError: naming the way to change a scheme
        """
        for scheme in self._get_paid_until():
            raise UserError(
                self.env._(
                    "Closed months were paid by %s. End it on a later day and make a "
                    "new scheme from the next day on.",
                    scheme.name,
                )
            )

    def _check_end(self, day):
        """A scheme that paid closed months ends no earlier than they do."""
        if self.date_to and self.date_to < day:
            raise UserError(
                self.env._(
                    "%(scheme)s paid a month that is closed. End it on %(date)s or "
                    "later.",
                    scheme=self.name,
                    date=format_date(self.env, day),
                )
            )

    @api.model
    def _get_in_force_domain(self, company, users, date_from, date_to):
        domain = Domain("company_id", "in", company.ids)
        domain &= Domain("user_id", "in", users.ids)
        domain &= Domain("date_to", "=", False) | Domain("date_to", ">=", date_from)
        if date_to:
            domain &= Domain("date_from", "<=", date_to)
        return domain

    @api.model
    def _get_in_force(self, company, users, date_from, date_to):
        """Return the schemes of managers that are in force in a period, by day.

        sudo: the engine pays whoever has a card.
        """
        domain = self._get_in_force_domain(company, users, date_from, date_to)
        return self.sudo().search(domain, order="date_from, id")

    def _prepare_inputs(self, date_from, date_to):
        """Return the scheme as `pay` takes it and as cards keep it."""
        self.ensure_one()
        first = max(self.date_from, date_from)
        last = min(self.date_to or date_to, date_to)
        correctors = {}
        for row in self.corrector_ids:
            correctors.setdefault(row.code, []).append([row.value_from, row.percent])
        return {
            "id": self.id,
            "name": self.name,
            "days": (last - first).days + 1,
            "amount": self.amount,
            "weights": {
                "turnover": self.weight_turnover,
                "active_clients": self.weight_active,
                "new_clients": self.weight_new,
            },
            "threshold": self.threshold,
            "cap": self.cap,
            "accelerator": self.accelerator,
            "curve": self.curve,
            "correctors": correctors,
        }
