"""Every role against every model of ours, through the ORM and through JSON-RPC."""

from odoo.exceptions import UserError
from odoo.tests import JsonRpcException
from odoo.tools import mute_logger

from ..common import KamCommon, KamHttpCase
from .roles import NAMES, OTHERS, RIGHTS, Roles, own_models


class Undo(Exception):
    """Takes back what was tried."""


class MatrixCase:
    """The same table, asked in two ways; needs ``may(name, operation, …)``."""

    def test_every_model_is_in_the_table(self):
        self.assertEqual(own_models(self.env), sorted(RIGHTS))
        for rights in RIGHTS.values():
            self.assertLessEqual(set(rights), set(NAMES))
            self.assertTrue(set(OTHERS).isdisjoint(rights))

    def check(self, name):
        """One role against all models."""
        type(self).opener = self.people[name]
        found = {}
        for model in sorted(RIGHTS):
            record = self.sample(model)
            vals = self.sample_vals(model) or self.forged_vals(model)
            written = self.written_vals(record)
            self.env.flush_all()
            may_read = self.may(name, model, "read", [record.ids, ["display_name"]])
            self.check_reading(name, model, record, may_read)
            letters = {
                "c": self.may(name, model, "create", [vals]),
                "r": may_read,
                "w": self.may(name, model, "write", [record.ids, written]),
                "u": self.may(name, model, "unlink", [record.ids]),
            }
            found[model] = "".join(letter for letter, may in letters.items() if may)
        expected = {model: RIGHTS[model].get(name, "") for model in RIGHTS}
        self.assertEqual(found, expected)

    def check_reading(self, name, model, record, may_read):
        """Every other way to read agrees with reading."""
        domain = [("id", "=", record.id)]
        ways = {
            "search": [domain],
            "search_count": [domain],
            "search_read": [domain, ["display_name"]],
            "web_search_read": [domain, {"display_name": {}}],
            "name_search": ["", domain],
            "export_data": [record.ids, ["display_name"]],
        }
        if record._log_access:
            ways["formatted_read_group"] = [domain, ["create_uid"], ["__count"]]
        found = {}
        for method, arguments in ways.items():
            result = self.call(name, model, method, arguments)
            if method == "web_search_read" and result:
                result = result["length"]
            found[method] = bool(result)
        self.assertEqual(found, dict.fromkeys(ways, may_read), f"{name}: {model}")


class TestMatrix(MatrixCase, Roles, KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_roles()

    def call(self, name, model, method, arguments):
        """The result; None if it is refused."""
        records = self.env[model].with_user(self.people[name])
        if method in ("read", "write", "unlink", "export_data"):
            records, arguments = records.browse(arguments[0]), arguments[1:]
        result = None
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                result = getattr(records, method)(*arguments)
                self.env.flush_all()
                raise Undo
        except (UserError, Undo):
            return result

    def may(self, name, model, method, arguments):
        return bool(self.call(name, model, method, arguments))

    def test_roles(self):
        for name in NAMES:
            with self.subTest(name):
                self.check(name)

    def test_own_dialogs_can_be_used(self):
        """Whoever opened a dialog reads and writes it, and nobody else does."""
        for model in (m for m in RIGHTS if self.env[m]._transient):
            for name in RIGHTS[model]:
                type(self).opener = self.people[name]
                vals = self.sample_vals(model)
                dialog = self.env[model].with_user(self.people[name]).create(vals)
                dialog.write(vals)
                self.assertTrue(dialog.read(["create_uid"]))
                for other in RIGHTS[model]:
                    if other != name:
                        with self.assertRaises(UserError):
                            dialog.with_user(self.people[other]).write(vals)


class TestMatrixRpc(MatrixCase, Roles, KamHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_roles()

    def call(self, name, model, method, arguments):
        """The result as JSON; None if it is refused."""
        params = {"model": model, "method": method, "args": arguments, "kwargs": {}}
        try:
            with mute_logger("odoo.http", "odoo.sql_db"):
                return self.make_jsonrpc_request(
                    f"/web/dataset/call_kw/{model}/{method}", params
                )
        except JsonRpcException:
            return None

    def may(self, name, model, method, arguments):
        if method == "unlink":  # asked last, since nothing is taken back
            records = self.env[model].browse(arguments[0])
            self.call(name, model, method, arguments)
            self.env.invalidate_all()
            return records._auto and not records.exists()
        return bool(self.call(name, model, method, arguments))

    def test_roles(self):
        for name in NAMES:
            login = None if name == "public" else self.people[name].login
            self.authenticate(login, login)
            with self.subTest(name):
                self.check(name)
