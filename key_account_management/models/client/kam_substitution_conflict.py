from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class KamSubstitutionConflict(models.AbstractModel):
    """What stands against a substitution: others of the same days.

    Nobody is absent and a substitute on the same day, so substitutions never make a
    chain or a circle, and nobody's clients have two substitutes.
    """

    _name = "kam.substitution.conflict"
    _description = "Conflicts of Substitutions"

    @api.model
    def _check(self, substitution):
        """Refuse what another confirmed substitution of these days excludes.

        :raise UserError: naming the other one
        """
        people = substitution.absent_user_id | substitution.substitute_user_id
        self._lock(people)
        others = substitution.sudo().search(
            [
                ("id", "!=", substitution.id),
                ("decision", "=", "confirmed"),
                ("start_at", "<", substitution.end_at),
                ("end_at", ">", substitution.start_at),
                "|",
                ("absent_user_id", "in", people.ids),
                ("substitute_user_id", "=", substitution.absent_user_id.id),
            ]
        )
        for other in others:
            if other.absent_user_id == substitution.absent_user_id:
                self._check_common_clients(substitution, other)
            else:
                self._refuse_chain(other)

    def _lock(self, people):
        """Let two people confirm one after the other.

        A changed row makes the other transaction fail and begin again, with what
        this one has written.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE res_users SET write_date = write_date WHERE id IN %s",
                tuple(people.sorted("id").ids),
            )
        )

    def _check_common_clients(self, substitution, other):
        mine, theirs = substitution.client_ids.sudo(), other.client_ids
        if "all" not in (substitution.scope, other.scope) and not mine & theirs:
            return
        raise UserError(
            self.env._(
                "%(substitute)s stands in for %(absent)s from %(date_from)s to "
                "%(date_to)s already. Choose other days or other clients.",
                **other._get_names(),
            )
        )

    def _refuse_chain(self, other):
        raise UserError(
            self.env._(
                "%(absent)s is absent from %(date_from)s to %(date_to)s, with "
                "%(substitute)s as substitute. Nobody stands in while absent: choose "
                "somebody else or other days.",
                **other._get_names(),
            )
        )
