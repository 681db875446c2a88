from odoo import api, fields, models
from odoo.tools import format_date

from .expected_money import CAUTIOUS, MEDIAN, get_expected_date


class KamCreditDecision(models.Model):
    """When the money that a held order waits for will probably be there.

    From the due dates of the open items and how late the client paid in the last 12
    months, by value: half of the money had come by the first date, four fifths by the
    second. What is waited for is the shortfall, else what is overdue.
    """

    _inherit = "kam.credit.decision"

    expected_date = fields.Date(
        compute="_compute_expected",
        string="Money Expected",
        help="Day by which enough of the open items is paid if the client pays as late "
        "as he usually does (median of his past, by value).",
    )
    expected_cautious_date = fields.Date(
        compute="_compute_expected",
        string="Money Expected (80 %)",
        help="The same if he pays as late as for the slowest fifth of his money.",
    )
    expected_message = fields.Char(compute="_compute_expected_message")

    @api.depends("outcome", "state", "shortfall", "overdue")
    def _compute_expected(self):
        ledger = self.env["kam.credit.ledger"]
        waiting = self.filtered(lambda decision: decision._get_needed_money() > 0)
        (self - waiting).update(
            {"expected_date": False, "expected_cautious_date": False}
        )
        keys = ledger._get_keys(waiting)
        found = ledger._get_expectations(keys.values())
        for decision, key in keys.items():
            today = decision.company_id._kam_today()
            items, credits, parts = found[key]
            needed = decision._get_needed_money() + credits
            for name, share in (
                ("expected_date", MEDIAN),
                ("expected_cautious_date", CAUTIOUS),
            ):
                decision[name] = get_expected_date(items, needed, parts, share, today)

    def _get_needed_money(self):
        """Return how much has to be paid before the held order fits."""
        if self.outcome != "hold" or self.state not in ("open", "rejected"):
            return 0.0
        return self.shortfall or self.overdue

    @api.depends("expected_date", "expected_cautious_date")
    @api.depends_context("lang")
    def _compute_expected_message(self):
        for decision in self:
            usual, cautious = decision.expected_date, decision.expected_cautious_date
            if usual and cautious:
                message = self.env._(
                    "Enough money is probably there by %(usual)s, with 80 %% certainty "
                    "by %(cautious)s.",
                    usual=format_date(self.env, usual),
                    cautious=format_date(self.env, cautious),
                )
            elif usual:
                message = self.env._(
                    "Enough money is probably there by %(usual)s; that is not sure.",
                    usual=format_date(self.env, usual),
                )
            elif decision._get_needed_money() > 0:
                message = self.env._("The open items do not bring enough money.")
            else:
                message = False
            decision.expected_message = message
