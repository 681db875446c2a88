from dataclasses import dataclass
from datetime import timedelta

from odoo import models


@dataclass(frozen=True)
class Arrears:
    """What was agreed on the overdue debt of a client, and what he disputes."""

    client: str
    promised: int
    note: str
    said: str
    disputed: int
    reason: str


# One client of each manager.
ARREARS = (
    Arrears(
        "lukomorye",
        promised=15000,
        note="Half of the arrears after the weekend.",
        said="The accountant pays half on the day agreed.",
        disputed=1000,
        reason="Ten boxes of kefir arrived warm.",
    ),
    Arrears(
        "solovey",
        promised=20000,
        note="The rest follows with the next delivery.",
        said="The owner will have it paid this week.",
        disputed=1500,
        reason="Two pallets were short; the driver signed for it.",
    ),
    Arrears(
        "kalinka",
        promised=5000,
        note="As soon as the account is free again.",
        said="The bank lifts the block on Monday.",
        disputed=800,
        reason="Flour of another grade than ordered.",
    ),
    Arrears(
        "vershina",
        promised=30000,
        note="With the renewal of the credit line.",
        said="They pay before the papers are signed.",
        disputed=1200,
        reason="Cartons were crushed in transit.",
    ),
)


class KamDemoCollection(models.AbstractModel):
    """Cases of the overdue debts of today, with promises and disputes."""

    _name = "kam.demo.collection"
    _description = "Demo: Promises and Disputes"
    _inherit = ["kam.demo.mixin"]

    def _create_collection(self):
        cases = self.env["kam.collection.debt"]._open_cases()
        cases.user_id = self._ref("user_credit")
        for plan in ARREARS:
            client = self._ref(f"kam_client_{plan.client}")
            case = cases.filtered(lambda case, client=client: case.client_id == client)
            self._promise(plan, client, case)
            self._dispute(plan, client)

    def _promise(self, plan, client, case):
        soon = self._today() + timedelta(days=4)
        promise = self.env["kam.promise"].create(
            {
                "client_id": client.id,
                "amount": plan.promised,
                "date": soon,
                "note": plan.note,
                "user_id": client.manager_id.id,
            }
        )
        if case:
            case._log_call(plan.said, soon, promise)

    def _dispute(self, plan, client):
        """Dispute a part of the oldest open invoice."""
        invoice = self.env["account.move"].search(
            [
                ("kam_client_id", "=", client.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("amount_residual", ">", plan.disputed),
            ],
            order="invoice_date_due, id",
            limit=1,
        )
        if invoice:
            self.env["kam.dispute"].create(
                {
                    "move_id": invoice.id,
                    "amount": plan.disputed,
                    "reason": plan.reason,
                    "user_id": client.manager_id.id,
                    "deadline": self._today() + timedelta(days=4),
                }
            )
