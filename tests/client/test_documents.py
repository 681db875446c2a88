"""The key client of orders and invoices: follows while open, then stays."""

from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time

from ..common import KamCommon


class DocumentsCase(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_client("Client")
        self.partner = self.client.partner_ids
        self.other = self.make_client("Other", manager_id=self.other_kam.id)

    def make_draft_invoice(self, partner=None, **vals):
        line = {"product_id": self.product.id, "price_unit": 100}
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.partner).id,
                "invoice_line_ids": [Command.create(line)],
                **vals,
            }
        )

    def move_partner(self, partner=None, client=None):
        """A partner changes to the other client."""
        partner = partner or self.partner
        (client or self.other).partner_ids = [Command.link(partner.id)]
        self.env.flush_all()
        self.env.invalidate_all()


class TestOrders(DocumentsCase):
    def test_an_order_has_the_client_of_its_customer(self):
        contact = self.make_partner(
            "Buyer", is_company=False, parent_id=self.partner.id
        )
        for partner in (self.partner, contact):
            order = self.make_order(partner, 100)
            self.assertEqual(order.kam_client_id, self.client)
        stranger = self.make_order(self.make_partner("Stranger"), 100)
        self.assertFalse(stranger.kam_client_id)

    def test_it_is_that_of_the_ordering_partner_not_of_the_debtor(self):
        order = self.make_order(
            self.partner, 100, partner_invoice_id=self.other.partner_ids.id
        )
        self.assertEqual(order.kam_client_id, self.client)

    def test_the_form_shows_it_before_saving(self):
        order = self.env["sale.order"].new({"partner_id": self.partner.id})
        self.assertEqual(order.kam_client_id, self.client)

    def test_a_quotation_follows_its_customer(self):
        order = self.make_order(self.partner, 100)
        order.partner_id = self.other.partner_ids
        self.assertEqual(order.kam_client_id, self.other)
        order.partner_id = self.make_partner("Stranger")
        self.assertFalse(order.kam_client_id)

    def test_a_moved_partner_takes_open_orders_along_only(self):
        draft, sent = (self.make_order(self.partner, 100) for _ in range(2))
        sent.action_quotation_sent()
        done = self.make_confirmed(self.partner, 100)
        cancelled = self.make_order(self.partner, 100)
        cancelled._action_cancel()
        self.move_partner()
        self.assertEqual((draft | sent).kam_client_id, self.other)
        self.assertEqual((done | cancelled).kam_client_id, self.client)

    def test_a_moved_contact_takes_its_open_orders_along_only(self):
        contact = self.make_partner(
            "Buyer", is_company=False, parent_id=self.partner.id
        )
        draft = self.make_order(contact, 100)
        done = self.make_confirmed(contact, 100)
        contact.parent_id = self.other.partner_ids
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(draft.kam_client_id, self.other)
        self.assertEqual(done.kam_client_id, self.client)

    def test_history_loaded_as_confirmed_has_its_client(self):
        order = (
            self.env["sale.order"]
            .with_context(kam_history_import=True)
            .create({"partner_id": self.partner.id, "state": "sale"})
        )
        self.env.invalidate_all()
        self.assertEqual((order.state, order.kam_client_id), ("sale", self.client))

    def test_nobody_enters_it(self):
        order = self.make_order(self.partner, 100)
        for user in (self.kam, self.support, self.director, self.administrator):
            with self.assertRaises(UserError):
                order.with_user(user).kam_client_id = self.other
        self.assertEqual(order.kam_client_id, self.client)

    def test_a_copy_takes_the_client_of_today(self):
        done = self.make_confirmed(self.partner, 100)
        self.move_partner()
        self.assertEqual(done.copy().kam_client_id, self.other)


class TestInvoices(DocumentsCase):
    def test_a_draft_follows_its_customer(self):
        move = self.make_draft_invoice()
        self.assertEqual(move.kam_client_id, self.client)
        move.partner_id = self.other.partner_ids
        self.assertEqual(move.kam_client_id, self.other)

    def test_a_moved_partner_takes_drafts_along_only(self):
        draft = self.make_draft_invoice()
        posted = self.make_invoice(self.partner, 100)
        refund = self.make_invoice(self.partner, 50, move_type="out_refund")
        cancelled = self.make_draft_invoice()
        cancelled.button_cancel()
        self.move_partner()
        self.assertEqual(draft.kam_client_id, self.other)
        self.assertEqual((posted | refund | cancelled).kam_client_id, self.client)

    def test_nobody_enters_it(self):
        move = self.make_draft_invoice()
        accountant = self.make_accountant()
        for name, value in (
            ("kam_client_id", self.other.id),
            ("kam_manager_id", self.other_kam.id),
        ):
            for user in (accountant, self.administrator, self.controller):
                with self.subTest(f"{name} by {user.login}"):
                    with self.assertRaises(UserError):
                        move.with_user(user).write({name: value})
        moves = self.env["account.move"].with_user(accountant)
        with self.assertRaises(UserError):
            moves.create({"move_type": "out_invoice", "kam_client_id": self.other.id})
        context = {"default_kam_manager_id": self.other_kam.id}
        move = moves.with_context(**context).create(
            {"move_type": "out_invoice", "partner_id": self.partner.id}
        )
        self.assertFalse(move.kam_manager_id)

    def make_accountant(self):
        user = self.make_user("kam_bookkeeper", "credit")
        user.group_ids = [
            Command.set(
                [
                    self.env.ref("base.group_user").id,
                    self.env.ref("account.group_account_manager").id,
                ]
            )
        ]
        return user


