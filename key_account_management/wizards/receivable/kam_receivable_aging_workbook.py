import re

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from odoo import models

from ...reports.receivable.kam_receivable_report import COLUMNS

# Columns of a manager's sheet: six of text and dates, then the amounts, then the sum.
_FIRST = 7
_SUM = _FIRST + len(COLUMNS)
_HEAD = 3


class KamReceivableAging(models.TransientModel):
    """The workbook: a sheet per manager, and a summary that adds them up."""

    _inherit = "kam.receivable.aging"

    def _get_workbook_name(self):
        return self._get_report_base_filename()

    def _write_workbook(self, workbook):
        self.ensure_one()
        formats = self._prepare_formats(workbook)
        summary = workbook.add_worksheet(self.env._("Summary"))
        totals = []
        for manager, items in self._get_items().grouped("manager_id").items():
            name = manager.sudo().name or self.env._("Without manager")
            taken = [sheet.get_name().lower() for sheet in workbook.worksheets()]
            sheet = workbook.add_worksheet(self._get_sheet_name(name, taken))
            row, figures = self._write_manager(sheet, name, items, formats)
            totals.append((name, sheet.get_name(), row, figures))
        self._write_summary(summary, totals, formats)

    def _prepare_formats(self, workbook):
        money = {"num_format": "#,##0.00"}
        return {
            "bold": workbook.add_format({"bold": True}),
            "head": workbook.add_format(
                {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
            ),
            "day": workbook.add_format({"num_format": "dd.mm.yyyy", "align": "left"}),
            "money": workbook.add_format(money),
            "subtotal": workbook.add_format({**money, "bold": True}),
            "total": workbook.add_format({**money, "bold": True, "top": 1}),
        }

    def _get_sheet_name(self, name, taken):
        """Return a name that a sheet may have: 31 characters, once in the workbook."""
        clean = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:31] or "-"
        number, unique = 1, clean
        while unique.lower() in (*taken, "history"):
            number += 1
            unique = f"{clean[: 30 - len(str(number))]} {number}"
        return unique

    def _write_head(self, sheet, title, titles, formats):
        sheet.write_string(0, 0, title, formats["bold"])
        sheet.write_string(1, 0, f"{self.display_name}, {self.currency_id.name}")
        for column, text in enumerate(titles):
            sheet.write_string(_HEAD, column, text, formats["head"])
        sheet.freeze_panes(_HEAD + 1, 1)

    def _write_manager(self, sheet, name, items, formats):
        """Write the items of a manager, a subtotal per client and the total.

        :return: row of the total, its figures
        """
        titles = [*self._get_item_titles(), *self._get_amount_titles()]
        self._write_head(sheet, name, titles, formats)
        sheet.set_column(0, 2, 26)
        sheet.set_column(3, _SUM, 14)
        row = _HEAD + 1
        for client, own in items.grouped("client_id").items():
            first = row
            for row, item in enumerate(own, start=first):
                self._write_item(sheet, row, item, formats)
            row += 1
            title = self.env._("Total of %(client)s", client=client.sudo().name)
            sheet.write_string(row, 0, title, formats["bold"])
            self._write_sums(sheet, row, first, own, formats["subtotal"])
            row += 1
        sheet.write_string(row, 0, self.env._("Total"), formats["bold"])
        figures = self._write_sums(sheet, row, _HEAD + 1, items, formats["total"])
        return row, figures

    def _write_item(self, sheet, row, item, formats):
        sheet.set_row(row, None, None, {"level": 1})
        sheet.write_string(row, 0, item.client_id.sudo().name or "")
        sheet.write_string(row, 1, item.partner_id.sudo().name or "")
        sheet.write_string(row, 2, item.name or "")
        sheet.write_datetime(row, 3, item.date, formats["day"])
        sheet.write_datetime(row, 4, item.date_maturity, formats["day"])
        sheet.write_number(row, 5, item.days_overdue)
        sheet.write_string(row, 6, item.currency_id.name)
        for column, name in enumerate(COLUMNS, start=_FIRST):
            if item[name]:
                sheet.write_number(row, column, item[name], formats["money"])
        cells = xl_range(row, _FIRST, row, _SUM - 1)
        sheet.write_formula(
            row, _SUM, f"=SUM({cells})", formats["money"], item.residual
        )

    def _write_sums(self, sheet, row, first, items, style):
        """Write the sums of the rows from ``first`` on, which leave out subtotals."""
        figures = [sum(items.mapped(name)) for name in (*COLUMNS, "residual")]
        for column, figure in enumerate(figures, start=_FIRST):
            cells = xl_range(first, column, row - 1, column)
            sheet.write_formula(row, column, f"=SUBTOTAL(9,{cells})", style, figure)
        return figures

    def _write_summary(self, sheet, totals, formats):
        """Write a row per manager that points to his sheet, and how all this ends."""
        titles = [self.env._("Key Account Manager"), *self._get_amount_titles()]
        self._write_head(sheet, self.env._("Aged receivables"), titles, formats)
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, len(COLUMNS) + 1, 16)
        first = _HEAD + 1
        for row, (name, title, source, figures) in enumerate(totals, start=first):
            sheet.write_string(row, 0, name)
            for column, figure in enumerate(figures, start=1):
                cell = xl_rowcol_to_cell(source, column + _FIRST - 1)
                formula = f"='{title}'!{cell}"
                sheet.write_formula(row, column, formula, formats["money"], figure)
        last = first + max(len(totals), 1)
        sheet.write_string(last, 0, self.env._("Total"), formats["bold"])
        sums = [0.0] * (len(COLUMNS) + 1)
        if totals:
            sums = list(map(sum, zip(*(total[-1] for total in totals), strict=True)))
        for column, value in enumerate(sums, start=1):
            formula = f"=SUM({xl_range(first, column, last - 1, column)})"
            sheet.write_formula(last, column, formula, formats["total"], value)
        self._write_ledger(sheet, last, sums[-1], formats)

    def _write_ledger(self, sheet, total_row, receivable, formats):
        """Write how the sum of the open items comes to the balance of the ledger."""
        balance, across = self._get_ledger_balance()
        column = len(COLUMNS) + 1
        row = total_row + 1
        sheet.write_string(row, 0, self.env._("Matched with documents of others"))
        sheet.write_number(row, column, across, formats["money"])
        sheet.write_string(row + 1, 0, self.env._("Balance of the ledger"))
        sheet.write_number(row + 1, column, balance, formats["money"])
        sheet.write_string(row + 2, 0, self.env._("Difference"))
        cells = [xl_rowcol_to_cell(total_row + number, column) for number in range(3)]
        formula = "=ROUND({}+{}-{},2)".format(*cells)
        difference = round(receivable + across - balance, 2)
        sheet.write_formula(row + 2, column, formula, formats["total"], difference)

    def _get_item_titles(self):
        names = (
            *("client_id", "partner_id", "name", "date", "date_maturity"),
            *("days_overdue", "currency_id"),
        )
        return self._get_titles(names)

    def _get_amount_titles(self):
        return self._get_titles((*COLUMNS, "residual"))

    def _get_titles(self, names):
        fields = self.env["kam.receivable.report"].fields_get(names, ["string"])
        return [fields[name]["string"] for name in names]
