from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class KamGrowthExclusion(models.Model):
    """A one-off order that the director leaves out of the growth of turnover.

    Decided before a period begins: the order is left out of the turnover, and of the
    base, of the periods that begin after the decision. Entries are kept as they were
    made; one that has taken effect stays.
    """

    _name = "kam.growth.exclusion"
    _description = "One-off Order Left out of Growth"
    _inherit = ["kam.guard.mixin"]
    _order = "date desc, id desc"
    _rec_name = "order_id"

    _system_fields = frozenset(("user_id", "date", "date_from"))
    _fixed_fields = frozenset(("order_id", "reason"))

    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("kam_client_id", "!=", False), ("state", "=", "sale")],
    )
    client_id = fields.Many2one(
        related="order_id.kam_client_id", store=True, string="Key Client"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    date = fields.Date(
        string="Decided on",
        default=lambda self: self.env.company._kam_today(),
        required=True,
        readonly=True,
    )
    date_from = fields.Date(
        string="Left out from",
        compute="_compute_date_from",
        store=True,
        help="The first month that begins after the decision.",
    )

    _order_uniq = models.UniqueIndex(
        "(order_id)", "This order is left out of growth already."
    )

    @api.depends("order_id")
    def _compute_company_id(self):
        for row in self:
            row.company_id = row.order_id.sudo().company_id.root_id

    @api.depends("date")
    def _compute_date_from(self):
        for row in self:
            month = row.date and fields.Date.start_of(row.date, "month")
            row.date_from = month and month + relativedelta(months=1)

    @api.constrains("order_id")
    def _check_order_id(self):
        for row in self:
            order = row.order_id.sudo()
            if order.state != "sale" or not order.kam_client_id:
                raise UserError(
                    self.env._(
                        "%s is no confirmed order of a key client. Choose another one.",
                        order.name,
                    )
                )

    @api.constrains("reason")
    def _check_reason(self):
        for row in self:
            if not (row.reason or "").strip():
                raise UserError(self.env._("Enter why the order is a one-off."))

    def _get_fixed_message(self):
        return self.env._(
            "What was decided stays as it is. Delete the entry before it takes effect "
            "and make a new one."
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_effect(self):
        for row in self:
            if row.company_id.sudo()._kam_today() >= row.date_from:
                raise UserError(
                    self.env._(
                        "%(order)s has been left out since %(day)s: cards were "
                        "computed without it. The entry stays.",
                        order=row.order_id.sudo().name,
                        day=format_date(self.env, row.date_from),
                    )
                )
