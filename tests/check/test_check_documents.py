"""Documents of a check: missing, expired, taken over, deleted after their term."""

import base64

from odoo.exceptions import AccessError, UserError

from .common import CheckCase


class TestCheckDocuments(CheckCase):
    def setUp(self):
        super().setUp()
        self.check = self.make_submitted(85)

    def get_document(self, name, check=None):
        kind = self.env.ref(f"key_account_management.kam_credit_document_type_{name}")
        documents = (check or self.check).document_ids
        return documents.filtered(lambda document: document.type_id == kind)

    def approve(self):
        return self.check.with_user(self.controller).action_approve()

    def test_catalogue_is_asked_for(self):
        types = self.env["kam.credit.document.type"].search([])
        self.assertEqual(self.check.document_ids.type_id, types)
        self.assertTrue(self.get_document("registry").required)
        self.assertFalse(self.get_document("visit").required)

    def test_required_and_missing(self):
        self.get_document("charter").sudo().date_received = False
        with self.assertRaisesRegex(UserError, "Charter"):
            self.approve()
        self.assertEqual(self.check.state, "submitted")

    def test_required_and_expired(self):
        document = self.get_document("registry").sudo()
        document.valid_until = self.day(-1)
        self.assertEqual(document.state, "expired")
        with self.assertRaisesRegex(UserError, "Extract"):
            self.approve()
        document.valid_until = self.today
        self.approve()

    def test_received_tomorrow_is_missing(self):
        self.get_document("charter").sudo().date_received = self.day(1)
        with self.assertRaises(UserError):
            self.approve()

    def test_not_required_may_miss(self):
        self.get_document("visit").sudo().date_received = False
        self.approve()
        self.assertEqual(self.check.state, "approved")

    def test_still_valid_ones_come_along(self):
        charter = self.get_document("charter").sudo()
        charter.file = base64.b64encode(b"Charter")
        self.get_document("accounts").sudo().valid_until = self.today
        self.approve()
        self.get_document("accounts").sudo().write({"valid_until": self.day(-1)})
        again = self.make_check()
        held = self.get_document("charter", again)
        self.assertEqual(held.date_received, charter.date_received)
        self.assertEqual(base64.b64decode(held.file), b"Charter")
        self.assertEqual(self.get_document("accounts", again).state, "missing")

    def test_documents_of_a_decided_check_stay(self):
        self.approve()
        document = self.get_document("charter").with_user(self.controller)
        with self.assertRaises(UserError):
            document.note = "Other"
        with self.assertRaises(UserError):
            document.unlink()

    def test_head_and_others_do_not_see_them(self):
        document = self.get_document("charter")
        for user in (self.head, self.other_kam):
            self.assertFalse(
                document.with_user(user).search([("id", "=", document.id)])
            )
            with self.assertRaises(AccessError):
                document.with_user(user).read(["file"])
        with self.assertRaises(AccessError):
            document.with_user(self.support).read(["file"])
        self.assertTrue(document.with_user(self.kam).read(["file"]))

    def test_files_go_after_the_term(self):
        document = self.get_document("charter").sudo()
        document.file = base64.b64encode(b"Charter")
        self.approve()
        self.company.kam_check_keep_months = 6
        cron = self.env.ref("key_account_management.ir_cron_check_delete")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertTrue(document.file)
        self.check.sudo().date_ended = self.day(-200)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(document.file)
        self.assertEqual(document.date_deleted, self.today)
        self.assertEqual(document.date_received, self.today)
