from odoo import api, fields, models
from odoo.fields import Command

# Meetings of visits are made and moved without a word to anybody.
QUIET = {
    "dont_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_mail_to_attendees": True,
    "skip_attendee_notification": True,
    "skip_contact_description": True,
    "tracking_disable": True,
}


class KamVisitMeeting(models.AbstractModel):
    """Keeps one meeting for each planned visit, where and when the visit is.

    Works as superuser: whoever may place the visit places its meeting. The meeting is
    private and bears a neutral title, since every employee may search meetings in
    core. Each side writes to the other only what differs, so nothing echoes.
    """

    _name = "kam.visit.meeting"
    _description = "Meetings of Visits"

    @api.model
    def _sync(self, visits):
        """Make, move or archive the meetings of visits; history needs none."""
        if self.env.context.get("kam_history_import"):
            return
        now = fields.Datetime.now()
        wanted = visits.filtered(
            lambda visit: (
                not visit.calendar_event_id
                and visit.decision == "open"
                and not visit.is_unplanned
                and visit.missed_at > now
            )
        )
        events = self.env["calendar.event"].with_context(**QUIET)
        made = events.create([self._prepare_event(visit) for visit in wanted])
        for visit, event in zip(wanted, made, strict=True):
            visit.calendar_event_id = event
        for visit in (visits - wanted).filtered("calendar_event_id"):
            self._move(visit)

    def _prepare_event(self, visit):
        kind = visit.kind_id.with_context(lang=visit.user_id.lang)
        return {
            "name": f"{kind.name} {visit.id}",
            "start": visit.date_planned,
            "stop": visit.date_end,
            "allday": False,
            "user_id": visit.user_id.id,
            "partner_ids": [Command.set(visit.user_id.partner_id.ids)],
            "privacy": "private",
            "show_as": "busy",
            "description": False,
            "res_model_id": False,
            "res_id": False,
        }

    def _move(self, visit):
        """Write to the meeting what differs; a visit that is done leaves it alone."""
        event = visit.calendar_event_id.with_context(**QUIET)
        if visit.decision == "cancelled" and event.active:
            event.active = False
        if visit.decision != "open":
            return
        vals = {}
        if event.start != visit.date_planned or event.stop != visit.date_end:
            vals.update(start=visit.date_planned, stop=visit.date_end)
        if event.user_id != visit.user_id:
            people = [Command.set(visit.user_id.partner_id.ids)]
            vals.update(user_id=visit.user_id.id, partner_ids=people)
        if vals:
            event.write(vals)

    @api.model
    def _get_moved_vals(self, visit):
        """Return what of a visit differs from its meeting, as values to write."""
        event = visit.sudo().calendar_event_id
        length = visit.date_end - visit.date_planned
        vals = {}
        if event.start != visit.date_planned:
            vals["date_planned"] = event.start
        if event.stop and event.stop - event.start != length:
            vals["duration"] = (event.stop - event.start).total_seconds() / 3600
        if event.user_id and event.user_id != visit.user_id:
            vals["user_id"] = event.user_id.id
        return vals
