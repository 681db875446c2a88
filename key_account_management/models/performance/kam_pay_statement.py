from odoo import api, models

from ..client.numbers import format_number
from . import pay
from .pay_workbook import write


class KamPayStatement(models.AbstractModel):
    """The pay of a card in words and figures: on the form, as PDF and as a sheet.

    Works on a card that its reader may read, and shows nothing that is not on it.
    """

    _name = "kam.pay.statement"
    _description = "Statement of Variable Pay"

    @api.model
    def _render(self, card):
        """Return the statement of a card as HTML, in the language of the reader."""
        if not card.pay_detail:
            return False
        return self.env["ir.qweb"]._render(
            "key_account_management.kam_pay_statement", self._prepare(card)
        )

    @api.model
    def _prepare(self, card):
        """Return what the template of the statement prints."""
        inputs = card.pay_detail or {"schemes": []}
        company = card.company_id.sudo()
        return {
            "card": card,
            "schemes": pay.explain(inputs),
            "days": inputs.get("days"),
            "names": self._get_names(),
            "criteria": self._get_criteria(),
            "corrections": card.correction_ids,
            "steps": self._get_steps(card, inputs),
            "money": company.currency_id.format,
            "count": lambda metric, number: self._format(company, metric, number),
        }

    @api.model
    def _get_names(self):
        """Return dict metric -> its name."""
        field = self.env["kam.sales.plan.line"]._fields["metric"]
        return dict(field._description_selection(self.env))

    @api.model
    def _get_criteria(self):
        field = self.env["kam.pay.corrector"]._fields["code"]
        return dict(field._description_selection(self.env))

    @api.model
    def _format(self, company, metric, number):
        if metric in pay.COUNTS:
            return format_number(self.env, number)
        return company.currency_id.format(number)

    @api.model
    def _get_steps(self, card, inputs):
        """Return sentences on what more would bring: list of (text, money)."""
        if card.state != "draft" or not inputs["schemes"]:
            return []
        names, company = self._get_names(), card.company_id.sudo()
        return [
            (
                self.env._(
                    "%(more)s more of %(metric)s",
                    more=self._format(company, step["metric"], step["more"]),
                    metric=names[step["metric"]].lower(),
                ),
                company.currency_id.format(step["gain"]),
            )
            for step in pay.get_steps(inputs)
        ]

    @api.model
    def _write_sheet(self, workbook, cards):
        """Write the pay of cards as a sheet of a workbook; no payroll entry is made.

        :param workbook: xlsxwriter.Workbook
        """
        labels = cards.fields_get(
            ["user_id", "date_from", "pay_earned", "pay_corrected", "variable_pay"],
            ["string"],
        )
        columns = [label["string"] for label in labels.values()]
        rows = [
            (
                card.user_id.sudo().name,
                card.date_from,
                card.pay_earned,
                card.pay_corrected,
                card.variable_pay,
            )
            for card in cards
        ]
        write(workbook, self.env._("Variable Pay"), columns, rows)
