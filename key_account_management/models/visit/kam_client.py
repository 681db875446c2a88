from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .kam_visit_kind import VISITS
from .week import DAY

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MANAGERS = "key_account_management.group_kam_user"


class KamClient(models.Model):
    """When the client receives, when he was last met, whether that is often enough."""

    _inherit = "kam.client"

    visit_ids = fields.One2many(
        comodel_name="kam.visit",
        inverse_name="client_id",
        string="Visits",
        groups=MANAGERS,
    )
    visit_count = fields.Integer(compute="_compute_visit_count", groups=MANAGERS)
    last_contact_day = fields.Date(
        string="Last Contact", compute="_compute_contacts", groups=MANAGERS
    )
    next_contact_day = fields.Date(
        string="Next Contact",
        compute="_compute_contacts",
        groups=MANAGERS,
        help="The next planned visit or the date of the next step, whichever is first.",
    )
    is_interval_kept = fields.Boolean(
        string="Interval Kept",
        compute="_compute_is_interval_kept",
        search="_search_is_interval_kept",
        groups=MANAGERS,
        help="Visited and talked to as often as the tier asks for.",
    )
    visit_mon = fields.Boolean(string="Monday")
    visit_tue = fields.Boolean(string="Tuesday")
    visit_wed = fields.Boolean(string="Wednesday")
    visit_thu = fields.Boolean(string="Thursday")
    visit_fri = fields.Boolean(string="Friday")
    visit_sat = fields.Boolean(string="Saturday")
    visit_sun = fields.Boolean(string="Sunday")
    visit_hour_from = fields.Float(string="Receives from")
    visit_hour_to = fields.Float(string="Receives to", default=24.0)

    _visit_hours = models.Constraint(
        "CHECK (COALESCE(visit_hour_from, 0) >= 0"
        " AND COALESCE(visit_hour_to, 24) <= 24"
        " AND COALESCE(visit_hour_from, 0) < COALESCE(visit_hour_to, 24))",
        "The client receives between 0:00 and 24:00. “Receives from” must be before "
        "“Receives to”.",
    )

    def _compute_visit_count(self):
        counts = dict(
            self.env["kam.visit"]._read_group(
                [("client_id", "in", self.ids)], ["client_id"], ["__count"]
            )
        )
        for client in self:
            client.visit_count = counts.get(client._origin, 0)

    @api.depends_context("company")
    def _compute_contacts(self):
        company = self.env.company
        own = [("client_id", "in", self.ids), ("company_id", "=", company.id)]
        visits = self.env["kam.visit"]
        done = visits._read_group(
            [*own, ("decision", "=", "done")],
            ["client_id"],
            ["done_day:max", "next_date:max"],
        )
        planned = dict(
            visits._read_group(
                [*own, ("state", "=", "planned")], ["client_id"], ["planned_day:min"]
            )
        )
        last = {client: days for client, *days in done}
        today = company._kam_today()
        for client in self:
            day, step = last.get(client._origin, (False, False))
            coming = [
                planned.get(client._origin),
                step if step and step >= today else 0,
            ]
            client.last_contact_day = day
            client.next_contact_day = min(filter(None, coming), default=False)

    @api.depends("tier_id")
    @api.depends_context("company", "uid")
    def _compute_is_interval_kept(self):
        late = set()
        if self.ids:
            query = self._get_late_query(SQL("client.id IN %s", tuple(self.ids)))
            late.update(row[0] for row in self.env.execute_query(query))
        for client in self:
            client.is_interval_kept = client._origin.id not in late

    def _search_is_interval_kept(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("id", "in", SQL("(%s)", self._get_late_query(SQL("TRUE"))))
        found = {True: ~late, False: late}
        return Domain.OR(found[kept] for kept in set(map(bool, value)))

    def write(self, vals):
        """A new manager takes the planned visits along, unless the dialog says no."""
        owners = {}
        if "manager_id" in vals and not self.env.context.get("kam_keep_visits"):
            owners = {client: client.manager_id for client in self}
        result = super().write(vals)
        if owners:
            self._hand_over_visits(owners)
        return result

    @api.model
    def _hand_over_visits(self, owners):
        """Take planned visits along to the new managers of clients.

        What was missed stays with whoever missed it. Sudo: the new manager's plan is
        not that of the head who hands over.

        :param owners: dict client -> its manager until now
        """
        visits = (
            self.env["kam.visit"]
            .sudo()
            .search(
                [
                    ("client_id", "in", [client.id for client in owners]),
                    ("state", "=", "planned"),
                ]
            )
        )
        for client, planned in visits.grouped("client_id").items():
            old, new = owners[client], client.manager_id
            if new and new != old:
                planned.filtered(lambda v, old=old: v.user_id == old).user_id = new

    @api.model
    def _get_last_contact_query(self, client, company, day):
        """SQL of (visit, contact): the last days of both that were done up to a day.

        One index serves it: the visits of a client that are done, by day.

        :param client: SQL of the id of the client
        :param company: SQL of the id of the company
        :param day: SQL of the last day that counts
        """
        return SQL(
            """
            SELECT MAX(done_day) FILTER (WHERE kind_code IN %(visits)s) AS visit,
                   MAX(done_day) AS contact
              FROM kam_visit
             WHERE client_id = %(client)s AND company_id = %(company)s
               AND decision = 'done' AND done_day <= %(day)s
            """,
            visits=VISITS,
            client=client,
            company=company,
            day=day,
        )

    @api.model
    def _get_late_query(self, condition):
        """SQL of the ids of clients without contact for longer than an interval.

        Every visit of the current company counts, whoever made it; only a yes or no
        about clients that the user may read gets out.

        :param condition: SQL on ``client``
        """
        self.env["kam.visit"].flush_model()
        self.env["kam.tier"].flush_model()
        self.env["kam.client"].flush_model(["tier_id"])
        today = SQL("%s", self.env.company._kam_today())
        return SQL(
            """
            SELECT client.id FROM kam_client client
              JOIN kam_tier tier ON tier.id = client.tier_id
         LEFT JOIN LATERAL (%(last)s) last ON TRUE
             WHERE %(condition)s
               AND (tier.visit_interval_days > 0 AND COALESCE(
                       last.visit + tier.visit_interval_days < %(today)s, TRUE)
                    OR tier.call_interval_days > 0 AND COALESCE(
                       last.contact + tier.call_interval_days < %(today)s, TRUE))
            """,
            condition=condition,
            last=self._get_last_contact_query(
                SQL("client.id"), SQL("%s", self.env.company.id), today
            ),
            today=today,
        )

    def _get_visit_days(self):
        """Return the days of the week on which the client receives; empty: any."""
        return frozenset(
            number for number, day in enumerate(WEEKDAYS) if self[f"visit_{day}"]
        )

    def _get_visit_hours(self):
        """Return the minutes of the day from and to which the client receives."""
        start, end = self.visit_hour_from, self.visit_hour_to or 24.0
        return round(start * 60), round(end * 60) if end else DAY

    def action_open_visits(self):
        """Open the visits to this client."""
        return self._get_record_action(
            "key_account_management.kam_visit_action",
            [("client_id", "=", self.id)],
            default_client_id=self.id,
        )

    def action_plan_visit(self):
        """Open a new visit of this client."""
        self.ensure_one()
        self.check_access("read")
        return self._get_new_action("kam.visit", default_client_id=self.id)

    def action_report_visit(self):
        """Open the short report on a visit that nobody planned."""
        return self._open_dialog(
            "kam.visit.finish", self.name, default_client_id=self.id
        )
