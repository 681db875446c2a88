from odoo import api, fields, models
from odoo.exceptions import UserError


class KamCollectionCall(models.TransientModel):
    """What a call about a debt came to: a step, and a promise if one was made.

    The figures are read with the rights of the user: whoever names the case of another
    learns nothing.
    """

    _name = "kam.collection.call"
    _description = "Collection Call"
    _inherit = ["kam.dialog.mixin"]

    collection_id = fields.Many2one(
        comodel_name="kam.collection", required=True, ondelete="cascade"
    )
    client_id = fields.Many2one(related="collection_id.client_id", related_sudo=False)
    currency_id = fields.Many2one(
        related="collection_id.currency_id", related_sudo=False
    )
    overdue = fields.Monetary(related="collection_id.overdue", related_sudo=False)
    oldest_overdue_days = fields.Integer(
        related="collection_id.oldest_overdue_days", related_sudo=False
    )
    unallocated = fields.Monetary(
        related="collection_id.unallocated", related_sudo=False
    )
    item_ids = fields.One2many(related="collection_id.item_ids", related_sudo=False)
    contact_ids = fields.One2many(
        related="collection_id.contact_ids", related_sudo=False
    )
    last_call_id = fields.Many2one(
        related="collection_id.last_call_id", related_sudo=False
    )
    last_call_date = fields.Date(
        related="collection_id.last_call_date", related_sudo=False
    )
    last_promise_id = fields.Many2one(
        related="collection_id.last_promise_id", related_sudo=False
    )
    last_promise_amount = fields.Monetary(
        related="collection_id.last_promise_amount", related_sudo=False
    )
    last_promise_date = fields.Date(
        related="collection_id.last_promise_date",
        related_sudo=False,
        string="Last Promised for",
    )
    last_promise_state = fields.Selection(
        related="collection_id.last_promise_state", related_sudo=False
    )
    next_stage_id = fields.Many2one(
        related="collection_id.next_stage_id", related_sudo=False
    )
    next_stage_date = fields.Date(
        related="collection_id.next_stage_date", related_sudo=False
    )
    result = fields.Char(required=True)
    next_date = fields.Date(string="Next Contact", required=True)
    promise_amount = fields.Monetary(string="Promised Amount")
    promise_date = fields.Date(string="Promised for")

    @api.onchange("promise_amount")
    def _onchange_promise_amount(self):
        case = self.collection_id
        return self.env["kam.promise"]._ask_above_debt(
            case.client_id, case.company_id, self.promise_amount
        )

    def action_apply(self):
        """Log the call and make the promise."""
        self.ensure_one()
        case = self.collection_id
        if bool(self.promise_amount) != bool(self.promise_date):
            raise UserError(self.env._("A promise takes both its amount and its date."))
        if self.next_date < case.company_id._kam_today():
            raise UserError(self.env._("The day of the next contact has passed."))
        promise = self.env["kam.promise"]
        if self.promise_amount:
            promise = promise.create(
                {
                    "client_id": case.client_id.id,
                    "company_id": case.company_id.id,
                    "amount": self.promise_amount,
                    "date": self.promise_date,
                    "note": self.result,
                }
            )
        case._log_call(self.result, self.next_date, promise)
        return {"type": "ir.actions.act_window_close"}
