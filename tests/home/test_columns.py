"""A column has a name of its own, in English and in Russian."""

from collections import Counter

from lxml import etree

from ..common import ADDON, KamCommon


class TestColumns(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.env["ir.module.module"]._load_module_terms([ADDON], ["ru_RU"])

    def own_views(self, *types):
        data = self.env["ir.model.data"].search(
            [("module", "=", ADDON), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id"))
        return views.filtered(lambda v: v.type in types and v.mode == "primary")

    def assertUnique(self, names):
        twice = [name for name, count in Counter(names).items() if count > 1]
        self.assertFalse(twice)

    def test_columns_of_lists(self):
        for lang in ("en_US", "ru_RU"):
            for view in self.own_views("list", "form").with_context(lang=lang):
                model = self.env[view.model].with_context(lang=lang)
                arch = etree.fromstring(model.get_view(view.id, view.type)["arch"])
                for node in arch.iter("list"):
                    with self.subTest(view.xml_id, lang=lang):
                        self.assertUnique(self.get_titles(node, model))

    def get_titles(self, node, model):
        """Names of the columns of a list, or of a list within a form."""
        for field in reversed(list(node.iterancestors("field"))):
            name = field.get("name")
            model = self.env[model._fields[name].comodel_name].with_env(model.env)
        fields = model.fields_get(attributes=["string"])
        for column in node.iterchildren("field"):
            if column.get("column_invisible") not in ("1", "True"):
                name = column.get("name")
                title = column.get("string", fields.get(name, {}).get("string"))
                if title:
                    yield title

    def test_columns_of_documents(self):
        for lang in ("en_US", "ru_RU"):
            for view in self.own_views("qweb").with_context(lang=lang):
                arch = etree.fromstring(view.arch)
                for table in arch.iter("table"):
                    with self.subTest(view.xml_id, lang=lang):
                        self.assertUnique(filter(None, self.get_heads(table)))

    def get_heads(self, table):
        """Names of the columns of a table, each below the heading that spans it."""
        rows = [
            [
                self.get_head(cell)
                for cell in row.iterchildren("th")
                for _column in range(int(cell.get("colspan", 1)))
            ]
            for row in table.xpath("./thead/tr")
        ]
        return list(zip(*rows, strict=False))

    def get_head(self, cell):
        """What a cell says, or prints; an empty one is told by its place."""
        printed = [node.get("t-out", "") for node in cell.iter()]
        words = "".join([*cell.itertext(), *printed]).split()
        return " ".join(words) or cell.getroottree().getpath(cell)
