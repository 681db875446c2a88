"""What only the system writes is refused to users from every side."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL, mute_logger

from ..common import ADDON, KamCommon
from .roles import RIGHTS, Roles, own_models

# Settings, which the administrators of Odoo keep.
SETTINGS = {"res.company", "res.config.settings"}
GUARDED_CORE = ("order_a", "invoice_a", "partner_a", "lead_a")


class GuardCase(Roles, KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_roles()
        cls.lead_a = cls.env["crm.lead"].create(
            {"name": "Lead", "partner_id": cls.partner_a.id}
        )

    def own_fields(self, model):
        return [
            field
            for name, field in self.env[model]._fields.items()
            if ADDON in field._modules and name not in MAGIC_COLUMNS
        ]

    def guarded_samples(self):
        """Yield (record, users who may create or write such records)."""
        for model in own_models(self.env):
            records = self.env[model]
            if records._auto and not records._transient:
                rights = RIGHTS[model]
                names = [name for name in rights if {"c", "w"} & set(rights[name])]
                yield self.sample(model), names[:1] + names[1:][-1:]
        for attribute in GUARDED_CORE:
            yield getattr(self, attribute), ["kam", "administrator"]

    def refused(self, call, *args):
        """Tell whether a call is refused; nothing of it stays."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint() as savepoint:
                call(*args)
                self.env.flush_all()
                savepoint.rollback()
        except UserError:
            return True
        finally:
            self.env.transaction.default_env = self.env
            self.env.invalidate_all(flush=False)
        return False


class TestDeclared(GuardCase):
    """Every model and field of ours says who writes it."""

    def test_every_model_of_ours_has_the_guard(self):
        for model in own_models(self.env):
            records = self.env[model]
            needed = "_get_own_methods"
            if records._transient:
                needed = "_check_pointed"
            elif records._auto:
                needed = "_get_system_fields"
            with self.subTest(model):
                self.assertTrue(hasattr(records, needed))

    def test_so_has_every_core_model_with_fields_of_ours(self):
        for model in set(self.env.registry) - SETTINGS - set(own_models(self.env)):
            records = self.env[model]
            if records._abstract or records._transient:
                continue
            stored = [f.name for f in self.own_fields(model) if f.store and f.readonly]
            with self.subTest(model):
                if stored and not records._inherits:
                    self.assertTrue(hasattr(records, "_get_system_fields"), stored)

    def test_readonly_fields_and_states_are_the_systems(self):
        for record, _names in self.guarded_samples():
            system = record._get_system_fields()
            for field in self.own_fields(record._name):
                with self.subTest(f"{field}"):
                    if field.readonly or field.name in ("state", "decision"):
                        self.assertIn(field.name, system)


