from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class KamPromisePlan(models.TransientModel):
    """An instalment plan: promises that come to the debt at signing."""

    _name = "kam.promise.plan"
    _description = "Instalment Plan"
    _inherit = ["kam.dialog.mixin"]

    collection_id = fields.Many2one(
        comodel_name="kam.collection", required=True, ondelete="cascade"
    )
    client_id = fields.Many2one(related="collection_id.client_id", related_sudo=False)
    currency_id = fields.Many2one(
        related="collection_id.currency_id", related_sudo=False
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        string="Overdue Debt",
        help="What the plan has to come to.",
    )
    count = fields.Integer(string="Instalments", default=3, required=True)
    date_first = fields.Date(
        string="First Instalment",
        required=True,
        default=lambda self: self.env.company._kam_today() + relativedelta(days=7),
    )
    interval = fields.Selection(
        [("weeks", "Weekly"), ("months", "Monthly")], default="months", required=True
    )
    line_ids = fields.One2many(
        comodel_name="kam.promise.plan.line",
        inverse_name="plan_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        string="Plan",
    )

    @api.depends("collection_id")
    def _compute_amount(self):
        """Set the debt; nothing where the user may not read the case."""
        for plan in self:
            case = plan.collection_id.with_user(self.env.user)._filtered_access("read")
            plan.amount = case.overdue

    @api.depends("collection_id", "count", "date_first", "interval")
    def _compute_line_ids(self):
        for plan in self:
            plan.line_ids = [
                Command.clear(),
                *(
                    Command.create({"date": day, "amount": amount})
                    for day, amount in plan._split()
                ),
            ]

    def _split(self):
        """Return (date, amount) of equal instalments that come to the debt."""
        self.ensure_one()
        if not self.date_first or self.count < 1:
            return []
        unit = self.currency_id.rounding or 0.01
        units = round(self.amount / unit)
        share, rest = divmod(units, self.count)
        return [
            (
                self.date_first + relativedelta(**{self.interval: number}),
                self.currency_id.round((share + (number < rest)) * unit),
            )
            for number in range(self.count)
        ]

    def action_apply(self):
        """Make a promise of each instalment.

        :raise UserError: unless they come to the debt of this moment
        """
        self.ensure_one()
        self.collection_id.check_access("read")
        debt = self.collection_id.overdue
        total = sum(self.line_ids.mapped("amount"))
        if self.currency_id.compare_amounts(total, debt):
            raise UserError(
                self.env._(
                    "The instalments come to %(total)s, the debt is %(debt)s. Change "
                    "them so that they come to the debt.",
                    total=self.currency_id.format(total),
                    debt=self.currency_id.format(debt),
                )
            )
        company = self.collection_id.company_id
        words = self.client_id._get_responsible_user(company)._get_kam_words(company)
        promises = self.env["kam.promise"].create(
            [
                {
                    "client_id": self.client_id.id,
                    "company_id": self.collection_id.company_id.id,
                    "amount": line.amount,
                    "date": line.date,
                    "note": words._("Instalment plan"),
                }
                for line in self.line_ids
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "key_account_management.kam_promise_action"
        )
        return {**action, "domain": [("id", "in", promises.ids)]}
