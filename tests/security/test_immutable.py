"""What is kept as it was: not even the superuser edits it; nobody forges it."""

import json

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from ..common import KamCommon, KamHttpCase
from .roles import Roles

LOG = {"id", "create_uid", "create_date", "write_uid", "write_date", "display_name"}
KEPT = (
    "kam.assignment",
    "kam.credit.decision",
    "kam.credit.line.change",
    "kam.credit.reason",
    "kam.credit.request",
    "kam.credit.resolution",
)


class TestKept(Roles, KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_roles()
        cls.kept = {model: cls.sample(model) for model in KEPT}
        cls.kept["kam.assignment"] = cls.closed_assignment()

    @classmethod
    def closed_assignment(cls):
        cls.client_a.manager_id = cls.other_kam
        cls.client_a.write({"manager_id": cls.kam.id, "team_id": cls.team.id})
        return cls.client_a.assignment_ids.filtered("date_to")[:1]

    def figures(self, model):
        """The fields that are stored, or lists of records that are kept as well."""
        for field in self.env[model]._fields.values():
            kept_list = field.type == "one2many" and field.comodel_name in KEPT
            if field.name not in LOG and (field.store or kept_list):
                if (model, field.name) != ("kam.credit.decision", "state"):
                    yield field

    def test_the_superuser_edits_no_figure(self):
        for model, record in self.kept.items():
            self.assertTrue(record, model)
            for field in self.figures(model):
                value = self.other_value(record, field)
                with self.subTest(f"{model}.{field.name}"):
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        record.write({field.name: value})
                        self.env.flush_all()

    def test_nor_by_assigning(self):
        self.decision_a.invalidate_recordset()
        with self.assertRaises(UserError):
            self.decision_a.shortfall = 0
        with self.assertRaises(UserError):
            self.decision_a.reason_ids[0].outcome = "pass"

    def test_nor_together_with_what_may_change(self):
        with self.assertRaises(UserError):
            self.decision_a.write({"state": "released", "shortfall": 0})

    def test_the_superuser_deletes_nothing(self):
        for model, record in self.kept.items():
            with self.subTest(model), self.assertRaises(UserError):
                record.unlink()

    def test_a_decision_is_not_copied(self):
        with self.assertRaises(UserError):
            self.decision_a.copy()

    def test_the_state_only_moves_on(self):
        released = self.env["kam.credit.decision"].search(
            [("state", "=", "released"), ("client_id", "=", self.client_a.id)]
        )
        self.assertTrue(released)
        for state in ("open", "rejected", "released"):
            with self.subTest(state), self.assertRaises(UserError):
                released.write({"state": state})
        released.write({"state": "superseded"})
        for state in ("open", "released", "rejected"):
            with self.subTest(state), self.assertRaises(UserError):
                released.write({"state": state})

    def test_no_user_moves_it(self):
        for name, user in self.people.items():
            for state in ("released", "superseded", "rejected"):
                with self.subTest(f"{state} by {name}"):
                    with self.assertRaises(UserError):
                        self.decision_a.with_user(user).write({"state": state})
        self.assertEqual(self.decision_a.state, "open")

    def test_what_the_system_computes_is_refused_to_users(self):
        """On the documents and contacts of core."""
        fields = self.env["sale.order"]._fields
        values = {
            self.order_a: self.env["sale.order"]._credit_protected_fields,
            self.order_a.order_line: self.env[
                "sale.order.line"
            ]._credit_protected_fields,
            self.partner_a: self.env["res.partner"]._get_system_fields()
            - {"kam_can_sign"},  # for some roles: test_entered
            self.invoice_a: self.env["account.move"]._get_system_fields(),
        }
        self.assertLessEqual(
            {
                name
                for name in fields
                if name.startswith("credit_") and fields[name].store
            },
            set(self.env["sale.order"]._credit_protected_fields)
            | {"credit_customer_told"},
        )
        for user in (self.kam, self.support, self.director, self.administrator):
            for record, names in values.items():
                for name in names:
                    with self.subTest(f"{record}.{name} by {user.login}"):
                        value = self.other_value(record, record._fields[name])
                        with self.assertRaises(UserError):
                            record.with_user(user).write({name: value})
                        with self.assertRaises(UserError):
                            record.with_user(user).create({name: value})

    def test_a_classification_is_computed_not_entered(self):
        runs = self.env["kam.classification"].with_user(self.head)
        run = runs.create({"name": "Mine"})
        for vals in (
            {"state": "done"},
            {"total": 1.0},
            {"top_share": 1.0},
            {"line_ids": [Command.create({"abc": "a"})]},
        ):
            with self.subTest(str(vals)):
                with self.assertRaises(UserError):
                    run.write(vals)
                with self.assertRaises(UserError):
                    runs.create({"name": "Forged", **vals})
        forged = runs.with_context(default_state="done", default_total=1).create({})
        self.assertEqual((forged.state, forged.total), ("draft", 0))


class TestForging(Roles, KamHttpCase):
    """Through the lists of parents, in calls as the web client makes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_roles()

    def setUp(self):
        super().setUp()
        self.before = self.state()

    def state(self):
        self.env.flush_all()
        self.env.invalidate_all()
        kept = {model: self.env[model].search([]).ids for model in KEPT}
        return (
            kept,
            self.line_a.limit,
            self.decision_a.state,
            self.order_a.credit_state,
            self.partner_a.kam_client_id,
            self.client_a.manager_id,
        )

    def ask(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        with mute_logger("odoo.http", "odoo.sql_db"):
            answer = self.opener.post(
                f"{self.base_url()}/web/dataset/call_kw/{model}/{method}",
                json={"jsonrpc": "2.0", "method": "call", "params": params},
            )
        return json.loads(answer.text)

    def call(self, record, method, *args, **kwargs):
        return self.ask(record._name, method, record.ids, *args, **kwargs)

    def forge(self, names, record, vals):
        """Nobody of these gets the values in, by write or by web_save."""
        for name in names:
            login = self.people[name].login
            self.authenticate(login, login)
            for method in ("write", "web_save"):
                extra = {"specification": {}} if method == "web_save" else {}
                answer = self.call(record, method, vals, **extra)
                with self.subTest(f"{vals} by {name}"):
                    self.assertIn("error", answer)
        self.assertEqual(self.state(), self.before)

    def test_decisions_through_the_order(self):
        decision = self.decision_a
        for command in (
            Command.create({"outcome": "pass", "client_id": self.client_a.id}),
            Command.update(decision.id, {"state": "released"}),
            Command.delete(decision.id),
            Command.unlink(decision.id),
            Command.clear(),
        ):
            self.forge(
                ("kam", "administrator"),
                self.order_a,
                {"credit_decision_ids": [command]},
            )

    def test_reasons_and_resolutions_through_the_decision(self):
        reason = self.decision_a.reason_ids[0]
        for name, command in (
            ("reason_ids", Command.update(reason.id, {"outcome": "pass"})),
            ("reason_ids", Command.delete(reason.id)),
            ("resolution_ids", Command.create({"kind": "release", "reason": "Forged"})),
            ("request_ids", Command.clear()),
        ):
            self.forge(
                ("controller", "administrator"), self.decision_a, {name: [command]}
            )

    def test_the_line_through_the_client(self):
        line = self.line_a
        for command in (
            Command.update(line.id, {"limit": 10**9}),
            Command.create({"company_id": self.elsewhere.id, "limit": 10**9}),
            Command.delete(line.id),
            Command.clear(),
        ):
            self.forge(("kam", "head"), self.client_a, {"credit_line_ids": [command]})

    def test_the_history_of_the_line_through_the_line(self):
        change = self.line_a.change_ids[0]
        for command in (
            Command.create({"field_name": "limit", "user_id": self.kam.id}),
            Command.update(change.id, {"reason": "Another"}),
            Command.delete(change.id),
            Command.clear(),
        ):
            self.forge(
                ("controller", "director", "administrator"),
                self.line_a,
                {"change_ids": [command]},
            )

    def test_the_owners_through_the_client(self):
        row = self.client_a.assignment_ids
        for command in (
            Command.create({"manager_id": self.kam.id, "date_from": "2000-01-01"}),
            Command.update(row.id, {"manager_id": self.other_kam.id}),
            Command.delete(row.id),
            Command.clear(),
        ):
            self.forge(
                ("kam", "head", "administrator"),
                self.client_a,
                {"assignment_ids": [command]},
            )

    def test_figures_of_the_client_are_no_way_to_the_line(self):
        for vals in (
            {"credit_effective_limit": 10**9},
            {"credit_is_stopped": False},
            {"credit_headroom": 10**9},
        ):
            for name in ("kam", "head"):
                login = self.people[name].login
                self.authenticate(login, login)
                self.call(self.client_a, "write", vals)
        self.assertEqual(self.state(), self.before)

    def test_membership_through_other_records(self):
        """Lists of contacts pass on what is in them."""
        stranger = self.make_partner("Stranger")
        member = self.partner_a
        leave = {"kam_membership_id": False}
        for record, name in (
            (stranger, "child_ids"),
            (self.client_a, "partner_ids"),
        ):
            command = Command.update(member.id, leave)
            self.forge(("other_kam", "kam"), record, {name: [command]})
        self.forge(
            ("kam",), self.client_a, {"partner_ids": [Command.unlink(member.id)]}
        )
        self.forge(
            ("kam",), self.client_a, {"partner_ids": [Command.link(stranger.id)]}
        )

    def test_a_user_edits_himself_only(self):
        """His own record may be written by him, with a few harmless values."""
        user = self.kam
        self.forge(("kam",), user, {"kam_membership_id": self.client_a.id})
        self.forge(("kam",), user, {"kam_client_id": self.client_a.id})
        admin = self.env.ref("key_account_management.group_kam_admin")
        self.forge(("kam",), user, {"group_ids": [Command.link(admin.id)]})

    def test_the_head_of_a_team_is_not_chosen_by_its_members(self):
        self.forge(("kam",), self.team, {"user_id": self.kam.id})
        self.forge(("kam",), self.client_a, {"team_id": self.other_team.id})

    def test_authority_and_policy_are_not_ones_own(self):
        authority = self.env.ref("key_account_management.kam_credit_authority_credit")
        policy = self.line_a.policy_id
        for name in ("kam", "controller", "head"):
            self.forge((name,), authority, {"is_unlimited": True})
            self.forge((name,), policy, {"limit_action": "ignore"})

    def test_import_of_decisions_and_lines(self):
        for name in ("kam", "head", "administrator"):
            login = self.people[name].login
            self.authenticate(login, login)
            for model, fields, row in (
                (
                    "kam.credit.decision",
                    [".id", "state"],
                    [str(self.decision_a.id), "Released"],
                ),
                (
                    "sale.order",
                    [".id", "credit_state"],
                    [str(self.order_a.id), "Released"],
                ),
                (
                    "sale.order",
                    [".id", "credit_rest_closed"],
                    [str(self.order_a.id), "1"],
                ),
                (
                    "res.partner",
                    [".id", "kam_client_id/.id"],
                    [str(self.partner_a.id), ""],
                ),
            ):
                answer = self.ask(model, "load", fields, [row])
                with self.subTest(f"{model} {fields} by {name}"):
                    result = answer.get("result") or {}
                    self.assertFalse(result.get("ids"))
        self.assertEqual(self.state(), self.before)
