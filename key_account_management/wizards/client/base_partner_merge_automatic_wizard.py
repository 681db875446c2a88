from odoo import models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Refuse to merge legal entities of two key clients; keep figures true."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        clients = partners.sudo().kam_client_id
        if len(clients) > 1:
            raise UserError(
                self.env._(
                    "These contacts belong to different key clients: %s. Take all but "
                    "one out of their key client first, or merge the key clients by "
                    "hand.",
                    ", ".join(clients.mapped("name")),
                )
            )
        result = super()._merge(
            partner_ids, dst_partner=dst_partner, extra_checks=extra_checks
        )
        partners.exists()._recompute_kam_client()
        return result
