"""The workbook of a team's cards: every number is a formula of those before it."""

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

HEAD = 2
# Columns of the sheet of criteria.
(USER, MONTH, NAME, COUNTED, BASE, ACTUAL, TARGET, CAP, POINTS, WEIGHT, PART) = range(
    11
)


def write(workbook, cards, titles):
    """Write a sheet of totals and a sheet of criteria.

    :param cards: list of dicts of ``user``, ``month``, ``total`` and ``lines``: dicts
        of name, code, amount, base, actual, points, weight, weighted, applicable,
        scale
    :param titles: dict of the words of the sheets
    """
    number = {"num_format": "#,##0.00"}
    formats = {
        "bold": workbook.add_format({"bold": True}),
        "head": workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        "number": workbook.add_format(number),
        "total": workbook.add_format(
            {"num_format": "#,##0.00", "bold": True, "top": 1}
        ),
    }
    summary = workbook.add_worksheet(titles["summary"])
    sheet = workbook.add_worksheet(titles["criteria"])
    _write_head(summary, titles["summary"], titles["totals"], formats)
    _write_head(sheet, titles["criteria"], titles["columns"], formats)
    sheet.set_column(USER, NAME, 24)
    sheet.set_column(COUNTED, PART, 13)
    summary.set_column(0, 1, 28)
    row = HEAD + 1
    for number, card in enumerate(cards, start=HEAD + 1):
        row, cell = _write_card(sheet, row, card, formats, titles)
        summary.write_string(number, 0, card["user"])
        summary.write_string(number, 1, card["month"])
        formula = f"='{titles['criteria']}'!{cell}"
        summary.write_formula(number, 2, formula, formats["number"], card["total"])


def _write_head(sheet, title, columns, formats):
    sheet.write_string(0, 0, title, formats["bold"])
    for column, text in enumerate(columns):
        sheet.write_string(HEAD, column, text, formats["head"])
    sheet.freeze_panes(HEAD + 1, 1)


def _write_card(sheet, row, card, formats, titles):
    """Write the criteria of a card and their total.

    :return: first row of the next card, cell of the total
    """
    first, last = row, row + len(card["lines"]) - 1
    for row, line in enumerate(card["lines"], start=first):
        sheet.write_string(row, USER, card["user"])
        sheet.write_string(row, MONTH, card["month"])
        sheet.write_string(row, NAME, line["name"])
        _write_line(sheet, row, line, (first, last), formats["number"])
    row = last + 1
    sheet.write_string(row, USER, card["user"], formats["bold"])
    sheet.write_string(row, MONTH, card["month"], formats["bold"])
    sheet.write_string(row, NAME, titles["total"], formats["bold"])
    parts = xl_range_abs(first, PART, last, PART)
    formula = f"=ROUND(SUM({parts}),2)"
    sheet.write_formula(row, PART, formula, formats["total"], card["total"])
    return row + 2, xl_rowcol_to_cell(row, PART)


def _write_line(sheet, row, line, block, style):
    cells = {column: xl_rowcol_to_cell(row, column) for column in range(PART + 1)}
    scale = line["scale"]
    sheet.write_number(row, TARGET, scale["target"], style)
    sheet.write_number(row, CAP, scale["cap"], style)
    sheet.write_number(row, WEIGHT, line["weight"], style)
    if not line["applicable"]:
        sheet.write_number(row, PART, 0, style)
        return
    sheet.write_number(row, COUNTED, line["amount"], style)
    sheet.write_number(row, BASE, line["base"], style)
    formulas = {
        "growth": "=ROUND(100*({c}-{b})/{b},2)",
        "settlement": "=ROUND(100*{c}/{b},2)",
        "debt": "=ROUND(100*{c}/{b},2)",
    }
    if formula := formulas.get(line["code"]):
        formula = formula.format(c=cells[COUNTED], b=cells[BASE])
        sheet.write_formula(row, ACTUAL, formula, style, line["actual"])
    else:
        sheet.write_number(row, ACTUAL, line["actual"], style)
    formula = _get_points_formula(cells, scale)
    sheet.write_formula(row, POINTS, formula, style, line["points"])
    weights = xl_range_abs(block[0], WEIGHT, block[1], WEIGHT)
    points = xl_range_abs(block[0], POINTS, block[1], POINTS)
    # What has no points has no base: its weight is spread over the others.
    formula = f'={cells[POINTS]}*{cells[WEIGHT]}/SUMIFS({weights},{points},">=0")'
    sheet.write_formula(row, PART, formula, style, line["weighted"])


def _get_points_formula(cells, scale):
    actual, cap = cells[ACTUAL], cells[CAP]
    if scale["kind"] == "ranges":
        rows = sorted(scale["ranges"])
        borders = ",".join(f"{border:g}" for border, _points in rows)
        points = ",".join(f"{points:g}" for _border, points in rows)
        found = f"IFERROR(LOOKUP({actual},{{{borders}}},{{{points}}}),0)"
    else:
        found = f"100*{actual}/{cells[TARGET]}"
        if scale.get("floor"):
            found = f"IF({found}>={scale['floor']:g},{found},0)"
    return f"=ROUND(MAX(0,MIN({cap},{found})),2)"
