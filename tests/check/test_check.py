"""From draft to the credit line: who may do what, and what is kept."""

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import CheckCase


class TestCheck(CheckCase):
    def test_one_open_per_client_and_company(self):
        check = self.make_check()
        with self.assertRefused():
            self.make_check(user=self.controller)
        check.action_submit()
        with self.assertRefused():
            self.make_check()
        check.with_user(self.controller).action_reject("No")
        self.make_check()

    def test_requests_are_not_below_0(self):
        for name in ("requested_limit", "requested_term_days", "expected_turnover"):
            with self.assertRefused():
                self.make_check(**{name: -1})

    def test_begins_as_a_draft(self):
        for vals in ({"state": "approved"}, {"user_id": self.head.id}):
            with self.assertRaises(UserError):
                self.make_check(**vals)
        check = self.make_check()
        for vals in (
            {"state": "approved"},
            {"user_id": self.head.id},
            {"submit_user_id": self.head.id},
            {"valid_until": self.today},
        ):
            with self.assertRaises(UserError):
                check.write(vals)

    def test_submitting_works_without_documents(self):
        check = self.make_check()
        check.action_submit()
        self.assertEqual((check.state, check.submit_user_id), ("submitted", self.kam))
        with self.assertRaisesRegex(UserError, "Only a draft"):
            check.action_submit()

    def test_what_was_requested_stays(self):
        check = self.make_submitted(85)
        for user in (self.kam, self.controller):
            with self.assertRaises(UserError):
                check.with_user(user).requested_limit = 5
        with self.assertRaisesRegex(UserError, "credit control"):
            check.approved_limit = 5
        check.with_user(self.controller).approved_limit = 900

    def test_approved_within_authority(self):
        check = self.make_submitted(85)
        approver = check.with_user(self.controller)
        self.assertTrue(approver.may_approve)
        approver.action_approve()
        line = self.client.credit_line_ids
        until = fields.Date.add(self.today, months=12)
        self.assertEqual(
            (check.state, line.limit, line.term_days, line.risk_class),
            ("approved", 1000, 30, "a"),
        )
        self.assertEqual((check.valid_until, line.valid_until), (until, until))
        changes = line.change_ids.filtered(lambda c: c.field_name == "limit")
        self.assertEqual(changes[0].user_id, self.controller)
        self.assertIn("score 85.0", changes[0].reason)
        self.assertTrue(self.told(self.kam, check))

    def test_low_authority_moves_to_review(self):
        check = self.make_submitted(85, requested_limit=100001)
        check.with_user(self.controller).action_approve()
        self.assertEqual(check.state, "review")
        self.assertFalse(self.client.credit_line_ids)
        with self.assertRaisesRegex(AccessError, "Somebody else"):
            check.with_user(self.controller).action_approve()
        with self.assertRaisesRegex(AccessError, "authority does not cover"):
            check.with_user(self.second).action_approve()
        check.with_user(self.head).action_approve()
        self.assertEqual(check.state, "approved")
        self.assertEqual(self.client.credit_line_ids.limit, 100001)
        self.assertEqual(
            check.step_ids.sorted("id").mapped("kind"),
            ["submitted", "review", "approved"],
        )

    def test_authority_met_exactly(self):
        check = self.make_submitted(85, requested_limit=100000)
        check.with_user(self.controller).action_approve()
        self.assertEqual(check.state, "approved")

    def test_authority_by_class(self):
        levels = self.env["kam.credit.authority"].search([])
        levels.sorted("sequence")[0].lowest_class = "b"
        check = self.make_submitted(60)
        check.with_user(self.controller).action_approve()
        self.assertEqual(check.state, "review")
        levels.sorted("sequence")[0].lowest_class = "c"
        check.with_user(self.second).action_approve()
        self.assertEqual(check.state, "approved")

    def test_above_the_recommendation(self):
        check = self.make_submitted(85, requested_limit=500)
        approver = check.with_user(self.controller)
        approver.approved_limit = 501
        self.assertTrue(check.is_above)
        with self.assertRaisesRegex(UserError, "enter why"):
            approver.action_approve()
        approver.approve_reason = "A guarantee of the owner"
        approver.action_approve()
        self.assertEqual(check.state, "review", "the next authority decides")
        check.with_user(self.head).action_approve()
        self.assertEqual(self.client.credit_line_ids.limit, 501)

    def test_longer_term_is_above_too(self):
        check = self.make_submitted(85)
        check.with_user(self.controller).approved_term_days = 31
        with self.assertRaisesRegex(UserError, "enter why"):
            check.with_user(self.controller).action_approve()

    def test_involved_people_do_not_approve(self):
        check = self.make_submitted(85, user=self.controller)
        for user in (self.controller, self.kam):
            with self.assertRaises(AccessError):
                check.with_user(user).action_approve()
            with self.assertRaises(AccessError):
                check.with_user(user).action_reject("No")
        self.assertEqual(check.state, "submitted")
        check.with_user(self.second).action_approve()
        self.assertEqual(check.state, "approved")

    def test_author_and_submitter_do_not_approve(self):
        check = self.make_check(user=self.controller, expected_turnover=10000)
        check.with_user(self.second).action_submit()
        self.receive(check)
        for user in (self.controller, self.second):
            with self.assertRaisesRegex(AccessError, "part in this check"):
                check.with_user(user).action_approve()

    def test_head_who_is_the_manager_does_not_approve(self):
        client = self.make_client("Head's own", manager_id=self.head.id)
        check = self.make_submitted(85, client=client, user=self.controller)
        with self.assertRaises(AccessError):
            check.with_user(self.head).action_approve()
        check.with_user(self.director).action_approve()

    def test_handing_over_for_an_hour_changes_nothing(self):
        client = self.make_client("Handed over", manager_id=self.head.id)
        check = self.make_submitted(85, client=client, user=self.controller)
        client.manager_id = self.kam
        with self.assertRaises(AccessError):
            check.with_user(self.head).action_approve()

    def test_without_authority(self):
        self.env["kam.credit.authority"].search([]).unlink()
        check = self.make_submitted(85)
        with self.assertRaisesRegex(AccessError, "no authority"):
            check.with_user(self.controller).action_approve()

    def test_lowering_below_the_exposure_asks_back(self):
        line = self.make_line(self.client, 5000)
        self.make_invoice(self.partner, 3000)
        check = self.make_submitted(85)
        action = check.with_user(self.controller).action_approve()
        self.assertEqual(action["res_model"], "kam.credit.check.lower")
        self.assertEqual((check.state, line.limit), ("submitted", 5000))
        dialog = (
            self.env["kam.credit.check.lower"]
            .with_user(self.controller)
            .create({"check_id": check.id})
        )
        self.assertEqual((dialog.exposure, dialog.current_limit), (3000, 5000))
        dialog.action_apply()
        self.assertEqual((check.state, line.limit), ("approved", 1000))

    def test_lowering_above_the_exposure_does_not_ask(self):
        line = self.make_line(self.client, 5000)
        self.make_invoice(self.partner, 1000)
        check = self.make_submitted(85)
        self.assertIs(check.with_user(self.controller).action_approve(), True)
        self.assertEqual(line.limit, 1000)

    def test_archived_line_comes_back(self):
        line = self.make_line(self.client, 5)
        line.active = False
        self.make_submitted(85).with_user(self.controller).action_approve()
        self.assertTrue(line.active)
        self.assertEqual(line.limit, 1000)

    def test_rejection_needs_a_reason_and_changes_nothing(self):
        line = self.make_line(self.client, 5)
        check = self.make_submitted(85)
        with self.assertRaisesRegex(UserError, "reason"):
            check.with_user(self.controller).action_reject(" ")
        check.with_user(self.controller).action_reject("Owner unknown")
        self.assertEqual((check.state, line.limit), ("rejected", 5))
        self.assertEqual(check.reject_reason, "Owner unknown")
        with self.assertRaises(UserError):
            check.with_user(self.second).action_approve()

    def test_decided_checks_are_kept(self):
        check = self.make_submitted(85)
        check.with_user(self.controller).action_approve()
        for vals in ({"approved_limit": 7}, {"reason": "Other"}, {"state": "draft"}):
            with self.assertRaises(UserError):
                check.with_user(self.controller).write(vals)
        with self.assertRaises(UserError):
            check.factor_ids.with_user(self.controller).input = 3
        with self.assertRaises(UserError):
            check.with_user(self.administrator).unlink()
        with self.assertRaises(UserError):
            check.step_ids[0].sudo().write({"reason": "Other"})

    def test_draft_can_be_deleted(self):
        check = self.make_check(user=self.controller)
        check.unlink()
        self.assertFalse(check.exists())

    def test_no_approval_of_a_draft(self):
        check = self.make_check()
        with self.assertRaisesRegex(UserError, "submitted"):
            check.with_user(self.controller).action_approve()

    def test_branch_and_foreign_company(self):
        branch = self.make_company("Branch", chart=False, parent_id=self.company.id)
        with self.assertRaisesRegex(UserError, "whole company"):
            self.make_check(company_id=branch.id)
        other = self.make_company("Other", chart=False)
        self.client.company_id = self.company
        with self.assertRaisesRegex(UserError, "only"):
            self.make_check(company_id=other.id)

    def test_dossier_is_not_for_everybody(self):
        check = self.make_submitted(85)
        report = self.env["report.key_account_management.report_kam_credit_check"]
        for user in (self.kam, self.controller, self.director):
            report.with_user(user)._get_report_values(check.ids)
        for user in (self.head, self.other_kam, self.support):
            with self.assertRaises(AccessError):
                report.with_user(user)._get_report_values(check.ids)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "key_account_management.report_kam_credit_check", check.ids
        )
        self.assertIn(b"Creditworthiness Dossier", html)
        self.assertIn(b"Annual accounts", html)


