"""Numbers in texts and on documents follow the language of the reader."""

from ..common import ADDON, KamCommon


class TestNumbers(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")

    def render(self, value, lang="en_US", **options):
        converter = self.env["ir.qweb.field.kam_number"].with_context(lang=lang)
        return converter.value_to_html(value, options)

    def test_idle_zeros_are_left_out(self):
        for value, text in ((40, "40"), (40.5, "40.5"), (0.125, "0.12"), (0, "0")):
            with self.subTest(value):
                self.assertEqual(self.render(value), text)

    def test_decimal_comma_and_space(self):
        self.assertEqual(self.render(40.5, "ru_RU"), "40,5")
        self.assertEqual(self.render(1234.5, "ru_RU"), "1\N{NO-BREAK SPACE}234,5")

    def test_almost_all_is_not_all(self):
        for value, digits, text in (
            (99.7, 0, "99"),
            (99.96, 1, "99.9"),
            (99.996, 2, "99.99"),
            (100, 0, "100"),
            (100.4, 0, "100"),
            (-99.7, 0, "-99"),
        ):
            with self.subTest(value):
                self.assertEqual(self.render(value, digits=digits), text)

    def test_a_plus_above_zero(self):
        self.assertEqual(self.render(2.5, sign=True), "+2.5")
        self.assertEqual(self.render(0.001, sign=True), "0")
        self.assertEqual(self.render(-2.5, sign=True), "-2.5")

    def test_messages_name_days_as_the_reader_writes_them(self):
        promise = self.env["kam.promise"].create(
            {
                "client_id": self.make_client("Named").id,
                "company_id": self.company.id,
                "amount": 5,
                "date": "2031-02-03",
            }
        )
        self.assertEqual(promise.display_name, "Named 02/03/2031")
        russian = promise.with_context(lang="ru_RU")
        self.assertEqual(russian.display_name, "Named 03.02.2031")

    def test_no_document_formats_numbers_by_itself(self):
        """Python's formats write a point in every language."""
        views = self.env["ir.ui.view"].search(
            [("key", "=like", f"{ADDON}.%"), ("type", "=", "qweb")]
        )
        self.assertTrue(views)
        for view in views:
            with self.subTest(view.key):
                self.assertNotRegex(view.arch_db, r"'%[+.\d]*[fgd]' %")
