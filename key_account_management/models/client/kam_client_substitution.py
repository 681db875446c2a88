from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class KamClient(models.Model):
    """Who has the rights of a manager on a client at this moment.

    Record rules ask for ``acting_user_ids`` and hold nothing that changes with time:
    Odoo keeps an evaluated rule without a date. Searching and reading take different
    ways through the ORM, so both rest on the one query below, which takes the time
    from the server and nothing from the context.
    """

    _inherit = "kam.client"

    acting_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Acting Managers",
        compute="_compute_acting_user_ids",
        compute_sudo=True,
        search="_search_acting_user_ids",
        help="The key account manager and whoever stands in for him today.",
    )
    substitute_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Substitutes",
        compute="_compute_acting_user_ids",
        compute_sudo=True,
        help="Who stands in for the key account manager today.",
    )

    @api.depends("manager_id")
    @api.depends_context("uid")
    def _compute_acting_user_ids(self):
        found = {}
        if self.ids:
            self.env["kam.client"].flush_model(["manager_id"])
            for client_id, user_id in self.env.execute_query(
                self._get_substitute_query(SQL("client.id IN %s", tuple(self.ids)))
            ):
                found.setdefault(client_id, []).append(user_id)
        users = self.env["res.users"]
        for client in self:
            client.substitute_user_ids = users.browse(found.get(client._origin.id, ()))
            client.acting_user_ids = client.manager_id | client.substitute_user_ids

    def _search_acting_user_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        ids = tuple(user_id for user_id in value if user_id)
        if not ids:
            return Domain.FALSE
        self.env["kam.client"].flush_model(["manager_id"])
        substituted = SQL(
            "(SELECT client_id FROM (%s) acting)",
            self._get_substitute_query(
                SQL("substitution.substitute_user_id IN %s", ids)
            ),
        )
        return Domain("manager_id", "in", ids) | Domain("id", "in", substituted)

    @api.model
    def _get_substitute_query(self, condition):
        """SQL of (client_id, user_id) of those who stand in at this moment.

        A client that the absent manager no longer has is not among them.

        :param condition: SQL on ``client`` and ``substitution``
        """
        return SQL(
            """
            SELECT client.id AS client_id, substitution.substitute_user_id AS user_id
              FROM kam_substitution substitution
              JOIN kam_client client ON client.manager_id = substitution.absent_user_id
             WHERE %(active)s AND %(condition)s
               AND (substitution.scope = 'all' OR EXISTS (
                    SELECT FROM kam_client_kam_substitution_rel selected
                     WHERE selected.kam_substitution_id = substitution.id
                       AND selected.kam_client_id = client.id))
            """,
            active=self.env["kam.substitution"]._get_active_condition(),
            condition=condition,
        )

    def _get_acting_managers(self):
        """Return the managers of these clients and who stands in for them now."""
        return self.sudo().acting_user_ids.sudo(False)

    def _get_involved_until(self, user):
        """Return until when the user looked after each of these clients.

        As manager or substitute, in a fixed number of queries. It agrees with
        ``kam.assignment._get_managers_since`` and
        ``kam.substitution._get_substitutes_since``: whoever is involved since a moment
        has a later one here.

        :return: dict client -> Datetime (UTC), later than now where he still does;
            without the clients that were never his
        """
        clients = self.sudo()
        if not clients:
            return {}
        found = dict.fromkeys(
            clients.filtered(lambda client: client.manager_id == user), datetime.max
        )
        periods = self.env["kam.assignment"]._get_periods(clients, user)
        stays = self.env["kam.substitution"]._get_stays(clients, user)
        for client, moment in (*periods, *stays):
            found[client] = max(found.get(client, datetime.min), moment)
        return {client.sudo(False): moment for client, moment in found.items()}

    def _get_absent_manager(self):
        """Return the manager for whom the user stands in on this client, or nobody.

        :return: res.users; empty for an empty client and for its own manager
        """
        user, client = self.env.user, self.sudo()
        if user != client.manager_id and user in client.substitute_user_ids:
            return client.manager_id.sudo(False)
        return self.env["res.users"]
