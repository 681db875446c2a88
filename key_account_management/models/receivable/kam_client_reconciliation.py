from odoo import fields, models


class KamClient(models.Model):
    _inherit = "kam.client"

    reconciliation_count = fields.Integer(compute="_compute_reconciliation_count")

    def _compute_reconciliation_count(self):
        counts = dict(
            self.env["kam.reconciliation"]._read_group(
                [("client_id", "in", self.ids)], ["client_id"], ["__count"]
            )
        )
        for client in self:
            client.reconciliation_count = counts.get(client._origin, 0)

    def action_open_reconciliations(self):
        return self._get_record_action(
            "key_account_management.kam_reconciliation_action",
            [("client_id", "=", self.id)],
            default_client_id=self.id,
            default_partner_id=self.main_partner_id.id,
        )