class TestManagerOfInvoices(DocumentsCase):
    """The owner of the client on the invoice date, stamped at posting."""

    def hand_over(self, user, day, client=None):
        with freeze_time(day):
            (client or self.client).manager_id = user
            self.env.flush_all()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.late_kam = cls.make_user("kam_cid_third", "user")

    def setUp(self):
        super().setUp()
        self.hand_over(self.other_kam, date(2031, 3, 1))
        self.hand_over(self.late_kam, date(2031, 6, 1))

    def post_on(self, day, posted_on=date(2031, 9, 1), **vals):
        with freeze_time(posted_on):
            return self.make_invoice(self.partner, 100, date=day, **vals)

    def test_each_invoice_belongs_to_the_owner_of_its_date(self):
        for day, owner in (
            (date(2031, 2, 28), self.kam),
            (date(2031, 3, 1), self.other_kam),
            (date(2031, 5, 31), self.other_kam),
            (date(2031, 6, 1), self.late_kam),
            (date(2031, 8, 31), self.late_kam),
        ):
            with self.subTest(str(day)):
                self.assertEqual(self.post_on(day).kam_manager_id, owner)

    def test_credit_notes_as_well(self):
        refund = self.post_on(date(2031, 4, 1), move_type="out_refund")
        self.assertEqual(refund.kam_manager_id, self.other_kam)

    def test_days_before_the_first_owner_belong_to_him(self):
        move = self.post_on(date(2020, 1, 1))
        self.assertEqual(move.kam_manager_id, self.kam)

    def test_only_at_posting(self):
        draft = self.make_draft_invoice(invoice_date=date(2031, 4, 1))
        self.assertFalse(draft.kam_manager_id)
        draft.action_post()
        self.assertEqual(draft.kam_manager_id, self.other_kam)

    def test_an_invoice_without_a_date_gets_that_of_posting(self):
        with freeze_time(date(2031, 7, 1)):
            draft = self.make_draft_invoice(invoice_date=False)
            draft.action_post()
        self.assertEqual(draft.kam_manager_id, self.late_kam)

    def test_handing_over_never_rewrites_history(self):
        move = self.post_on(date(2031, 4, 1))
        self.hand_over(self.kam, date(2031, 10, 1))
        self.env.invalidate_all()
        self.assertEqual(move.kam_manager_id, self.other_kam)

    def test_kept_when_posted_again(self):
        move = self.post_on(date(2031, 4, 1))
        move.button_draft()
        self.assertEqual(move.kam_manager_id, self.other_kam)
        move.invoice_date = date(2031, 8, 1)
        move.action_post()
        self.assertEqual(move.kam_manager_id, self.other_kam)

    def test_not_kept_for_another_client(self):
        move = self.post_on(date(2031, 4, 1))
        move.button_draft()
        third = self.make_client("Third", manager_id=self.kam.id)
        move.partner_id = third.partner_ids
        move.action_post()
        self.assertEqual(move.kam_manager_id, self.kam)
        move.button_draft()
        move.partner_id = self.make_partner("Stranger")
        move.action_post()
        self.assertFalse(move.kam_manager_id)

    def test_not_copied(self):
        move = self.post_on(date(2031, 4, 1))
        copy = move.copy({"invoice_date": date(2031, 8, 1)})
        self.assertFalse(copy.kam_manager_id)
        copy.action_post()
        self.assertEqual(copy.kam_manager_id, self.late_kam)

    def test_a_reversal_belongs_to_the_manager_of_its_original(self):
        move = self.post_on(date(2031, 4, 1))
        with freeze_time(date(2031, 9, 1)):
            refund = self.credit_note(move, date=date(2031, 8, 1))
        self.assertEqual(refund.kam_manager_id, self.other_kam)

    def test_no_client_no_manager(self):
        move = self.make_invoice(self.make_partner("Stranger"), 100)
        self.assertFalse(move.kam_manager_id)

    def test_not_on_vendor_bills_and_entries(self):
        bill = self.make_invoice(self.partner, 100, move_type="in_invoice")
        self.assertFalse(bill.kam_manager_id)
        self.assertFalse(self.pay(10, partner=self.partner).kam_manager_id)

    def test_a_client_without_a_manager(self):
        nobody = self.make_client("Nobody's", manager_id=False)
        move = self.make_invoice(nobody.partner_ids, 100)
        self.assertFalse(move.kam_manager_id)
        self.assertEqual(move.kam_client_id, nobody)
