"""What goes over to a substitute, what comes back, and what the manager is told."""

import io
from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import JsonRpcException
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfReader

from ..common import KamHttpCase
from .test_substitution import SubstitutionCase

TODO = "mail.mail_activity_data_todo"
CRON = "key_account_management.ir_cron_substitution_round"
BEFORE = "2026-07-01 09:00:00"
DURING = "2026-07-07 09:00:00"
AFTER = "2026-07-10 21:30:00"


class WorkCase(SubstitutionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_client("Another client")
        cls.env["kam.substitution"].search([]).closed_at = datetime(2026, 6, 1)

    def confirm(self, *args, **kwargs):
        with freeze_time(BEFORE):
            return super().confirm(*args, **kwargs)

    def plan_activity(self, record=None, day=date(2026, 7, 8), user=None):
        record = record or self.client
        return record.activity_schedule(
            TODO, user_id=(user or self.kam).id, date_deadline=day, summary="Ring"
        )

    def plan_visit(self, at=datetime(2026, 7, 8, 9), client=None):
        kind = self.env.ref("key_account_management.kam_visit_kind_visit")
        return self.env["kam.visit"].create(
            {
                "client_id": (client or self.client).id,
                "user_id": self.kam.id,
                "kind_id": kind.id,
                "date_planned": at,
            }
        )

    def dialog(self, substitution, user=None):
        dialogs = self.env["kam.substitution.transfer"].with_user(user or self.head)
        return dialogs.create({"substitution_id": substitution.id})

    def transfer(self, substitution):
        self.dialog(substitution).action_apply()
        self.env.invalidate_all()

    def run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()


class TestTransfer(WorkCase):
    def test_what_is_offered(self):
        substitution = self.confirm(scope="selected", client_ids=self.client.ids)
        with freeze_time(BEFORE):
            due = self.plan_activity()
            late = self.plan_activity(day=date(2026, 6, 20))
            self.plan_activity(day=date(2026, 7, 11))
            self.plan_activity(self.other)
            self.plan_activity(user=self.head)
            self.plan_activity(self.kam.partner_id)
            first = self.plan_visit(datetime(2026, 7, 5, 21))
            last = self.plan_visit(datetime(2026, 7, 10, 20))
            self.plan_visit(datetime(2026, 7, 5, 20))
            self.plan_visit(datetime(2026, 7, 10, 21))
            self.plan_visit(client=self.other)
            dialog = self.dialog(substitution)
            self.assertEqual(dialog.activity_ids, late | due)
            self.assertEqual(dialog.visit_ids, first | last)

    def test_visits_go_at_once_and_activities_on_the_first_day(self):
        substitution = self.confirm()
        with freeze_time(BEFORE):
            activity, visit = self.plan_activity(), self.plan_visit()
            self.transfer(substitution)
            self.assertEqual(
                (visit.user_id, visit.on_behalf_of_id), (self.other_kam, self.kam)
            )
            self.run_job()
            self.assertEqual(activity.user_id, self.kam)
        with freeze_time("2026-07-05 21:00:00"):
            self.run_job()
            self.assertEqual(activity.user_id, self.other_kam)
            self.assertEqual(activity.kam_absent_user_id, self.kam)

    def test_what_was_taken_out_stays(self):
        substitution = self.confirm()
        with freeze_time(DURING):
            kept, given = self.plan_activity(), self.plan_activity(self.other)
            visit = self.plan_visit()
            dialog = self.dialog(substitution)
            dialog.activity_ids = given
            dialog.visit_ids = False
            dialog.action_apply()
        self.assertEqual(
            (kept.user_id, given.user_id), (self.kam, self.other_kam), "in the days"
        )
        self.assertEqual(visit.user_id, self.kam)

    def test_nothing_else_gets_in(self):
        substitution = self.confirm()
        with freeze_time(DURING):
            foreign = self.plan_activity(user=self.head)
            dialog = self.dialog(substitution)
            dialog.activity_ids = foreign
            dialog.action_apply()
        self.assertEqual(foreign.user_id, self.head)

    def test_work_comes_back_after_the_end(self):
        substitution = self.confirm()
        with freeze_time(DURING):
            activity, visit = self.plan_activity(), self.plan_visit()
            self.transfer(substitution)
            self.assertEqual(activity.user_id, self.other_kam)
            self.assertIn(self.other_kam.partner_id, self.client.message_partner_ids)
        with freeze_time("2026-07-10 20:59:59"):
            self.run_job()
            self.assertEqual(activity.user_id, self.other_kam)
        with freeze_time("2026-07-10 21:00:00"):
            self.run_job()
        self.assertEqual((activity.user_id, visit.user_id), (self.kam, self.kam))
        self.assertFalse(activity.kam_absent_user_id or visit.on_behalf_of_id)
        self.assertNotIn(self.other_kam.partner_id, self.client.message_partner_ids)
        self.assertTrue(substitution.closed_at)

    def test_work_comes_back_on_ending_and_on_cancelling(self):
        ended = self.confirm()
        with freeze_time(DURING):
            activity, visit = self.plan_activity(), self.plan_visit()
            self.transfer(ended)
            ended.action_end()
        self.assertEqual((activity.user_id, visit.user_id), (self.kam, self.kam))
        cancelled = self.confirm(date_from=date(2026, 7, 13), date_to=date(2026, 7, 14))
        with freeze_time(DURING):
            later = self.plan_visit(datetime(2026, 7, 14, 9))
            waiting = self.plan_activity(day=date(2026, 7, 14))
            self.transfer(cancelled)
            self.assertEqual(later.user_id, self.other_kam)
            cancelled.action_cancel()
        self.assertEqual(later.user_id, self.kam)
        self.assertFalse(waiting.kam_absent_user_id)

    def test_end_of_one_leaves_the_next_alone(self):
        first = self.confirm()
        second = self.confirm(date_from=date(2026, 7, 13), date_to=date(2026, 7, 14))
        with freeze_time(DURING):
            visit = self.plan_visit(datetime(2026, 7, 14, 9))
            waiting = self.plan_activity(day=date(2026, 7, 14))
            self.transfer(second)
            first.action_end()
        self.assertEqual(visit.user_id, self.other_kam)
        self.assertEqual(waiting.kam_absent_user_id, self.kam)

    def test_visit_of_a_client_handed_over_goes_to_its_manager(self):
        substitution = self.confirm()
        with freeze_time(DURING):
            visit = self.plan_visit()
            self.transfer(substitution)
            self.client.manager_id = self.third
            substitution.action_end()
        self.assertEqual(visit.user_id, self.third)

    def test_what_is_done_is_kept(self):
        substitution = self.confirm()
        with freeze_time(DURING):
            visit = self.plan_visit(datetime(2026, 7, 7, 8))
            self.transfer(substitution)
            self.finish(visit)
            substitution.action_end()
        self.assertEqual(
            (visit.user_id, visit.on_behalf_of_id), (self.other_kam, self.kam)
        )

    def finish(self, visit):
        visit = visit.with_user(self.other_kam)
        visit.write(
            {
                "outcome_id": self.env.ref(
                    "key_account_management.kam_visit_outcome_agreed"
                ).id,
                "next_step": "Send the contract",
                "next_date": date(2026, 7, 20),
            }
        )
        visit.action_done()

    def test_held_orders(self):
        policy = self.make_policy("Strict", limit_action="hold")
        self.make_line(self.client, 100, policy_id=policy.id)
        order = self.make_order(self.client.partner_ids, 500)
        order.with_user(self.kam).action_confirm()
        substitution = self.confirm()
        with freeze_time(DURING):
            dialog = self.dialog(substitution)
            self.assertEqual(dialog.order_ids, order)
            dialog.action_apply()
        activity = order.activity_ids.filtered(lambda a: a.kam_absent_user_id)
        self.assertEqual(activity.user_id, self.other_kam)
        with self.assertRaises(UserError):
            order.credit_decision_id.with_user(self.other_kam).action_release("Mine")
        with freeze_time(AFTER):
            self.run_job()
        self.assertEqual(activity.user_id, self.kam)

    def test_only_who_leads_and_only_in_time(self):
        substitution = self.confirm()
        for user in (self.kam, self.other_kam, self.other_head):
            with self.assertRaises(AccessError):
                self.dialog(substitution, user).action_apply()
        with freeze_time(AFTER), self.assertRaisesRegex(UserError, "until it is over"):
            self.dialog(substitution).action_apply()
        draft = self.make(substitute=self.third)
        with self.assertRaisesRegex(UserError, "confirmed"):
            self.dialog(draft).action_apply()

    def test_nobody_forges_for_whom_an_activity_is(self):
        activity = self.plan_activity()
        with self.assertRaises(UserError):
            activity.with_user(self.kam).kam_absent_user_id = self.head


class TestPromises(WorkCase):
    def test_a_promise_says_for_whom_it_was_taken(self):
        self.confirm()
        with freeze_time(DURING):
            self.env.invalidate_all()
            promises = [
                self.env["kam.promise"]
                .with_user(user)
                .create(
                    {
                        "client_id": self.client.id,
                        "amount": 10,
                        "date": date(2026, 7, 9),
                    }
                )
                for user in (self.other_kam, self.kam)
            ]
        absent = [promise.on_behalf_of_id for promise in promises]
        self.assertEqual(absent, [self.kam, self.head.browse()])
        self.assertIn(
            f"on behalf of {self.kam.name}", str(promises[0].message_ids.mapped("body"))
        )


class TestReturn(WorkCase):
    def sent(self):
        mails = self.env["mail.mail"].sudo()
        before = mails.search([], order="id desc", limit=1).id or 0
        self.patch(type(mails), "send", lambda *_args, **_kwargs: None)
        self.run_job()
        return mails.search([("id", ">", before)])

    def work(self):
        """The substitute takes an order of 1,500 for one client."""
        with freeze_time(DURING):
            self.env.invalidate_all()
            orders = self.env["sale.order"].with_user(self.other_kam)
            order = orders.create(
                {
                    "partner_id": self.client.partner_ids.id,
                    "order_line": [Command.create(self.line_vals(price_unit=1500))],
                }
            )
        self.env.flush_all()
        # the database says when a record was created, not the frozen clock
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = %s WHERE id = %s", (DURING, order.id)
        )
        self.env.invalidate_all()
        return order.with_env(self.env)

    def test_digest_is_sent_once_when_it_is_over(self):
        self.confirm()
        order = self.work()
        with freeze_time("2026-07-10 20:59:59"):
            self.assertFalse(self.sent())
        with freeze_time("2026-07-10 21:00:00"):
            mail = self.sent()
            self.assertEqual(len(mail), 1)
            self.assertIn("kam_ann_first", mail.email_to)
            for text in (self.client.name, order.name, "1,500.00", "kam_ben_second"):
                self.assertIn(text.replace("'", "&#39;"), mail.body_html)
            self.assertNotIn(self.other.name, mail.body_html)
            self.assertFalse(self.sent())

    def test_digest_after_ending_and_none_after_cancelling(self):
        substitution = self.confirm()
        with freeze_time(DURING):
            substitution.action_end()
            mail = self.sent()
        self.assertIn("Nothing was entered", mail.body_html)
        cancelled = self.confirm(date_from=date(2026, 7, 13), date_to=date(2026, 7, 14))
        with freeze_time(DURING):
            cancelled.action_cancel()
            self.assertFalse(self.sent())
        self.assertTrue(cancelled.closed_at)

    def test_digest_is_in_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        module = self.env["ir.module.module"]
        module._load_module_terms(["key_account_management"], ["ru_RU"])
        self.kam.lang = "ru_RU"
        substitution = self.confirm()
        self.work()
        with freeze_time(AFTER):
            vals = self.env["kam.substitution.digest"]._prepare_mail(substitution)
        self.assertIn("Здравствуйте", vals["body_html"])
        self.assertRegex(vals["body_html"], "1\\s?500,00")

    def test_client_handed_over_is_not_told_of(self):
        substitution = self.confirm()
        self.work()
        self.client.manager_id = self.third
        with freeze_time(AFTER):
            vals = self.env["kam.substitution.digest"]._prepare_mail(substitution)
        self.assertNotIn(self.client.name.replace("'", "&#39;"), vals["body_html"])


