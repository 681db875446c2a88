from datetime import datetime, time, timedelta

from odoo import api, fields, models


class KamVisitCover(models.AbstractModel):
    """Who meets the clients of an absent manager in a week: his substitute.

    A contact that is due on a day of a substitution belongs to the week of the
    substitute and is placed on those days; every other one to the manager's week. So
    no client is proposed twice. Works as superuser, like the planner.
    """

    _name = "kam.visit.cover"
    _description = "Weeks of Substitutes"

    @api.model
    def _get_stays(self, users, week):
        """Return the confirmed substitutions of a week that concern users.

        :param users: res.users, absent or substitute
        """
        begin = datetime.combine(week, time.min)
        found = self.env["kam.substitution"].search(
            [
                ("decision", "=", "confirmed"),
                ("start_at", "<", begin + timedelta(days=8)),
                ("end_at", ">", begin - timedelta(days=1)),
                "|",
                ("absent_user_id", "in", users.ids),
                ("substitute_user_id", "in", users.ids),
            ],
            order="start_at, id",
        )
        return found.filtered(lambda stay: self._get_days(stay, week))

    def _get_days(self, stay, week):
        """Return the days of the week (0 to 6) that begin within a substitution."""
        zone = stay.absent_user_id._get_kam_zone()
        midnight = self.env["kam.substitution"]._get_midnight
        moments = {
            number: midnight(week + timedelta(days=number), zone) for number in range(7)
        }
        return frozenset(
            number
            for number, moment in moments.items()
            if stay.start_at <= moment < stay.end_at
        )

    @api.model
    def _get_cover(self, stays, clients, week):
        """Return who stands in for the manager of each client.

        Days that are over are left out.

        :return: dict client -> list of (substitute, days of the week)
        """
        cover, owned = {}, clients.grouped("manager_id")
        for stay in stays:
            absent = stay.absent_user_id
            today = self._get_today(absent, week)
            days = frozenset(day for day in self._get_days(stay, week) if day >= today)
            covered = owned.get(absent, clients.browse())
            if stay.scope == "selected":
                covered &= stay.client_ids
            for client in covered if days else ():
                cover.setdefault(client, []).append((stay.substitute_user_id, days))
        return cover

    def _get_today(self, user, week):
        """Return the number of today in a week: below 0 before, above 6 after it."""
        return (user._get_kam_day(fields.Datetime.now()) - week).days

    @api.model
    def _share(self, needs, cover, week):
        """Return the contacts that are due by who meets the client.

        What was due on a day that is over is due today.

        :param needs: list of dict as the planner makes them
        :return: dict res.users -> list of dict, those of others with ``absent`` and
            the ``days`` on which they have to take place
        """
        shared = {}
        for need in needs:
            manager = need["client"].manager_id
            due = max(need["day"] or 0, self._get_today(manager, week))
            stays = cover.get(need["client"], ())
            here = next(((user, days) for user, days in stays if due in days), None)
            if here:
                user, days = here
                need = {**need, "absent": manager, "days": days}
            shared.setdefault(user if here else manager, []).append(need)
        return shared
