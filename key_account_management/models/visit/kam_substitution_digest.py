from odoo import api, models
from odoo.tools import format_date


class KamSubstitutionDigest(models.AbstractModel):
    _inherit = "kam.substitution.digest"

    @api.model
    def _get_done(self, substitution):
        """Visits and calls, with what came of them and what comes next."""
        found = super()._get_done(substitution)
        visits = self.env["kam.visit"].search(
            [
                ("on_behalf_of_id", "=", substitution.absent_user_id.id),
                ("user_id", "=", substitution.substitute_user_id.id),
                ("decision", "=", "done"),
                ("date_done", ">=", substitution.start_at),
                ("date_done", "<", substitution.end_at),
                ("client_id", "in", substitution._get_covered_clients().ids),
            ],
            order="date_done, id",
        )
        for visit in visits:
            found.setdefault(visit.client_id, []).append(self._get_visit_line(visit))
        return found

    def _get_visit_line(self, visit):
        return self.env._(
            "%(day)s, %(kind)s: %(outcome)s. Next: %(step)s on %(next_day)s",
            day=format_date(self.env, visit.done_day),
            kind=visit.kind_id.name,
            outcome=visit.outcome_id.name or "–",
            step=visit.next_step,
            next_day=format_date(self.env, visit.next_date),
        )
