from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_credit_desk(self, key, terms):
        desk = super()._get_credit_desk(key, terms)
        policy, receivables = desk["policy"], desk["receivables"]
        if not policy["count_disputed"] and receivables["overdue_gate"]:
            disputed = self.env["kam.credit.ledger"]._get_disputed_overdue(
                key, policy["overdue_grace_days"]
            )
            receivables["overdue_gate"] = max(
                0.0, receivables["overdue_gate"] - disputed
            )
        return desk
