"""Aging of a day as workbook and PDF."""

import re
from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import KamCommon, KamHttpCase

CELL = re.compile(r"(?:'([^']+)'!)?([A-Z]+\d+)")


class Sheets:
    """A workbook whose formulas are worked out anew."""

    def __init__(self, content):
        self.book = load_workbook(BytesIO(content))
        self.cached = load_workbook(BytesIO(content), data_only=True)

    def value(self, title, address):
        """The value of a cell, from its formula."""
        value = self.book[title][address].value
        if not isinstance(value, str) or not value.startswith("="):
            return value or 0
        formula = value[1:]
        if match := re.fullmatch(r"(SUM|SUBTOTAL)\((?:9,)?(\w+)(?::(\w+))?\)", formula):
            kind, *corners = match.groups()
            return self.sum(
                title, corners[0], corners[1] or corners[0], kind == "SUBTOTAL"
            )
        if match := re.fullmatch(r"ROUND\((.*),2\)", formula):
            terms = re.findall(r"([+-]?)([A-Z]+\d+)", match[1])
            return round(
                sum(
                    self.value(title, cell) * (-1 if sign == "-" else 1)
                    for sign, cell in terms
                ),
                2,
            )
        sheet, cell = CELL.fullmatch(formula).groups()
        return self.value(sheet or title, cell)

    def sum(self, title, first, last, skipping):
        cells = [cell for row in self.book[title][f"{first}:{last}"] for cell in row]
        return sum(
            self.value(title, cell.coordinate)
            for cell in cells
            if not (skipping and str(cell.value).startswith("=SUBTOTAL"))
        )

    def formulas(self):
        """(title, cell) of every formula."""
        for sheet in self.book:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        yield sheet.title, cell

    def row_of(self, title, text):
        """The values of the row that begins with a text."""
        for row in self.book[title].iter_rows():
            if row[0].value == text:
                return [self.value(title, cell.coordinate) for cell in row[1:]]
        raise AssertionError(f"{title}: no row {text}")