class TestBriefs(WorkCase):
    report = "key_account_management.report_substitution_brief"

    def render(self, substitution, user):
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_user(user)
        html, _kind = reports._render_qweb_html(self.report, substitution.ids)
        return html.decode()

    def test_all_clients_on_one_document(self):
        substitution = self.confirm()
        with freeze_time(DURING):
            html = self.render(substitution, self.other_kam)
        self.assertIn("Another client", html)
        self.assertEqual(html.count("o_kam_brief_name"), 2)

    def test_each_client_has_a_page_of_the_pdf(self):
        substitution = self.confirm()
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=1)
        with self.allow_pdf_render():
            pdf, kind = reports._render_qweb_pdf(self.report, substitution.ids)
        self.assertEqual(kind, "pdf")
        self.assertEqual(len(PdfReader(io.BytesIO(pdf)).pages), 2)

    def test_selected_clients_only(self):
        substitution = self.confirm(scope="selected", client_ids=self.other.ids)
        with freeze_time(DURING):
            html = self.render(substitution, self.other_kam)
        self.assertEqual(html.count("o_kam_brief_name"), 1)

    def test_substitute_reads_them_in_the_days_only(self):
        substitution = self.confirm()
        for moment, count in ((BEFORE, 0), (DURING, 2), (AFTER, 0)):
            with self.subTest(moment), freeze_time(moment):
                self.env.invalidate_all()
                read = substitution.with_user(self.other_kam)
                self.assertEqual(read.brief_count, count)
                if not count:
                    with self.assertRaisesRegex(UserError, "from the first day"):
                        self.render(substitution, self.other_kam)
                self.assertEqual(substitution.with_user(self.head).brief_count, 2)

    def test_others_print_nothing(self):
        substitution = self.confirm()
        with freeze_time(DURING), self.assertRaises(AccessError):
            self.render(substitution, self.third)


class TestTransferRpc(KamHttpCase):
    @mute_logger("odoo.http")
    def test_a_manager_opens_no_dialog(self):
        self.make_client("Absent's client")
        substitution = self.env["kam.substitution"].create(
            {
                "absent_user_id": self.kam.id,
                "substitute_user_id": self.other_kam.id,
                "date_from": self.day(0),
                "date_to": self.day(1),
            }
        )
        substitution.with_user(self.head).action_confirm()
        url = "/web/dataset/call_kw/kam.substitution.transfer/create"
        params = {
            "model": "kam.substitution.transfer",
            "method": "create",
            "args": [{"substitution_id": substitution.id}],
            "kwargs": {},
        }
        for user in (self.kam, self.other_kam, self.other_head):
            self.authenticate(user.login, user.login)
            with self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request(url, params)
        self.authenticate(self.head.login, self.head.login)
        self.assertTrue(self.make_jsonrpc_request(url, params))
