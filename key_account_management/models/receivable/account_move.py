from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _get_kam_debtor_client(self):
        """Return the key client that owes this document today.

        That of the debtor, since a legal entity takes its open debt with it when it
        moves to another client; where it is in none, that of the document.
        """
        self.ensure_one()
        move = self.sudo()
        return move.commercial_partner_id.kam_client_id or move.kam_client_id
