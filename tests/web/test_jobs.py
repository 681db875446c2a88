"""The main jobs, clicked through from My Desk; how many clicks the README promises."""

import re
from pathlib import Path

from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import file_path

from ..check.common import CheckCase
from ..common import ADDON, MAIL_OFF, KamHttpCase

DESK = "/odoo/my-desk"
JOB = re.compile(r'addJob\("(\w+)", (\d+)')
ROW = re.compile(
    r"^\|(?P<job>[^|]+)\|[^|]+\|\s*(?P<clicks>[\d +=]+)\|\s*`(?P<tours>[^|]+)`", re.M
)


class TestClicks(KamHttpCase):
    def test_the_table_of_the_readme_is_what_the_tours_take(self):
        source = file_path(f"{ADDON}/static/tests/tours/job_tours.js")
        clicks = dict(JOB.findall(Path(source).read_text(encoding="utf-8")))
        readme = Path(file_path(ADDON)).resolve().parent / "README.md"
        rows = list(ROW.finditer(readme.read_text(encoding="utf-8")))
        self.assertEqual(len(rows), 10)
        told = {}
        for found in rows:
            names = re.findall(r"kam_job_\w+", found["tours"])
            told |= dict(zip(names, re.findall(r"\d+", found["clicks"]), strict=True))
        self.assertEqual(told, clicks)


class JobCase(KamHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(1000, "Tour Client")
        cls.partner = cls.client.partner_ids

    def do(self, user, job, url=DESK):
        self.env.flush_all()
        self.start_tour(url, f"kam_job_{job}", login=user.login)


class TestCreditJobs(JobCase):
    def test_a_manager_holds_and_asks_and_the_controller_releases(self):
        order = self.make_order(self.partner, 1500)
        self.do(self.kam, "hold")
        self.assertTrue(order.credit_decision_id.request_ids)
        self.do(self.controller, "release")
        self.assertEqual(order.credit_decision_id.state, "released")

    def test_a_check_from_draft_to_approval(self):
        CheckCase.set_score.__func__(type(self), 85)
        self.do(self.kam, "check_request")
        check = self.env["kam.credit.check"].search(
            [("client_id", "=", self.client.id)]
        )
        self.assertEqual(check.state, "submitted")
        check.document_ids.write({"date_received": self.today})
        check.expected_turnover = 1_000_000
        check.factor_ids.input = 0
        self.do(self.controller, "check_approval")
        self.assertEqual(check.state, "approved")

    def test_an_order_is_typed_in(self):
        self.product.name = "Tour Flour"
        self.do(self.support, "order")
        order = self.env["sale.order"].search([("partner_id", "=", self.partner.id)])
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.product_id, self.product)


class TestReceivableJobs(JobCase):
    def test_a_case_is_worked(self):
        debtor = self.make_limited(1000, "Tour Debtor")
        self.make_invoice(
            debtor.partner_ids, 500, date=self.day(-40), due=self.day(-10)
        )
        case = self.env["kam.collection.debt"]._open_cases(debtor.ids)
        self.do(self.controller, "case")
        self.assertIn("Pays tomorrow", case.step_ids.mapped("result"))

    def test_a_statement_is_sent_and_answered(self):
        portal = new_test_user(
            self.env,
            "kam_portal_accountant",
            groups="base.group_portal",
            context=MAIL_OFF,
        )
        portal.partner_id.write({"parent_id": self.partner.id, "kam_can_sign": True})
        self.make_invoice(self.partner, 100)
        statement = self.env["kam.reconciliation"].create(
            {
                "client_id": self.client.id,
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "date_from": self.day(-5),
                "date_to": self.today,
                "user_id": self.controller.id,
            }
        )
        statement.action_compute()
        self.do(self.controller, "statement")
        self.assertEqual(statement.state, "sent")
        self.do(portal, "statement_answer", "/my/home")
        self.assertEqual(statement.state, "agreed")


class TestDepartmentJobs(JobCase):
    def test_customers_are_classified(self):
        big = self.make_partner("Tour Big")
        self.make_invoice(big, 9000, date="2021-06-01")
        self.make_invoice(self.partner, 1, date="2021-06-01")
        self.make_invoice(self.make_partner("Tour Small"), 20, date="2021-06-01")
        run = (
            self.env["kam.classification"]
            .with_user(self.head)
            .create(
                {
                    "date_from": "2021-01-01",
                    "date_to": "2021-12-31",
                    "base": "turnover",
                }
            )
        )
        self.do(self.head, "classification")
        self.assertEqual(run.state, "done")

    def test_a_client_is_handed_over(self):
        self.other_kam.name = "Tour Successor"
        self.do(self.director, "hand_over")
        self.assertEqual(self.client.manager_id, self.other_kam)

    def test_a_week_is_planned_and_approved(self):
        self.client.tier_id = self.env["kam.tier"].create(
            {"name": "Weekly", "visit_interval_days": 7}
        )
        plan = self.env["kam.visit.plan"].with_user(self.kam).create({})
        self.do(self.kam, "week")
        self.assertEqual(plan.state, "submitted")
        self.do(self.head, "week_approval")
        self.assertEqual(plan.state, "approved")

    def test_a_month_is_closed(self):
        month = self.today.replace(day=1) - relativedelta(months=1)
        day = month + relativedelta(days=9)
        self.env.flush_all()
        self.env.cr.execute("UPDATE kam_assignment SET date_from = '2020-01-01'")
        self.env.invalidate_all()
        self.make_invoice(self.partner, 800, date=day - relativedelta(years=1))
        self.pay(900, self.make_invoice(self.partner, 900, date=day, due=day), date=day)
        self.env["kam.sales.plan"].create(
            {
                "company_id": self.company.id,
                "team_id": self.team.id,
                "user_id": self.kam.id,
                "period": "month",
                "date_from": month,
                "effective_date": month,
                "state": "approved",
                "line_ids": [Command.create({"month": month, "target": 1000})],
            }
        )
        cards = self.env["kam.scorecard"]._make_cards(self.company, month)
        cards._compute_cards()
        self.do(self.head, "month")
        card = cards.filtered(lambda card: card.user_id == self.kam)
        self.assertEqual(card.state, "closed")