class TestApprovers(CheckCase):
    """Who is asked to decide, and what the form tells each reader."""

    ACTIVITY = "key_account_management.mail_activity_type_check_decide"

    def asked(self, check):
        return check.sudo().activity_search([self.ACTIVITY]).user_id

    def test_the_first_level_that_covers_it_is_asked(self):
        check = self.make_submitted(85, requested_limit=100000)
        self.assertLessEqual(self.controller | self.second, self.asked(check))
        self.assertNotIn(self.head, self.asked(check))
        self.assertIn(self.controller.name, check.approver_names)
        check.with_user(self.controller).action_approve()
        self.assertFalse(self.asked(check), "decided")

    def test_a_recommendation_asks_the_next_level(self):
        check = self.make_submitted(85, requested_limit=100001)
        self.assertEqual(self.asked(check), self.head)
        check.with_user(self.controller).action_approve()
        self.assertEqual(self.asked(check), self.head)
        check.with_user(self.head).action_reject("No")
        self.assertFalse(self.asked(check))

    def test_people_of_the_client_are_not_asked(self):
        client = self.make_client("Head's own", manager_id=self.head.id)
        check = self.make_submitted(85, client=client, user=self.controller)
        self.assertNotIn(self.controller, self.asked(check))
        self.assertIn(self.second, self.asked(check))
        high = self.make_client("Higher", manager_id=self.head.id)
        check = self.make_submitted(
            86, client=high, user=self.controller, requested_limit=100001
        )
        self.assertNotIn(self.head, self.asked(check))
        self.assertIn(self.director, self.asked(check))

    def test_submitting_tells_who_decides_and_what_is_missing(self):
        check = self.make_check(user=self.kam)
        unknown = check.factor_ids.filtered(lambda line: not line.is_computed)
        unknown[1:].input = 1
        [first, *_others] = check.document_ids.filtered("required")
        (check.document_ids - first).write({"date_received": self.today})
        params = check.action_submit()["params"]
        self.assertEqual((params["type"], params["sticky"]), ("warning", True))
        self.assertIn(f"missing: {first.type_id.name}.", params["message"])
        self.assertIn(unknown[0].factor_id.name, params["message"])
        self.assertNotIn(unknown[1].factor_id.name, params["message"])
        self.assertIn(self.controller.name, params["message"])
        self.assertEqual(check.missing_documents, first.type_id.name)
        self.receive(check)
        self.assertFalse(check.missing_documents)

    def test_without_authority_it_says_whom_to_ask(self):
        self.env["kam.credit.authority"].search([]).unlink()
        check = self.make_check()
        message = check.action_submit()["params"]["message"]
        self.assertIn("Nobody has the authority", message)
        self.assertFalse(self.asked(check))

    def test_the_head_reads_what_is_missing_without_the_documents(self):
        check = self.make_check()
        self.env.invalidate_all()
        names = ("missing_documents", "document_ids")
        [values] = check.with_user(self.head).read(names)
        self.assertIn("Annual accounts", values["missing_documents"])
        self.assertFalse(values["document_ids"])

    def test_the_form_offers_each_what_he_may_do(self):
        check = self.make_submitted(85, requested_limit=100001)
        offered = {
            user: (c.may_edit, c.may_decide, c.may_approve)
            for user in (self.kam, self.controller, self.head, self.director)
            for c in [check.with_user(user)]
        }
        self.assertEqual(
            offered,
            {
                self.kam: (False, False, False),
                self.controller: (True, True, False),
                self.head: (False, True, True),
                self.director: (True, True, True),
            },
        )
