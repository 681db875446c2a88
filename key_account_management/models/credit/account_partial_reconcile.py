from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # The ledger of a past day takes back the matchings that are dated later.
    _kam_max_date_idx = models.Index("(max_date)")
