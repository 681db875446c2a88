from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _kam_check(self):
        """Recount what is stored and prove that the chain of decisions is whole.

        :return: list of problems in words; empty when everything is right
        """
        return [
            *self.env["sale.order"]._check_credit_rest(),
            *self.env["sale.order"]._check_credit_debtors(),
            *self.env["kam.credit.decision"]._check_chain(),
        ]
