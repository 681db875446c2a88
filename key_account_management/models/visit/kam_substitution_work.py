from odoo import api, models


class KamSubstitutionWork(models.AbstractModel):
    """Visits of an absence: the substitute makes them in the manager's place."""

    _inherit = "kam.substitution.work"

    @api.model
    def _get_visits(self, substitution):
        """Return the planned visits of the absent manager in the days of the absence.

        Only what the user may read.
        """
        return self.env["kam.visit"].search(
            [
                ("user_id", "=", substitution.absent_user_id.id),
                ("client_id", "in", substitution._get_covered_clients().ids),
                ("planned_day", ">=", substitution.date_from),
                ("planned_day", "<=", substitution.date_to),
                ("state", "=", "planned"),
            ],
            order="date_planned, id",
        )

    @api.model
    def _give_visits(self, substitution, visits):
        """Put visits into the week of the substitute, on behalf of their owner."""
        visits.sudo().write(
            {
                "user_id": substitution.substitute_user_id.id,
                "on_behalf_of_id": substitution.absent_user_id.id,
            }
        )

    @api.model
    def _give_back(self, substitution):
        """Visits that were not made go back to the manager of the client."""
        result = super()._give_back(substitution)
        substitution = substitution.sudo()
        absent = substitution.absent_user_id
        visits = (
            self.env["kam.visit"]
            .sudo()
            .search(
                [
                    ("user_id", "=", substitution.substitute_user_id.id),
                    ("on_behalf_of_id", "=", absent.id),
                    ("planned_day", ">=", substitution.date_from),
                    ("planned_day", "<=", substitution.date_to),
                    ("decision", "=", "open"),
                ]
            )
        )
        owned = visits.grouped(lambda visit: visit.client_id.manager_id)
        for manager, group in owned.items():
            owner = manager or absent
            group.write({"user_id": owner.id, "on_behalf_of_id": False})
        return result
