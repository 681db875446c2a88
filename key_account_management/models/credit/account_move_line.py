from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Core's index on unreconciled items holds revenue and taxes as well, which are
    # never reconciled. What is open to pay is a small part of it.
    _kam_open_idx = models.Index(
        """(partner_id, account_id)
           INCLUDE (amount_residual, amount_residual_currency, date_maturity, date,
                    company_id, id, move_id, currency_id)
           WHERE amount_residual != 0 AND reconciled IS NOT TRUE
             AND parent_state = 'posted'"""
    )
