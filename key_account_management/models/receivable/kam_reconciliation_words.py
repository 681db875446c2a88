from odoo import models

from .amount_in_words import amount_in_words


class KamReconciliation(models.Model):
    _inherit = "kam.reconciliation"

    def _get_closing_sentence(self):
        """Return who owes whom how much at the end, in words, in the language set."""
        self.ensure_one()
        amount, currency = self.closing_balance, self.currency_id
        party = (self.partner_id or self.client_id).sudo().name
        company = self.company_id.sudo().name
        if currency.is_zero(amount):
            return self.env._(
                "On %(date)s neither side owes the other anything.",
                date=self._format_day(self.date_to),
            )
        debtor, creditor = (party, company) if amount > 0 else (company, party)
        return self.env._(
            "On %(date)s %(debtor)s owes %(creditor)s %(amount)s (%(words)s).",
            date=self._format_day(self.date_to),
            debtor=debtor,
            creditor=creditor,
            amount=currency.format(abs(amount)),
            words=amount_in_words(abs(amount), currency, self.env.lang),
        )

    def _get_their_figures(self, line):
        """Return (debit, credit) in the books of the client; None: no answer yet.

        Their books mirror ours: what is a debit here is a credit there. Another amount
        stands on the side of what is more.
        """
        if not line.answer:
            return None
        if line.answer == "agreed":
            return line.credit, line.debit
        ours = line.answer_amount if line.answer == "other_amount" else 0.0
        return (0.0, ours) if line.debit >= line.credit else (ours, 0.0)

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.display_name.replace("/", "-")

    def _get_workbook_name(self):
        return self.env._("Reconciliation statement")

    def _write_workbook(self, workbook):
        for index, statement in enumerate(self, start=1):
            lang = statement.partner_id.sudo().lang or self.env.lang
            statement.with_context(lang=lang)._write_sheet(workbook, str(index))

    def _write_sheet(self, workbook, name):
        """Write one statement: openings, documents, sums by formula, in words."""
        sheet = workbook.add_worksheet(name)
        bold = workbook.add_format({"bold": True})
        day = workbook.add_format({"num_format": "dd.mm.yyyy", "align": "left"})
        money = workbook.add_format({"num_format": "#,##0.00"})
        total = workbook.add_format({"num_format": "#,##0.00", "bold": True, "top": 1})
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 40)
        sheet.set_column(2, 5, 16)
        sheet.write_string(0, 0, self._get_title(), bold)
        sheet.write_string(1, 0, self.display_name)
        for column, title in enumerate(self._get_column_titles()):
            sheet.write_string(3, column, title, bold)
        first = self._write_openings(sheet, money)
        row = first
        kinds = dict(self.line_ids._fields["kind"]._description_selection(self.env))
        for row, line in enumerate(self.line_ids, start=first):
            sheet.write_datetime(row, 0, line.date, day)
            sheet.write_string(row, 1, f"{kinds[line.kind]} {line.name}")
            figures = (line.debit, line.credit, *(self._get_their_figures(line) or ()))
            for column, figure in enumerate(figures, start=2):
                sheet.write_number(row, column, figure, money)
        self._write_totals(sheet, first, row + 1, bold, total)

    def _write_openings(self, sheet, money):
        """Write the opening balance and what has changed of it since.

        :return: row of the first document
        """
        openings = [(self.env._("Opening balance"), self.opening_balance)]
        if not self.currency_id.is_zero(self.earlier_change):
            title = self.env._("including changes of earlier periods")
            openings.append((title, self.earlier_change))
        for row, (title, amount) in enumerate(openings, start=4):
            sheet.write_string(row, 1, title)
            sheet.write_number(row, 2, max(amount, 0), money)
            sheet.write_number(row, 3, max(-amount, 0), money)
        return 4 + len(openings)

    def _write_totals(self, sheet, first, row, bold, total):
        """Write turnovers and closing below the documents, which end above ``row``.

        :param first: row of the first document, from 0
        """
        sheet.write_string(row, 1, self.env._("Turnover of the period"), bold)
        sums = (("C", self.debit), ("D", self.credit))
        for column, (letter, amount) in enumerate(sums, start=2):
            formula = f"=SUM({letter}{first + 1}:{letter}{row})"
            sheet.write_formula(row, column, formula, total, amount)
        sheet.write_string(row + 1, 1, self.env._("Closing balance"), bold)
        closing = self.closing_balance
        ours = f"C5-D5+C{row + 1}-D{row + 1}"
        sheet.write_formula(row + 1, 2, f"=MAX({ours},0)", total, max(closing, 0))
        sheet.write_formula(row + 1, 3, f"=MAX(-({ours}),0)", total, max(-closing, 0))
        sheet.write_string(row + 3, 0, self._get_closing_sentence())

    def _get_title(self):
        return self.env._("Reconciliation Statement")

    def _get_column_titles(self):
        return (
            self.env._("Date"),
            self.env._("Document"),
            self.env._("Debit"),
            self.env._("Credit"),
            self.env._("Client: debit"),
            self.env._("Client: credit"),
        )
