"""The weekly digest: to whom, in whose words, once, and how it is stopped."""

from odoo.tests import freeze_time

from ..common import KamHttpCase
from .common import MONTH, PerformanceCase

CRON = "key_account_management.ir_cron_kam_digest"


class TestDigest(PerformanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.users"].search([]).kam_digest = False
        cls.people = cls.kam | cls.head
        cls.people.kam_digest = True
        cls.make_plan({"turnover": 1000}, cls.kam, state="approved")
        cls.sell(900, MONTH)
        cls.make_card()

    def send(self, moment="2026-10-20 09:00:00"):
        with freeze_time(moment), self.enter_registry_test_mode():
            mails = self.env["mail.mail"].sudo()
            mails.search([]).unlink()
            before = self.env["mail.message"].search([], order="id desc", limit=1).id
            self.patch(type(mails), "send", lambda *_args, **_kwargs: None)
            self.env.ref(CRON).method_direct_trigger()
            self.env.invalidate_all()
            return mails.search([("mail_message_id", ">", before)])

    def test_each_role_has_its_own_and_gets_it_once_a_week(self):
        mails = self.send()
        self.assertEqual(len(mails), 2)
        own = mails.filtered(lambda mail: "kam_ann_first" in mail.email_to)
        self.assertIn("my-scorecard", own.body_html)
        self.assertIn("900", own.body_html)
        self.assertIn("department", (mails - own).body_html)
        self.assertFalse(self.send("2026-10-25 23:00:00"))
        self.assertEqual(len(self.send("2026-10-26 01:00:00")), 2)

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        module = self.env["ir.module.module"]
        module._load_module_terms(["key_account_management"], ["ru_RU"])
        self.kam.lang = "ru_RU"
        with freeze_time("2026-10-20"):
            vals = self.env["kam.digest"]._prepare_mail(self.kam)
        self.assertIn("Здравствуйте", vals["body_html"])

    def test_nothing_of_others_gets_in(self):
        self.sell(77_777, MONTH, self.others.partner_ids)
        self.make_card(self.colleague)
        with freeze_time("2026-10-20"):
            vals = self.env["kam.digest"]._prepare_mail(self.kam)
        self.assertNotIn("77,777", vals["body_html"])


class TestDigestLink(KamHttpCase):
    def test_stopping_by_the_link(self):
        token = self.env["kam.digest"]._get_token(self.kam)
        url = f"/key_account_management/digest/{self.kam.id}?token={token}"
        self.assertEqual(self.url_open(f"{url}x").status_code, 404)
        self.assertEqual(self.url_open(url).status_code, 200)
        self.assertTrue(self.kam.kam_digest)
        self.url_open(url, data={"List-Unsubscribe": "One-Click"})
        self.env.invalidate_all()
        self.assertFalse(self.kam.kam_digest)
        other = f"/key_account_management/digest/{self.head.id}?token={token}"
        self.assertEqual(self.url_open(other).status_code, 404)
