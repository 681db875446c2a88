from datetime import timedelta

from odoo import api, models


class KamSubstitutionProposer(models.AbstractModel):
    """Drafts who stands in for a manager whose time off was approved.

    Everything as superuser: whoever approves time off need not see key clients. No
    more gets out than the draft and an activity, for the head of the team.
    """

    _name = "kam.substitution.proposer"
    _description = "Proposals of Substitutions"

    @api.model
    def _propose(self, leave):
        """Draft a substitution for time off, and ask the head of the team.

        Nothing is proposed for a user without key clients or without a head, for days
        that are over, where a substitution of these days is there already, or where
        nobody of the team is left.

        :param leave: hr.leave
        :return: kam.substitution, empty if none was made
        """
        leave = leave.sudo()
        substitutions = leave.env["kam.substitution"]
        manager = leave.employee_id.user_id
        substitute = self._is_needed(leave) and self._choose(leave)
        if not substitute:
            return substitutions
        proposal = substitutions.create(
            {
                "absent_user_id": manager.id,
                "substitute_user_id": substitute.id,
                "date_from": leave.request_date_from,
                "date_to": leave.request_date_to,
                "reason": "leave",
                "leave_id": leave.id,
            }
        )
        self._ask_head(proposal, leave)
        return proposal

    @api.model
    def _withdraw(self, leaves):
        """Cancel what was drafted for time off; what was confirmed is the head's."""
        drafts = self.env["kam.substitution"].sudo()
        drafts.search(
            [("leave_id", "in", leaves.ids), ("decision", "=", "draft")]
        ).decision = "cancelled"

    def _is_needed(self, leave):
        """Tell whether somebody has to stand in, and nobody was named yet."""
        manager = leave.employee_id.user_id
        return bool(
            manager.sale_team_id.user_id
            and leave.request_date_to >= leave.company_id._kam_today()
            and leave.env["kam.client"].search_count(
                [("manager_id", "=", manager.id)], limit=1
            )
            and not leave.env["kam.substitution"].search_count(
                [("absent_user_id", "=", manager.id), *self._get_common_domain(leave)],
                limit=1,
            )
        )

    def _get_common_domain(self, leave):
        """Domain of substitutions with a day of the absence, not cancelled."""
        return [
            ("decision", "!=", "cancelled"),
            ("date_from", "<=", leave.request_date_to),
            ("date_to", ">=", leave.request_date_from),
        ]

    def _ask_head(self, proposal, leave):
        """Plan an activity for the head, in his language, by the day before."""
        head = proposal.absent_user_id.sale_team_id.user_id
        words = head._get_kam_words(leave.company_id)
        proposal.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=max(
                leave.company_id._kam_today(), proposal.date_from - timedelta(days=1)
            ),
            user_id=head.id,
            summary=words._(
                "Confirm who stands in for %s", proposal.absent_user_id.name
            ),
            note=words._(
                "Fewest visits in these days, and knows most of the clients: %s",
                proposal.substitute_user_id.name,
            ),
        )

    # Who it is

    def _choose(self, leave):
        """Return the colleague with the fewest visits who knows most of the clients.

        Of the members of the team who are there in these days. A client is known by a
        visit done or by having been its manager.

        :return: res.users, empty if nobody is left
        """
        manager = leave.employee_id.user_id
        colleagues = manager.sale_team_id.member_ids.filtered(
            lambda user: (
                user.active
                and user != manager
                and user.has_group("key_account_management.group_kam_user")
            )
        )
        colleagues -= self._get_absent(leave, colleagues)
        visits = self._count_visits(leave, colleagues)
        known = self._count_known(leave, colleagues)
        return colleagues.sorted(
            lambda user: (visits.get(user, 0), -known.get(user, 0), user.id)
        )[:1]

    def _get_absent(self, leave, users):
        """Return those of the users who have time off themselves or are substituted."""
        leaves = leave.search(
            [
                ("employee_id.user_id", "in", users.ids),
                ("state", "=", "validate"),
                ("request_date_from", "<=", leave.request_date_to),
                ("request_date_to", ">=", leave.request_date_from),
            ]
        )
        substitutions = leave.env["kam.substitution"].search(
            [
                ("absent_user_id", "in", users.ids),
                ("decision", "=", "confirmed"),
                *self._get_common_domain(leave),
            ]
        )
        return leaves.employee_id.user_id | substitutions.absent_user_id

    def _count_visits(self, leave, users):
        """Return dict user -> visits planned in these days."""
        groups = leave.env["kam.visit"]._read_group(
            [
                ("user_id", "in", users.ids),
                ("state", "=", "planned"),
                ("date_planned", ">=", leave.request_date_from),
                ("date_planned", "<", leave.request_date_to + timedelta(days=1)),
            ],
            ["user_id"],
            ["__count"],
        )
        return dict(groups)

    def _count_known(self, leave, users):
        """Return dict user -> how many of the absent manager's clients he knows."""
        clients = leave.env["kam.client"].search(
            [("manager_id", "=", leave.employee_id.user_id.id)]
        )
        common = [("client_id", "in", clients.ids)]
        pairs = {
            *leave.env["kam.visit"]._read_group(
                [*common, ("user_id", "in", users.ids), ("state", "=", "done")],
                ["user_id", "client_id"],
            ),
            *leave.env["kam.assignment"]._read_group(
                [*common, ("manager_id", "in", users.ids)], ["manager_id", "client_id"]
            ),
        }
        known = {}
        for user, _client in pairs:
            known[user] = known.get(user, 0) + 1
        return known
