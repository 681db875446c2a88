from dataclasses import replace

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_credit_case(self, party, desk, others):
        """Add whether the client was checked, where the policy asks for it."""
        case = super()._get_credit_case(party, desk, others)
        if desk["policy"]["no_check_action"] == "ignore":
            return case
        client = self.env["kam.client"].browse(party[0])
        return replace(case, has_check=client._has_valid_check(party[1], case.today))
