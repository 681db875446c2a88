from odoo import api, models

ACTIVITY = "mail.mail_activity_data_todo"


class KamSubstitutionWork(models.AbstractModel):
    """Orders on hold: somebody has to see to the answer while the manager is away."""

    _inherit = "kam.substitution.work"

    @api.model
    def _get_held_orders(self, substitution):
        """Return the orders on hold of the clients that nobody sees to yet.

        Only what the user may read.
        """
        orders = self.env["sale.order"].search(
            [
                ("kam_client_id", "in", substitution._get_covered_clients().ids),
                ("credit_state", "=", "hold"),
                ("state", "in", ("draft", "sent")),
            ],
            order="date_order, id",
        )
        absent = substitution.sudo().absent_user_id
        return orders.filtered(
            lambda order: absent not in order.sudo().activity_ids.kam_absent_user_id
        )

    @api.model
    def _give_orders(self, substitution, orders):
        """Plan for each order that somebody sees to its release; not for him to give.

        It is an activity of the absent manager that goes over like his others.
        """
        absent = substitution.sudo().absent_user_id
        activities = self.env["mail.activity"].sudo()
        for order in orders.sudo().with_context(mail_activity_quick_update=True):
            words = absent._get_kam_words(order.company_id)
            activities |= order.activity_schedule(
                ACTIVITY,
                user_id=absent.id,
                date_deadline=substitution.date_from,
                summary=words._("On hold: see to the release"),
            )
        self._give(substitution, activities)
