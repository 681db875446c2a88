"""A record that fails stops no job, is shown to a person and never repeats unseen."""

import base64
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from ..common import ADDON, MAIL_OFF, KamCommon

JOB = f"odoo.addons.{ADDON}.models.client.kam_job"


class JobCase(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = [cls.make_client(f"Client {number}") for number in range(3)]
        cls.kind = cls.env.ref(f"{ADDON}.mail_activity_type_job")

    def run_cron(self, name):
        self.env.flush_all()
        with self.enter_registry_test_mode(), mute_logger(JOB, "odoo.sql_db"):
            self.env.ref(f"{ADDON}.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def poison(self, table, record, column):
        """Let the database refuse this row a change, whoever asks."""
        self.env.flush_all()
        name = f"poison_{table}"
        self.env.cr.execute(
            f"""
            CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$
            BEGIN RAISE EXCEPTION 'This one is poisoned'; END $$ LANGUAGE plpgsql;
            CREATE TRIGGER {name} BEFORE UPDATE OF {column} ON {table}
               FOR EACH ROW WHEN (OLD.id = {record.id}) EXECUTE FUNCTION {name}()
            """
        )

    def poison_rows(self, table, column, record):
        """Let the database refuse new rows that belong to this record."""
        self.env.flush_all()
        name = f"poison_{table}"
        self.env.cr.execute(
            f"""
            CREATE FUNCTION {name}() RETURNS trigger AS $$
            BEGIN RAISE EXCEPTION 'This one is poisoned'; END $$ LANGUAGE plpgsql;
            CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW
                      WHEN (NEW.{column} = {record.id}) EXECUTE FUNCTION {name}()
            """
        )

    def assertTold(self, record, user=None):
        """Once, however often the job has failed."""
        activity = record.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.kind
        )
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, user or self.kam)
        return activity


