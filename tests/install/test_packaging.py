"""What a package of the addon must contain, read from its files."""

import ast
import csv
import re
from pathlib import Path

from lxml import etree

from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path

from odoo.addons.key_account_management import hooks

ADDON = "key_account_management"
ROLES = ["user", "support", "credit", "head", "director", "admin"]
HEADER = "id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink"
# A stage is a column of the board: it has no owner and is the same in all companies.
WITHOUT_RULES = {
    "kam.collection.stage",
    "kam.credit.class",
    "kam.credit.document.type",
    "kam.credit.factor",
    "kam.credit.factor.range",
    "kam.stage",
    "kam.visit.kind",
    "kam.visit.outcome",
    "kam.visit.purpose",
    "kam.visit.reason",
}
# A file of an addon, as views and styles name it.
STATIC = re.compile(r"""["'(]/([a-z_]+/static/[^"'()\s]+\.(?:svg|png|jpg|gif))""")
DEAD = {
    "<tree": re.compile(r"<tree\b"),
    "kanban-box": re.compile(r"kanban-box"),
    "oe_chatter": re.compile(r"oe_chatter"),
    "attrs=": re.compile(r"\battrs="),
    "states=": re.compile(r"\bstates="),
    "t-esc": re.compile(r"\bt-(esc|raw)="),
    "tree in view_mode": re.compile(r"view_mode[^<]*?\btree\b"),
}


