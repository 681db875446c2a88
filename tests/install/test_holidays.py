"""Time off of a manager: his week respects it, and a substitution is proposed.

In a database of its own, where Odoo's time off is installed.
"""

import shutil
import tempfile
from pathlib import Path

import polib

from odoo.modules import get_module_path
from odoo.tests import BaseCase, tagged
from odoo.tools import config

from . import test_lifecycle as lifecycle

ADDON = lifecycle.ADDON
GLUE = f"{ADDON}_holidays"


@tagged("standard", "post_install", "-at_install")
class TestHolidays(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.mkdtemp(prefix="kam_holidays_")
        cls.addClassCleanup(shutil.rmtree, folder)
        (running,) = config["db_name"]
        cls.server = lifecycle.Server(f"{running}_holidays", folder)
        cls.addClassCleanup(cls.server.drop, cls.server.name)
        cls.server.make_base()
        cls.server.odoo("-i", f"{ADDON},hr_holidays")
        script = Path(__file__).with_name("holidays_company.py").read_text()
        _log, cls.result = cls.server.inside_text(script, "work")

    def test_it_comes_with_time_off(self):
        self.assertEqual(self.result["glue"], "installed")

    def test_its_words_are_translated(self):
        folder = Path(get_module_path(GLUE)) / "i18n"
        template = polib.pofile(str(folder / f"{GLUE}.pot"))
        russian = polib.pofile(str(folder / "ru.po"))
        self.assertEqual(
            sorted(entry.msgid for entry in template), self.result["terms"]
        )
        self.assertEqual(
            sorted(entry.msgid for entry in russian.translated_entries()),
            self.result["terms"],
        )

    def test_the_week_leaves_out_the_days_off(self):
        days, free = self.result["days"], self.result["off"]
        self.assertTrue(days)
        self.assertFalse(set(days) & set(free))

    def test_the_substitute_has_the_fewest_visits_and_knows_the_clients(self):
        self.assertEqual(self.result["proposed"], ["Knows"])
        self.assertEqual(self.result["busy_is_passed_over"], ["Stranger"])

    def test_the_head_is_asked_in_his_language(self):
        self.assertEqual(
            self.result["asked"], [["Head", "Подтвердите, кто замещает: Absent"]]
        )

    def test_nothing_is_proposed_twice_or_without_clients(self):
        self.assertEqual(self.result["again"], 0)
        self.assertEqual(self.result["without_clients"], 0)

    def test_time_off_taken_back_cancels_the_draft_alone(self):
        self.assertEqual(self.result["refused"], ["cancelled"])
        self.assertEqual(self.result["confirmed_stays"], ["confirmed"])
