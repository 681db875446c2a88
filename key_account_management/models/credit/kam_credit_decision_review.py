from odoo import api, models


class KamCreditDecision(models.Model):
    """Judging held orders again when something changed that may let them go."""

    _inherit = "kam.credit.decision"

    @api.model
    def _trigger_review(self, clients=None):
        """Have held orders judged again soon, if there are any.

        :param clients: kam.client; default all
        """
        domain = [("outcome", "=", "hold"), ("state", "=", "open")]
        if clients is not None:
            domain.append(("client_id", "in", clients.ids))
        if self.sudo().search_count(domain, limit=1):
            cron = self.env.ref(
                "key_account_management.ir_cron_credit_review", raise_if_not_found=False
            )
            if cron:
                cron.sudo()._trigger()

    @api.model
    def _cron_review_held(self):
        """Judge held orders again, one client and company per commit.

        A client that somebody else decides on at the same moment is left to the
        next round.
        """
        groups = self._read_group(
            [("outcome", "=", "hold"), ("state", "=", "open")],
            ["client_id", "company_id"],
        )
        self.env["kam.job"]._run(
            [client.with_company(company) for client, company in groups],
            lambda client: self.env["sale.order"]._credit_review(
                client, client.env.company
            ),
        )
