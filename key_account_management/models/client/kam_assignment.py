from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context


class KamAssignment(models.Model):
    """Who owned a key client on which day.

    One row per period; the open one has no ``date_to``. A manager who held a
    client for less than a day keeps a row whose ``date_to`` is the day before
    its ``date_from``, so that every day has exactly one owner.
    """

    _name = "kam.assignment"
    _description = "Key Client Assignment"
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
        if set(vals) != {"date_to"} or any(row.date_to for row in self):
            raise UserError(
                self.env._("The history of assignments is kept and cannot be changed.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        raise UserError(
            self.env._("The history of assignments is kept and cannot be changed.")
        )

    @api.model
    def _open_period(self, clients, reason=False):
        """Close the open period of each client and open one for its manager.

        The new period begins today (date of the user), but never before the last
        one, which a user further east may have begun. Runs as superuser, since
        nobody may write the history; the caller has checked the right to assign.

        :param clients: kam.client whose ``manager_id`` was just set
        :param reason: text kept with the new periods
        """
        today = fields.Date.context_today(self.with_context(tz=self.env.user.tz))
        rows = self.sudo().with_context(clean_context(self.env.context))
        opened = rows.search(
            [("client_id", "in", clients.ids), ("date_to", "=", False)]
        )
        begins = {row.client_id.id: max(today, row.date_from) for row in opened}
        for row in opened:
            row.date_to = begins[row.client_id.id] - timedelta(days=1)
        opened.flush_recordset()
        rows.create(
            [
                {
                    "client_id": client.id,
                    "manager_id": client.manager_id.id,
                    "date_from": begins.get(client.id, today),
                    "user_id": self.env.uid,
                    "reason": reason,
                }
                for client in clients
            ]
        )

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
    def _get_owners(self, client_dates):
        """Return the owner of each client on a date.

        :param client_dates: iterable of ``(client, date)``
        :return: dict ``(client, date) -> res.users``; the days before the first
            recorded period belong to the first manager of the client
        """
        pairs = set(client_dates)
        rows = self.sudo().search(
            [("client_id", "in", [client.id for client, _day in pairs])]
        )
        periods = rows.grouped("client_id")
        owners = {}
        for client, day in pairs:
            history = periods.get(client.sudo(), rows.browse())
            owner = history.filtered(
                lambda row, day=day: (
                    row.date_from <= day and (not row.date_to or row.date_to >= day)
                )
            )
            owners[client, day] = (owner[:1] or history[-1:]).manager_id
        return owners
