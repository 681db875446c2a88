from odoo import api, models
from odoo.fields import Date
from odoo.tools.misc import formatLang

METRIC_KINDS = {"active_clients": "count", "new_clients": "count"}


class KamReportFiller(models.AbstractModel):
    """Fills reports in from the data: figures as codes, worded when they are read.

    Reads as the manager of the report does, so that nothing gets in that he may not
    see. ``_fill_<source>(report)`` returns rows of (name, number, kind), where a name
    is text of the data or a code of ``_get_names`` and a kind money, count or percent.
    """

    _name = "kam.report.filler"
    _description = "Figures of Reports"

    @api.model
    def _fill(self, reports):
        """Write the figures of today into reports that are not sent."""
        for report in reports.sudo():
            if fill := getattr(self, f"_fill_{report.source}", None):
                companies = self.env["res.company"].sudo()
                allowed = companies.search([("id", "child_of", report.company_id.ids)])
                reader = report.with_user(report.user_id).with_context(
                    allowed_company_ids=allowed.ids
                )
                report.figures = fill(reader)

    def _fill_debts(self, report):
        """Receivable and overdue of each client with debt, the most overdue first."""
        rows = report.env["kam.receivable.report"]._read_group(
            [("manager_id", "=", report.user_id.id)],
            ["client_id"],
            ["residual:sum", "overdue:sum"],
        )
        found = [["receivable", sum(row[1] or 0 for row in rows), "money"]]
        found.append(["overdue", sum(row[2] or 0 for row in rows), "money"])
        worst = sorted(rows, key=lambda row: -(row[2] or 0))
        found += [
            [client.name, overdue, "money"]
            for client, _residual, overdue in worst
            if overdue
        ]
        return found

    def _fill_plan_fact(self, report):
        """Plan, fact and completion of each metric in the months of the period."""
        rows = report.env["kam.plan.report"]._read_group(
            [
                ("user_id", "=", report.user_id.id),
                ("company_id", "=", report.company_id.id),
                ("month", ">=", Date.start_of(report.period_from, "month")),
                ("month", "<=", report.period_to),
            ],
            ["metric"],
            ["target:sum", "fact:sum"],
        )
        found = []
        for metric, target, fact in rows:
            if target:
                kind = METRIC_KINDS.get(metric, "money")
                found += [
                    [f"{metric}_plan", target, kind],
                    [f"{metric}_fact", fact or 0, kind],
                    [f"{metric}_done", 100 * (fact or 0) / target, "percent"],
                ]
        return found

    def _fill_reconciliation(self, report):
        """How many statements of the period there are in each state."""
        rows = report.env["kam.reconciliation"]._read_group(
            [
                ("client_id.manager_id", "=", report.user_id.id),
                ("date_to", ">=", report.period_from),
                ("date_to", "<=", report.period_to),
            ],
            ["state"],
            ["__count"],
        )
        return [[f"statement_{state}", count, "count"] for state, count in rows]

    @api.model
    def _get_names(self):
        """Return dict code -> words, in the language of the reader."""
        names = {
            "receivable": self.env._("Receivables"),
            "overdue": self.env._("Overdue"),
        }
        metrics = self.env["kam.plan.report"]._fields["metric"]
        for metric, name in metrics._description_selection(self.env):
            names[f"{metric}_plan"] = self.env._("%s: plan", name)
            names[f"{metric}_fact"] = self.env._("%s: fact", name)
            names[f"{metric}_done"] = self.env._("%s: completion", name)
        states = self.env["kam.reconciliation"]._fields["state"]
        for state, name in states._description_selection(self.env):
            names[f"statement_{state}"] = self.env._("Statements: %s", name)
        return names

    @api.model
    def _prepare(self, report):
        """Return what the template prints of a report."""
        names, currency = self._get_names(), report.company_id.sudo().currency_id
        formats = {
            "money": currency.format,
            "count": lambda number: f"{number:g}",
            "percent": lambda number: f"{formatLang(self.env, number, digits=1)} %",
        }
        return {
            "rows": [
                (names.get(name, name), formats[kind](number))
                for name, number, kind in report.figures or ()
            ]
        }
