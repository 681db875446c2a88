"""Values that cannot be meant are refused with words that name them."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw

from ..common import ADDON, KamCommon
from .roles import Roles, own_models


class TestEntered(Roles, KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_roles()

    def test_a_portal_user_is_no_manager(self):
        vals = {"name": "Portal", "manager_id": self.portal.id}
        with self.assertRaisesRegex(ValidationError, "Key Account Manager"):
            self.env["kam.client"].with_user(self.head).create(vals)
        for user in (self.portal, self.public):
            with self.assertRaises(ValidationError):
                self.client_a.with_user(self.head).manager_id = user
            with self.assertRaises(ValidationError):
                call_kw(
                    self.client_a.with_user(self.head).browse(),
                    "action_hand_over",
                    [self.client_a.ids, user.id, str(self.today), "So"],
                    {},
                )

    def test_nor_anything_else_that_employees_are(self):
        for model in own_models(self.env):
            records = self.env[model]
            if not records._auto or records._transient:
                continue
            for name in records._get_checked_fields():
                if records._fields[name].type == "many2one":
                    with self.subTest(f"{model}.{name}"):
                        with self.assertRaises(ValidationError):
                            records._check_entered({name: self.portal.id})

    def test_days_before_1990_and_after_2100(self):
        for model in own_models(self.env):
            records = self.env[model]
            for name in records._get_checked_fields():
                if records._fields[name].type == "many2one" or not records._auto:
                    continue
                for day in ("1989-12-31", "2101-01-01", "0001-01-01", date(9999, 1, 1)):
                    with self.subTest(f"{model}.{name} {day}"):
                        with self.assertRaises(ValidationError):
                            records.create({name: day})
                records._check_entered({name: "1990-01-01"})
                records._check_entered({name: date(2100, 12, 31)})

    def test_a_policy_of_another_company(self):
        policy = self.make_policy("Elsewhere", company_id=self.elsewhere.id)
        with self.assertRaises(UserError):
            self.line_a.policy_id = policy

    def test_companies_are_checked_wherever_it_is_said(self):
        for model, model_class in self.env.registry.items():
            for field in model_class._fields.values():
                if ADDON in field._modules and getattr(field, "check_company", False):
                    with self.subTest(f"{field}"):
                        self.assertTrue(self.env[model]._check_company_auto)

    def test_required_documents_stay_on_the_check(self):
        paper = self.check_a.document_ids.filtered("required")[:1]
        self.assertTrue(paper)
        own = paper.with_user(self.kam)
        optional = self.env["kam.credit.document.type"].search(
            [("required", "=", False)], limit=1
        )
        with self.assertRaises(UserError):
            own.unlink()
        for vals in ({"required": False}, {"type_id": optional.id}):
            with self.subTest(str(vals)), self.assertRaises(UserError):
                own.write(vals)
        with self.assertRaises(UserError):
            self.check_a.with_user(self.kam).write(
                {"document_ids": [Command.delete(paper.id)]}
            )
        paper.with_user(self.controller).unlink()

    def test_a_required_document_is_not_replaced_by_an_optional_one(self):
        kind = self.env["kam.credit.document.type"].search(
            [("required", "=", True)], limit=1
        )
        forged = Command.create({"type_id": kind.id, "required": False})
        vals = {**self.sample_vals("kam.credit.check"), "document_ids": [forged]}
        with self.assertRaises(AccessError):
            self.env["kam.credit.check"].with_user(self.kam).create(vals)

    def test_an_authority_is_of_a_group_or_a_user(self):
        authorities = self.env["kam.credit.authority"].with_user(self.administrator)
        with self.assertRaises(ValidationError):
            authorities.create({"amount": 5})

    def test_terms_are_not_negative(self):
        with self.assertRaises(ValidationError):
            self.line_a.with_user(self.controller).action_set({"term_days": -1}, "So")

    def test_who_sets_the_right_to_sign(self):
        person = self.make_partner("Vera", parent_id=self.partner_a.id)
        editor = self.env.ref("base.group_partner_manager")
        for user in (self.kam, self.support, self.salesman):
            user.group_ids = [Command.link(editor.id)]
            own = person.with_user(user)
            with self.assertRaises(AccessError):
                own.kam_can_sign = True
            with self.assertRaises(AccessError):
                own.create({"name": "Signs", "kam_can_sign": True})
            own.create({"name": "Does not sign", "kam_can_sign": False})
            forged = own.with_context(default_kam_can_sign=True)
            self.assertFalse(forged.create({"name": "Forged"}).kam_can_sign)
        for user in (self.head, self.controller, self.director):
            user.group_ids = [Command.link(editor.id)]
            person.with_user(user).kam_can_sign = True
            person.with_user(user).kam_can_sign = False


class TestArguments(Roles, KamCommon):
    """Calls by RPC with ids, texts and wrong types."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_roles()

    def ask(self, record, user, name, *arguments):
        with self.env.cr.savepoint():
            return call_kw(
                record.with_user(user).browse(), name, [record.ids, *arguments], {}
            )

    def assertTold(self, record, user, name, *arguments):
        with self.subTest(f"{name}{arguments}"), self.assertRaises(UserError):
            self.ask(record, user, name, *arguments)

    def test_release(self):
        for amount in ("much", [5], float("nan"), float("inf"), True, {}):
            self.assertTold(
                self.decision_a, self.controller, "action_release", "So", amount
            )
        for until in ("tomorrow", 5, [1], "2026-02-30", "9999-01-01", "1980-01-01"):
            self.assertTold(
                self.decision_a, self.controller, "action_release", "So", None, until
            )
        for reason in (5, ["So"], {"so": 1}, "", "  ", None, False):
            self.assertTold(self.decision_a, self.controller, "action_release", reason)
        self.assertEqual(self.decision_a.state, "open")

    def test_pause(self):
        for until in ("tomorrow", 5, [1], "9999-01-01", False, None):
            self.assertTold(self.case_a, self.controller, "action_pause", "So", until)
        for reason in (5, ["So"], ""):
            self.assertTold(
                self.case_a, self.controller, "action_pause", reason, str(self.today)
            )
        self.ask(self.case_a, self.controller, "action_pause", "So", str(self.today))
        self.assertEqual(self.case_a.state, "paused")

    def test_hand_over(self):
        for manager in ("Ben", 0, 10**9, [5], None, True):
            self.assertTold(
                self.client_a,
                self.head,
                "action_hand_over",
                manager,
                str(self.today),
                "So",
            )
        for day in ("soon", 5, "0001-01-01"):
            self.assertTold(
                self.client_a,
                self.head,
                "action_hand_over",
                self.other_kam.id,
                day,
                "So",
            )
        self.ask(
            self.client_a,
            self.head,
            "action_hand_over",
            self.other_kam.id,
            str(self.today),
            "So",
        )
        self.assertEqual(self.client_a.manager_id, self.other_kam)

    def test_forward(self):
        for stage in ("next", 10**9, None, [1]):
            self.assertTold(self.case_a, self.controller, "action_forward", stage, "So")
        self.assertTold(
            self.case_a,
            self.controller,
            "action_forward",
            self.letter_a.stage_id.id,
            ["So"],
        )
        self.ask(
            self.case_a,
            self.controller,
            "action_forward",
            self.letter_a.stage_id.id,
            "So",
        )
        self.assertEqual(self.case_a.stage_id, self.letter_a.stage_id)
