from datetime import timedelta

from odoo import api, models

TOP = 5


class KamClientBrief(models.AbstractModel):
    """The last visits and calls with what was agreed, and what to ask."""

    _inherit = "kam.client.brief"

    @api.model
    def _get_blocks(self, client):
        blocks = super()._get_blocks(client)
        if self.env["kam.visit"].has_access("read"):
            blocks += [self._block_questions(client), self._block_visits(client)]
        return blocks

    def _block_questions(self, client):
        """The reasons of the weekly plan to meet the client now.

        They are found as superuser, as for the plan: about a client that the reader
        may read, for roles that plan visits.
        """
        today = self.env.company._kam_today()
        week = today - timedelta(days=today.weekday())
        reasons = self.env["kam.visit.plan"].sudo()._get_reasons(client.sudo(), week)
        found = sorted(reasons.get(client, ()), key=lambda reason: -reason[1])
        text = self.env["kam.visit.reason"]._get_text
        return self._prepare_block(
            "questions",
            5,
            questions=[text([(code, figures)]) for code, _weight, figures in found],
        )

    def _block_visits(self, client):
        visits = self.env["kam.visit"].search(
            [("client_id", "=", client.id), ("decision", "=", "done")],
            order="date_done DESC, id DESC",
            limit=TOP,
        )
        return self._prepare_block("visits", 70, visits=visits)

    @api.model
    def _get_contact_key(self, contact):
        """Whoever decides comes first."""
        return (not contact.kam_has_decision_power, super()._get_contact_key(contact))
