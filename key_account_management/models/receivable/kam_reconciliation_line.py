from odoo import api, fields, models
from odoo.exceptions import ValidationError


class KamReconciliationLine(models.Model):
    """A document or payment of a reconciliation statement, and what the client says.

    Written with the statement; afterwards only the answer changes.
    """

    _name = "kam.reconciliation.line"
    _description = "Line of Reconciliation Statement"
    _inherit = ["kam.guard.mixin"]
    _order = "reconciliation_id, date, id"

    _system_fields = frozenset(
        ("reconciliation_id", "date", "kind", "name", "move_id", "debit", "credit")
    )

    reconciliation_id = fields.Many2one(
        comodel_name="kam.reconciliation",
        required=True,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="reconciliation_id.currency_id")
    date = fields.Date(required=True)
    kind = fields.Selection(
        selection=[
            ("invoice", "Invoice"),
            ("refund", "Credit Note"),
            ("payment", "Payment"),
            ("exchange", "Exchange Difference"),
            ("entry", "Entry"),
        ],
        required=True,
    )
    name = fields.Char(string="Document", required=True)
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Journal Entry",
        index="btree_not_null",
        ondelete="set null",
    )
    debit = fields.Monetary()
    credit = fields.Monetary()
    answer = fields.Selection(
        selection=[
            ("agreed", "Agreed"),
            ("not_found", "Not Found"),
            ("other_amount", "Another Amount"),
        ]
    )
    answer_amount = fields.Monetary(
        string="Their Amount", help="The amount in the books of the client."
    )
    note = fields.Char(string="Comment")

    @api.constrains("answer", "answer_amount")
    def _check_answer_amount(self):
        for line in self:
            ours = abs(line.debit - line.credit)
            compare = line.currency_id.compare_amounts
            if line.answer == "other_amount" and (
                compare(line.answer_amount, 0) <= 0
                or compare(line.answer_amount, ours) == 0
            ):
                raise ValidationError(
                    self.env._(
                        "%(document)s: enter the amount in your books if it is another "
                        "one, or mark the line as agreed or not found.",
                        document=line.name,
                    )
                )

    def write(self, vals):
        """Write answers, as long as the statement waits for one.

        :raise AccessError: for anything else
        """
        answers = self.env["kam.reconciliation.answer"]
        answers._check_awaiting(self.reconciliation_id)
        return super().write(vals)

    @api.model
    def _get_system_message(self, names):
        return self.env._(
            "The lines of a reconciliation statement follow from the ledger. Only the "
            "answer of the client can be entered."
        )

    def _get_their_figures(self):
        """Return (debit, credit) in the books of the client; None: no answer yet.

        Their books mirror ours: what is a debit here is a credit there. Another amount
        stands on the side of what is more.
        """
        if not self.answer:
            return None
        if self.answer == "agreed":
            return self.credit, self.debit
        ours = self.answer_amount if self.answer == "other_amount" else 0.0
        return (0.0, ours) if self.debit >= self.credit else (ours, 0.0)