class TestPoisonedRecords(JobCase):
    def make_statements(self):
        statements = self.env["kam.reconciliation"].create(
            [
                {
                    "client_id": client.id,
                    "partner_id": client.partner_ids.id,
                    "company_id": self.company.id,
                    "date_from": self.day(-30),
                    "date_to": self.day(0),
                    "user_id": self.controller.id,
                }
                for client in self.clients
            ]
        )
        statements.action_compute()
        return statements

    def test_statements(self):
        statements = self.make_statements()
        statements.action_queue()
        statements[1].sudo().partner_id.email = False
        self.run_cron("ir_cron_reconciliation")
        self.assertEqual(statements.mapped("state"), ["sent", "draft", "sent"])
        self.assertFalse(statements[1].is_sending)
        told = self.assertTold(statements[1], self.controller)
        self.assertIn("No e-mail address", str(told.note))

    def test_a_statement_without_a_legal_entity(self):
        statements = self.make_statements()
        statements.action_queue()
        statements[1].sudo().partner_id = False
        statements[1].sudo().is_sending = True
        self.run_cron("ir_cron_reconciliation")
        self.assertEqual(statements.mapped("state"), ["sent", "draft", "sent"])

    def test_statements_sent_or_deleted_by_hand(self):
        statements = self.make_statements()
        statements.action_queue()
        statements[0].action_send()
        statements[1].unlink()
        self.run_cron("ir_cron_reconciliation")
        self.assertEqual(statements.exists().mapped("state"), ["sent", "sent"])
        mails = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.clients[0].partner_ids.ids)]
        )
        self.assertEqual(len(mails), 1)

    def test_reminders_of_statements(self):
        statements = self.make_statements()
        statements.action_send()
        statements.sudo().answer_deadline = self.day(-1)
        statements[1].partner_id.email = False
        by_post = self.make_statements()[2]
        by_post.action_send_by_post()
        by_post.sudo().answer_deadline = self.day(-1)
        self.run_cron("ir_cron_reconciliation")
        self.run_cron("ir_cron_reconciliation")
        self.assertEqual(statements.mapped("reminder_count"), [1, 0, 1])
        self.assertEqual(by_post.reminder_count, 0)
        self.assertTold(statements[1], self.controller)

    def test_late_answers_hold_up_no_statement_beyond_a_batch(self):
        late = self.make_statements()[0]
        late.action_send()
        late.sudo().answer_deadline = self.day(-1)
        statements = self.make_statements()
        statements.action_queue()
        with patch.object(type(statements), "_queue_batch", 1):
            self.run_cron("ir_cron_reconciliation")
        self.assertEqual(statements.mapped("state"), ["sent"] * 3)
        self.assertEqual(late.reminder_count, 1)

    def test_a_statement_without_an_address_is_not_sent(self):
        statement = self.make_statements()[0]
        statement.partner_id.email = False
        with self.assertRaises(UserError):
            statement.action_send()
        self.assertEqual(statement.state, "draft")

    def make_letters(self):
        self.company.kam_ladder_start = self.day(-100)
        self.company.resource_calendar_id = False
        for client in self.clients:
            self.make_invoice(
                client.partner_ids, 100, date=self.day(-60), due=self.day(-6)
            )
        ids = [client.id for client in self.clients]
        self.env["kam.collection.debt"]._open_cases(ids)
        cases = self.env["kam.collection"].search([("client_id", "in", ids)])
        letters = self.env["kam.collection.letter"]
        for case in cases:
            letters |= self.env["kam.collection.ladder"]._draft_demands(case)
        return letters.sorted("client_id")

    def test_letters(self):
        letters = self.make_letters()
        self.assertEqual(len(letters), 3)
        letters.with_user(self.controller).action_queue()
        self.poison("kam_collection_letter", letters[1], "date_sent")
        self.run_cron("ir_cron_collection_letters")
        self.assertEqual(letters.mapped("state"), ["sent", "draft", "sent"])
        self.assertFalse(letters[1].is_queued)
        self.assertTold(letters[1], self.controller)

    def test_promises(self):
        promises = self.env["kam.promise"].create(
            [
                {
                    "client_id": client.id,
                    "amount": 100,
                    "date": self.day(-5),
                    "date_made": self.day(-9),
                }
                for client in self.clients
            ]
        )
        self.poison("kam_promise", promises[1], "state")
        self.run_cron("ir_cron_judge_promises")
        self.run_cron("ir_cron_judge_promises")
        self.assertEqual(promises.mapped("state"), ["broken", "open", "broken"])
        self.assertTold(promises[1])

    def test_cases(self):
        for client in self.clients:
            self.make_invoice(
                client.partner_ids, 100, date=self.day(-60), due=self.day(-40)
            )
        self.poison_rows("kam_collection", "client_id", self.clients[1])
        self.run_cron("ir_cron_open_cases")
        self.run_cron("ir_cron_open_cases")
        opened = [bool(client.collection_id) for client in self.clients]
        self.assertEqual(opened, [True, False, True])
        self.assertTold(self.clients[1])

    def test_reminders_of_lines(self):
        lines = self.env["kam.credit.line"].union(
            *(self.make_line(client, 100) for client in self.clients)
        )
        lines.write({"valid_until": self.day(10)})
        self.poison("kam_credit_line", lines[1], "reminded_days")
        self.run_cron("ir_cron_check_remind")
        self.assertEqual(lines.mapped("reminded_days"), [14, 0, 14])
        self.assertTold(lines[1])

    def test_hand_overs(self):
        for client in self.clients:
            client.action_hand_over(self.other_kam, self.day(1), "Moves")
        rows = self.env["kam.assignment"].search(
            [("is_begun", "=", False)], order="client_id"
        )
        self.env.cr.execute(
            "UPDATE kam_assignment SET date_from = date_from - 1 WHERE id IN %s",
            [tuple(rows.ids)],
        )
        self.poison("kam_client", self.clients[1], "manager_id")
        self.run_cron("ir_cron_assignment_begin")
        self.assertEqual(
            [client.manager_id for client in self.clients],
            [self.other_kam, self.kam, self.other_kam],
        )
        self.assertTold(self.clients[1])

    def test_held_orders_that_core_refuses(self):
        orders = []
        for number in range(2):
            client = self.make_limited(100, f"Auto {number}", auto_confirm=True)
            order = self.make_order(client.partner_ids, 500)
            self.confirm(order)
            self.assertHeld(order, "limit")
            client.credit_line_ids.limit = 1000
            orders.append(order)
        # core refuses to confirm an order whose customer has to sign first
        orders[0].order_line.product_id = False
        self.run_cron("ir_cron_credit_task")
        self.assertEqual(orders[1].state, "sale")
        self.assertEqual((orders[0].state, orders[0].credit_state), ("draft", "pass"))
        self.assertTold(orders[0])

    def test_tasks_after_a_decision(self):
        orders = [
            self.make_order(client.partner_ids, 10, user_id=self.kam.id)
            for client in self.clients
        ]
        tasks = self.env["kam.credit.task"].create(
            [
                {"kind": "signature", "order_id": order.id, "author_id": author.id}
                for order in orders
                for author in order.partner_id
            ]
        )
        self.poison("sale_order", orders[1], "write_date")
        with patch.object(type(tasks), "_post_signed", sign):
            for _round in range(2):
                tasks.exists().date_next = False
                self.run_cron("ir_cron_credit_task_send")
        self.assertEqual(tasks.exists(), tasks[1])
        self.assertEqual(tasks[1].failures, 2)
        self.assertIn("This one is poisoned", tasks[1].error)
        self.assertTold(orders[1])

    def test_snapshots(self):
        self.env["kam.credit.line"].search([]).active = False
        other = self.env["res.company"].create({"name": "Elsewhere"})
        lines = self.make_line(self.clients[0], 100) | self.make_line(
            self.clients[1], 100, company_id=other.id
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kam_credit_line SET create_date = create_date - interval '9 day'"
            " WHERE id IN %s",
            [tuple(lines.ids)],
        )
        self.poison_rows("kam_credit_snapshot", "line_id", lines[0])
        self.run_cron("ir_cron_credit_snapshot")
        self.run_cron("ir_cron_credit_snapshot")
        taken = self.env["kam.credit.snapshot"].search([("line_id", "in", lines.ids)])
        self.assertEqual(taken.line_id, lines[1])
        self.assertEqual(len(taken), 9)
        self.assertTold(self.company.partner_id, self.controller)

    def test_early_checks(self):
        self.env["kam.credit.line"].search([]).active = False
        lines = self.env["kam.credit.line"].union(
            *(self.make_line(client, 100) for client in self.clients)
        )
        for client in self.clients:
            for due, late in ((-300, 0), (-60, 5)):
                invoice = self.make_invoice(
                    client.partner_ids, 10, date=self.day(due - 9), due=self.day(due)
                )
                self.pay(10, invoice, date=self.day(due + late))
        self.poison("kam_credit_line", lines[1], "date_early_check")
        self.run_cron("ir_cron_check_early")
        self.run_cron("ir_cron_check_early")
        self.assertEqual(
            lines.mapped("date_early_check"), [self.today, False, self.today]
        )
        self.assertTold(lines[1])

    def test_files_that_are_deleted(self):
        checks = self.env["kam.credit.check"].create(
            [{"client_id": x.id, "requested_limit": 9} for x in self.clients]
        )
        documents = self.env["kam.credit.document"].union(
            *(check.document_ids[0] for check in checks)
        )
        documents.file = base64.b64encode(b"Charter")
        self.company.kam_check_keep_months = 6
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kam_credit_check SET state = 'rejected', date_ended = %s"
            " WHERE id IN %s",
            [self.day(-200), tuple(checks.ids)],
        )
        self.env.invalidate_all()
        self.poison("kam_credit_document", documents[1], "date_deleted")
        self.run_cron("ir_cron_check_delete")
        self.run_cron("ir_cron_check_delete")
        self.assertEqual(
            documents.mapped("date_deleted"), [self.today, False, self.today]
        )
        self.assertEqual([bool(x.file) for x in documents], [False, True, False])
        self.assertTold(self.clients[1])

    def test_weekly_plans(self):
        plans = self.env["kam.visit.plan"]
        users = self.kam | self.other_kam | self.head
        for client, user in zip(self.clients, users, strict=True):
            client.manager_id = user
        always = {"kam_plan_deadline_day": "0", "kam_plan_hour": 0}
        self.env["res.company"].search([]).write(always)
        self.poison_rows("kam_visit_plan", "user_id", self.other_kam)
        self.run_cron("ir_cron_visit_plan_round")
        self.run_cron("ir_cron_visit_plan_round")
        made = plans.search([("user_id", "in", users.ids)])
        self.assertEqual(made.user_id, self.kam | self.head)
        self.assertTold(self.other_kam.partner_id, self.other_kam)


def sign(_tasks, order, _author):
    """What a signature leaves to be done, without its mail."""
    order.write({"client_order_ref": "Signed"})
    order.flush_recordset()


class TestReceivers(JobCase):
    def test_who_is_asked(self):
        client = self.clients[0]
        portal = new_test_user(
            self.env, "portal_asked", groups="base.group_portal", context=MAIL_OFF
        )
        root = self.env.ref("base.user_root")
        asked = client._get_responsible_user
        self.assertEqual(asked(), self.kam)
        self.assertEqual(asked(first=self.controller), self.controller)
        for nobody in (portal, root):
            self.assertEqual(asked(first=nobody), self.kam)
        self.kam.active = False
        self.assertEqual(asked(), self.head)
        self.head.active = False
        self.assertEqual(asked(), self.controller)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertFalse(
            asked(elsewhere).filtered(lambda user: elsewhere not in user.company_ids)
        )
