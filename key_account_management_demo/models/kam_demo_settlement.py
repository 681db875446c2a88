from datetime import timedelta

from odoo import models


class KamDemoSettlement(models.AbstractModel):
    """Money that is on its way: registered, and not at the bank yet."""

    _name = "kam.demo.settlement"
    _description = "Demo: Registered Payment"
    _inherit = ["kam.demo.mixin"]

    def _create_registered_payment(self):
        client = self._ref("kam_client_lukomorye")
        journal = self.env["kam.demo.documents"]._get_journal("bank")
        self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": client.main_partner_id.id,
                "amount": 15000,
                "date": self._today() - timedelta(days=1),
                "journal_id": journal.id,
                "memo": "Half of the arrears",
            }
        ).action_post()
