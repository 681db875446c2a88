"""Figures of one company never reach the users of another."""

import json

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from ..common import KamCommon, KamHttpCase
from .roles import own_models

HERE, THERE = 1_111_111, 7_654_321
DEBT = 6_543_219


class CompaniesCase:
    """One shared client with lines, debts and decisions in two companies."""

    @classmethod
    def setup_companies(cls):
        cls.there = cls.make_company("There")
        cls.client = cls.make_limited(HERE, name="Shared")
        cls.partner = cls.client.partner_ids
        policy = cls.client.credit_line_ids.policy_id
        cls.line_here = cls.client.credit_line_ids
        cls.line_there = cls.make_line(
            cls.client, THERE, company=cls.there, policy_id=policy.id
        )
        cls.setup_receivables(cls.make_invoice(cls.partner, 100))
        cls.setup_receivables(cls.make_invoice(cls.partner, DEBT, company=cls.there))
        cls.order_here = cls.make_order(cls.partner, HERE)
        cls.order_there = cls.make_order(cls.partner, THERE, company=cls.there)
        for order in (cls.order_here, cls.order_there):
            order.with_context(allowed_company_ids=order.company_id.ids).with_user(
                cls.kam
            ).action_confirm()
        cls.order_there.credit_decision_id.with_user(cls.director).action_release("Ok")
        one_off = cls.make_confirmed(cls.partner, 1, company=cls.there)
        one_off.credit_rest_closed = True
        cls.env["kam.growth.exclusion"].create(
            {"order_id": one_off.id, "reason": "Fair"}
        )
        cls.stay_at_home()
        cls.env.flush_all()

    @classmethod
    def setup_receivables(cls, invoice):
        """Everything of the room in the company of the invoice."""
        today = cls.today
        common = {"client_id": cls.client.id, "company_id": invoice.company_id.id}
        check = cls.env["kam.credit.check"].create({**common, "requested_limit": 1})
        cls.env["kam.credit.check.step"]._log(check, "submitted")
        cls.env["kam.credit.renewal"].create(
            {
                "company_id": invoice.company_id.id,
                "valid_until": today,
                "reason": "So",
                "line_ids": [
                    Command.create({"line_id": line.id})
                    for line in cls.client.credit_line_ids
                    if line.company_id == invoice.company_id
                ],
            }
        )
        cls.env["kam.promise"].create({**common, "amount": 1, "date": today})
        cls.env["kam.reconciliation"].create(
            {**common, "date_from": today, "date_to": today}
        )
        payment = cls.pay(1, partner=cls.partner, company=invoice.company_id)
        payment._reverse_moves([{"date": today}])._post()
        cls.env["kam.credit.snapshot"]._fill(invoice.company_id, today, today)
        case = cls.env["kam.collection"].create({**common, "date_opened": today})
        cls.env["kam.collection.step"]._log(case, "open", "Overdue")
        cls.setup_visits(common)
        cls.setup_performance(common, invoice.company_id)
        cls.env["kam.dispute"].create(
            {"move_id": invoice.id, "amount": 1, "reason": "So", "deadline": today}
        )
        line = {"name": invoice.name, "date_maturity": today, "amount": 1}
        cls.env["kam.collection.letter"].create(
            {
                **common,
                "partner_id": cls.partner.id,
                "stage_id": cls.env["kam.collection.stage"].search([], limit=1).id,
                "kind": "letter",
                "date": today,
                "line_ids": [Command.create(line)],
            }
        )

    @classmethod
    def setup_visits(cls, common):
        cls.env["kam.visit"].create({**common, "user_id": cls.kam.id})

    @classmethod
    def setup_performance(cls, common, company):
        month = cls.today.replace(day=1)
        remark = {"kind": "client", "user_id": cls.kam.id, "fact": "Late papers"}
        cls.env["kam.remark"].create({**common, **remark})
        plan = cls.env["kam.sales.plan"].create(
            {
                "company_id": company.id,
                "team_id": cls.team.id,
                "user_id": cls.kam.id,
                "period": "month",
                "date_from": month,
            }
        )
        cls.env["kam.sales.plan.line"].create(
            {
                "plan_id": plan.id,
                "client_id": cls.client.id,
                "month": month,
                "target": 5,
            }
        )
        cls.env["kam.scorecard"]._make_cards(company, month)._compute_cards()

    @classmethod
    def stay_at_home(cls):
        """From now on nobody but the director may work there."""
        cls.local = cls.kam | cls.support | cls.controller | cls.head
        cls.local.write({"company_ids": [Command.set(cls.company.ids)]})


