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
    def _get_approving_rows(self, company, limit, risk_class, is_above=False):
        """Return the rows that cover a limit for a class of clients.

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
        return rows

    @api.model
    def _may_approve(self, user, company, limit, risk_class, is_above=False):
        """Tell whether the user may approve a limit for a class of clients."""
        rows = self._get_approving_rows(company, limit, risk_class, is_above)
        return bool(rows & self._get_own_rows(user, company))

    @api.model
    def _get_approvers(self, record, limits, involved):
        """Return the users of the first level who may approve all of these limits.

        :param record: check or renewal of a root company; they can read it
        :param limits: list of what :meth:`_get_approving_rows` takes after the company
        :param involved: res.users who may not
        :return: res.users of one level; empty if there is none
        """
        company = record.company_id
        approving = [self._get_approving_rows(company, *limit) for limit in limits]
        for row in self._get_rows(company):
            users = row.user_id or row.group_id.user_ids or row.group_id.all_user_ids
            users = (users - involved.sudo())._filter_kam_present(company)
            owned = {user: self._get_own_rows(user, company) for user in users}
            users = users.filtered(
                lambda user, owned=owned: (
                    all(owned[user] & rows for rows in approving)
                    and record._may_hear(user.id)
                )
            )
            if users:
                return users
        return self.env["res.users"].sudo()
