from datetime import timedelta

from odoo import models
from odoo.tools import SQL

HISTORY_DAYS = 365


class KamDemoPast(models.AbstractModel):
    """A year of snapshots: the credit lines were made before it."""

    _name = "kam.demo.past"
    _description = "Demo: Snapshots"
    _inherit = ["kam.demo.mixin"]

    def _create_snapshots(self):
        self._age_credit_lines()
        company = self.env.company.root_id
        last = company._get_kam_yesterday()
        first = last - timedelta(days=HISTORY_DAYS - 1)
        self.env["kam.credit.snapshot"]._fill(company, first, last)

    def _age_credit_lines(self):
        """Let lines and their history begin a year ago; dates that nobody writes."""
        self.env.flush_all()
        for table, column in (
            ("kam_credit_line", "create_date"),
            ("kam_credit_line_change", "date"),
        ):
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s ="
                    " %(column)s - %(days)s * interval '1 day'",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    days=HISTORY_DAYS + 1,
                )
            )
        self.env.invalidate_all()