class TestCompanies(CompaniesCase, KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_companies()

    def figures(self, client):
        return {
            "limit": client.credit_effective_limit,
            "receivable": client.credit_receivable,
            "headroom": client.credit_headroom,
        }

    def test_each_company_has_its_own_figures(self):
        client = self.client.with_user(self.director)
        here = client.with_context(allowed_company_ids=self.company.ids)
        there = client.with_context(allowed_company_ids=self.there.ids)
        self.assertEqual(
            self.figures(here),
            {"limit": HERE, "receivable": 100, "headroom": HERE - 100},
        )
        self.assertEqual(
            self.figures(there),
            {"limit": THERE, "receivable": DEBT, "headroom": THERE - DEBT},
        )

    def test_records_of_the_other_company_are_not_seen(self):
        both = self.company | self.there
        for model in own_models(self.env):
            records = self.env[model]
            if (
                "company_id" not in records._fields
                or "client_id" not in records._fields
            ):
                continue
            own = [("client_id", "=", self.client.id)]
            everything = records.with_user(self.director).with_context(
                allowed_company_ids=both.ids
            )
            if model == "kam.classification.line":
                continue  # nothing is classified here
            with self.subTest(model):
                if model != "kam.credit.request":
                    self.assertTrue(
                        not everything.has_access("read") or everything.search(own)
                    )
                for user in self.local:
                    seen = records.with_user(user)
                    if seen.has_access("read"):
                        companies = seen.search(own).mapped("company_id")
                        self.assertLessEqual(companies, self.company)

    def test_relations_of_a_shared_client_are_filtered(self):
        client = self.client.with_user(self.kam)
        self.assertEqual(client.credit_line_ids, self.line_here)
        self.assertEqual(client.credit_decision_count, 1)
        self.assertEqual(client.order_count, 1)
        self.assertEqual(client.invoice_count, 1)
        changes = self.env["kam.credit.line.change"].with_user(self.kam)
        self.assertEqual(changes.search([]).line_id, self.line_here)

    def test_domains_do_not_look_into_the_other_company(self):
        clients = self.env["kam.client"].with_user(self.kam)
        own = [("id", "=", self.client.id)]
        for path in ("credit_line_ids.limit", "credit_effective_limit"):
            self.assertTrue(clients.search([*own, (path, "=", HERE)]))
            self.assertFalse(clients.search([*own, (path, "=", THERE)]))
        self.assertFalse(clients.search([*own, ("credit_receivable", ">=", DEBT)]))

    def test_another_company_is_not_chosen_by_the_context(self):
        client = self.client.with_user(self.kam)
        client = client.with_context(allowed_company_ids=self.there.ids)
        for name in ("credit_receivable", "credit_effective_limit", "turnover_12m"):
            with self.subTest(name), self.assertRaises(UserError):
                self.assertFalse(client.read([name]))

    def test_decisions_there_are_not_answered_from_here(self):
        self.director.company_ids = self.company
        order = self.make_order(self.partner, 2 * THERE, company=self.there)
        decision = order._credit_evaluate()
        for user in (self.controller, self.head, self.director):
            with self.subTest(user.login), self.assertRaises(UserError):
                decision.with_user(user).action_release("Good")
        self.assertEqual(decision.state, "open")

    def test_lines_there_are_not_changed_from_here(self):
        with self.assertRaises(UserError):
            self.line_there.with_user(self.controller).action_set({"limit": 1}, "So")
        with self.assertRaises(UserError):
            self.line_there.with_user(self.controller).write({"limit": 1})
        with self.assertRaises(UserError):
            self.make_line_by(self.controller, self.there)

    def make_line_by(self, user, company):
        client = self.make_client("Another")
        return (
            self.env["kam.credit.line"]
            .with_user(user)
            .create({"client_id": client.id, "company_id": company.id, "limit": 1})
        )

    def test_an_order_is_judged_in_its_own_company(self):
        decision = self.order_there.credit_decision_id
        self.assertEqual(decision.company_id, self.there)
        self.assertMoney(decision, limit=THERE, receivable=DEBT)
        self.assertMoney(self.order_here.credit_decision_id, limit=HERE, receivable=100)

    def test_confirming_with_both_companies_active(self):
        """Those who may release work in one of them only."""
        self.kam.company_ids |= self.there
        order = self.make_order(self.partner, HERE, user_id=self.kam.id)
        order.with_user(self.kam).with_context(
            allowed_company_ids=(self.there | self.company).ids
        ).action_confirm()
        self.assertHeld(order, "limit")
        self.assertTrue(self.told(self.controller, order))

    def test_messages_with_both_companies_active(self):
        self.kam.company_ids |= self.there
        self.client.message_subscribe(self.support.partner_id.ids)
        client = self.client.with_user(self.kam).with_context(
            allowed_company_ids=(self.there | self.company).ids
        )
        client.message_post(body="Hello", subtype_xmlid="mail.mt_comment")
        self.assertTrue(self.told(self.support, self.client))


class TestBranches(KamCommon):
    """A credit line holds for a company and all its branches."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.make_company("Branch", chart=False, parent_id=cls.company.id)
        cls.client = cls.make_limited(1000)
        cls.kam.write(
            {
                "company_id": cls.branch.id,
                "company_ids": [Command.set(cls.branch.ids)],
            }
        )

    def test_who_works_in_a_branch_only_sees_the_line(self):
        lines = self.env["kam.credit.line"].with_user(self.kam)
        line = lines.search([("client_id", "=", self.client.id)])
        self.assertEqual(line.company_id.sudo(), self.company)
        self.assertEqual((line.limit, line.headroom), (1000, 1000))
        client = self.client.with_user(self.kam)
        self.assertEqual(client.credit_effective_limit, 1000)

    def test_he_confirms_and_reads_the_decision(self):
        order = self.make_order(self.client.partner_ids, 1500, company=self.branch)
        order.with_user(self.kam).action_confirm()
        self.assertHeld(order, "limit")
        decision = order.credit_decision_id.with_user(self.kam)
        self.assertEqual(decision.company_id.sudo(), self.company)
        self.assertIn("500", decision.summary)
        self.assertIn("500", order.with_user(self.kam).credit_message)
        self.assertEqual(order.with_user(self.kam).credit_headroom, -500)

    def test_the_figures_are_those_of_the_whole_company(self):
        self.make_invoice(self.client.partner_ids, 300)
        line = self.env["kam.credit.line"].with_user(self.kam).search([], limit=1)
        self.assertMoney(line, receivable=300, headroom=700)


class TestCompaniesRpc(CompaniesCase, KamHttpCase):
    """The same by calls that choose company and record themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_companies()

    def ask(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        with mute_logger("odoo.http", "odoo.sql_db"):
            answer = self.opener.post(
                f"{self.base_url()}/web/dataset/call_kw/{model}/{method}",
                json={"jsonrpc": "2.0", "method": "call", "params": params},
            )
        return json.dumps(answer.json())

    def test_forms_with_a_company_of_ones_own_choice(self):
        self.authenticate(self.kam.login, self.kam.login)
        pointers = {"client_id": self.client.id, "company_id": self.there.id}
        line = {"credit_line_id": self.line_there.id}
        there = {"allowed_company_ids": self.there.ids}
        for model, ids, values, context in (
            ("kam.client", self.client.ids, {}, there),
            ("kam.client", [], line, {}),
            ("kam.credit.line", [], pointers, {}),
            ("kam.credit.line", self.line_there.ids, {}, {}),
            ("kam.credit.decision", [], pointers, {}),
        ):
            for name, field in self.env[model]._fields.items():
                if field.store or not field.compute:
                    continue
                arguments = (ids, values, list(values), {name: {}})
                text = self.ask(model, "onchange", *arguments, context=context)
                for secret in (str(THERE), str(DEBT), str(THERE - DEBT)):
                    self.assertNotIn(secret, text, (model, name))
