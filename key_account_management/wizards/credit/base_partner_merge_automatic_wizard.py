from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Judge confirmed orders again whose debtor leaves the key client."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        with partners._get_credit_orders()._credit_watch():
            return super()._merge(
                partner_ids, dst_partner=dst_partner, extra_checks=extra_checks
            )