@tagged("standard", "post_install", "-at_install")
class TestPackaging(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manifest = Manifest.for_addon(ADDON)
        cls.root = Path(cls.manifest.path)

    def files(self, *patterns):
        """Names of the addon's own files; its tests are a link to the repository."""
        for pattern in patterns:
            for path in sorted(self.root.rglob(pattern)):
                name = path.relative_to(self.root)
                if name.parts[0] != "tests":
                    yield name.as_posix()

    def text(self, name):
        return (self.root / name).read_text()

    def test_selections_are_lists(self):
        """Of a tuple Odoo keeps no labels, and the browser finds none."""
        for name, model in self.env.registry.items():
            for field in model._fields.values():
                is_ours = name.startswith("kam.") and field.type == "selection"
                if is_ours and not (field.related or callable(field.selection)):
                    with self.subTest(str(field)):
                        self.assertIsInstance(field.selection, list)

    def test_uninstalling_empties_every_table(self):
        """A table that is left out keeps the addon from leaving, once it has rows."""
        own = {
            model._table
            for name, model in self.env.registry.items()
            if name.startswith("kam.") and model._auto and not model._transient
            if not model._abstract
        }
        self.assertEqual(sorted(own), sorted(hooks._TABLES))

    def test_images_and_files_are_there(self):
        for name in self.files("*.xml", "*.scss", "*.js"):
            for path in STATIC.findall(self.text(name)):
                with self.subTest(f"{name}: {path}"):
                    self.assertTrue(file_path(path))

    def test_every_data_file_is_listed_once(self):
        listed = [*self.manifest["data"], *self.manifest["demo"]]
        self.assertEqual(len(listed), len(set(listed)))
        found = [
            name
            for name in self.files("*.xml", "*.csv")
            if not name.startswith("static")
        ]
        self.assertEqual(sorted(found), sorted(listed))

    def test_demo_is_in_its_own_folder(self):
        for name in self.manifest["demo"]:
            self.assertTrue(name.startswith("demo/"), name)
        for name in self.manifest["data"]:
            self.assertFalse(name.startswith("demo/"), name)

    def test_rights_come_before_data_and_menus_last(self):
        folders = [name.split("/")[0] for name in self.manifest["data"]]
        order = ["security", "data", "wizards", "reports", "views"]
        self.assertEqual(folders, sorted(folders, key=order.index))
        self.assertTrue(self.manifest["data"][-1].endswith("_menus.xml"))

    def test_every_asset_finds_a_file(self):
        for entries in self.manifest["assets"].values():
            for entry in entries:
                pattern = entry if isinstance(entry, str) else entry[-1]
                path = pattern.removeprefix(f"{ADDON}/")
                self.assertTrue(list(self.root.glob(path)), pattern)

    def test_nothing_of_older_versions(self):
        for name in self.files("*.xml"):
            text = self.text(name)
            for word, pattern in DEAD.items():
                with self.subTest(f"{word} in {name}"):
                    self.assertIsNone(pattern.search(text))

    def test_every_file_is_well_formed_and_one_model_a_file(self):
        for name in self.files("*.xml"):
            etree.parse(self.root / name)
        for name in self.files("*.py"):
            if name.split("/")[0] not in ("models", "wizards", "reports"):
                continue
            models = [
                node
                for node in ast.parse(self.text(name)).body
                if isinstance(node, ast.ClassDef)
                and any("models." in ast.unparse(base) for base in node.bases)
            ]
            with self.subTest(name):
                self.assertLessEqual(len(models), 1)

    def test_every_python_file_is_imported(self):
        names = list(self.files("*.py"))
        imports = "".join(map(self.text, names))
        for name in names:
            path = Path(name)
            if path.stem in ("__init__", "__manifest__") or "migrations" in name:
                continue
            with self.subTest(name):
                self.assertRegex(imports, rf"import {path.stem}\b|\.{path.stem} import")

    def test_there_is_an_icon(self):
        self.assertTrue((self.root / "static/description/icon.png").exists())


@tagged("standard", "post_install", "-at_install")
class TestRightsFiles(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = Path(Manifest.for_addon(ADDON).path) / "security/ir.model.access.csv"
        cls.lines = path.read_text().splitlines()
        cls.rows = list(csv.DictReader(cls.lines))

    def models(self):
        return {
            name: model
            for name, model in self.env.registry.items()
            if model._original_module == ADDON and not model._abstract
        }

    def test_every_model_has_access_rights(self):
        named = {row["model_id:id"] for row in self.rows}
        for name in self.models():
            with self.subTest(name):
                self.assertIn(f"model_{name.replace('.', '_')}", named)

    def test_every_model_has_a_record_rule(self):
        """Dialogs as well: Odoo does not keep them to those who opened them."""
        for name, model in self.models().items():
            rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
            with self.subTest(name):
                self.assertEqual(bool(rules), name not in WITHOUT_RULES)
                if model._transient:
                    self.assertEqual(
                        rules.domain_force, "[('create_uid', '=', user.id)]"
                    )

    def test_a_model_with_a_company_has_a_rule_for_it(self):
        for name, model in self.models().items():
            if model._transient or "company_id" not in model._fields:
                continue
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", name), ("groups", "=", False)]
            )
            with self.subTest(name):
                self.assertIn("company_id", "".join(rules.mapped("domain_force")))

    def test_no_right_without_a_group(self):
        for row in self.rows:
            self.assertRegex(row["group_id:id"], r"^group_kam_")

    def test_the_file_is_sorted_and_named_alike(self):
        self.assertEqual(self.lines[0], HEADER)
        keys = []
        for row in self.rows:
            model = row["model_id:id"].removeprefix("model_")
            role = row["id"].removeprefix(f"access_{model}_")
            with self.subTest(row["id"]):
                self.assertIn(role, ROLES)
                self.assertEqual(row["group_id:id"], f"group_kam_{role}")
                self.assertEqual(row["name"].replace(".", "_"), f"{model}_{role}")
            keys.append((model, ROLES.index(role)))
        self.assertEqual(keys, sorted(keys))

    def test_rights_are_not_redefined_by_data_that_is_never_updated(self):
        access = self.env["ir.model.data"].search(
            [("module", "=", ADDON), ("model", "=", "ir.model.access")]
        )
        self.assertTrue(access)
        self.assertFalse(any(access.mapped("noupdate")))
        rules = self.env["ir.model.data"].search(
            [("module", "=", ADDON), ("model", "=", "ir.rule")]
        )
        self.assertTrue(all(rules.mapped("noupdate")))
