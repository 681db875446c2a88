"""Methods and dialogs look at nothing that their caller may not read."""

import inspect

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw

from ..common import ADDON, KamCommon
from .roles import NAMES, Roles, own_models

ARGUMENTS = {
    "reason": "So",
    "comment": "So",
    "answer": "So",
    "by_client": False,
    "latitude": 1.0,
    "longitude": 1.0,
    "amount": 1.0,
    "until": "2030-01-01",
    "date": "2030-01-01",
    "vals": {},
    "effective_date": "2030-01-01",
    "growth": 1.0,
    "method": "equal",
    "metrics": ["turnover"],
    "next_date": "2030-01-01",
    "next_steps": "So",
    "part": "new",
    "percents": {},
    "remark": "So",
    "received": True,
    "state": "justified",
    "text": "So",
    "urgency": "normal",
}


class TestMethods(Roles, KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_roles()

    def samples(self):
        """Yield a record of every model with public methods of ours."""
        core = {
            "account.move": self.invoice_a,
            "res.partner": self.partner_a,
            "sale.order": self.order_a,
        }
        for model in sorted(self.env.registry):
            records = self.env[model]
            if records._abstract or not hasattr(records, "_get_own_methods"):
                continue
            if records._get_own_methods():
                yield core[model] if model in core else self.sample(model)

    def arguments(self, record, name):
        method = getattr(type(record), name)
        names = list(inspect.signature(method).parameters)[1:]
        others = {"stage": 1, "manager": self.kam.id}
        return [{**ARGUMENTS, **others}[name] for name in names]

    def test_no_model_brings_methods_without_a_door(self):
        for model, model_class in self.env.registry.items():
            if model_class._abstract or hasattr(model_class, "_get_own_methods"):
                continue
            for name, member in inspect.getmembers(model_class, callable):
                if name.startswith("_") or isinstance(member, type):
                    continue
                first = [c for c in model_class.__mro__ if name in vars(c)][-1]
                with self.subTest(f"{model}.{name}"):
                    is_ours = f".{ADDON}." in f".{first.__module__}."
                    is_open = getattr(member, "_api_private", False)
                    self.assertFalse(is_ours and not is_open)

    def test_the_access_error_and_no_other_word(self):
        called = set()
        for record in self.samples():
            self.env.flush_all()
            for role in NAMES:
                own = record.with_user(self.people[role])
                if own.has_access("read"):
                    continue
                for name in record._get_own_methods():
                    arguments = self.arguments(record, name)
                    self.env.invalidate_all()
                    with self.subTest(f"{record._name}.{name} by {role}"):
                        with self.assertRaises(AccessError) as told:
                            call_kw(own.browse(), name, [record.ids, *arguments], {})
                        with self.assertRaises(AccessError) as core:
                            own.browse(record.ids).check_access("read")
                        self.assertEqual(str(told.exception), str(core.exception))
                        called.add((record._name, name))
        self.assertIn(("kam.client", "action_dissolve"), called)
        self.assertGreater(len(called), 60)

    def test_whoever_may_read_is_not_stopped(self):
        action = self.client_a.with_user(self.kam).action_open_held()
        self.assertEqual(action["domain"][0], ("client_id", "=", self.client_a.id))


class TestDialogs(Roles, KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_roles()

    def foreign(self):
        """Yield (dialog model of a stranger, values that point to our records)."""
        for model in own_models(self.env):
            if not self.env[model]._transient:
                continue
            vals = self.sample_vals(model)
            pointing = {
                name: value
                for name, value in vals.items()
                if self.env[model]._fields[name].type in ("many2one", "many2many")
                and self.env[model]
                ._fields[name]
                .comodel_name.startswith(("kam.", "sale.order"))
                and "stage" not in name
            }
            for role in NAMES:
                dialogs = self.env[model].with_user(self.people[role])
                if pointing and dialogs.has_access("create"):
                    yield role, dialogs, vals, pointing

    def is_readable(self, dialogs, pointing):
        new = self.env[dialogs._name].new(pointing)
        return all(
            new[name]._origin.with_env(dialogs.env).has_access("read")
            for name in pointing
        )

    def test_opened_on_records_of_others(self):
        refused = set()
        for role, dialogs, vals, pointing in self.foreign():
            if self.is_readable(dialogs, pointing):
                continue
            self.env.flush_all()
            self.env.invalidate_all()
            rest = {name: vals[name] for name in vals if name not in pointing}
            keys = {f"default_{name}": value for name, value in pointing.items()}
            spec = {name: {} for name in dialogs._fields if name != "id"}
            with self.subTest(f"{dialogs._name} by {role}"):
                for call in (
                    lambda d=dialogs, v=vals: d.create(v),
                    lambda d=dialogs, k=keys, r=rest: d.with_context(**k).create(r),
                    lambda d=dialogs, k=keys, s=spec: d.with_context(**k).onchange(
                        {}, [], s
                    ),
                    lambda d=dialogs, p=pointing, s=spec: d.onchange(p, list(p), s),
                ):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        call()
                refused.add(dialogs._name)
        self.assertIn("kam.collection.call", refused)
        self.assertIn("sale.order.credit.close", refused)

    def test_an_own_dialog_is_not_turned_to_them(self):
        other = self.make_client("Of Ben", manager_id=self.other_kam.id)
        other.team_id = self.other_team
        case = self.env["kam.collection"].create(
            {
                "client_id": other.id,
                "company_id": self.company.id,
                "date_opened": self.today,
            }
        )
        vals = {
            "collection_id": case.id,
            "result": "Called",
            "next_date": str(self.today),
        }
        dialog = self.env["kam.collection.call"].with_user(self.other_kam).create(vals)
        with self.assertRaises(AccessError):
            dialog.write({"collection_id": self.case_a.id})

    def test_related_figures_are_read_as_the_user(self):
        for model in own_models(self.env):
            if not self.env[model]._transient:
                continue
            for field in self.env[model]._fields.values():
                if field.related and ADDON in field._modules:
                    if not field.related.startswith("company_id."):
                        with self.subTest(f"{field}"):
                            self.assertFalse(field.related_sudo and field.compute_sudo)

    def test_by_active_ids(self):
        letters = self.env["kam.collection.letter.drop"].with_user(self.controller)
        elsewhere = self.letter_a.copy({"company_id": self.elsewhere.id})
        with self.assertRaises(UserError):
            letters.with_context(active_ids=elsewhere.ids).create({"reason": "So"})
