from odoo import api, fields, models

from ..credit.kam_credit_line import RISK_CLASSES


class KamCreditAuthority(models.Model):
    """Authority over limits: by amount and risk class."""

    _inherit = "kam.credit.authority"

    lowest_class = fields.Selection(
        RISK_CLASSES,
        string="Riskiest Class",
        help="The riskiest class whose limit this level approves. Empty: all classes.",
    )

    @api.model
    def _has_any(self, user, company):
        return bool(self._get_own_rows(user, company))

    @api.model
    def _may_approve(self, user, company, limit, risk_class, is_above=False):
        """Tell whether the user may approve a limit for a class of clients.

        What is above the recommendation takes the level after the first one that
        would do; the last level may approve it as well.

        :param company: root company; ``limit`` is in its currency
        """
        rows = self._get_rows(company).filtered(
            lambda row: (
                row._covers(limit, company.currency_id)
                and (not row.lowest_class or (risk_class or "e") <= row.lowest_class)
            )
        )
        if is_above:
            levels = sorted(set(rows.mapped("sequence")))
            first = levels[1] if len(levels) > 1 else levels[:1] and levels[0]
            rows = rows.filtered(lambda row: row.sequence >= first)
        return bool(rows & self._get_own_rows(user, company))
