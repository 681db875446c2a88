from datetime import timedelta

from odoo import models


class KamDemo(models.AbstractModel):
    """Cases of the overdue debts of today, with a promise and a dispute."""

    _inherit = "kam.demo"

    def _create_collection(self):
        cases = self.env["kam.collection"]._open_cases()
        cases.user_id = self._ref("user_credit")
        client = self._ref("kam_client_lukomorye")
        case = cases.filtered(lambda case: case.client_id == client)
        soon = self._today() + timedelta(days=4)
        promise = self.env["kam.promise"].create(
            {
                "client_id": client.id,
                "amount": 15000,
                "date": soon,
                "note": "Half of the arrears after the weekend.",
                "user_id": client.manager_id.id,
            }
        )
        if case:
            case._log_call("The accountant pays half on the day agreed.", soon, promise)
        invoice = self.env["account.move"].search(
            [
                ("kam_client_id", "=", client.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("amount_residual", ">", 1000),
            ],
            order="invoice_date_due, id",
            limit=1,
        )
        if invoice:
            self.env["kam.dispute"].create(
                {
                    "move_id": invoice.id,
                    "amount": 1000,
                    "reason": "Ten boxes of kefir arrived warm.",
                    "user_id": client.manager_id.id,
                    "deadline": soon,
                }
            )
