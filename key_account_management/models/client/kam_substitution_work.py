from odoo import api, fields, models


class KamSubstitutionWork(models.AbstractModel):
    """What goes over to a substitute, and comes back when the absence is over.

    Rooms that have work of their own extend :meth:`_give` and :meth:`_give_back`.
    Activities wait for the first day: nobody is given something to do with a client
    whom he may not see yet. Works as superuser: the head has decided it.
    """

    _name = "kam.substitution.work"
    _description = "Work of Absent Managers"

    @api.model
    def _get_activities(self, substitution):
        """Return what the absent manager has to do with the clients by the last day.

        Only what the user may read.
        """
        activities = self.env["mail.activity"].search(
            [
                ("user_id", "=", substitution.absent_user_id.id),
                ("date_deadline", "<=", substitution.date_to),
                ("kam_absent_user_id", "=", False),
                ("res_model", "!=", False),
            ],
            order="date_deadline, id",
        )
        clients = substitution._get_covered_clients()
        return self._filter_of_clients(activities, clients)

    @api.model
    def _filter_of_clients(self, activities, clients):
        """Return the activities at clients and their records, in their order.

        One query for each kind of record; sudo: of which client a record is.
        """
        found = set()
        for model, group in activities.grouped("res_model").items():
            name = self._get_client_field(model)
            if name:
                records = self.env[model].sudo().browse(group.mapped("res_id"))
                kept = records.search(
                    [("id", "in", records.ids), (name, "in", clients.ids)]
                )
                found.update((model, record_id) for record_id in kept.ids)
        return activities.filtered(lambda a: (a.res_model, a.res_id) in found)

    @api.model
    def _get_client_field(self, model):
        """Return the field of a model that leads to the client, or None."""
        if model == "kam.client":
            return "id"
        names = self.env[model]._fields
        return next((n for n in ("client_id", "kam_client_id") if n in names), None)

    @api.model
    def _give(self, substitution, activities):
        """Hand work over: at once in the days of the absence, else on the first day.

        :param substitution: one that is confirmed or active
        :param activities: mail.activity
        """
        activities.sudo().kam_absent_user_id = substitution.absent_user_id
        if substitution.state == "active":
            self._begin(substitution)

    @api.model
    def _begin(self, substitution):
        """Give what waits for the first day to the substitute."""
        substitution = substitution.sudo()
        waiting = (
            self.env["mail.activity"].sudo().search(self._get_waiting(substitution))
        )
        clients = substitution._get_covered_clients()
        mine = self._filter_of_clients(waiting, clients)
        self._assign(mine, substitution.substitute_user_id)

    def _get_waiting(self, substitutions):
        """Return the domain of activities that wait for their first day."""
        users = substitutions.absent_user_id
        return [("kam_absent_user_id", "in", users.ids), ("user_id", "in", users.ids)]

    def _assign(self, activities, user):
        """Let somebody else do the activities; he is not mailed each of them."""
        activities.with_context(mail_activity_quick_update=True).user_id = user

    @api.model
    def _give_back(self, substitution):
        """Return what is still to be done to its owner; safe to repeat."""
        substitution = substitution.sudo()
        absent = substitution.absent_user_id
        substitute = substitution.substitute_user_id
        activities = self.env["mail.activity"].sudo()
        owned = [("kam_absent_user_id", "=", absent.id)]
        given = activities.search([*owned, ("user_id", "=", substitute.id)])
        self._assign(given, absent)
        for model, group in given.grouped("res_model").items():
            # being given an activity made him a follower
            records = self.env[model].sudo().browse(group.mapped("res_id")).exists()
            records.message_unsubscribe(substitute.partner_id.ids)
        if not self._has_another(substitution):
            given |= activities.search(self._get_waiting(substitution))
        given.kam_absent_user_id = False

    def _has_another(self, substitution):
        """Tell whether work may wait for another absence of the same manager."""
        return bool(
            substitution.search_count(
                [
                    ("id", "!=", substitution.id),
                    ("absent_user_id", "=", substitution.absent_user_id.id),
                    ("state", "in", ("confirmed", "active")),
                ],
                limit=1,
            )
        )

    # --- the job ---

    @api.model
    def _cron_round(self):
        """Hourly: begin what has begun, and close what is over; safe to repeat.

        Rights do not wait for it: they go by the clock.
        """
        substitutions = self.env["kam.substitution"]
        waiting = self.env["mail.activity"]._read_group(
            [("kam_absent_user_id", "!=", False)], ["kam_absent_user_id"]
        )
        absent = [user.id for (user,) in waiting]
        begun = [("state", "=", "active"), ("absent_user_id", "in", absent)]
        self.env["kam.job"]._run(substitutions.search(begun), self._begin, domain=begun)
        over = [("state", "in", ("done", "cancelled")), ("closed_at", "=", False)]
        self.env["kam.job"]._run(substitutions.search(over), self._close, domain=over)

    def _close(self, substitution):
        """Give the work back and, after days of absence, tell what was done."""
        self._give_back(substitution)
        if substitution.decision == "confirmed":
            self.env["kam.substitution.digest"]._send(substitution)
        substitution.sudo().closed_at = fields.Datetime.now()
