from odoo import api, models


class KamCreditDecision(models.Model):
    """Judging held orders again when something changed that may let them go."""

    _inherit = "kam.credit.decision"

    @api.model
    def _trigger_review(self, clients=None):
        """Have held orders judged again right after the commit.

        Whether there are any is not asked: a hold that is recorded at the same moment
        cannot be seen from here.

        :param clients: kam.client; default all
        """
        self.env["kam.credit.task"]._add_reviews(clients)

    def _trigger_review_of_hold(self):
        """Have this new hold judged once more after the commit.

        A payment or a higher limit of the same moment cannot be seen from here, nor
        could it see this hold. Once per client and transaction.
        """
        client = self.client_id
        marked = self.env.cr.precommit.data.setdefault("kam_credit_held", set())
        if client.id not in marked:
            marked.add(client.id)
            self.env["kam.credit.task"]._add_reviews(client)

    @api.model
    def _get_held_groups(self, client=None):
        """Return ``[(client, company)]`` with open holds, of one client or of all."""
        domain = [("outcome", "=", "hold"), ("state", "=", "open")]
        if client:
            domain.append(("client_id", "=", client.id))
        return self._read_group(domain, ["client_id", "company_id"])

    @api.model
    def _review_held(self, client):
        """Judge the held orders of a client again; for no client, leave it to a task
        for each.
        """
        groups = self._get_held_groups(client)
        if not client:
            clients = self.env["kam.client"].union(*(group[0] for group in groups))
            self.env["kam.credit.task"]._add_reviews(clients)
            return
        for _client, company in groups:
            self.env["sale.order"]._credit_review(client, company)

    @api.model
    def _cron_review_held(self):
        """Judge all held orders again: time alone may let them go, too."""
        self._trigger_review()
