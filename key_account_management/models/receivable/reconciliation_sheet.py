"""A reconciliation statement as a sheet of a workbook."""


def write_sheet(statement, workbook, name):
    """Write one statement: openings, documents, sums by formula, in words."""
    sheet = workbook.add_worksheet(name)
    bold = workbook.add_format({"bold": True})
    day = workbook.add_format({"num_format": "dd.mm.yyyy", "align": "left"})
    money = workbook.add_format({"num_format": "#,##0.00"})
    total = workbook.add_format({"num_format": "#,##0.00", "bold": True, "top": 1})
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, 5, 16)
    sheet.write_string(0, 0, statement.env._("Reconciliation Statement"), bold)
    sheet.write_string(1, 0, statement.display_name)
    for column, title in enumerate(_get_column_titles(statement)):
        sheet.write_string(3, column, title, bold)
    first = _write_openings(statement, sheet, money)
    row = first
    kinds = dict(
        statement.line_ids._fields["kind"]._description_selection(statement.env)
    )
    for row, line in enumerate(statement.line_ids, start=first):
        sheet.write_datetime(row, 0, line.date, day)
        sheet.write_string(row, 1, f"{kinds[line.kind]} {line.name}")
        figures = (line.debit, line.credit, *(line._get_their_figures() or ()))
        for column, figure in enumerate(figures, start=2):
            sheet.write_number(row, column, figure, money)
    _write_totals(statement, sheet, first, row + 1, bold, total)


def _write_openings(statement, sheet, money):
    """Write the opening balance and what has changed of it since.

    :return: row of the first document
    """
    openings = [(statement.env._("Opening balance"), statement.opening_balance)]
    if not statement.currency_id.is_zero(statement.earlier_change):
        title = statement.env._("including changes of earlier periods")
        openings.append((title, statement.earlier_change))
    for row, (title, amount) in enumerate(openings, start=4):
        sheet.write_string(row, 1, title)
        sheet.write_number(row, 2, max(amount, 0), money)
        sheet.write_number(row, 3, max(-amount, 0), money)
    return 4 + len(openings)


def _write_totals(statement, sheet, first, row, bold, total):
    """Write turnovers and closing below the documents, which end above ``row``.

    :param first: row of the first document, from 0
    """
    sheet.write_string(row, 1, statement.env._("Turnover of the period"), bold)
    sums = (("C", statement.debit), ("D", statement.credit))
    for column, (letter, amount) in enumerate(sums, start=2):
        formula = f"=SUM({letter}{first + 1}:{letter}{row})"
        sheet.write_formula(row, column, formula, total, amount)
    sheet.write_string(row + 1, 1, statement.env._("Closing balance"), bold)
    closing = statement.closing_balance
    ours = f"C5-D5+C{row + 1}-D{row + 1}"
    sheet.write_formula(row + 1, 2, f"=MAX({ours},0)", total, max(closing, 0))
    sheet.write_formula(row + 1, 3, f"=MAX(-({ours}),0)", total, max(-closing, 0))
    sheet.write_string(row + 3, 0, statement._get_closing_sentence())


def _get_column_titles(statement):
    return (
        statement.env._("Date"),
        statement.env._("Document"),
        statement.env._("Debit"),
        statement.env._("Credit"),
        statement.env._("Client: debit"),
        statement.env._("Client: credit"),
    )
