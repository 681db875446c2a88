"""What is not one's own stays unseen, whichever way one asks the server."""

import json
import re

from odoo.fields import Command
from odoo.tools import mute_logger

from ..common import ADDON, KamHttpCase
from .roles import Roles, own_models

LIMIT, DEBT, AMOUNT = 7_654_321, 6_543_219, 5_432_198
SHORT = DEBT + AMOUNT - LIMIT
SECRETS = (str(LIMIT), str(DEBT), str(SHORT), "TOPSECRET")
# May see neither the client nor its documents, except an order of their own.
STRANGERS = ("other_kam", "other_head", "salesman", "employee", "portal", "public")
# One with a group of ours and one without, where asking takes long.
NOSY = ("other_head", "salesman")
OURS_ON_CORE = ("account.move", "res.partner", "sale.order", "sale.order.line")


class LeakCase(Roles, KamHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_roles()
        cls.tier = cls.env["kam.tier"].create({"name": "TOPSECRET tier"})
        cls.client = cls.make_limited(LIMIT, name="Client of Ann two")
        cls.client.write({"note": "TOPSECRET note", "tier_id": cls.tier.id})
        cls.partner = cls.client.partner_ids
        cls.line = cls.client.credit_line_ids
        cls.make_invoice(cls.partner, DEBT, invoice_user_id=cls.kam.id)
        cls.order = cls.make_held(AMOUNT, cls.partner)
        cls.decision = cls.order.credit_decision_id
        # Orders of the client that strangers entered, and so may read.
        cls.orders = {
            name: cls.make_held(AMOUNT, cls.partner, user_id=cls.people[name].id)
            for name in ("other_kam", "salesman")
        }
        cls.portal.partner_id.parent_id = cls.partner
        cls.order.with_user(cls.kam).action_credit_request("For TOPSECRET reasons")
        cls.env.flush_all()
        cls.secrets = SECRETS
        cls.role = "nobody"

    def login(self, name):
        login = None if name == "public" else self.people[name].login
        self.authenticate(login, login)

    def as_each(self, names=STRANGERS):
        for name in names:
            self.role = name
            self.login(name)
            yield name

    def post(self, route, **params):
        """The text of the answer, errors and their traces included."""
        with mute_logger("odoo.http", "odoo.sql_db"):
            answer = self.opener.post(
                f"{self.base_url()}{route}",
                json={"jsonrpc": "2.0", "method": "call", "params": params},
                timeout=30,
            )
        return json.dumps(answer.json(), ensure_ascii=False)

    def call(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.post(f"/web/dataset/call_kw/{model}/{method}", **params)

    def result(self, *args, **kwargs):
        return json.loads(self.call(*args, **kwargs)).get("result")

    def assertSilent(self, text, said=()):
        """No secret in an answer, however its digits are grouped."""
        plain = re.sub(r"(?<=\d)[\s,.\u00a0\u202f](?=\d{3})", "", str(text))
        found = {secret for secret in self.secrets if secret in plain} - set(said)
        self.assertFalse(found, f"{self.role}: {str(text)[:2000]}")


class TestDomains(LeakCase):
    """A domain over a path is an oracle if it answers by values one may not read."""

    PATHS = {
        "res.partner": (
            "kam_client_id.credit_line_ids.limit",
            "kam_membership_id.credit_line_ids.limit",
            "kam_client_id.credit_effective_limit",
            "kam_client_id.credit_receivable",
            "kam_client_id.credit_line_id.limit",
            "sale_order_ids.credit_decision_ids.limit",
            "sale_order_ids.credit_decision_id.shortfall",
            "commercial_partner_id.kam_client_id.credit_line_ids.receivable",
        ),
        "sale.order": (
            "kam_client_id.credit_line_ids.limit",
            "partner_id.kam_client_id.credit_line_ids.limit",
            "credit_decision_id.limit",
            "credit_decision_id.line_id.limit",
            "credit_decision_id.reason_ids.measured",
            "credit_decision_ids.shortfall",
            "credit_decision_id.receivable",
        ),
        "sale.order.line": ("order_id.credit_decision_id.limit",),
        "account.move": ("kam_client_id.credit_line_ids.limit",),
        "crm.lead": ("partner_id.kam_client_id.credit_line_ids.limit",),
        "res.users": ("partner_id.kam_client_id.credit_line_ids.limit",),
    }

    def test_the_paths_are_worth_a_test(self):
        """The manager himself finds his client by them."""
        self.env.invalidate_all()
        for model in ("res.partner", "sale.order"):
            for path in self.PATHS[model]:
                records = self.env[model].with_user(self.kam)
                with self.subTest(path):
                    self.assertTrue(records.search([(path, ">=", self.value(path))]))

    def value(self, path):
        """The figure of the client that a path leads to."""
        name = path.rpartition(".")[2]
        known = {"shortfall": SHORT, "receivable": DEBT, "credit_receivable": DEBT}
        return known.get(name, LIMIT)

    def test_strangers_get_the_same_answer_whatever_the_value(self):
        for _name in self.as_each((*STRANGERS, "salesman_all", "accountant")):
            for model, paths in self.PATHS.items():
                for path in paths:
                    value = self.value(path)
                    low, high = (
                        self.result(model, "search_count", [[path, ">=", border]])
                        for border in (value, 9 * value)
                    )
                    self.assertEqual(low, high, (self.role, path))

    def test_words_of_a_client_are_not_guessed(self):
        for _name in self.as_each():
            for model, path in (
                ("res.partner", "kam_client_id.note"),
                ("sale.order", "kam_client_id.note"),
                ("sale.order", "kam_client_id.tier_id.name"),
                ("sale.order", "credit_decision_id.request_ids.comment"),
            ):
                right, wrong = (
                    self.result(model, "search_count", [[path, "ilike", word]])
                    for word in ("TOPSECRET", "XYZZY")
                )
                self.assertEqual(right, wrong, (model, path))

    def test_groups_over_paths(self):
        for _name in self.as_each():
            for model in ("res.partner", "sale.order"):
                for path in (
                    "kam_client_id.tier_id",
                    "kam_client_id.note",
                    "credit_decision_id.limit",
                    "credit_decision_id.shortfall",
                    "credit_decision_id.line_id",
                ):
                    for aggregate in ("__count", "credit_decision_id.limit:sum"):
                        self.assertSilent(
                            self.call(
                                model, "formatted_read_group", [], [path], [aggregate]
                            )
                        )


class TestReading(LeakCase):
    def test_nested_reading_through_an_own_order(self):
        decision = {"fields": {"summary": {}, "limit": {}, "shortfall": {}}}
        client = {"fields": {"note": {}, "credit_line_ids": {"fields": {"limit": {}}}}}
        for name in self.as_each(self.orders):
            ids = self.orders[name].ids
            for fields in (
                {"credit_decision_id": decision},
                {"credit_decision_ids": decision},
                {"kam_client_id": client},
                {"partner_id": {"fields": {"kam_client_id": client}}},
                {"credit_message": {}, "credit_exposure": {}, "credit_headroom": {}},
            ):
                self.assertSilent(
                    self.call("sale.order", "web_read", ids, specification=fields)
                )

    def test_exports_through_an_own_order(self):
        for name in self.as_each(self.orders):
            for path in (
                "credit_decision_id/limit",
                "credit_decision_id/summary",
                "credit_decision_ids/limit",
                "kam_client_id/note",
                "kam_client_id/credit_line_ids/limit",
                "partner_id/kam_client_id/credit_receivable",
                "credit_receivable",
                "credit_message",
            ):
                ids = self.orders[name].ids
                self.assertSilent(self.call("sale.order", "export_data", ids, [path]))

    def test_whoever_may_open_an_order_may_open_it_with_our_fields(self):
        """A field that raises would lock ordinary people out of their orders."""
        for name in ("salesman", "salesman_all", "accountant", "employee"):
            user = self.people[name]
            for model in OURS_ON_CORE:
                records = self.env[model].with_user(user)
                names = [
                    field.name
                    for field in self.env[model]._fields.values()
                    if ADDON in field._modules
                    and records._has_field_access(field, "read")
                ]
                with self.subTest(f"{model} by {name}"):
                    found = records.search([]) if records.has_access("read") else []
                    if found:
                        found[:50].web_read({field: {} for field in names})

    def test_an_own_order_shows_no_figure(self):
        for name in self.as_each(self.orders):
            ids = self.orders[name].ids
            fields = [
                field
                for field in self.env["sale.order"]._fields
                if "credit" in field or "kam" in field
            ]
            for field in fields:
                self.assertSilent(self.call("sale.order", "read", ids, [field]))

    def test_the_order_form_while_typing(self):
        """The bar moves for those who may see the client, for nobody else."""
        names = [n for n in self.env["sale.order"]._fields if n.startswith("credit_")]
        values = {
            "partner_id": self.partner.id,
            "partner_invoice_id": self.partner.id,
            "company_id": self.company.id,
            "currency_id": self.company.currency_id.id,
            "order_line": [],
        }
        spec = {name: {} for name in (*names, *values)}
        for _name in self.as_each():
            self.assertSilent(
                self.call("sale.order", "onchange", [], values, ["partner_id"], spec)
            )

    def computed(self, model):
        """Names of the fields of ours that are computed when they are read."""
        return [
            field.name
            for field in self.env[model]._fields.values()
            if field.compute and not field.store and ADDON in field._modules
        ]

    def test_forms_of_ours_while_typing(self):
        """A record that is not saved yet has no rule; its figures need one."""
        pointers = {
            "client_id": self.client.id,
            "company_id": self.company.id,
            "credit_line_id": self.line.id,
            "decision_id": self.decision.id,
            "line_id": self.line.id,
            "order_id": self.order.id,
            "partner_ids": [Command.set(self.partner.ids)],
            "tier_id": self.tier.id,
            "outcome": "hold",
            "rule": "limit",
        }
        for _name in self.as_each(NOSY):
            for model in own_models(self.env):
                fields = self.env[model]._fields
                values = {k: v for k, v in pointers.items() if k in fields}
                for asked in self.computed(model):
                    spec = {name: {} for name in (*values, asked)}
                    self.assertSilent(
                        self.call(model, "onchange", [], values, list(values), spec)
                    )

    def test_records_of_others_as_the_base_of_a_form(self):
        for _name in self.as_each(NOSY):
            for record in (self.client, self.line, self.decision, self.order):
                for name in (*self.computed(record._name), "display_name"):
                    spec = {name: {}}
                    self.assertSilent(
                        self.call(record._name, "onchange", record.ids, {}, [], spec)
                    )


class TestDialogs(LeakCase):
    """A dialog points at a record that its user may not be allowed to read."""

    def test_dialogs_tell_no_more_than_their_record(self):
        pointers = {
            "sale.order.credit.request": {"order_id": self.order.id, "comment": "?"},
            "sale.order.credit.close": {"order_id": self.order.id, "reason": "?"},
            "kam.credit.decision.release": {
                "decision_id": self.decision.id,
                "reason": "?",
            },
            "kam.credit.decision.reject": {
                "decision_id": self.decision.id,
                "reason": "?",
            },
            "kam.credit.line.set": {"line_id": self.line.id, "reason": "?"},
        }
        for _name in self.as_each():
            for model, vals in pointers.items():
                made = self.call(model, "create", [vals])
                self.assertSilent(made)
                ids = json.loads(made).get("result")
                for field in self.env[model]._fields:
                    self.assertSilent(self.call(model, "read", ids, [field]))
                context = {f"default_{name}": value for name, value in vals.items()}
                names = list(self.env[model]._fields)
                self.assertSilent(
                    self.call(model, "default_get", names, context=context)
                )
                self.assertSilent(self.call(model, "action_apply", ids))
        self.env.invalidate_all()
        self.assertEqual(self.order.credit_state, "hold")
        self.assertMoney(self.line, limit=LIMIT)


class TestMethods(LeakCase):
    def public_methods(self, model):
        """Names of what the addon lets anybody call on a model."""
        for cls in type(self.env[model]).mro():
            if not cls.__module__.startswith(f"odoo.addons.{ADDON}"):
                continue
            for name, value in vars(cls).items():
                if callable(value) and not name.startswith("_"):
                    yield name

    def test_public_methods_on_records_of_others(self):
        records = {
            "kam.client": self.client,
            "kam.credit.decision": self.decision,
            "kam.credit.line": self.line,
            "kam.credit.reason": self.decision.reason_ids[0],
            "kam.credit.exposure": self.env["kam.credit.exposure"].search(
                [("client_id", "=", self.client.id)], limit=1
            ),
            "kam.receivable.report": self.env["kam.receivable.report"].search(
                [("client_id", "=", self.client.id)], limit=1
            ),
            "res.partner": self.partner,
            "sale.order": self.order,
            "sale.order.line": self.order.order_line,
        }
        names = {model: sorted(set(self.public_methods(model))) for model in records}
        self.assertIn("action_release", names["kam.credit.decision"])
        for _name in self.as_each():
            for model, record in records.items():
                for method in names[model]:
                    for args in ([], ["Because"], [{"limit": 1}, "Because"]):
                        self.assertSilent(self.call(model, method, record.ids, *args))
        self.env.invalidate_all()
        self.assertEqual(self.order.credit_state, "hold")
        self.assertEqual(self.decision.state, "open")
        self.assertMoney(self.line, limit=LIMIT)

    def test_the_amount_of_a_payment_link(self):
        for name in self.as_each(self.orders):
            context = {
                "active_model": "sale.order",
                "active_id": self.orders[name].id,
                "kam_prepayment": True,
            }
            for fields in (["amount", "amount_max"], ["amount"]):
                self.assertSilent(
                    self.call(
                        "payment.link.wizard", "default_get", fields, context=context
                    )
                )

    def test_private_methods_are_not_called(self):
        for name in ("other_kam", "administrator"):
            self.login(name)
            for model, method in (
                ("kam.credit.ledger", "_get_receivables"),
                ("kam.credit.line", "_get_terms"),
                ("kam.credit.decision", "_record"),
                ("kam.credit.lock", "_append"),
                ("sale.order", "_credit_evaluate"),
                ("kam.credit.gate", "_look"),
                ("res.partner", "_fill_kam_documents"),
            ):
                answer = json.loads(self.call(model, method, []))
                self.assertIn("error", answer, (name, method))


class TestHistory(LeakCase):
    """Messages, activities and followers."""

    def test_the_history_of_an_own_order_names_no_figure(self):
        self.secrets = (str(LIMIT), str(DEBT), str(SHORT))
        for name in self.as_each(self.orders):
            order = self.orders[name]
            where = [["model", "=", "sale.order"], ["res_id", "=", order.id]]
            messages = self.call("mail.message", "search_read", where, ["body"])
            self.assertIn("Credit decision", messages)
            self.assertSilent(messages)
            where[0][0] = "res_model"
            self.assertSilent(
                self.call("mail.activity", "search_read", where, ["note", "summary"])
            )
            self.assertSilent(
                self.post(
                    "/mail/thread/messages",
                    thread_model="sale.order",
                    thread_id=order.id,
                )
            )

    def talk(self, record):
        record = record.with_user(self.kam if record == self.client else self.director)
        record.message_post(
            body="TOPSECRET talk",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.env.flush_all()

    def test_the_history_of_a_client_is_his_managers(self):
        self.secrets = ("TOPSECRET talk",)
        for record in (self.client, self.line):
            self.talk(record)
            where = [["model", "=", record._name], ["res_id", "=", record.id]]
            for name in self.as_each((*STRANGERS, "salesman_all", "accountant")):
                found = self.result("mail.message", "search_read", where, ["body"])
                self.assertFalse(found, name)
                for route in ("/mail/thread/messages", "/mail/thread/recipients"):
                    self.assertSilent(
                        self.post(route, thread_model=record._name, thread_id=record.id)
                    )

    def test_following_gives_no_access(self):
        """Who once looked after the client may still be among its followers."""
        for record in (self.client, self.line):
            record.message_subscribe(self.people["other_kam"].partner_id.ids)
            self.talk(record)
        for name in self.as_each(("other_kam",)):
            for record in (self.client, self.line):
                where = [["model", "=", record._name], ["res_id", "=", record.id]]
                self.assertSilent(self.call(record._name, "read", record.ids, ["note"]))
                self.assertFalse(
                    self.result(record._name, "search", [["id", "=", record.id]]), name
                )
                self.assertSilent(
                    self.call("mail.message", "search_read", where, ["body"])
                )
                self.assertSilent(
                    self.call("mail.message", "search_read", [], ["body", "preview"])
                )

    def test_nobody_subscribes_himself(self):
        for name in self.as_each():
            partner = self.people[name].partner_id
            for record in (self.client, self.line):
                self.call(record._name, "message_subscribe", record.ids, partner.ids)
                record.invalidate_recordset()
                self.assertNotIn(partner, record.message_partner_ids)

    def test_nobody_writes_into_the_history_of_others(self):
        before = len(self.client.message_ids)
        for _name in self.as_each():
            self.call("kam.client", "message_post", self.client.ids, body="Hello")
            self.post(
                "/mail/message/post",
                thread_model="kam.client",
                thread_id=self.client.id,
                post_data={"body": "Hello", "message_type": "comment"},
            )
            vals = {
                "res_model_id": self.env["ir.model"]._get_id("kam.client"),
                "res_id": self.client.id,
            }
            self.call("mail.activity", "create", [vals])
        self.env.invalidate_all()
        self.assertEqual(len(self.client.message_ids), before)
        self.assertFalse(self.client.activity_ids)


class TestFiles(LeakCase):
    """What is fetched by an address."""

    def fetch(self, path):
        with mute_logger("odoo.http", "odoo.sql_db"):
            return self.url_open(path, allow_redirects=False)

    def test_attachments(self):
        files = self.env["ir.attachment"].create(
            [
                {
                    "name": f"{record._name}.txt",
                    "raw": b"TOPSECRET file",
                    "mimetype": "text/plain",
                    "res_model": record._name,
                    "res_id": record.id,
                }
                for record in (self.client, self.line, self.decision, self.tier)
            ]
        )
        self.env.flush_all()
        for _name in self.as_each((*STRANGERS, "salesman_all", "accountant")):
            for attachment in files[:3]:
                for path in ("content", "image"):
                    answer = self.fetch(f"/web/{path}/{attachment.id}")
                    self.assertSilent(answer.text)
            found = self.call(
                "ir.attachment", "search_read", [["id", "in", files[:3].ids]], ["raw"]
            )
            self.assertSilent(found)
        self.login("kam")
        answer = self.fetch(f"/web/content/{files[0].id}")
        self.assertEqual((answer.status_code, answer.text), (200, "TOPSECRET file"))

    def test_fields_by_address(self):
        for _name in self.as_each():
            for record in (self.client, self.line, self.decision):
                for field in record._fields:
                    for path in ("content", "image"):
                        if record._fields[field].type in ("binary", "html", "char"):
                            url = f"/web/{path}/{record._name}/{record.id}/{field}"
                            self.assertSilent(self.fetch(url).text)

    def make_private(self):
        """Papers of the manager himself."""
        month = self.today.replace(day=1)
        cards = self.env["kam.scorecard"]._make_cards(self.company, month)
        cards._compute_cards()
        return {
            "kam.scorecard": cards.filtered(lambda card: card.user_id == self.kam),
            "kam.visit.plan": self.env["kam.visit.plan"].create(
                {"user_id": self.kam.id, "week_start": "2029-01-01"}
            ),
        }

    def test_reports(self):
        reports = self.env["ir.actions.report"].search(
            [("model", "in", [*own_models(self.env), "sale.order"])]
        )
        ours = reports.filtered(lambda r: r.model in own_models(self.env))
        self.assertTrue(ours)
        records = {
            "kam.client": self.client,
            "kam.credit.line": self.line,
            "kam.credit.decision": self.decision,
            "kam.receivable.aging": self.env["kam.receivable.aging"]
            .with_user(self.kam)
            .create({}),
            "kam.collection.letter": self.env["kam.collection.letter"].create(
                {
                    **self.letter_vals(),
                    "client_id": self.client.id,
                    "partner_id": self.partner.id,
                    "line_ids": [
                        Command.create(
                            {
                                "name": "TOPSECRET",
                                "date_maturity": self.today,
                                "amount": DEBT,
                            }
                        )
                    ],
                }
            ),
            "kam.credit.check": self.env["kam.credit.check"].create(
                {
                    "client_id": self.client.id,
                    "company_id": self.company.id,
                    "requested_limit": DEBT,
                    "reason": "TOPSECRET",
                }
            ),
            "kam.reconciliation": self.env["kam.reconciliation"].create(
                {
                    "client_id": self.client.id,
                    "partner_id": self.client.main_partner_id.id,
                    "date_from": self.today,
                    "date_to": self.today,
                }
            ),
            "sale.order": self.order,
            **self.make_private(),
        }
        self.env.flush_all()
        for name in self.as_each():
            for report in reports:
                record = records[report.model]
                url = f"/report/html/{report.report_name}/{record.id}"
                answer = self.fetch(url)
                self.assertSilent(answer.text)
                if report in ours:
                    self.assertNotEqual(answer.status_code, 200, (name, url))
        self.login("kam")
        for report in ours:
            record = records[report.model]
            answer = self.fetch(f"/report/html/{report.report_name}/{record.id}")
            self.assertEqual(answer.status_code, 200)


class TestPortal(LeakCase):
    """A customer with a login sees his orders and invoices, and nothing of ours."""

    def fields(self, model):
        return [
            field.name
            for field in self.env[model]._fields.values()
            if field._modules[:1] == (ADDON,) and not field.related
        ]

    def test_every_field_of_ours_on_core_models_has_groups(self):
        for model in OURS_ON_CORE:
            self.assertTrue(self.fields(model) or model == "sale.order.line")
            for name in self.fields(model):
                groups = self.env[model]._fields[name].groups or ""
                with self.subTest(f"{model}.{name}"):
                    self.assertTrue(groups)
                    for role in ("portal", "public"):
                        self.assertFalse(self.people[role].has_groups(groups))

    def test_he_reads_his_order_without_them(self):
        self.order.message_subscribe(self.portal.partner_id.ids)
        self.env.flush_all()
        self.login("portal")
        self.assertTrue(self.result("sale.order", "read", self.order.ids, ["name"]))
        shown = self.result("sale.order", "fields_get", [], ["string"])
        for name in self.fields("sale.order"):
            self.assertNotIn(name, shown)
            for method, args in (
                ("read", [self.order.ids, [name]]),
                ("search_read", [[[name, "!=", False]], ["name"]]),
                ("search_count", [[[name, "!=", False]]]),
                ("export_data", [self.order.ids, [name]]),
                ("formatted_read_group", [[], [name], ["__count"]]),
                ("formatted_read_group", [[], ["state"], [f"{name}:max"]]),
            ):
                answer = json.loads(self.call("sale.order", method, *args))
                with self.subTest(f"{method} {name}"):
                    self.assertIn("error", answer)
            args = {"order": f"{name} desc", "domain": [], "fields": ["name"]}
            answer = json.loads(self.call("sale.order", "search_read", **args))
            with self.subTest(f"order by {name}"):
                self.assertIn("error", answer)

    def test_his_pages_say_nothing(self):
        self.order.write({"state": "sent"})
        self.env.flush_all()
        self.login("portal")
        self.secrets = (*SECRETS, "Key Client", "Credit decision")
        for path in ("/my", "/my/orders", "/my/quotes", self.order.get_portal_url()):
            answer = self.url_open(path)
            self.assertEqual(answer.status_code, 200)
            self.assertSilent(answer.text)

    def test_he_changes_nothing(self):
        self.login("portal")
        for record, vals in (
            (self.partner, {"kam_membership_id": False}),
            (self.portal.partner_id, {"kam_client_id": False}),
            (self.order, {"credit_state": "released"}),
            (self.order, {"state": "sale"}),
        ):
            answer = json.loads(self.call(record._name, "write", record.ids, vals))
            self.assertIn("error", answer)


class TestOwnBalances(LeakCase):
    """A manager without accounting rights sees the balances of his own clients."""

    def figures(self, name, client):
        clients = self.env["kam.client"].with_user(self.people[name])
        client = clients.browse(client.id)
        return client.credit_receivable, client.credit_line_id.headroom

    def test_his_own_to_the_cent(self):
        self.assertFalse(self.kam.has_group("account.group_account_readonly"))
        self.assertFalse(self.kam.has_group("account.group_account_invoice"))
        self.assertEqual(self.figures("kam", self.client), (DEBT, LIMIT - DEBT))
        order = self.order.with_user(self.kam)
        self.assertEqual(order.credit_receivable, DEBT)
        self.assertEqual(order.credit_headroom, -SHORT)
        self.assertIn("short", order.credit_message)

    def test_no_balance_of_a_partner_in_core(self):
        for name in self.as_each(("kam", "other_kam")):
            answer = self.call("res.partner", "read", self.partner.ids, ["credit"])
            self.assertIn("error", json.loads(answer), name)

    def test_no_journal_items_but_those_of_his_invoices(self):
        foreign = self.make_invoice(
            self.make_partner("Stranger"), 77, invoice_user_id=self.other_kam.id
        )
        payment = self.pay(50, partner=self.partner)
        items = self.env["account.move.line"].with_user(self.kam)
        found = items.search([("move_id", "in", (foreign | payment).ids)])
        self.assertFalse(found)

    def test_the_other_manager_sees_none_of_them(self):
        for model in own_models(self.env):
            records = self.env[model].with_user(self.other_kam)
            if not records.has_access("read") or "client_id" not in records._fields:
                continue
            with self.subTest(model):
                self.assertFalse(records.search([("client_id", "=", self.client.id)]))

    def test_the_one_who_takes_over_sees_them_all(self):
        self.client.write({"manager_id": self.other_kam.id})
        self.env.flush_all()
        self.assertEqual(self.figures("other_kam", self.client)[0], DEBT)
        clients = self.env["kam.client"].with_user(self.kam)
        self.assertNotIn(self.client, clients.search([]))
