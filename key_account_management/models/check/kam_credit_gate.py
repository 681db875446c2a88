from dataclasses import replace

from odoo import api, models


class KamCreditGate(models.AbstractModel):
    _inherit = "kam.credit.gate"

    @api.model
    def _get_case(self, order, party, position, others):
        """Add whether the client was checked, where the policy asks for it."""
        case = super()._get_case(order, party, position, others)
        if position["policy"]["no_check_action"] == "ignore":
            return case
        client = self.env["kam.client"].browse(party[0])
        return replace(case, has_check=client._has_valid_check(party[1], case.today))