class AgingCase(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.make_client("Azbuka")
        cls.second = cls.make_client("Berezka")
        cls.theirs = cls.make_client(
            "Theirs", manager_id=cls.other_kam.id, team_id=cls.other_team.id
        )
        for client, amount, late in (
            (cls.first, 100, -5),
            (cls.first, 30, 10),
            (cls.second, 20.5, 45),
            (cls.second, 7, 100),
            (cls.theirs, 1000, 75),
        ):
            cls.make_invoice(
                client.partner_ids, amount, date=cls.day(-100), due=cls.day(-late)
            )
        cls.pay(12, partner=cls.second.partner_ids)
        cls.all = cls.first | cls.second | cls.theirs

    def make_aging(self, user=None, **vals):
        self.env.flush_all()
        aging = self.env["kam.receivable.aging"].with_user(user or self.controller)
        return aging.create({"client_ids": self.all.ids, **vals})


@tagged("receivable")
class TestAgingWorkbook(AgingCase):
    def sheets(self, **kwargs):
        return Sheets(self.make_aging(**kwargs)._get_workbook())

    def test_a_sheet_per_manager_and_a_summary(self):
        sheets = self.sheets()
        self.assertEqual(
            sheets.book.sheetnames, ["Summary", self.kam.name, self.other_kam.name]
        )
        self.assertEqual(
            sheets.row_of("Summary", self.kam.name),
            [100, 30, 20.5, 0, 7, -12, 145.5],
        )
        total = [100, 30, 20.5, 1000, 7, -12, 1145.5]
        self.assertEqual(sheets.row_of("Summary", "Total"), total)
        self.assertEqual(
            sheets.row_of(self.kam.name, "Total of Azbuka")[6:],
            [100, 30, 0, 0, 0, 0, 130],
        )
        self.assertEqual(
            sheets.row_of(self.kam.name, "Total")[6:],
            [100, 30, 20.5, 0, 7, -12, 145.5],
        )

    def test_formulas_say_what_is_kept_with_them(self):
        sheets = self.sheets()
        formulas = list(sheets.formulas())
        self.assertGreater(len(formulas), 30)
        for title, cell in formulas:
            kept = sheets.cached[title][cell.coordinate].value
            computed = sheets.value(title, cell.coordinate)
            self.assertAlmostEqual(kept, computed, 2, f"{title}!{cell.coordinate}")

    def test_dates_numbers_and_text(self):
        self.first.partner_ids.name = "=1+1"
        self.first.name = "@SUM(A1)"
        sheet = self.sheets().book[self.kam.name]
        row = next(row for row in sheet.iter_rows(min_row=5) if row[5].value == 10)
        self.assertEqual([cell.value for cell in row[:2]], ["@SUM(A1)", "=1+1"])
        self.assertEqual([cell.data_type for cell in row[:3]], ["s"] * 3)
        self.assertEqual(row[4].value.date(), self.day(-10))
        self.assertEqual([cell.data_type for cell in row[3:6]], ["d", "d", "n"])
        self.assertEqual(row[8].value, 30)

    def test_names_that_no_sheet_may_have(self):
        self.kam.name = "A/B: [Ann] 'O Neill' of the Very Long Southern Department"
        self.other_kam.name = self.kam.name
        sheets = self.sheets()
        self.assertEqual(len(sheets.book.sheetnames), 3)
        self.assertLessEqual(max(map(len, sheets.book.sheetnames)), 31)
        self.assertEqual(sheets.row_of("Summary", "Total")[-1], 1145.5)

    def test_matched_with_others_is_a_line_of_its_own(self):
        invoice = self.make_invoice(self.first.partner_ids, 50)
        payment = self.pay(40, partner=self.make_partner("Stranger"))
        (invoice.line_ids | payment.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        sheets = self.sheets()
        self.assertEqual(sheets.row_of("Summary", "Total")[-1], 1155.5)
        across = sheets.row_of("Summary", "Matched with documents of others")
        self.assertEqual(across[-1], 40)
        balance = sheets.row_of("Summary", "Balance of the ledger")
        self.assertEqual(balance[-1], 1195.5)
        self.assertEqual(sheets.row_of("Summary", "Difference")[-1], 0)

    def test_nothing_open(self):
        nobody = self.make_client("Nobody owes")
        sheets = self.sheets(client_ids=nobody.ids)
        self.assertEqual(sheets.book.sheetnames, ["Summary"])
        self.assertEqual(sheets.row_of("Summary", "Total"), [0] * 7)

    def test_without_manager_and_of_a_past_day(self):
        self.first.manager_id = False
        sheets = self.sheets(to_date=self.day(-95), client_ids=self.first.ids)
        self.assertEqual(sheets.book.sheetnames, ["Summary", "Without manager"])
        self.assertEqual(sheets.row_of("Summary", "Total")[0], 130)

    def test_each_role_has_its_own(self):
        mine = self.sheets(user=self.kam, client_ids=[])
        self.assertEqual(mine.book.sheetnames, ["Summary", self.kam.name])
        difference = mine.row_of("Summary", "Difference")
        self.assertEqual(difference[-1], 0)
        theirs = self.sheets(user=self.other_head, client_ids=[])
        self.assertEqual(theirs.row_of("Summary", "Total")[-1], 1000)
        self.assertEqual(theirs.row_of("Summary", "Balance of the ledger")[-1], 1000)
        with self.assertRaises(AccessError):
            self.make_aging(user=self.kam, client_ids=self.theirs.ids)

    def test_another_company_is_empty(self):
        there = self.make_company("There")
        self.make_invoice(self.first.partner_ids, 9999, company=there)
        sheets = self.sheets(company_id=there.id)
        self.assertEqual(sheets.row_of("Summary", "Total")[-1], 9999)
        self.controller.company_ids = self.company
        aging = self.make_aging(company_id=self.company.id)
        aging.sudo().company_id = there
        book = Sheets(aging._get_workbook())
        self.assertEqual(book.book.sheetnames, ["Summary"])
        self.assertEqual(book.row_of("Summary", "Balance of the ledger")[-1], 0)


@tagged("receivable")
class TestAgingPrint(AgingCase):
    def html(self, lang="en_US", **kwargs):
        aging = self.make_aging(**kwargs).with_context(lang=lang)
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "key_account_management.report_kam_receivable_aging", aging.ids
        )
        return content.decode()

    def test_managers_clients_and_totals(self):
        page = self.html()
        for text in ("Azbuka", "Theirs", self.kam.name, "1,145.50", "145.50", "12.00"):
            self.assertIn(text, page)
        self.assertIn("Balance of the ledger", page)

    def test_groups_and_sums(self):
        aging = self.make_aging()
        groups = dict(aging._get_groups())
        self.assertEqual(list(groups), [self.kam, self.other_kam])
        sums = aging._get_sums(groups[self.kam])
        self.assertEqual((sums["residual"], sums["days_overdue"]), (145.5, 100))

    def test_nothing_open(self):
        page = self.html(client_ids=self.make_client("Nobody owes").ids)
        self.assertIn("Nothing was open", page)

    def test_opening_on_screen(self):
        action = self.make_aging(to_date=self.day(-95)).action_open()
        self.assertEqual(action["context"], {"to_date": str(self.day(-95))})
        report = self.env["kam.receivable.report"].with_context(**action["context"])
        rows = report.search(action["domain"])
        self.assertEqual(rows.client_id, self.all)
        self.assertEqual(sum(rows.mapped("residual")), 1157.5)
        self.assertEqual(self.make_aging().action_print()["type"], "ir.actions.report")

    def test_clients_chosen_in_a_list(self):
        aging = self.env["kam.receivable.aging"].with_context(
            active_model="kam.client", active_ids=self.first.ids
        )
        self.assertEqual(aging.create({}).client_ids, self.first)

    def test_others_do_not_read_it(self):
        aging = self.make_aging()
        with self.assertRaises(AccessError):
            aging.with_user(self.kam).action_download_workbook()


@tagged("receivable")
class TestAgingDownload(KamHttpCase):
    def test_download(self):
        client = self.make_client("Azbuka")
        self.make_invoice(client.partner_ids, 100)
        aging = self.env["kam.receivable.aging"].with_user(self.kam).create({})
        url = aging.action_download_workbook()["url"]
        self.authenticate(self.kam.login, self.kam.login)
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        sheets = Sheets(response.content)
        self.assertEqual(sheets.row_of("Summary", "Total")[-1], 100)
        self.authenticate(self.controller.login, self.controller.login)
        self.assertEqual(self.url_open(url).status_code, 403)
