from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

REMIND_DAYS = (14, 30)
EARLY_DAYS = 30
BATCH = 500  # lines per commit
ACTIVITY = "key_account_management.mail_activity_type_check"


class KamCreditLine(models.Model):
    """The checks behind a credit line, and when the next one is asked for.

    A check is asked for 30 and 14 days before the line ends, and early where the
    client begins to pay later.
    """

    _inherit = "kam.credit.line"

    check_count = fields.Integer(
        compute="_compute_check_count",
        groups="key_account_management.group_kam_user,"
        "key_account_management.group_kam_credit",
    )

    reminded_days = fields.Integer(
        string="Reminded before (days)",
        readonly=True,
        copy=False,
        help="The last reminder before this end of the line: 30 or 14 days.",
    )
    date_early_check = fields.Date(
        string="Early Check Asked on", readonly=True, copy=False
    )

    def _compute_check_count(self):
        counts = {
            (client, company): count
            for client, company, count in self.env["kam.credit.check"]._read_group(
                [
                    ("client_id", "in", self.client_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ],
                ["client_id", "company_id"],
                ["__count"],
            )
        }
        for line in self:
            line.check_count = counts.get((line.client_id, line.company_id), 0)

    def write(self, vals):
        result = super().write(vals)
        if "valid_until" in vals:
            self.sudo().reminded_days = 0  # nobody enters it, whoever moves the end
        return result

    def action_open_checks(self):
        """Open the checks of this client in this company."""
        self.ensure_one()
        return self.client_id._get_record_action(
            "key_account_management.kam_credit_check_action",
            [
                ("client_id", "=", self.client_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            default_client_id=self.client_id.id,
            default_company_id=self.company_id.id,
            default_requested_limit=self.limit,
        )

    def action_renew(self):
        """Open a renewal of these lines, to be submitted and approved as one."""
        renewal = self.env["kam.credit.renewal"]._make(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.credit.renewal",
            "res_id": renewal.id,
            "view_mode": "form",
        }

    @api.model
    def _apply_check(self, check):
        """Bring the line of an approved check to it: made, or back from the archive.

        sudo: a head approves limits without the right to write lines.
        """
        vals = {
            "limit": check.approved_limit,
            "term_days": check.approved_term_days,
            "risk_class": check.risk_class,
            "valid_until": check.valid_until,
            "active": True,
        }
        reader = self.env["kam.credit.approval"]._get_reader(check)
        words = reader._get_kam_words(check.company_id)
        reason = words._(
            "Creditworthiness check, score %(score)s, class %(class)s",
            **{"score": check.score, "class": (check.risk_class or "").upper()},
        )
        key = {"client_id": check.client_id.id, "company_id": check.company_id.id}
        lines = self.sudo().with_context(active_test=False)
        line = lines.search([(name, "=", value) for name, value in key.items()])
        if line:
            line.action_set(vals, reason)
        else:
            lines.with_context(kam_reason=reason).create({**key, **vals})

    @api.model
    def _cron_remind(self):
        """Remind of lines that expire within 30 and 14 days, once each.

        After an outage the closer reminder alone is given.
        """
        roots = self.env["res.company"].search([("parent_id", "=", False)])
        due = {}
        for days in REMIND_DAYS:
            domain = Domain.OR(
                Domain("company_id", "in", companies.ids)
                & self._get_reminder_domain(today, days)
                for today, companies in roots._group_kam_days().items()
            )
            lines = self.search(domain)
            due.update({line: days for line in lines if line not in due})
        self.env["kam.job"]._run(due, lambda line: line._remind(due[line]), domain=[])

    def _remind(self, days):
        """Ask for a check of a line that ends soon, in the words of who does it."""
        self.reminded_days = days
        left = (self.valid_until - self.company_id._kam_today()).days
        self._ask_for_check(
            self.valid_until,
            lambda words: words._("The credit line ends in %(days)s days", days=left),
        )

    @api.model
    def _get_reminder_domain(self, today, days):
        """Lines that end within so many days, not reminded so late before."""
        return (
            Domain("valid_until", ">=", today)
            & Domain("valid_until", "<=", today + timedelta(days=days))
            & (
                Domain("reminded_days", "in", (0, False))
                | Domain("reminded_days", ">", days)
            )
        )

    @api.model
    def _cron_check_early(self):
        """Ask for a new check where payment behaviour drops, at most every 30 days."""
        companies = self.env["res.company"].search(
            [("parent_id", "=", False), ("kam_check_drop_points", ">", 0)]
        )
        rested = {
            company: Domain("date_early_check", "=", False)
            | Domain(
                "date_early_check",
                "<=",
                company._kam_today() - timedelta(days=EARLY_DAYS),
            )
            for company in companies
        }
        lines = [
            self.search(Domain("company_id", "=", company.id) & domain)
            for company, domain in rested.items()
        ]
        self.env["kam.job"]._run(
            [
                some[at : at + BATCH]
                for some in lines
                for at in range(0, len(some), BATCH)
            ],
            type(self)._check_early,
            domain=[],
        )

    def _check_early(self):
        """Compare the last 3 months with the 12 before, for lines of a company."""
        company = self.company_id
        today = company._kam_today()
        clients = self.client_id.with_company(company)
        recent_from = fields.Date.subtract(today, months=3)
        recent = clients._get_payment_behaviours(recent_from, today)
        before = clients._get_payment_behaviours(
            fields.Date.subtract(recent_from, months=12),
            recent_from - timedelta(days=1),
        )
        for line in self:
            now = recent[line.client_id]["on_time_percent"]
            then = before[line.client_id]["on_time_percent"]
            if None in (now, then) or then - now < company.kam_check_drop_points:
                continue
            line.date_early_check = today
            line._ask_for_check(
                today,
                lambda words, now=now, then=then: words._(
                    "Paid on time: %(now).0f %% in 3 months, %(then).0f %% before",
                    now=now,
                    then=then,
                ),
            )

    def _ask_for_check(self, deadline, say):
        """Plan a new check with whoever submitted the last one, else the manager.

        :param say: function of an environment that returns the summary in its language
        """
        last = (
            self.env["kam.credit.check"]
            .sudo()
            .search(
                [
                    ("client_id", "=", self.client_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("state", "=", "approved"),
                ],
                limit=1,
            )
        )
        user = self.client_id._get_responsible_user(
            self.company_id, last.submit_user_id
        )
        if user:
            self.activity_schedule(
                ACTIVITY,
                date_deadline=deadline,
                user_id=user.id,
                summary=say(user._get_kam_words(self.company_id)),
            )
