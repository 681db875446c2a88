"""Handing clients over, and who owned them when."""

import random
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time

from ..common import KamCommon

REASON = "New districts"


class HandOverCase(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_client("Handed")

    def hand_over(self, clients, manager, offset=0, user=None):
        form = Form(
            self.env["kam.client.hand.over"]
            .with_user(user or self.director)
            .with_context(active_model="kam.client", active_ids=clients.ids)
        )
        form.manager_id = manager
        form.date = self.day(offset)
        form.reason = REASON
        form.save().action_apply()

    def owner(self, client, offset=0):
        day = self.day(offset)
        return self.env["kam.assignment"]._get_owners([(client, day)])[client, day]

    def assertWhole(self, client):
        """No gap, no overlap: each period begins the day after the last one."""
        rows = client.assignment_ids.sorted(lambda row: (row.date_from, row.id))
        for before, after in zip(rows, rows[1:], strict=False):
            self.assertEqual(before.date_to + timedelta(days=1), after.date_from)
        self.assertFalse(rows[-1:].date_to)


class TestHandOver(HandOverCase):
    def test_many_clients_in_one_go(self):
        clients = self.client
        for number in range(9):
            clients |= self.make_client(f"Handed {number}")
        self.hand_over(clients, self.other_kam)
        self.assertEqual(clients.manager_id, self.other_kam)
        for client in clients:
            self.assertEqual(self.owner(client), self.other_kam)
            self.assertEqual(client.assignment_ids[:1].reason, REASON)
            self.assertWhole(client)

    def test_all_clients_of_a_manager(self):
        second = self.make_client("Second")
        form = Form(self.env["kam.client.hand.over"].with_user(self.director))
        form.from_manager_id = self.kam
        form.manager_id = self.other_kam
        form.reason = REASON
        wizard = form.save()
        self.assertIn(second, wizard.client_ids)
        self.assertEqual(wizard.client_ids.manager_id, self.kam)

    def test_from_a_later_day(self):
        self.hand_over(self.client, self.other_kam, offset=5)
        self.assertEqual(self.client.manager_id, self.kam)
        self.assertEqual(self.owner(self.client, 4), self.kam)
        self.assertEqual(self.owner(self.client, 5), self.other_kam)
        self.assertWhole(self.client)
        with freeze_time(self.day(5)), self.enter_registry_test_mode():
            cron = self.env.ref("key_account_management.ir_cron_assignment_begin")
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.client.invalidate_recordset()
        self.assertEqual(self.client.manager_id, self.other_kam)
        self.assertWhole(self.client)

    def test_a_plan_can_be_replaced(self):
        self.hand_over(self.client, self.other_kam, offset=5)
        self.hand_over(self.client, self.head, offset=9)
        self.assertEqual(self.owner(self.client, 6), self.kam)
        self.assertEqual(self.owner(self.client, 9), self.head)
        self.client.manager_id = self.other_kam
        self.assertEqual(self.owner(self.client, 9), self.other_kam)
        self.assertWhole(self.client)

    def test_back_dated_within_the_period(self):
        with freeze_time(self.day(-30)):
            client = self.make_client("Old")
        self.hand_over(client, self.other_kam, offset=-10)
        self.assertEqual(client.manager_id, self.other_kam)
        self.assertEqual(self.owner(client, -11), self.kam)
        self.assertEqual(self.owner(client, -10), self.other_kam)
        self.assertWhole(client)

    def test_not_before_the_period_began(self):
        self.hand_over(self.client, self.other_kam)
        with self.assertRaisesRegex(UserError, "later"):
            self.hand_over(self.client, self.kam, offset=-1)
        self.assertEqual(self.client.manager_id, self.other_kam)

    def test_posted_invoices_keep_their_manager(self):
        invoice = self.make_invoice(self.client.partner_ids, 100)
        self.assertEqual(invoice.kam_manager_id, self.kam)
        self.hand_over(self.client, self.other_kam)
        self.assertEqual(invoice.kam_manager_id, self.kam)

    def test_only_the_head_hands_over(self):
        for user in (self.kam, self.support, self.controller):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.client.with_user(user).action_hand_over(
                    self.other_kam, self.day(0), REASON
                )
        with self.assertRaises(AccessError):
            self.client.with_user(self.other_head).action_hand_over(
                self.other_kam, self.day(0), REASON
            )
        self.assertEqual(self.client.manager_id, self.kam)

    def test_a_reason_of_spaces_is_refused(self):
        wizard = self.env["kam.client.hand.over"].create(
            {
                "client_ids": [Command.set(self.client.ids)],
                "manager_id": self.other_kam.id,
                "reason": "   ",
            }
        )
        with self.assertRaisesRegex(UserError, "reason"):
            wizard.action_apply()
        wizard.write({"reason": REASON, "client_ids": [Command.clear()]})
        with self.assertRaisesRegex(UserError, "Choose"):
            wizard.action_apply()


class TestOwner(HandOverCase):
    def test_exactly_one_owner_on_any_day(self):
        random_ = random.Random(7)
        people = [self.kam, self.other_kam, self.head, self.env["res.users"]]
        with freeze_time(self.day(-400)):
            client = self.make_client("Wanderer", manager_id=people[0].id)
        expected = {offset: people[0] for offset in range(-400, 60)}
        for offset in sorted(random_.choices(range(-399, 0), k=25)):
            manager = random_.choice(people)
            with freeze_time(self.day(offset)):
                client.manager_id = manager
            expected.update({day: manager for day in range(offset, 60)})
        self.assertWhole(client)
        days = [(client, self.day(offset)) for offset in expected]
        owners = self.env["kam.assignment"]._get_owners(days)
        for offset, manager in expected.items():
            self.assertEqual(owners[client, self.day(offset)], manager, offset)
            day = self.day(offset)
            holding = client.assignment_ids.filtered_domain(
                [
                    ("date_from", "<=", day),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", day),
                ]
            )
            self.assertEqual(len(holding), 1)


class TestToAnotherTeam(HandOverCase):
    """The head does not see the client any longer; he is told so in our words."""

    def test_the_dialog_ends_in_the_list(self):
        client = self.client.with_user(self.head)
        dialog = self.env["kam.client.hand.over"].with_user(self.head)
        values = {"client_ids": client.ids, "date": self.today, "reason": REASON}
        here = dialog.create({**values, "manager_id": self.head.id}).action_apply()
        self.assertEqual(here["type"], "ir.actions.act_window_close")
        away = dialog.create({**values, "manager_id": self.other_kam.id}).action_apply()
        self.assertEqual((away["res_model"], away["target"]), ("kam.client", "main"))
        self.assertEqual(self.client.team_id, self.other_team)

    def test_the_form_says_to_use_the_dialog(self):
        values = {"manager_id": self.other_kam.id}
        with self.assertRaisesRegex(AccessError, "administrator"):
            self.client.with_user(self.kam).web_save(values, {"name": {}})
        with self.assertRaisesRegex(AccessError, "Use Hand Over"):
            self.client.with_user(self.head).web_save(values, {"name": {}})


class TestDissolve(HandOverCase):
    def test_the_way_back(self):
        partner = self.client.partner_ids
        order = self.make_confirmed(partner, 100)
        self.client.with_user(self.head).action_dissolve("Closed his shops")
        self.assertFalse(partner.is_key_client)
        self.assertFalse(self.client.active)
        self.assertEqual(order.kam_client_id, self.client)

    def test_a_company_leaves_its_client(self):
        partners = self.make_partner("One") | self.make_partner("Two")
        client = self.make_client("Both", partners)
        partners[0].with_user(self.head).action_leave_kam_client()
        self.assertEqual(client.partner_ids, partners[1])
        with self.assertRaises(AccessError):
            partners[1].with_user(self.kam).action_leave_kam_client()
