from odoo import api, fields, models
from odoo.exceptions import ValidationError


class KamCreditAuthority(models.Model):
    """Up to what amount a group or a user may release a held order.

    Measured by the shortfall of the decision, or by the amount of the order where
    nothing is short. A row for a user replaces those of his groups.
    """

    _name = "kam.credit.authority"
    _description = "Credit Release Authority"
    _inherit = ["kam.guard.mixin"]
    _order = "sequence, id"

    sequence = fields.Integer(
        default=10, help="A request goes to the first level that may grant it."
    )
    group_id = fields.Many2one(comodel_name="res.groups", ondelete="cascade")
    user_id = fields.Many2one(
        comodel_name="res.users",
        ondelete="cascade",
        domain=[("share", "=", False)],
    )
    company_id = fields.Many2one(
        comodel_name="res.company", help="Leave empty for all companies."
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )
    amount = fields.Monetary(
        string="Up to", help="In the currency of the company whose order is held."
    )
    is_unlimited = fields.Boolean(string="Unlimited")

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)",
        "An authority cannot be below zero. Enter 0 to allow no release.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for authority in self:
            company = authority.company_id or self.env.company
            authority.currency_id = company.currency_id

    @api.depends("group_id", "user_id")
    def _compute_display_name(self):
        for authority in self:
            authority.display_name = (
                authority.user_id.name or authority.group_id.name or ""
            )

    @api.constrains("group_id", "user_id", "sequence")
    def _check_group_or_user(self):
        """Checked with the sequence too: it is set whenever a row is made."""
        for authority in self:
            if bool(authority.group_id) == bool(authority.user_id):
                raise ValidationError(
                    self.env._(
                        "Enter either the group or the user: one of them, not both."
                    )
                )

    @api.model
    def _get_rows(self, company):
        return self.sudo().search_fetch([("company_id", "in", (False, company.id))])

    @api.model
    def _get_own_rows(self, user, company):
        """Return the rows of the user: his own, else those of his groups."""
        rows = self._get_rows(company)
        own = rows.filtered(lambda row: row.user_id == user)
        return own or rows.filtered(
            lambda row: row.group_id.id in user._get_group_ids()
        )

    def _covers(self, amount, currency):
        self.ensure_one()
        return self.is_unlimited or currency.compare_amounts(amount, self.amount) <= 0

    @api.model
    def _may_release(self, user, company, amount):
        """Tell whether the user's authority covers the amount.

        :param company: root company; ``amount`` is in its currency
        """
        rows = self._get_own_rows(user, company)
        return any(row._covers(amount, company.currency_id) for row in rows)

    @api.model
    def _may_see(self, user, decision):
        """Tell whether the user may read decision and order, in his companies."""
        decision = decision.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        return decision.has_access("read") and decision.order_id.has_access("read")

    @api.model
    def _get_releasers(self, decision):
        """Return the users of the first level who may release the decision.

        :return: res.users of one level; empty if there is none
        """
        company = decision.company_id
        amount = decision._get_authority_amount()
        answering = self.env["kam.credit.answering"]
        for row in self._get_rows(company):
            if not row._covers(amount, company.currency_id):
                continue
            users = row.user_id or row.group_id.user_ids or row.group_id.all_user_ids
            users = users.filtered(
                lambda user: (
                    user.active
                    and not user.share
                    and company in user.company_ids.root_id
                    and self._may_release(user, company, amount)
                    and self._may_see(user, decision)
                )
            )
            if users := users - answering._get_involved_managers(decision):
                return users
        return self.env["res.users"]
