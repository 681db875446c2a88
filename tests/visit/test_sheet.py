"""The week on paper and as a workbook."""

import io
from datetime import date, datetime

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError

from .common import ADDON, FRIDAY_BEFORE, VisitCase


class TestSheet(VisitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.make_partner(
            "Azbuka", street="Nevsky 1", city="St Petersburg", phone="+7 812 1"
        )
        cls.client = cls.make_client("Azbuka", cls.partner, tier_id=cls.tier.id)
        with freeze_time(FRIDAY_BEFORE):
            cls.make_invoice(
                cls.partner, 900, date=date(2026, 6, 1), due=date(2026, 6, 23)
            )
            cls.plan = cls.make_plan()
            cls.visit = cls.make_visit(cls.client, at=cls.at(1), agenda="=New goods")
            dropped = cls.make_visit(cls.client, at=cls.at(2))
            dropped.action_cancel("No time")

    @freeze_time(FRIDAY_BEFORE)
    def test_workbook(self):
        book = load_workbook(io.BytesIO(self.plan._get_workbook()))
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        self.assertEqual(len(book.worksheets), 1)
        self.assertEqual(rows[0][0], "kam_ann_first, week 28/2026")
        self.assertEqual(len(rows), 5)
        row = rows[4]
        self.assertEqual(row[0], datetime(2026, 7, 7))
        self.assertEqual(row[1].strftime("%H:%M"), "12:00")
        self.assertEqual(row[2:4], ("Visit", "Azbuka"))
        self.assertIn("Nevsky 1", row[4])
        self.assertEqual((row[6], row[8:10]), ("+7 812 1", (900, 900)))
        self.assertEqual(row[10], "=New goods")

    @freeze_time(FRIDAY_BEFORE)
    def test_all_managers_in_one_workbook(self):
        plans = self.plan | self.make_plan(user=self.other_kam)
        book = load_workbook(io.BytesIO(plans.with_user(self.director)._get_workbook()))
        self.assertEqual(book.sheetnames, ["1 kam_ann_first", "2 kam_ben_second"])

    @freeze_time(FRIDAY_BEFORE)
    def test_paper_in_both_languages(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"]._load_module_terms([ADDON], ["ru_RU"])
        reports = self.env["ir.actions.report"]
        for lang, word in (("en_US", "Tuesday"), ("ru_RU", "вторник")):
            html, _kind = reports.with_context(lang=lang)._render_qweb_html(
                f"{ADDON}.report_kam_visit_plan", self.plan.ids
            )
            text = html.decode()
            self.assertIn(word, text)
            self.assertIn("12:00", text)
            self.assertIn("Azbuka", text)
            self.assertNotIn("No time", text)

    def test_nobody_downloads_the_week_of_another(self):
        with self.assertRaises(AccessError):
            self.plan.with_user(self.other_kam).action_download_workbook()
        action = self.plan.action_download_workbook()
        self.assertIn(f"kam.visit.plan/{self.plan.id}", action["url"])
