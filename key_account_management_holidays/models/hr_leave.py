from datetime import timedelta

from odoo import models
from odoo.fields import Domain


class HrLeave(models.Model):
    """Approved time off of a manager proposes who stands in for him."""

    _inherit = "hr.leave"

    def _validate_leave_request(self):
        result = super()._validate_leave_request()
        for leave in self:
            leave._propose_kam_substitution()
        return result

    def _remove_resource_leave(self):
        """Time off that is refused or taken back needs no substitute any more."""
        drafts = self.env["kam.substitution"].sudo()
        drafts.search(
            [("leave_id", "in", self.ids), ("decision", "=", "draft")]
        ).decision = "cancelled"
        return super()._remove_resource_leave()

    def _propose_kam_substitution(self):
        """Draft a substitution and give the head of the team an activity.

        Nothing is proposed for a user without key clients, for days that are over, or
        where a substitution of these days is there already. sudo: whoever approves
        time off need not see key clients; only the draft and its activity are made,
        for the head.

        :return: kam.substitution, empty if none was made
        """
        self.ensure_one()
        leave = self.sudo()
        substitutions = leave.env["kam.substitution"]
        manager = leave.employee_id.user_id
        team = manager.sale_team_id
        first, last = leave.request_date_from, leave.request_date_to
        if (
            not team.user_id
            or last < leave.company_id._kam_today()
            or not leave.env["kam.client"].search_count(
                [("manager_id", "=", manager.id)], limit=1
            )
            or substitutions.search_count(
                [("absent_user_id", "=", manager.id), *self._get_common(first, last)],
                limit=1,
            )
        ):
            return substitutions
        substitute = leave._choose_kam_substitute(manager)
        if not substitute:
            return substitutions
        proposal = substitutions.create(
            {
                "absent_user_id": manager.id,
                "substitute_user_id": substitute.id,
                "date_from": first,
                "date_to": last,
                "reason": "leave",
                "leave_id": leave.id,
            }
        )
        words = team.user_id._get_kam_words(leave.company_id)
        proposal.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=max(leave.company_id._kam_today(), first - timedelta(days=1)),
            user_id=team.user_id.id,
            summary=words._("Confirm who stands in for %s", manager.name),
            note=words._(
                "Fewest visits in these days, and knows most of the clients: %s",
                substitute.name,
            ),
        )
        return proposal

    def _get_common(self, first, last):
        """Domain of substitutions with a day in common that are not cancelled."""
        return [
            ("decision", "!=", "cancelled"),
            ("date_from", "<=", last),
            ("date_to", ">=", first),
        ]

    def _choose_kam_substitute(self, manager):
        """Return the colleague with the fewest visits who knows most of the clients.

        Members of the same team who are there in these days: without time off, and
        not absent by a substitution. A client is known by a visit done or by having
        been its manager.

        :param manager: res.users who is absent
        :return: res.users, empty if nobody is left
        """
        first, last = self.request_date_from, self.request_date_to
        colleagues = manager.sale_team_id.member_ids.filtered(
            lambda user: (
                user.active
                and user != manager
                and user.has_group("key_account_management.group_kam_user")
            )
        )
        colleagues -= self._get_absent(colleagues, first, last)
        clients = self.env["kam.client"].search([("manager_id", "=", manager.id)])
        visits = self.env["kam.visit"]
        busy = dict(
            visits._read_group(
                [
                    ("user_id", "in", colleagues.ids),
                    ("state", "=", "planned"),
                    ("date_planned", ">=", first),
                    ("date_planned", "<", last + timedelta(days=1)),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        known = self._get_known_clients(colleagues, clients)
        return colleagues.sorted(
            lambda user: (busy.get(user, 0), -len(known.get(user, ())), user.id)
        )[:1]

    def _get_absent(self, users, first, last):
        """Return those of the users who have time off or are substituted."""
        leaves = self.search(
            Domain("employee_id.user_id", "in", users.ids)
            & Domain("state", "=", "validate")
            & Domain("request_date_from", "<=", last)
            & Domain("request_date_to", ">=", first)
        )
        substitutions = self.env["kam.substitution"].search(
            [
                ("absent_user_id", "in", users.ids),
                ("decision", "=", "confirmed"),
                *self._get_common(first, last),
            ]
        )
        return leaves.employee_id.user_id | substitutions.absent_user_id

    def _get_known_clients(self, users, clients):
        """Return per user the set of clients he visited or looked after."""
        known = {}
        common = [("client_id", "in", clients.ids)]
        groups = [
            *self.env["kam.visit"]._read_group(
                [*common, ("user_id", "in", users.ids), ("state", "=", "done")],
                ["user_id", "client_id"],
            ),
            *self.env["kam.assignment"]._read_group(
                [*common, ("manager_id", "in", users.ids)], ["manager_id", "client_id"]
            ),
        ]
        for user, client in groups:
            known.setdefault(user, set()).add(client.id)
        return known
