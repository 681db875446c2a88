from odoo import api, models
from odoo.tools import format_date, formatLang


class KamSubstitutionDigest(models.AbstractModel):
    _inherit = "kam.substitution.digest"

    @api.model
    def _get_done(self, substitution):
        """Promises that the substitute took from the clients, or gave them."""
        found = super()._get_done(substitution)
        promises = self.env["kam.promise"].search(
            [
                ("client_id", "in", substitution._get_covered_clients().ids),
                ("user_id", "=", substitution.substitute_user_id.id),
                ("date_made", ">=", substitution.date_from),
                (
                    "date_made",
                    "<=",
                    min(substitution.date_to, substitution.end_at.date()),
                ),
            ],
            order="date_made, id",
        )
        for promise in promises:
            line = self._get_promise_line(promise)
            found.setdefault(promise.client_id, []).append(line)
        return found

    def _get_promise_line(self, promise):
        kinds = dict(promise._fields["kind"]._description_selection(self.env))
        sides = dict(promise._fields["direction"]._description_selection(self.env))
        return self.env._(
            "Promise (%(side)s): %(kind)s, %(amount)s by %(date)s",
            side=sides[promise.direction].lower(),
            kind=kinds[promise.kind].lower(),
            amount=formatLang(
                self.env, promise.amount, currency_obj=promise.currency_id
            ),
            date=format_date(self.env, promise.date),
        )
