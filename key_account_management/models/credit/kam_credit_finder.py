from operator import ge, gt, le, lt

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

_OPERATORS = {"<": lt, "<=": le, ">": gt, ">=": ge}


class KamCreditFinder(models.AbstractModel):
    """Finds credit lines by what they show and nobody stores: limits and figures.

    Computed by the same query as what is shown, so that what is found is what is
    seen, of the same day.
    """

    _name = "kam.credit.finder"
    _description = "Search of Credit Lines by Figures"

    # --- by limit ---

    @api.model
    def _by_limit(self, operator, value):
        """Return the domain by the limit of the day shown: today, or ``to_date``."""
        roots = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        temporary = Domain.OR(
            Domain("company_id", "in", companies.ids)
            & Domain("temporary_until", ">=", today)
            for today, companies in roots._group_kam_days().items()
        )
        current = (temporary & Domain("temporary_limit", operator, value)) | (
            ~temporary & Domain("limit", operator, value)
        )
        day = fields.Date.to_date(self.env.context.get("to_date"))
        over = roots.filtered(lambda root: day and day < root._kam_today())
        if not over:
            return current
        past = self._by_past_limit(over, day, operator, value)
        if past is NotImplemented:
            return past
        return past | (current & Domain("company_id", "not in", over.ids))

    @api.model
    def _by_past_limit(self, roots, day, operator, value):
        """Return the domain of the lines by their limit at the close of a past day."""
        if operator == "in":
            wanted = SQL("IN %s", tuple(amount or 0 for amount in value) or (None,))
        elif operator in _OPERATORS:
            wanted = SQL("%s %s", SQL(operator), value)
        else:
            return NotImplemented
        self.env["kam.credit.line"].flush_model()
        changes = self.env["kam.credit.line.change"]
        changes.flush_model()
        return Domain.OR(
            Domain("id", "in", changes._get_lines_by_limit(root, day, wanted))
            for root in roots
        )

    # --- by figures ---

    @api.model
    def _by_figure(self, field_name, operator, value):
        """Return the domain by a figure, computed for the lines the user may see."""
        if operator == "in":

            def matches(figure):
                return figure in value
        elif operator in _OPERATORS:

            def matches(figure):
                return _OPERATORS[operator](figure, value)
        else:
            return NotImplemented
        self._flush()
        found = []
        for companies in self.env.companies.root_id._group_kam_days().values():
            domain = [("company_id", "in", companies.ids)]
            lines = self.env["kam.credit.line"]._search(domain)
            rows = self.env["kam.credit.ledger"]._get_figures(
                self._get_allowance_query(lines.subselect(), companies[:1]),
                [field_name],
                company=companies[:1],
            )
            found += [line_id for line_id, figure in rows if matches(figure)]
        return [("id", "in", found)]

    @api.model
    def _flush(self):
        """Write what limits and allowances of lines are read from by SQL."""
        self.env["kam.credit.line"].flush_model()
        self.env["kam.credit.line.change"].flush_model()
        self.env["kam.client"].flush_model(["tier_id"])
        self.env["kam.tier"].flush_model(["credit_policy_id"])
        self.env["kam.credit.policy"].flush_model()

    @api.model
    def _get_allowance_query(self, lines, company):
        """SQL of key, effective limit, tolerance and horizon of stored lines.

        The policy is that of the line, else of the client's tier, else the default.

        :param lines: SQL of their ids
        :param company: whose day it is
        """
        day = self.env["kam.credit.ledger"]._reported_day(company)
        changes = self.env["kam.credit.line.change"]
        return SQL(
            """
            SELECT line.id, line.client_id, line.company_id, line."limit",
                   COALESCE(policy.limit_tolerance_percent, 0) AS tolerance,
                   COALESCE(policy.horizon_days, 0) AS horizon
              FROM (%(limits)s) line
              JOIN kam_client client ON client.id = line.client_id
         LEFT JOIN kam_tier tier ON tier.id = client.tier_id
         LEFT JOIN kam_credit_policy policy ON policy.id = %(policy)s
            """,
            limits=changes._get_past_limits(
                SQL("line.id IN %s", lines), day, company._get_kam_timezone()
            ),
            policy=self.env["kam.credit.policy"]._get_line_policy(),
        )
