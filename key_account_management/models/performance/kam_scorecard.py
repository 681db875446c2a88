from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from . import scoring
from .scorecard_workbook import write

# Cards per commit of the nightly job.
BATCH = 20


class KamScorecard(models.Model):
    """A manager's month by the eight criteria, open to the record and frozen at close.

    Figures are of a root company and its branches, in its currency. Nobody edits a
    card: it is computed from the documents while it is a draft, closed by the head
    and approved by the director, neither of whom may do so with his own.
    """

    _name = "kam.scorecard"
    _description = "Scorecard"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin", "kam.workbook.mixin"]
    _order = "date_from desc, user_id"

    _system_only = True

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Key Account Manager",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        help="The team of the manager when the card was made; its leader is the head.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    state = fields.Selection(
        selection=[("draft", "Open"), ("closed", "Closed"), ("approved", "Approved")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    total = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    is_scored = fields.Boolean(
        readonly=True, help="Not set: no criterion was applicable, so no total."
    )
    is_head = fields.Boolean(
        string="Head's Own",
        readonly=True,
        help="The card of the head's own clients: the director closes it, and it has "
        "no place in his ranking.",
    )
    missing_weight = fields.Float(
        string="Weight without Base (%)",
        readonly=True,
        help="Weight of the criteria that were not applicable.",
    )
    is_thin = fields.Boolean(
        string="Thin",
        readonly=True,
        help="More than 30 % of the weight had nothing to be measured against.",
    )
    thin_reason = fields.Char(readonly=True, tracking=True)
    as_of = fields.Date(
        string="Computed for", readonly=True, help="Documents up to this day count."
    )
    is_to_date = fields.Boolean(
        string="To Date",
        readonly=True,
        help="The month is not over: base and plan are taken to the same working day.",
    )
    computed_on = fields.Datetime(readonly=True)
    closed_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict"
    )
    date_closed = fields.Date(string="Closed on", readonly=True)
    approved_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict"
    )
    date_approved = fields.Date(string="Approved on", readonly=True)
    error = fields.Char(
        readonly=True, help="Why the card could not be computed the last time."
    )
    line_ids = fields.One2many(
        comodel_name="kam.scorecard.line",
        inverse_name="scorecard_id",
        string="Criteria",
        readonly=True,
    )
    variable_pay = fields.Monetary(
        readonly=True,
        help="By the scheme, with corrections of closed months, never below 0.",
    )
    has_pay = fields.Boolean(
        string="Has a Pay Scheme",
        readonly=True,
        help="Not set: no pay scheme of the manager is in force in the month.",
    )
    pay_earned = fields.Monetary(string="Pay by the Scheme", readonly=True)
    pay_corrected = fields.Monetary(string="Corrections of Pay", readonly=True)
    pay_left = fields.Monetary(
        string="Carried to the Next Card",
        readonly=True,
        help="What would be below 0; the next card takes it over.",
    )
    pay_detail = fields.Json(
        readonly=True,
        copy=False,
        help="Every input of the pay, with the documents that it was paid by.",
    )
    pay_statement = fields.Html(compute="_compute_pay_statement", sanitize=False)
    correction_ids = fields.One2many(
        comodel_name="kam.scorecard.correction",
        inverse_name="scorecard_id",
        string="Corrections",
        readonly=True,
    )
    corrected_by_ids = fields.One2many(
        comodel_name="kam.scorecard.correction",
        inverse_name="source_id",
        string="Corrected by",
        readonly=True,
    )
    bars = fields.Json(compute="_compute_bars", string="Points")
    trend = fields.Json(compute="_compute_trend", string="Last 12 Months")
    lifts = fields.Json(compute="_compute_lifts", string="What Lifts It Most")
    growing_months = fields.Char(
        compute="_compute_growing_months",
        help="Months of the last 12 in which turnover grew, of those with a base. "
        "Shown, not counted.",
    )
    rank = fields.Integer(
        compute="_compute_rank", help="Place in the team by the total of the month."
    )
    hand_overs = fields.Text(
        compute="_compute_hand_overs",
        string="Hand-overs",
        help="Clients that the manager took over or gave away in the month.",
    )
    may_close = fields.Boolean(compute="_compute_may")
    may_approve = fields.Boolean(compute="_compute_may")

    _card_uniq = models.UniqueIndex(
        "(company_id, user_id, date_from)", "A manager has one card a month."
    )
    _month_whole = models.Constraint(
        "CHECK (date_from = date_trunc('month', date_from)::date"
        " AND date_to = (date_from + interval '1 month - 1 day')::date)",
        "A card is of a whole calendar month.",
    )

    @api.depends("user_id", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for card in self:
            month = format_date(self.env, card.date_from, date_format="LLLL y")
            card.display_name = f"{card.user_id.sudo().name}, {month}"

    @api.depends("line_ids.points")
    @api.depends_context("lang")
    def _compute_bars(self):
        """One entry per criterion: name, code, points, actual and applicability."""
        for card in self:
            card.bars = [
                {
                    "id": line.id,
                    "code": line.code,
                    "name": line.name,
                    "points": line.points,
                    "weight": line.weight,
                    "applicable": line.is_applicable,
                }
                for line in card.line_ids
            ]

    @api.depends("user_id", "company_id", "date_from")
    @api.depends_context("lang")
    def _compute_trend(self):
        """The totals of the manager's last 12 months up to the card's own."""
        trends = self.env["kam.scorecard.comparison"]._get_trends(self)
        for card in self:
            card.trend = trends.get(card, [])

    @api.depends("user_id", "company_id", "date_from", "line_ids.actual")
    @api.depends_context("lang")
    def _compute_growing_months(self):
        counts = self.env["kam.scorecard.comparison"]._get_growing_months(self)
        for card in self:
            growing, months = counts.get(card, (0, 0))
            card.growing_months = months and self.env._(
                "%(growing)s of %(months)s", growing=growing, months=months
            )

    @api.depends("team_id", "company_id", "date_from", "total", "is_scored", "is_head")
    def _compute_rank(self):
        """Heads are no members of their own ranking."""
        ranks = self.env["kam.scorecard.comparison"]._get_ranks(self)
        for card in self:
            card.rank = ranks.get(card, 0)

    @api.depends("user_id", "date_from")
    @api.depends_context("lang")
    def _compute_hand_overs(self):
        texts = self.env["kam.scorecard.comparison"]._get_hand_overs(self)
        for card in self:
            card.hand_overs = texts.get(card)

    @api.depends("line_ids.detail")
    @api.depends_context("lang")
    def _compute_lifts(self):
        for card in self:
            card.lifts = card._get_lifts() if card.state == "draft" else []

    @api.depends("pay_detail", "variable_pay", "correction_ids")
    @api.depends_context("lang")
    def _compute_pay_statement(self):
        for card in self:
            card.pay_statement = self.env["kam.pay.statement"]._render(card)

    @api.depends("state", "team_id", "user_id")
    @api.depends_context("uid")
    def _compute_may(self):
        for card in self:
            card.may_close = card.state == "draft" and card._may_close()
            card.may_approve = card.state == "closed" and card._may_approve()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if any(card.state != "draft" for card in self):
            raise UserError(self.env._("Closed scorecards are kept."))

    # What the card is made of

    def _get_justified_claims(self):
        """Return what other rooms know of justified claims, for criterion 5.6.

        For cards of one company and month. The room that handles claims extends it.

        :return: list of dicts of user_id, date, client_id, name, and ``kind`` case,
            ``amount`` 1, ``base`` 0
        """
        return []

    def _get_reports_in(self):
        """Return the reports due in the month, for criterion 5.5.

        For cards of one company and month. Rooms with duties extend it: each duty is
        a row of kind ``done`` (base 1, amount 1 if on time) and, once sent, a row of
        kind ``accepted`` (base 1, amount 1 if accepted the first time).

        :return: list of dicts of user_id, date, client_id, name, kind, amount, base
        """
        return self.env["kam.report.instance"]._get_reports_in(self)

    # Computing

    def action_compute(self):
        """Compute open cards anew from the documents.

        :raise UserError: for closed cards
        """
        self.check_access("read")
        if closed := self.filtered(lambda card: card.state != "draft"):
            raise UserError(
                self.env._(
                    "%s is closed and stays as it is. What is found later counts in "
                    "the next month.",
                    closed[:1].display_name,
                )
            )
        self._compute_cards()
        return True

    def _compute_cards(self, as_of=None):
        """Compute cards from the documents; sudo: nobody may write a card.

        :param as_of: last day that counts, and the day by which payments are judged;
            default today of the company
        """
        assessor = self.env["kam.scorecard.assessor"].sudo()
        groups = self.sudo().grouped(lambda card: (card.company_id, card.date_from))
        for (company, _month), cards in groups.items():
            day = as_of or company._kam_today()
            assessor._assess(cards, day)
            self.env["kam.pay.engine"].sudo()._fill(cards, day)

    def _write_pay(self):
        """Write what is paid: by the scheme and the corrections, never below 0."""
        self.ensure_one()
        currency = self.company_id.currency_id
        corrected = sum(self.correction_ids.mapped("amount"))
        total = currency.round(self.pay_earned + corrected)
        self.write(
            {
                "pay_corrected": currency.round(corrected),
                "variable_pay": max(0.0, total),
                "pay_left": min(0.0, total),
            }
        )

    def _recompute_from_inputs(self):
        """Return (total, {code: (actual, points, weighted)}) from the kept inputs."""
        self.ensure_one()
        lines = self.line_ids
        scores = [scoring.get_score(line.detail) for line in lines]
        total, weighted, _missing = scoring.get_weighted(
            [
                (line.weight, points)
                for line, (_a, points) in zip(lines, scores, strict=True)
            ]
        )
        return total, {
            line.code: (*score, part)
            for line, score, part in zip(lines, scores, weighted, strict=True)
        }

    def _simulate(self, changes):
        """Return the total with other inputs, without writing anything.

        :param changes: dict code -> dict of inputs, as of :mod:`.scoring`
        """
        self.ensure_one()
        lines = [(line.weight, line.detail) for line in self.line_ids if line.detail]
        return scoring.simulate(lines, changes)

    def _get_lifts(self):
        """Return what would lift the total most, with the gain in points.

        :return: list of dicts of ``code``, ``name`` and ``gain``, largest first
        """
        self.ensure_one()
        if not self.is_scored:
            return []
        lifts, advice = [], self.env["kam.scorecard.advice"]
        for line in self.line_ids.filtered("detail"):
            for text, changes in advice._get_changes(line):
                gain = round(self._simulate({line.code: changes}) - self.total, 2)
                if gain > 0:
                    lifts.append({"code": line.code, "name": text, "gain": gain})
        return sorted(lifts, key=lambda lift: -lift["gain"])

    @api.model
    def get_quadrant(self, month=None):
        """Return where managers stand; see ``kam.scorecard.comparison``.

        :param month: first day of the month; default the last one with cards
        """
        month = self._take_day(month, self.env._("Month"))
        return self.env["kam.scorecard.comparison"]._get_quadrant(month)

    # Closing and approving

    def _may_close(self):
        user, card = self.env.user, self.sudo()
        if self.env.su:
            return True
        return user != card.user_id and user._leads_kam_team(card.team_id)

    def _may_approve(self):
        user = self.env.user
        is_own = user == self.sudo().user_id
        return self.env.su or (user._has_kam_roles("director") and not is_own)

    def action_close(self, reason=None):
        """Freeze cards of a month that is over; closed ones stay as they are.

        :param reason: why a thin card is closed all the same
        :raise AccessError: for others than head or director, and for one's own card
        :raise UserError: before the month is over, for weights that do not make 100,
            for a thin card without a reason
        """
        cards = self.filtered(lambda card: card.state == "draft")
        cards.check_access("read")
        cards._check_close()
        for (company, month), group in cards.grouped(
            lambda card: (card.company_id, card.date_from)
        ).items():
            self.env["kam.kpi"]._get_in_force(company, month)._check_weights()
            group._complete_snapshots()
        cards._compute_cards()
        cards._check_thin(reason)
        cards._decide("closed", "closed_by_id", "date_closed")
        return True

    def _decide(self, state, user_field, day_field):
        """Write who decided cards, on which day of their company; sudo: by a button."""
        for company, cards in self.sudo().grouped("company_id").items():
            decided = {user_field: self.env.uid, day_field: company._kam_today()}
            cards.write({"state": state, **decided})

    def _check_close(self):
        for card in self:
            if not card._may_close():
                raise AccessError(
                    self.env._(
                        "%s is closed by the head of the team or by the director, and "
                        "by nobody for himself. Ask one of them.",
                        card.display_name,
                    )
                )
            if card.company_id.sudo()._kam_today() <= card.date_to:
                raise UserError(
                    self.env._(
                        "%(card)s can be closed from the day after %(date)s: the month "
                        "is not over.",
                        card=card.display_name,
                        date=format_date(self.env, card.date_to),
                    )
                )

    def _complete_snapshots(self):
        """Take the missing daily snapshots of the month; sudo: a job's work."""
        company = self.company_id.sudo()
        last = min(self[:1].date_to, company._get_kam_yesterday())
        self.env["kam.credit.snapshot"].sudo()._fill(company, self[:1].date_from, last)

    def _check_thin(self, reason):
        thin = self.filtered("is_thin")
        reason = self._take_text(reason, self._get_field_label("thin_reason"))
        if thin and not reason:
            raise UserError(
                self.env._(
                    "%(card)s is thin: %(weight)s %% of the weight had nothing to be "
                    "measured against. Close it by itself and enter a reason.",
                    card=thin[:1].display_name,
                    weight=thin[:1].missing_weight,
                )
            )
        thin.sudo().thin_reason = reason

    def action_approve(self):
        """Approve closed cards; approved ones stay as they are.

        :raise AccessError: for others than the director, and for one's own card
        :raise UserError: for cards that are not closed
        """
        cards = self.filtered(lambda card: card.state != "approved")
        cards.check_access("read")
        for card in cards:
            if not card._may_approve():
                raise AccessError(
                    self.env._(
                        "Scorecards are approved by the director, and by nobody for "
                        "himself."
                    )
                )
            if card.state != "closed":
                raise UserError(
                    self.env._("%s must be closed first.", card.display_name)
                )
        cards._decide("approved", "approved_by_id", "date_approved")
        return True

    # Documents

    def _get_report_base_filename(self):
        return self.display_name

    def _get_workbook_name(self):
        if len(self) == 1:
            return self.display_name
        return self.env._("Scorecards")

    def _write_workbook(self, workbook):
        """Write the cards, with formulas from the counted sums to the totals."""
        lines = self.env["kam.scorecard.line"].fields_get(attributes=["string"])
        names = (
            *("user_id", "date_from", "kpi_id", "amount", "base_amount", "actual"),
            *("target", "cap", "points", "weight", "weighted"),
        )
        columns = [lines[name]["string"] for name in names]
        columns[1] = self.env._("Month")
        total = self.env._("Total")
        titles = {
            "summary": self.env._("Totals"),
            "criteria": self.env._("Criteria"),
            "columns": columns,
            "totals": [columns[0], columns[1], total],
            "total": total,
        }
        rows = [card._prepare_workbook_row() for card in self]
        write(workbook, rows, titles)
        self.env["kam.pay.statement"]._write_sheet(workbook, self)

    def _prepare_workbook_row(self):
        """Return what :func:`.scorecard_workbook.write` takes of a card."""
        self.ensure_one()
        return {
            "user": self.user_id.sudo().name,
            "month": format_date(self.env, self.date_from, date_format="LLLL y"),
            "total": self.total,
            "lines": [line._prepare_workbook_row() for line in self.line_ids],
        }

    # The cards of a month

    @api.model
    def _make_cards(self, company, month):
        """Return the cards of a month, made where they are missing; sudo: a job's work.

        Everybody who owned a client of the company in the month has one.

        :param company: root company
        :param month: first day of the month
        """
        end = month + relativedelta(months=1, days=-1)
        users = (
            self.env["kam.scorecard.engine"].sudo()._get_owners_of(company, month, end)
        )
        cards = self.sudo().search(
            [("company_id", "=", company.id), ("date_from", "=", month)]
        )
        heads = self.env["crm.team"].sudo().search([("user_id", "in", users.ids)])
        missing = (users - cards.user_id).sorted("id")
        teams = missing._get_kam_teams()
        return cards | self.sudo().create(
            [
                {
                    "user_id": user.id,
                    "team_id": teams[user].id,
                    "is_head": user in heads.user_id,
                    "company_id": company.id,
                    "date_from": month,
                    "date_to": end,
                }
                for user in missing
            ]
        )

    @api.model
    def _cron_compute(self):
        """Compute the open cards of this month and the last; safe to repeat.

        What another run computed since the start of the day is done.
        """
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        for company in companies:
            month = fields.Date.start_of(company._kam_today(), "month")
            for first in (month - relativedelta(months=1), month):
                self._make_cards(company, first)
        since = fields.Datetime.now() - timedelta(hours=12)
        domain = [
            ("state", "=", "draft"),
            "|",
            ("computed_on", "=", False),
            ("computed_on", "<", since),
        ]
        pending = self.search(domain, order="company_id, date_from, id")
        groups = pending.grouped(lambda card: (card.company_id, card.date_from))
        batches = [
            group[start : start + BATCH]
            for group in groups.values()
            for start in range(0, len(group), BATCH)
        ]
        self.env["kam.job"]._run(
            batches,
            type(self)._compute_cards,
            domain=domain,
            fail=lambda card, reason: card.write(
                {"error": reason, "computed_on": fields.Datetime.now()}
            ),
        )
