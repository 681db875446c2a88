"""The dialog "Make key client" and the way back."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..common import KamCommon


class MakeClientCase(KamCommon):
    def setUp(self):
        super().setUp()
        self.north, self.south = (self.make_partner(n) for n in ("North", "South"))

    def make(self, partners, user=None, **vals):
        """Apply the dialog as opened from a selection of contacts."""
        dialog = (
            self.env["kam.client.make"]
            .with_user(user or self.head)
            .with_context(active_model="res.partner", active_ids=partners.ids)
            .create({"manager_id": self.kam.id, **vals})
        )
        action = dialog.action_apply()
        self.env.flush_all()
        self.env.invalidate_all()
        return action

    def opened(self, action):
        domain = action.get("domain") or [("id", "=", action["res_id"])]
        return self.env["kam.client"].search(domain)


class TestModes(MakeClientCase):
    def test_one_new_client(self):
        tier = self.env["kam.tier"].search([], limit=1)
        action = self.make(self.north | self.south, name="Both", tier_id=tier.id)
        client = self.opened(action)
        self.assertEqual(client.name, "Both")
        self.assertEqual(client.partner_ids, self.north | self.south)
        self.assertEqual((client.manager_id, client.tier_id), (self.kam, tier))
        self.assertEqual(client.team_id, self.team)
        self.assertEqual(client.assignment_ids.manager_id, self.kam)

    def test_the_name_is_proposed(self):
        client = self.opened(self.make(self.north))
        self.assertEqual(client.name, "North")
        self.assertEqual(client.main_partner_id, self.north)

    def test_one_each(self):
        clients = self.opened(self.make(self.north | self.south, mode="each"))
        self.assertEqual(
            {(c.name, c.partner_ids) for c in clients},
            {("North", self.north), ("South", self.south)},
        )

    def test_into_an_existing_one(self):
        client = self.make_client("Client")
        action = self.make(self.north, mode="existing", client_id=client.id)
        self.assertEqual(self.opened(action), client)
        self.assertIn(self.north, client.partner_ids)
        self.assertEqual(self.north.kam_client_id, client)

    def test_an_existing_one_has_to_be_chosen(self):
        with self.assertRaises(UserError):
            self.make(self.north, mode="existing")

    def test_a_contact_stands_for_its_company(self):
        contact = self.make_partner("Buyer", is_company=False, parent_id=self.north.id)
        client = self.opened(self.make(contact))
        self.assertEqual(client.partner_ids, self.north)
        self.assertEqual(contact.kam_client_id, client)

    def test_a_contact_put_into_the_dialog_stands_for_its_company(self):
        contact = self.make_partner("Buyer", is_company=False, parent_id=self.north.id)
        dialog = self.env["kam.client.make"].create(
            {"partner_ids": [Command.set(contact.ids)], "name": "Client"}
        )
        self.assertEqual(self.opened(dialog.action_apply()).partner_ids, self.north)

    def test_company_and_contact_chosen_together(self):
        contact = self.make_partner("Buyer", is_company=False, parent_id=self.north.id)
        clients = self.opened(self.make(self.north | contact, mode="each"))
        self.assertEqual(len(clients), 1)

    def test_a_taken_company_is_refused_by_name(self):
        taken = self.make_client("Taken client").partner_ids
        with self.assertRaisesRegex(UserError, "(?s)Taken client.*out of it"):
            self.make(self.north | taken)
        self.assertFalse(self.north.kam_client_id)

    def test_nobody_chosen(self):
        with self.assertRaises(UserError):
            self.make(self.env["res.partner"], partner_ids=[], name="None")

    def test_a_name_of_spaces(self):
        with self.assertRaises(UserError):
            self.make(self.north, name="   ")


class TestWhoMay(MakeClientCase):
    def test_head_director_and_administrator(self):
        for user in (self.head, self.director, self.administrator):
            partner = self.make_partner(f"For {user.login}")
            client = self.opened(self.make(partner, user=user))
            self.assertEqual(partner.kam_client_id, client)

    def test_nobody_else(self):
        for user in (self.kam, self.support, self.controller):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.make(self.north, user=user)
        self.assertFalse(self.north.kam_client_id)

    def test_a_head_only_into_clients_he_may_write(self):
        client = self.make_client("Client")
        with self.assertRaises(AccessError):
            self.make(self.north, self.other_head, mode="existing", client_id=client.id)
        self.assertFalse(self.north.kam_client_id)

    def test_a_head_only_for_his_own_team(self):
        with self.assertRaises(AccessError):
            self.make(self.north, self.other_head, manager_id=self.kam.id)

    def test_the_dialog_of_somebody_else(self):
        dialog = (
            self.env["kam.client.make"]
            .with_user(self.head)
            .create({"partner_ids": [Command.set(self.north.ids)], "name": "Client"})
        )
        with self.assertRaises(AccessError):
            dialog.with_user(self.other_head).write({"name": "Mine"})


class TestOlderDocuments(MakeClientCase):
    """Documents from before get their client by SQL, with the dialog only."""

    def setUp(self):
        super().setUp()
        contact = self.make_partner("Buyer", is_company=False, parent_id=self.north.id)
        self.order = self.make_confirmed(self.north, 100)
        self.order_of_contact = self.make_confirmed(contact, 100)
        self.invoice = self.make_invoice(self.north, 100)
        self.foreign = self.make_invoice(self.south, 100)

    def test_confirmed_and_posted_ones_get_the_client(self):
        client = self.opened(self.make(self.north))
        for document in (self.order, self.order_of_contact, self.invoice):
            self.assertEqual(document.kam_client_id, client, document.display_name)
        self.assertFalse(self.foreign.kam_client_id)
        self.assertEqual((client.order_count, client.invoice_count), (2, 1))

    def test_they_can_be_searched_and_grouped(self):
        client = self.opened(self.make(self.north))
        orders = self.env["sale.order"].search([("kam_client_id", "=", client.id)])
        self.assertEqual(orders, self.order | self.order_of_contact)

    def test_the_history_of_another_client_stays(self):
        """What was sold while the company belonged to another client is that's."""
        first = self.opened(self.make(self.north))
        first.partner_ids = [Command.clear()]
        late = self.make_confirmed(self.north, 100)
        second = self.opened(self.make(self.north))
        self.assertEqual(self.order.kam_client_id, first)
        self.assertEqual(late.kam_client_id, second)

    def test_no_manager_is_stamped_on_older_invoices(self):
        """They were nobody's when they were posted."""
        self.make(self.north)
        self.assertFalse(self.invoice.kam_manager_id)

    def test_the_way_back(self):
        client = self.opened(self.make(self.north))
        quotation = self.make_order(self.north, 100)
        client.with_user(self.head).partner_ids = [Command.unlink(self.north.id)]
        self.env.invalidate_all()
        self.assertFalse(self.north.is_key_client)
        self.assertFalse(quotation.kam_client_id)
        self.assertEqual(self.order.kam_client_id, client)
        self.assertEqual(self.invoice.kam_client_id, client)
        again = self.opened(self.make(self.north))
        self.assertEqual(quotation.kam_client_id, again)
