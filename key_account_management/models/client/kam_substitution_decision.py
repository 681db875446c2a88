import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date


class KamSubstitution(models.Model):
    """Confirming, cancelling and ending; who may, and what stands against it."""

    _inherit = "kam.substitution"

    def action_confirm(self):
        """Put drafts in force for their days and tell the substitutes.

        :raise AccessError: for whoever does not lead the team of the absent manager,
            or is absent or substitute himself
        :raise UserError: when another substitution stands against it
        """
        self._check_decider()
        for substitution in self:
            if substitution.decision != "draft":
                raise UserError(self.env._("Only a draft can be confirmed."))
            substitution._check_clients()
            substitution._lock_people()
            substitution._check_others()
            substitution.sudo().decision = "confirmed"
            substitution._tell_substitute()
        return True

    def action_cancel(self):
        """Take back substitutions that have not begun.

        :raise UserError: when one has begun or is over
        """
        self._check_decider()
        if any(state not in ("draft", "confirmed") for state in self.mapped("state")):
            raise UserError(self.env._("What has begun cannot be cancelled. End it."))
        self.sudo().decision = "cancelled"
        return True

    def action_end(self):
        """End active substitutions at this moment.

        :raise UserError: when one is not active
        """
        self._check_decider()
        if any(state != "active" for state in self.mapped("state")):
            raise UserError(self.env._("Only an active substitution can be ended."))
        self.sudo().end_at = fields.Datetime.now()
        self.invalidate_recordset(["state"])
        return True

    def _check_decider(self):
        """Only who leads the absent manager decides, and never for himself."""
        self.check_access("write")
        user = self.env.user
        leads_all = user.has_group("key_account_management.group_kam_director")
        for substitution in self.sudo():
            leader = substitution.absent_user_id.sale_team_id.user_id
            people = substitution.absent_user_id | substitution.substitute_user_id
            if self.env.su:
                continue
            if user in people or not (leads_all or leader == user):
                raise AccessError(
                    self.env._(
                        "The substitution of %(manager)s is decided by the head of the "
                        "team, the director or an administrator, and by nobody for "
                        "himself. Ask one of them.",
                        manager=substitution.absent_user_id.name,
                    )
                )

    def _check_clients(self):
        if self.scope == "selected" and not self.client_ids:
            raise UserError(
                self.env._("Choose the clients, or let the scope be all clients.")
            )
        self._check_client_ids()

    def _lock_people(self):
        """Let two people confirm one after the other.

        A changed row makes the other transaction fail and begin again, with what
        this one has written.
        """
        people = (self.absent_user_id | self.substitute_user_id).sorted("id")
        self.env.cr.execute(
            SQL(
                "UPDATE res_users SET write_date = write_date WHERE id IN %s",
                tuple(people.ids),
            )
        )

    def _check_others(self):
        """Refuse what another confirmed substitution of these days excludes.

        Nobody is absent and a substitute on the same day, so substitutions never
        make a chain or a circle.
        """
        people = (self.absent_user_id | self.substitute_user_id).ids
        others = self.sudo().search(
            [
                ("id", "!=", self.id),
                ("decision", "=", "confirmed"),
                ("start_at", "<", self.end_at),
                ("end_at", ">", self.start_at),
                "|",
                ("absent_user_id", "in", people),
                ("substitute_user_id", "=", self.absent_user_id.id),
            ]
        )
        for other in others:
            if other.absent_user_id == self.absent_user_id:
                self._check_common_clients(other)
            else:
                self._refuse_chain(other)

    def _check_common_clients(self, other):
        mine, theirs = self.client_ids.sudo(), other.client_ids
        if "all" not in (self.scope, other.scope) and not mine & theirs:
            return
        raise UserError(
            self.env._(
                "%(substitute)s stands in for %(absent)s from %(date_from)s to "
                "%(date_to)s already. Choose other days or other clients.",
                **self._get_names(other),
            )
        )

    def _refuse_chain(self, other):
        raise UserError(
            self.env._(
                "%(absent)s is absent from %(date_from)s to %(date_to)s, with "
                "%(substitute)s as substitute. Nobody stands in while absent: choose "
                "somebody else or other days.",
                **self._get_names(other),
            )
        )

    @api.model
    def _get_names(self, other):
        return {
            "substitute": other.substitute_user_id.name,
            "absent": other.absent_user_id.name,
            "date_from": format_date(self.env, other.date_from),
            "date_to": format_date(self.env, other.date_to),
        }

    def _tell_substitute(self):
        substitute = self.substitute_user_id.sudo()
        spoken = self.with_context(lang=substitute.lang)
        self.message_post(
            body=spoken.env._(
                "%(substitute)s, you stand in for %(absent)s from %(date_from)s to "
                "%(date_to)s.",
                **spoken._get_names(self.sudo()),
            ),
            partner_ids=substitute.partner_id.ids,
        )

    @api.model
    def _get_substitutes_since(self, clients, moment):
        """Return everybody who stood in on these clients at or after a moment.

        :param moment: Datetime, UTC
        :return: res.users
        """
        found = self.sudo().search(
            [
                ("decision", "=", "confirmed"),
                ("absent_user_id", "in", clients.sudo().manager_id.ids),
                ("start_at", "<=", fields.Datetime.now()),
                ("end_at", ">", moment),
            ]
        )
        return found.filtered(
            lambda s: s.scope == "all" or s.client_ids & clients.sudo()
        ).substitute_user_id.sudo(False)

    @api.model
    def _get_substitute(self, user, day, client):
        """Return who stands in for a user on a day, or nobody.

        :param user: res.users
        :param day: date, in the time zone of the user
        :param client: kam.client concerned; empty: only who stands in for all counts
        :return: res.users
        """
        zone = pytz.timezone(user.sudo().tz or "UTC")
        moment = self._get_midnight(day, zone)
        found = self.sudo().search(
            [
                ("decision", "=", "confirmed"),
                ("absent_user_id", "=", user.id),
                ("start_at", "<=", moment),
                ("end_at", ">", moment),
            ]
        )
        return found.filtered(
            lambda s: s.scope == "all" or (client and client in s.client_ids)
        )[:1].substitute_user_id.sudo(False)

    @api.model
    def _get_stays(self, clients, user):
        """Return (client, end) of when the user stood in on these clients.

        :return: list; as `_get_substitutes_since` takes them
        """
        found = self.sudo().search_fetch(
            [
                ("decision", "=", "confirmed"),
                ("substitute_user_id", "=", user.id),
                ("start_at", "<=", fields.Datetime.now()),
            ]
        )
        return [
            (client, stay.end_at)
            for stay in found
            for client in clients.sudo()
            if client.manager_id == stay.absent_user_id
            and (stay.scope == "all" or client in stay.client_ids)
        ]
