from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date
from odoo.tools.misc import clean_context


class KamAssignment(models.Model):
    """Who owned a key client on which day.

    One row per period; the open one has no ``date_to``. A manager who held a
    client for less than a day keeps a row whose ``date_to`` is the day before
    its ``date_from``, so that every day has exactly one owner.
    """

    _name = "kam.assignment"
    _description = "Key Client Assignment"
    _inherit = ["kam.guard.mixin"]
    _order = "client_id, date_from desc, id desc"
    _rec_name = "client_id"

    client_id = fields.Many2one(
        comodel_name="kam.client",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    manager_id = fields.Many2one(
        comodel_name="res.users",
        string="Key Account Manager",
        index=True,
        ondelete="restrict",
        readonly=True,
        help="Empty: the client had no manager in this period.",
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(
        string="To", readonly=True, help="Last day; empty: until today."
    )
    is_begun = fields.Boolean(
        default=True,
        readonly=True,
        help="Not set: the hand-over is planned, and can be taken back.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Changed by",
        default=lambda self: self.env.user,
        readonly=True,
    )
    reason = fields.Char(readonly=True)

    _open_uniq = models.UniqueIndex(
        "(client_id) WHERE date_to IS NULL",
        "A key client has one manager at a time.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from - 1)",
        "An assignment cannot end before it begins.",
    )

    def write(self, vals):
        if set(vals) == {"date_to"}:
            end = fields.Date.to_date(vals["date_to"])
            is_kept = any(not row._may_end(end) for row in self)
        else:
            is_kept = set(vals) != {"is_begun"} or any(row.is_begun for row in self)
        if is_kept:
            raise self._get_kept_error()
        return super().write(vals)

    def _may_end(self, end):
        """Tell whether the period may be closed (or opened again) with this end."""
        if self.date_to:
            return not end and self.date_to >= self._get_today()
        return bool(end) and end >= self.date_from - timedelta(days=1)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        if any(row.is_begun for row in self):
            raise self._get_kept_error()

    def _get_kept_error(self):
        return UserError(
            self.env._("The history of assignments is kept and cannot be changed.")
        )

    @api.model
    def _get_today(self):
        """Return today of the user; not from the context, which he could choose."""
        return fields.Date.context_today(self.with_context(tz=self.env.user.tz))

    @api.model
    def _open_period(self, clients, manager, date=None, reason=False):
        """Give the clients to a manager from a date on, without gap or overlap.

        Hand-overs planned for later are replaced. Runs as superuser, since nobody
        may write the history; the caller has checked the right to assign.

        :param clients: kam.client
        :param manager: res.users or empty
        :param date: first day of the manager; default today (date of the user), but
            not before the last period, which a user further east may have begun
        :param reason: text kept with the new periods
        :raise UserError: if a client changed hands after the date already
        """
        # Defaults of the context are dropped, so the context is replaced.
        context = clean_context(self.env.context)
        rows = self.sudo().with_context(context)  # pylint: disable=context-overridden
        rows._drop_planned(clients)
        today = self._get_today()
        begins = {}
        for row in rows._get_open(clients):
            if row.manager_id == manager:
                begins[row.client_id.id] = None
                continue
            row._check_begin(date)
            begins[row.client_id.id] = begin = date or max(today, row.date_from)
            row.date_to = begin - timedelta(days=1)
        rows.flush_model()
        rows.create(
            [
                {
                    "client_id": client.id,
                    "manager_id": manager.id,
                    "date_from": begin,
                    "is_begun": not date or date <= today,
                    "user_id": self.env.uid,
                    "reason": reason,
                }
                for client in clients
                if (begin := begins.get(client.id, date or today))
            ]
        )

    def _get_open(self, clients):
        return self.search([("client_id", "in", clients.ids), ("date_to", "=", False)])

    def _check_begin(self, date):
        """Refuse a hand-over from a day before this open period.

        :raise UserError: naming the first day that is possible
        """
        if date and date < self.date_from:
            raise UserError(
                self.env._(
                    "%(client)s belongs to %(manager)s since %(date)s. Choose this "
                    "day or a later one.",
                    client=self.client_id.name,
                    manager=self.manager_id.name or self.env._("nobody"),
                    date=format_date(self.env, self.date_from),
                )
            )

    def _drop_planned(self, clients):
        """Take back hand-overs that have not begun; their forerunners go on."""
        planned = self.search(
            [("client_id", "in", clients.ids), ("is_begun", "=", False)]
        )
        begins = {row.client_id: row.date_from for row in planned}
        planned.unlink()
        for client, begin in begins.items():
            forerunner = client.assignment_ids.filtered(
                lambda row, begin=begin: row.date_to == begin - timedelta(days=1)
            )
            forerunner[:1].date_to = False

    @api.model
    def _cron_begin(self):
        """Give clients to the manager whose period has begun; safe to repeat."""
        planned = [("is_begun", "=", False)]
        rows = self.search(planned).filtered(
            lambda row: row.date_from <= row.client_id.company_id._kam_today()
        )
        self.env["kam.job"]._run(rows, type(self)._begin, domain=planned)

    def _begin(self):
        self.ensure_one()
        self.is_begun = True
        self.client_id.manager_id = self.manager_id

    @api.model
    def _get_managers_since(self, clients, day):
        """Return everybody who owned one of the clients on the day or later.

        Whoever held a client for less than a day counts as well.

        :return: res.users
        """
        periods = self.sudo().search(
            [
                ("client_id", "in", clients.ids),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day - timedelta(days=1)),
            ]
        )
        return periods.manager_id

    @api.model
    def _get_periods(self, clients, user):
        """Return (client, end) of when the user owned these clients.

        :return: list; the end is a Datetime, two days after the last one because
            `_get_managers_since` counts the day after as well
        """
        periods = self.sudo().search_fetch(
            [("client_id", "in", clients.ids), ("manager_id", "=", user.id)]
        )
        midnight = datetime.min.time()
        return [
            (
                period.client_id,
                datetime.combine(period.date_to + timedelta(days=2), midnight)
                if period.date_to
                else datetime.max,
            )
            for period in periods
        ]

    @api.model
    def _get_owners(self, client_dates):
        """Return the owner of each client on a date.

        :param client_dates: iterable of ``(client, date)``
        :return: dict ``(client, date) -> res.users``; the days before the first
            recorded period belong to the first manager of the client
        """
        pairs = set(client_dates)
        if not pairs:
            return {}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT key.client_id, key.day, (%s)"
                "  FROM (VALUES %s) key (client_id, day)",
                self._get_owner_query(SQL("key.client_id"), SQL("key.day")),
                SQL(", ").join(SQL("(%s, %s::date)", c.id, day) for c, day in pairs),
            )
        )
        found = {(client_id, day): manager_id for client_id, day, manager_id in rows}
        users = self.env["res.users"].sudo()
        return {
            (client, day): users.browse(found[client.id, day] or [])
            for client, day in pairs
        }

    @api.model
    def _get_owner_query(self, client_id, day):
        """SQL of the owner of a client on a day, as in :meth:`_get_owners`.

        :param client_id: SQL of the id of the client
        :param day: SQL of the date
        """
        return SQL(
            """
            SELECT period.manager_id FROM kam_assignment period
             WHERE period.client_id = %(client)s
             ORDER BY period.date_from <= %(day)s
                  AND COALESCE(period.date_to >= %(day)s, TRUE) DESC,
                  period.date_from, period.id
             LIMIT 1
            """,
            client=client_id,
            day=day,
        )
