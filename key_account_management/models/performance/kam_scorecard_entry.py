from odoo import fields, models


class KamScorecardEntry(models.Model):
    """A record behind a number of a card, and what it adds to it.

    The sums of ``amount`` and ``base`` over a line are its numerator and denominator.
    Written by `kam.scorecard.engine`, anew while the card is a draft and never again
    after it was closed.
    """

    _name = "kam.scorecard.entry"
    _description = "Record of a Scorecard"
    _inherit = ["kam.guard.mixin"]
    _order = "line_id, date, client_id, id"
    _rec_name = "name"
    _log_access = False

    _system_only = True

    line_id = fields.Many2one(
        comodel_name="kam.scorecard.line",
        string="Criterion",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="restrict", readonly=True
    )
    kind = fields.Selection(
        selection=[
            ("turnover", "Turnover"),
            ("margin", "Margin"),
            ("active_clients", "Active client"),
            ("new_clients", "New client"),
            ("collections", "Money collected"),
            ("base", "Turnover of the base"),
            ("left_out", "One-off order left out"),
            ("on_time", "Paid on time"),
            ("late", "Paid late"),
            ("unpaid", "Not paid"),
            ("clean", "Clean days"),
            ("overdue", "Overdue"),
            ("over_limit", "Over the limit"),
            ("done", "Report"),
            ("accepted", "Accepted the first time"),
            ("case", "Justified case"),
        ],
        required=True,
        readonly=True,
    )
    date = fields.Date(readonly=True)
    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        ondelete="restrict",
        readonly=True,
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Document",
        ondelete="restrict",
        readonly=True,
    )
    name = fields.Char(string="Description", readonly=True)
    days_late = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="Of a payment: days after the due date on which the last of it came, or "
        "that it is late by now.",
    )
    amount = fields.Float(
        string="Counted", digits=(16, 2), readonly=True, help="The numerator."
    )
    base = fields.Float(
        string="Out of", digits=(16, 2), readonly=True, help="The denominator."
    )

    def action_open_document(self):
        """Open the invoice of the row, where the user may read it.

        :raise AccessError: for documents that the user may not read
        """
        self.ensure_one()
        self.move_id.check_access("read")
        return self.move_id._get_records_action()
