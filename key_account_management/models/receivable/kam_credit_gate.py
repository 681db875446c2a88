from odoo import api, models


class KamCreditGate(models.AbstractModel):
    _inherit = "kam.credit.gate"

    @api.model
    def _get_position(self, orders, key, terms):
        """Leave out what is disputed, where the policy says so."""
        position = super()._get_position(orders, key, terms)
        policy, receivables = position["policy"], position["receivables"]
        if not policy["count_disputed"] and receivables["overdue_gate"]:
            disputed = self.env["kam.credit.ledger"]._get_disputed_overdue(
                key, policy["overdue_grace_days"]
            )
            receivables["overdue_gate"] = max(
                0.0, receivables["overdue_gate"] - disputed
            )
        return position
