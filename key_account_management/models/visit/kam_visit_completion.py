from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class KamVisitCompletion(models.AbstractModel):
    """Whose an entered visit is, what its report needs, and what it leaves behind."""

    _name = "kam.visit.completion"
    _description = "Completion of Visits"

    @api.model
    def _mark_entered(self, visits, user):
        """Mark what a person entered after it began, or for an absent manager."""
        now = fields.Datetime.now()
        visits.filtered(lambda visit: visit.date_planned <= now).is_unplanned = True
        for client, group in visits.grouped("client_id").items():
            absent = client.with_user(user)._get_absent_manager()
            if absent:
                own = group.filtered(lambda visit: visit.user_id == user)
                own.on_behalf_of_id = absent

    @api.model
    def _check(self, visits):
        """Check the reports of visits that are done.

        :raise ValidationError: naming what is missing, or the wrong day
        """
        for visit in visits:
            if missing := self._get_missing_labels(visit):
                raise ValidationError(
                    self.env._(
                        "%(visit)s is not finished. Enter: %(fields)s.",
                        visit=visit.display_name,
                        fields=", ".join(missing),
                    )
                )
            if visit.done_day and visit.next_date < visit.done_day:
                raise ValidationError(
                    self.env._(
                        "The next step cannot be before the visit. Correct “Next Step "
                        "on”."
                    )
                )

    def _get_missing_labels(self, visit):
        """Return the labels of what a report still needs."""
        names = ["date_done", "next_step", "next_date"]
        if visit.kind_id.outcome_required:
            names.insert(0, "outcome_id")
        if visit.next_step and not visit.next_step.strip():
            return [visit._get_label("next_step")]
        return [visit._get_label(name) for name in names if not visit[name]]

    @api.model
    def _check_lateness(self, visits):
        """Ask why visits that were missed are reported after all.

        :raise ValidationError: naming the field
        """
        for visit in visits:
            is_late = visit.state == "missed" and not visit.is_unplanned
            if is_late and not (visit.missed_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "%(visit)s was missed. Enter in “%(field)s” why it is late.",
                        visit=visit.display_name,
                        field=visit._get_label("missed_reason"),
                    )
                )

    @api.model
    def _mark_done_by(self, visits, user):
        """What a substitute does is his, in the place of the absent manager."""
        for client, group in visits.grouped("client_id").items():
            absent = client.with_user(user)._get_absent_manager()
            own = group.filtered(lambda v, a=absent: a and v.user_id == a)
            if own:
                own.write({"user_id": user.id, "on_behalf_of_id": absent.id})

    @api.model
    def _note_on_clients(self, visits):
        """Tell the chatter of each client what was done, without the report itself."""
        for visit in visits.filtered("client_id"):
            words = visit.client_id.manager_id._get_kam_words(visit.company_id)
            visit = visit.with_context(lang=words.lang)
            visit.client_id._message_log(
                body=words._(
                    "%(kind)s on %(date)s by %(user)s. %(outcome)s",
                    kind=visit.kind_id.name,
                    date=format_date(words, visit.done_day, lang_code=words.lang),
                    user=visit.user_id.name,
                    outcome=visit.outcome_id.name or "",
                )
            )
