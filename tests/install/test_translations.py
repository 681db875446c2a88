"""The translation template is fresh and the Russian is complete."""

import io
from pathlib import Path

import polib

from odoo.modules import get_module_path
from odoo.tools.translate import trans_export

from ..common import ADDON, KamCommon


class TestTranslations(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(get_module_path(ADDON)) / "i18n"
        cls.template = polib.pofile(str(folder / f"{ADDON}.pot"))
        cls.russian = polib.pofile(str(folder / "ru.po"))

    def test_the_template_has_the_terms_of_the_code(self):
        buffer = io.BytesIO()
        trans_export(False, [ADDON], buffer, "po", self.env)
        current = polib.pofile(buffer.getvalue().decode())
        terms = {entry.msgid for entry in current}
        self.assertEqual({entry.msgid for entry in self.template}, terms)

    def test_the_russian_is_complete(self):
        self.assertEqual([entry.msgid for entry in self.russian.fuzzy_entries()], [])
        self.assertEqual(
            [entry.msgid for entry in self.russian.untranslated_entries()], []
        )
        self.assertEqual(
            {entry.msgid for entry in self.template},
            {entry.msgid for entry in self.russian},
        )

    def test_the_decision_is_told_in_russian(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        client = self.make_limited(1_000_000)
        partner = client.partner_ids
        self.make_invoice(partner, 700_000)
        self.make_confirmed(partner, 200_000)
        order = self.make_order(partner, 150_000)
        self.confirm(order)
        decision = order.credit_decision_id.with_context(lang="ru_RU")
        text = decision.summary.replace("\u00a0", " ").replace("\u202f", " ")
        self.assertEqual(
            text,
            "Задержан: не хватает 50 000. Лимит 1 000 000 − долг 700 000 − "
            "подтверждено 200 000 = свободно 100 000, заказ 150 000. Просрочки нет.",
        )
