from dataclasses import dataclass

from odoo import models


@dataclass(frozen=True)
class Request:
    """What a manager asks for his client, and how far the check has got."""

    client: str
    limit: int
    term_days: int
    reason: str
    is_complete: bool = False
    is_submitted: bool = True


REQUESTS = (
    Request("lukomorye", 1500000, 45, "Three new shops; the season begins."),
    Request("solovey", 350000, 30, "Whole wagons from autumn on.", is_complete=True),
    Request("kalinka", 50000, 14, "A small limit after the block.", is_submitted=False),
    Request("vershina", 500000, 45, "The line runs out this month.", is_complete=True),
)


class KamDemoChecks(models.AbstractModel):
    """Creditworthiness checks that are under way, one of each manager."""

    _name = "kam.demo.checks"
    _description = "Demo: Creditworthiness Checks"
    _inherit = ["kam.demo.mixin"]

    def _create_checks(self):
        for plan in REQUESTS:
            client = self._ref(f"kam_client_{plan.client}")
            manager = self._as_user(client.manager_id)
            check = manager["kam.credit.check"].create(
                {
                    "client_id": client.id,
                    "company_id": self.env.company.root_id.id,
                    "requested_limit": plan.limit,
                    "requested_term_days": plan.term_days,
                    "reason": plan.reason,
                }
            )
            if plan.is_complete:
                check.sudo().document_ids.write({"date_received": self._today()})
            if plan.is_submitted:
                check.action_submit()
