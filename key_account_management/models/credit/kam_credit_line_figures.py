from collections import defaultdict
from operator import ge, gt, le, lt

from odoo import models
from odoo.tools import SQL

from .kam_credit_ledger import FIGURES

_OPERATORS = {"<": lt, "<=": le, ">": gt, ">=": ge}


class KamCreditLine(models.Model):
    """The figures of credit lines: for a page of them, and to search by them.

    Both come from one query, so that what is found is what is shown.
    """

    _inherit = "kam.credit.line"

    def _compute_figures(self):
        """Set the figures of lines, those of a company at the close of its own day."""
        days = defaultdict(self.browse)
        for company, lines in self.grouped("company_id").items():
            days[company._kam_today()] += lines
        for lines in days.values():
            lines._set_figures()

    def _set_figures(self):
        ledger = self.env["kam.credit.ledger"]
        keys = ledger._get_keys(self)
        source = [
            (number, *keys[line], *line._get_allowance())
            for number, line in enumerate(self)
        ]
        values = SQL(", ").join(SQL("%s", row) for row in source)
        rows = ledger._get_figures(
            SQL(
                "SELECT * FROM (VALUES %s) line"
                ' (id, client_id, company_id, "limit", tolerance, horizon)',
                values,
            ),
            keys=keys.values(),
            company=self.company_id[:1],
        )
        found = {number: figures for number, *figures in rows}
        # Rounded already: written to the cache at once, not amount by amount.
        for position, name in enumerate(FIGURES):
            column = [found[number][position] for number in range(len(self))]
            self._fields[name]._insert_cache(self, column)

    def _get_allowance(self):
        """Return effective limit, tolerance and horizon of the policy."""
        policy = self.applied_policy_id
        return self.effective_limit, policy.limit_tolerance_percent, policy.horizon_days

    def _search_figure(self, field_name, operator, value):
        """Search a figure: compute it for the lines that the user may see."""
        if operator == "in":

            def matches(figure):
                return figure in value
        elif operator in _OPERATORS:

            def matches(figure):
                return _OPERATORS[operator](figure, value)
        else:
            return NotImplemented
        self._flush_allowance()
        found = []
        for companies in self.env.companies.root_id._group_kam_days().values():
            lines = self._search([("company_id", "in", companies.ids)])
            rows = self.env["kam.credit.ledger"]._get_figures(
                self._get_allowance_query(lines.subselect(), companies[:1]),
                [field_name],
                company=companies[:1],
            )
            found += [line_id for line_id, figure in rows if matches(figure)]
        return [("id", "in", found)]

    def _flush_allowance(self):
        self.flush_model()
        self.env["kam.credit.line.change"].flush_model()
        self.env["kam.client"].flush_model(["tier_id"])
        self.env["kam.tier"].flush_model(["credit_policy_id"])
        self.env["kam.credit.policy"].flush_model()

    def _get_allowance_query(self, lines, company):
        """SQL of key, effective limit, tolerance and horizon of stored lines.

        :param lines: SQL of their ids
        :param company: whose day it is
        """
        day = self.env["kam.credit.ledger"]._reported_day(company)
        return SQL(
            """
            SELECT line.id, line.client_id, line.company_id, line."limit",
                   COALESCE(policy.limit_tolerance_percent, 0) AS tolerance,
                   COALESCE(policy.horizon_days, 0) AS horizon
              FROM (%(limits)s) line
              JOIN kam_client client ON client.id = line.client_id
         LEFT JOIN kam_tier tier ON tier.id = client.tier_id
         LEFT JOIN kam_credit_policy policy ON policy.id = COALESCE(
                        line.policy_id, tier.credit_policy_id, %(default)s)
            """,
            limits=self._past_limits(
                SQL("line.id IN %s", lines), day, company._get_kam_timezone()
            ),
            default=self.env["kam.credit.policy"]._get_default().id,
        )

    def _search_receivable(self, operator, value):
        return self._search_figure("receivable", operator, value)

    def _search_uninvoiced(self, operator, value):
        return self._search_figure("uninvoiced", operator, value)

    def _search_exposure(self, operator, value):
        return self._search_figure("exposure", operator, value)

    def _search_headroom(self, operator, value):
        return self._search_figure("headroom", operator, value)

    def _search_utilization(self, operator, value):
        return self._search_figure("utilization", operator, value)

    def _search_overdue(self, operator, value):
        return self._search_figure("overdue", operator, value)

    def _search_oldest_overdue_days(self, operator, value):
        return self._search_figure("oldest_overdue_days", operator, value)
