"""Every job, killed 20 times at a random statement: in the end each step is there once.

On a committed copy of the database, in processes of their own.
"""

import base64

from odoo.tests import tagged

from ..committed import KilledCase
from ..common import ADDON
from .test_ladder_rerun import EveryDay

CRONS = (
    ("kam.collection", "_cron_collect"),
    ("kam.collection.letter", "_cron_send"),
    ("kam.reconciliation", "_cron_send"),
    ("kam.promise", "_cron_judge"),
    ("kam.credit.snapshot", "_cron_snapshot"),
    ("kam.credit.task", "_cron_decide"),
    ("kam.credit.line", "_cron_remind"),
    ("kam.credit.line", "_cron_check_early"),
    ("kam.credit.document", "_cron_delete_files"),
    ("kam.assignment", "_cron_begin"),
    ("kam.visit.plan.round", "_cron_round"),
)
COUNT = 6


@tagged("standard", "post_install", "-at_install")
class TestKilledJobs(EveryDay, KilledCase):
    @classmethod
    def setup_work(cls):
        """Work for every job, of the same number of records."""
        cls.setup_ladder()
        for name in ("collection_reminder", "collection_demand", "reconciliation"):
            template = cls.env.ref(f"{ADDON}.mail_template_{name}")
            template.report_template_ids = False
        cls.debtors = cls.make_debtors(COUNT).ids
        cls.setup_letters()
        cls.setup_statements()
        cls.setup_promises()
        cls.setup_lines()
        cls.setup_worse_payers()
        cls.setup_files()
        cls.setup_hand_overs()
        cls.setup_weeks()

    @classmethod
    def setup_letters(cls):
        clients = cls.make_debtors(COUNT, days=7)
        cls.env["kam.collection.debt"]._open_cases(clients.ids)
        cases = cls.env["kam.collection"].search([("client_id", "in", clients.ids)])
        letters = cls.env["kam.collection.letter"]
        for case in cases:
            letters |= cls.env["kam.collection.ladder"]._draft_demands(case)
        letters.action_queue()
        cls.letter_ids = letters.ids

    @classmethod
    def setup_statements(cls):
        clients = [cls.make_client(f"Party {number}") for number in range(COUNT)]
        statements = cls.env["kam.reconciliation"].create(
            [
                {
                    "client_id": client.id,
                    "partner_id": client.partner_ids.id,
                    "date_from": cls.day(-30),
                    "date_to": cls.day(0),
                }
                for client in clients
            ]
        )
        statements.action_queue()
        cls.statement_ids = statements.ids

    @classmethod
    def setup_promises(cls):
        clients = [cls.make_client(f"Promiser {number}") for number in range(COUNT)]
        cls.promise_ids = (
            cls.env["kam.promise"]
            .create(
                [
                    {
                        "client_id": client.id,
                        "amount": 100,
                        "date": cls.day(-7),
                        "date_made": cls.day(-9),
                    }
                    for client in clients
                ]
            )
            .ids
        )

    @classmethod
    def setup_lines(cls):
        """Lines that end soon, with days to take snapshots of and an order on hold."""
        clients = [cls.make_limited(100, f"Held {number}") for number in range(COUNT)]
        lines = cls.env["kam.credit.line"].union(*(c.credit_line_ids for c in clients))
        orders = cls.env["sale.order"]
        for client in clients:
            orders |= cls.make_order(client.partner_ids, 500)
        orders.action_confirm()
        lines.write({"valid_until": cls.day(10), "limit": 1000})
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE kam_credit_line SET create_date = create_date - interval '30 day'"
            " WHERE id IN %s",
            [tuple(lines.ids)],
        )
        cls.line_ids, cls.order_ids = lines.ids, orders.ids

    @classmethod
    def setup_worse_payers(cls):
        """Clients who paid in time last year and late now."""
        lines = cls.env["kam.credit.line"]
        for number in range(COUNT):
            client = cls.make_client(f"Worse {number}")
            lines |= cls.make_line(client, 100)
            for due, late in ((-300, 0), (-60, 5)):
                invoice = cls.make_invoice(
                    client.partner_ids, 10, date=cls.day(due - 9), due=cls.day(due)
                )
                cls.pay(10, invoice, date=cls.day(due + late))
        cls.worse_ids = lines.ids

    @classmethod
    def setup_files(cls):
        """Checks that ended longer ago than their files are kept."""
        checks = cls.env["kam.credit.check"].create(
            [
                {"client_id": cls.make_client(f"Filed {x}").id, "requested_limit": 9}
                for x in range(COUNT)
            ]
        )
        documents = cls.env["kam.credit.document"].union(
            *(check.document_ids[0] for check in checks)
        )
        documents.file = base64.b64encode(b"Charter")
        cls.company.kam_check_keep_months = 6
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE kam_credit_check SET state = 'rejected', date_ended = %s"
            " WHERE id IN %s",
            [cls.day(-200), tuple(checks.ids)],
        )
        cls.document_ids = documents.ids

    @classmethod
    def setup_hand_overs(cls):
        """Clients whose new manager begins today."""
        clients = cls.env["kam.client"].union(
            *(cls.make_client(f"Handed over {number}") for number in range(COUNT))
        )
        for client in clients:
            client.action_hand_over(cls.other_kam, cls.day(1), "Moves")
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE kam_assignment SET date_from = date_from - 1"
            " WHERE NOT is_begun AND client_id IN %s",
            [tuple(clients.ids)],
        )
        cls.handed_ids = clients.ids

    @classmethod
    def setup_weeks(cls):
        """Managers whose plan of the next week is asked for on any day."""
        users = cls.kam | cls.other_kam | cls.head
        for user in users:
            cls.make_client(f"Visited by {user.name}", manager_id=user.id)
        cls.env["res.company"].search([]).write(
            {"kam_plan_deadline_day": "0", "kam_plan_hour": 0}
        )
        cls.planner_ids = users.ids

    def mails(self, env, model, ids):
        domain = [("model", "=", model), ("res_id", "in", ids)]
        return sorted(env["mail.mail"].search(domain).mapped("res_id"))

    def test_every_step_once(self):
        self.kill(CRONS)
        with self.transaction() as env:
            self.assertCases(env)
            self.assertLetters(env)
            self.assertLines(env)
            self.assertOthers(env)

    def assertCases(self, env):
        own = [("client_id", "in", self.debtors)]
        cases = env["kam.collection"].search(own)
        self.assertEqual(sorted(cases.client_id.ids), self.debtors)
        letters = env["kam.collection.letter"].search(own)
        self.assertEqual(sorted(letters.mapped("client_id").ids), self.debtors)
        self.assertEqual(len(letters), COUNT)
        steps = env["kam.collection.step"].search([*own, ("kind", "=", "level")])
        self.assertEqual(len(steps), 3 * COUNT)

    def assertLetters(self, env):
        letters = env["kam.collection.letter"].browse(self.letter_ids)
        self.assertEqual(set(letters.mapped("state")), {"sent"})
        self.assertEqual(
            self.mails(env, letters._name, letters.ids), sorted(letters.ids)
        )
        statements = env["kam.reconciliation"].browse(self.statement_ids)
        self.assertEqual(set(statements.mapped("state")), {"sent"})
        self.assertEqual(
            self.mails(env, statements._name, statements.ids), sorted(statements.ids)
        )
        promises = env["kam.promise"].browse(self.promise_ids)
        self.assertEqual(set(promises.mapped("state")), {"broken"})

    def assertLines(self, env):
        lines = env["kam.credit.line"].browse(self.line_ids)
        for line in lines:
            self.assertEqual(len(line.activity_ids), 1)
        snapshots = env["kam.credit.snapshot"].search([("line_id", "in", lines.ids)])
        days = {(x.line_id, x.date) for x in snapshots}
        self.assertEqual(len(snapshots), len(days))
        self.assertEqual(len(days), 30 * COUNT)
        orders = env["sale.order"].browse(self.order_ids)
        self.assertEqual(set(orders.mapped("credit_state")), {"pass"})
        for order in orders:
            self.assertEqual(len(order.credit_decision_ids), 2)

    def assertOthers(self, env):
        for line in env["kam.credit.line"].browse(self.worse_ids):
            self.assertTrue(line.date_early_check)
            self.assertEqual(len(line.activity_ids), 1)
        documents = env["kam.credit.document"].browse(self.document_ids)
        self.assertTrue(all(documents.mapped("date_deleted")))
        self.assertFalse(any(documents.mapped("file")))
        for client in env["kam.client"].browse(self.handed_ids):
            self.assertEqual(client.manager_id.id, self.other_kam.id)
            changes = client.message_ids.tracking_value_ids.filtered(
                lambda value: value.field_id.name == "manager_id"
            )
            self.assertEqual(len(changes), 1)
        plans = env["kam.visit.plan"].search([("user_id", "in", self.planner_ids)])
        self.assertEqual(sorted(plans.user_id.ids), sorted(self.planner_ids))
        self.assertEqual(len(plans), len(self.planner_ids))
        for plan in plans:
            own = plan.activity_ids.filtered(
                lambda x, plan=plan: x.user_id == plan.user_id
            )
            self.assertEqual(len(own), 1)
