from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from .kam_desk_tile import ROWS


class KamDeskCheck(models.AbstractModel):
    """Creditworthiness checks, and everything that waits for an approval."""

    _name = "kam.desk.check"
    _description = "My Desk: Checks and Approvals"
    _inherit = ["kam.desk.tile"]

    def _get_open_checks(self, morning):
        """Return the checks that somebody has to decide on, the oldest first."""
        return self.env["kam.credit.check"].search_fetch(
            self._checks_domain(morning), order="date_submitted, id"
        )

    def _checks_domain(self, morning):
        return [
            ("state", "in", ("submitted", "review")),
            ("company_id", "=", morning.company.id),
        ]

    def _open_checks(self, domain, title):
        return self._open("kam_credit_check_action", "kam.credit.check", domain, title)

    def _tile_checks(self, morning):
        """Return the checks that wait, the oldest first."""
        checks = self._get_open_checks(morning)
        domain = Domain(self._checks_domain(morning))
        title = self.env._("Checks Waiting")
        return self._tile(
            title,
            [
                self._figure(
                    label,
                    len(checks.filtered(lambda check, s=state: check.state == s)),
                    self._open_checks(domain & Domain("state", "=", state), label),
                )
                for state, label in (
                    ("submitted", self.env._("Submitted")),
                    ("review", self.env._("In review")),
                )
            ],
            [
                self._row(
                    check,
                    check.client_id.name,
                    self.env._("since %s", format_date(self.env, check.date_submitted)),
                    [self._row_figure(check, "requested_limit", self.env._("asked"))],
                )
                for check in checks[:ROWS]
            ],
            empty=self.env._("No check is waiting."),
            more=self._open_checks(domain, title),
        )

    def _tile_approvals(self, morning):
        """Return what waits for an approval by the user himself."""
        credit = self.env["kam.desk.credit"]
        checks = self._get_open_checks(morning)
        clients = morning.clients.sudo() | checks.sudo().client_id
        answering = self.env["kam.credit.answering"]
        clients |= answering._get_clients(credit._get_waiting(morning))
        until = clients._get_involved_until(self.env.user)
        releasable = credit._get_releasable(morning, until)
        label = self.env._("Orders to release")
        figures = [
            self._figure(
                label,
                len(releasable),
                credit._open_holds([("id", "in", releasable.ids)], label),
                tone="warning",
            ),
            self._approvable(
                self.env["kam.credit.approval"]._filter(
                    checks, until, morning.authority
                )
            ),
            *self._other_approvals(morning),
        ]
        return self._tile(
            self.env._("Waiting for You"),
            figures,
            [
                credit._hold_row(decision, format_date(self.env, decision.date))
                for decision in releasable[:ROWS]
            ],
            empty=self.env._("Nothing waits for your approval."),
        )

    def _approvable(self, checks):
        label = self.env._("Checks to decide")
        opens = self._open_checks([("id", "in", checks.ids)], label)
        return self._figure(label, len(checks), opens, tone="warning")

    def _other_approvals(self, morning):
        """Yield what else waits, where the user decides on it."""
        user = self.env.user
        others = Domain("user_id", "!=", user.id)
        own = Domain("company_id", "=", morning.company.id)
        is_above = not {"admin", "director"}.isdisjoint(morning.roles)
        team = Domain.TRUE if is_above else Domain("user_id", "!=", False)
        led = Domain.TRUE
        if not is_above:
            led = Domain("user_id.sale_team_id.user_id", "=", user.id)
        waiting = [
            (
                self.env._("Renewals"),
                "kam_credit_renewal_action",
                "kam.credit.renewal",
                own & others & Domain("state", "=", "submitted"),
            ),
            (
                self.env._("Substitutions"),
                "kam_substitution_action",
                "kam.substitution",
                Domain("decision", "=", "draft"),
            ),
            (
                self.env._("Weekly plans"),
                "kam_visit_plan_action",
                "kam.visit.plan",
                own & others & led & Domain("state", "=", "submitted"),
            ),
            (
                self.env._("Sales plans"),
                "kam_sales_plan_action",
                "kam.sales.plan",
                own & others & team & Domain("state", "=", "submitted"),
            ),
            (
                self.env._("Remarks"),
                "kam_remark_action",
                "kam.remark",
                own
                & others
                & Domain("author_id", "!=", user.id)
                & (Domain("state", "=", "new") | Domain("appeal_state", "=", "open")),
            ),
        ]
        if is_above:
            waiting.append(
                (
                    self.env._("Scorecards"),
                    "kam_scorecard_action",
                    "kam.scorecard",
                    own & others & Domain("state", "=", "closed"),
                )
            )
        waiting = [row for row in waiting if self.env[row[2]].has_access("read")]
        counts = self._count_all([row[2:] for row in waiting])
        for (label, action, model, domain), count in zip(waiting, counts, strict=True):
            opens = self._open(action, model, domain, label)
            yield self._figure(label, count, opens, tone="warning")
