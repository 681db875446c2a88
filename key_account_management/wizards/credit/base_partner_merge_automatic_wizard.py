from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Let no open item change its key client by merging, as by moving."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        before = partners._get_credit_item_clients()
        result = super()._merge(
            partner_ids, dst_partner=dst_partner, extra_checks=extra_checks
        )
        partners.exists()._check_credit_items_stay(before)
        return result