class TestEverySide(GuardCase):
    def system_fields(self, record):
        for name in sorted(record._get_system_fields() - {"kam_can_sign"}):
            field = record._fields[name]  # who sets that one: see test_entered
            if field.store or field.type == "one2many":
                yield field

    def each(self, check):
        for record, names in self.guarded_samples():
            self.assertTrue(record, record._name)
            for field in self.system_fields(record):
                value = self.other_value(record, field)
                if field.type in ("one2many", "many2many") and value == []:
                    continue
                for name in names:
                    with self.subTest(f"{field} by {name}"):
                        check(record.with_user(self.people[name]), field, value)

    def test_written(self):
        self.each(
            lambda record, field, value: self.assertTrue(
                self.refused(record.write, {field.name: value})
            )
        )

    def test_created(self):
        vals = {model: self.sample_vals(model) for model in own_models(self.env)}

        def check(record, field, value):
            new = {**(vals.get(record._name) or {}), field.name: value}
            self.assertTrue(self.refused(record.browse().create, new))

        self.each(check)

    def test_proposed_by_the_context(self):
        """Nor does code that runs as superuser take it from there."""

        def check(record, field, value):
            for records in (record.browse(), record.browse().sudo()):
                own = records.default_get([field.name])
                key = {f"default_{field.name}": value}
                forged = records.with_context(**key).default_get([field.name])
                if field.type == "datetime":
                    own, forged = map(len, (own, forged))
                self.assertEqual(forged, own)

        self.each(check)

    def test_proposed_by_the_user_himself(self):
        def check(record, field, value):
            if field.type in ("one2many", "many2many", "json", "binary"):
                return
            own = record.browse().default_get([field.name])
            self.env["ir.default"].set(
                record._name, field.name, value, user_id=record.env.uid
            )
            forged = record.browse().default_get([field.name])
            if field.type == "datetime":
                own, forged = map(len, (own, forged))
            self.assertEqual(forged, own)

        self.each(check)

    def test_imported(self):
        def check(record, field, value):
            if field.type in ("one2many", "many2many", "json", "binary"):
                return
            column = f"{field.name}/.id" if field.type == "many2one" else field.name
            row = [str(record.id), str(value)]
            result = record.browse().load([".id", column], [row])
            self.assertFalse(result["ids"])

        with mute_logger("odoo.sql_db"):
            self.each(check)

    def test_through_the_lists_of_parents(self):
        def check(record, field, value):
            for parent, name in self.parents(record.sudo(), field):
                for command in (
                    Command.update(record.id, {field.name: value}),
                    Command.create({field.name: value}),
                ):
                    parent = parent.with_user(record.env.user)
                    # Commands on partners run as the user of the request.
                    parent.env.transaction.default_env = parent.env
                    self.assertTrue(
                        self.refused(parent.write, {name: [command]}),
                        f"{parent}.{name} {command}",
                    )

        self.each(check)

    def parents(self, record, field):
        """Yield (parent, list) of every list of another model with the record."""
        for inverse in record._fields.values():
            if inverse.type != "many2one" or not inverse.store or inverse == field:
                continue
            for listing in self.env.registry.field_inverses[inverse]:
                if listing.type == "one2many" and record[inverse.name]:
                    yield record[inverse.name], listing.name


class TestFrozen(GuardCase):
    """What was sent, decided or closed stays as it was, for its manager too."""

    def freeze(self, record, state):
        self.env.flush_all()
        if state is None:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = %s",
                SQL.identifier(record._table),
                SQL.identifier(record._fixed_state_field),
                state,
                record.id,
            )
        )
        self.env.invalidate_all(flush=False)

    def frozen(self):
        for record, _names in self.guarded_samples():
            if not record._get_fixed_fields():
                continue
            if not record._fixed_unless:
                yield record, None  # fixed from the beginning
                continue
            states = record._fields[record._fixed_state_field].get_values(self.env)
            for state in set(states) - record._fixed_unless:
                yield record, state

    def writers(self, model):
        return [name for name, rights in RIGHTS[model].items() if "w" in rights]

    def test_fixed_fields_by_state(self):
        for record, state in self.frozen():
            self.freeze(record, state)
            for name in sorted(record._get_fixed_fields()):
                value = self.other_value(record, record._fields[name])
                for person in self.writers(record._name):
                    with self.subTest(f"{record._name}.{name} {state} by {person}"):
                        own = record.with_user(self.people[person])
                        self.assertTrue(self.refused(own.write, {name: value}))

    def test_lines_by_the_state_of_their_parent(self):
        for model in own_models(self.env):
            key = getattr(self.env[model], "_fixed_by", None)
            if not key:
                continue
            line = self.sample(model)
            parent = line[key]
            states = parent._fields[parent._fixed_state_field].get_values(self.env)
            state = next(s for s in reversed(states) if s not in parent._fixed_unless)
            self.freeze(parent, state)
            for person in self.writers(model):
                own = line.with_user(self.people[person])
                with self.subTest(f"{model} {state} by {person}"):
                    self.assertTrue(self.refused(own.unlink))
                    for field in self.own_fields(model):
                        if field.store and field.name not in own._get_system_fields():
                            value = self.other_value(line, field)
                            self.assertTrue(
                                self.refused(own.write, {field.name: value}), field
                            )

    def test_every_figure_of_a_sent_statement(self):
        statement = self.env["kam.reconciliation"].create(
            self.sample_vals("kam.reconciliation")
        )
        statement.action_compute()
        self.freeze(statement, "sent")
        figures = [f for f in self.own_fields(statement._name) if f.type == "monetary"]
        self.assertIn("closing_balance", [field.name for field in figures])
        for field in figures:
            for person in self.writers(statement._name):
                own = statement.with_user(self.people[person])
                self.assertTrue(self.refused(own.write, {field.name: 5}), field)
