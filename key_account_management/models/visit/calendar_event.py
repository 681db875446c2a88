from odoo import api, fields, models
from odoo.exceptions import UserError


class CalendarEvent(models.Model):
    """Meetings of visits: who moves one moves the visit, if he may.

    Both sides write only what differs, so nothing comes back as an echo.
    """

    _inherit = "calendar.event"

    _kam_synced_fields = frozenset(
        ("start", "stop", "start_date", "stop_date", "duration", "user_id", "active")
        + ("allday", "recurrency")
    )

    kam_visit_ids = fields.One2many(
        comodel_name="kam.visit",
        inverse_name="calendar_event_id",
        string="Visits",
        groups="key_account_management.group_kam_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # A copy of a meeting, or a forged one, belongs to no visit.
            vals.pop("kam_visit_ids", None)
        return super().create(vals_list)

    def write(self, vals):
        names = set(vals)
        visits = self._get_kam_visits() if names & self._kam_synced_fields else None
        if visits and (vals.get("allday") or vals.get("recurrency")):
            raise UserError(
                self.env._(
                    "A visit takes place once and at its hour: its meeting can neither "
                    "last all day nor be repeated. Plan further visits instead."
                )
            )
        result = super().write(vals)
        if visits:
            self._move_kam_visits(visits)
        return result

    def unlink(self):
        self._drop_kam_visits(self._get_kam_visits())
        return super().unlink()

    def _get_kam_visits(self):
        """Return the open visits of the meetings, with the rights of the user.

        Sudo finds them: whoever may not read a visit is refused when it is moved.
        """
        visits = self.env["kam.visit"].sudo()
        found = visits.search(
            [("calendar_event_id", "in", self.ids), ("decision", "=", "open")]
        )
        return found.sudo(self.env.su)

    def _move_kam_visits(self, visits):
        """Move visits to where their meetings are now; drop those of archived ones."""
        dropped = visits.filtered(lambda v: not v.sudo().calendar_event_id.active)
        self._drop_kam_visits(dropped)
        for visit in visits - dropped:
            vals = self.env["kam.visit.meeting"]._get_moved_vals(visit)
            if vals:
                visit.check_access("write")
                visit.write(vals)

    def _drop_kam_visits(self, visits):
        for visit in visits:
            words = visit.sudo().user_id._get_kam_words(visit.sudo().company_id)
            visit.action_cancel(words._("Deleted in the calendar"))
