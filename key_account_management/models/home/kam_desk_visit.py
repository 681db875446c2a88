from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from .kam_desk_tile import ROWS


class KamDeskVisit(models.AbstractModel):
    """Whom to see this week."""

    _name = "kam.desk.visit"
    _description = "My Desk: Visits"
    _inherit = ["kam.desk.tile"]

    def _tile_visits(self, morning):
        """Return the visits and calls of this week: the user's, or those he leads."""
        monday = morning.today - timedelta(days=morning.today.weekday())
        week = Domain(
            [
                ("company_id", "=", morning.company.id),
                ("planned_day", ">=", monday),
                ("planned_day", "<=", monday + timedelta(days=6)),
                ("decision", "!=", "cancelled"),
            ]
        )
        if "manager" in morning.roles:
            week &= Domain("user_id", "=", self.env.uid)
        visits = self.env["kam.visit"].search_fetch(week, order="date_planned, id")
        ahead = visits.filtered(lambda visit: visit.state == "planned")
        return self._tile(
            self.env._("Visits This Week"),
            [
                self._visit_figure(label, state, week, visits, tone)
                for state, label, tone in (
                    ("planned", self.env._("Ahead"), ""),
                    ("done", self.env._("Done"), "success"),
                    ("missed", self.env._("Missed"), "danger"),
                )
            ],
            [self._visit_row(visit) for visit in ahead[:ROWS]],
            empty=self.env._(
                "No visit this week. Open Weekly Plans and let the week be proposed."
            ),
            more=self._open(
                "kam_visit_action", "kam.visit", week, self.env._("Visits This Week")
            ),
        )

    def _visit_figure(self, label, state, week, visits, tone):
        found = visits.filtered(lambda visit: visit.state == state)
        domain = week & Domain("state", "=", state)
        opens = self._open("kam_visit_action", "kam.visit", domain, label)
        return self._figure(label, len(found), opens, tone=tone)

    def _visit_row(self, visit):
        day = format_date(self.env, visit.planned_day, date_format="EEE d MMM")
        kinds = dict(visit._fields["kind_code"]._description_selection(self.env))
        return self._row(
            visit,
            visit.client_id.name or visit.lead_id.name,
            f"{day} · {kinds.get(visit.kind_code, '')}",
        )
