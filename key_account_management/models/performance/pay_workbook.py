"""The sheet of variable pay: what payroll takes over, one row per card."""

from xlsxwriter.utility import xl_rowcol_to_cell


def write(workbook, title, columns, rows):
    """Write a sheet with a formula for what is paid.

    :param rows: list of (manager, month, by the scheme, corrections, variable pay)
    """
    bold = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    money = workbook.add_format({"num_format": "#,##0.00"})
    month = workbook.add_format({"num_format": "mm.yyyy"})
    sheet = workbook.add_worksheet(title)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 4, 16)
    for column, text in enumerate(columns):
        sheet.write_string(0, column, text, bold)
    for row, (user, day, earned, corrected, paid) in enumerate(rows, start=1):
        sheet.write_string(row, 0, user)
        sheet.write_datetime(row, 1, day, month)
        sheet.write_number(row, 2, earned, money)
        sheet.write_number(row, 3, corrected, money)
        cells = xl_rowcol_to_cell(row, 2), xl_rowcol_to_cell(row, 3)
        sheet.write_formula(row, 4, "=MAX(0,{}+{})".format(*cells), money, paid)
