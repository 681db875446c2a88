"""Who belongs to a key client, through core's own ways of changing contacts."""

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tools import mute_logger

from ..common import KamCommon


class MembershipCase(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_client("Client")
        self.company_partner = self.client.partner_ids
        self.contact = self.make_contact(self.company_partner)

    def make_contact(self, parent, name="Buyer", **vals):
        return self.make_partner(name, is_company=False, parent_id=parent.id, **vals)

    def assertClient(self, partners, client):
        """All partners belong to the client, in cache, database and search."""
        for fresh in (False, True):
            if fresh:
                self.env.flush_all()
                self.env.invalidate_all()
            for partner in partners:
                self.assertEqual(partner.kam_client_id, client, partner.display_name)
                self.assertEqual(partner.is_key_client, bool(client))
        found = partners.with_context(active_test=False).search(
            [("kam_client_id", "=", client.id), ("id", "in", partners.ids)]
        )
        self.assertEqual(found, partners)


class TestMembership(MembershipCase):
    def test_contacts_and_addresses_follow(self):
        address = self.make_contact(self.company_partner, "Depot", type="delivery")
        below = self.make_contact(address, "Storekeeper")
        self.assertClient(
            self.company_partner | self.contact | address | below, self.client
        )
        self.assertFalse((self.contact | address | below).kam_membership_id)
        self.assertEqual(self.client.contact_ids, self.contact | address | below)
        self.assertEqual(self.client.contact_count, 3)

    def test_contacts_of_earlier_times_follow(self):
        company = self.make_partner("Old customer")
        contact = self.make_contact(company)
        self.assertClient(company | contact, self.env["kam.client"])
        self.client.partner_ids = [Command.link(company.id)]
        self.assertClient(company | contact, self.client)

    def test_a_subsidiary_is_a_legal_entity_of_its_own(self):
        shop = self.make_partner("Shop", parent_id=self.company_partner.id)
        self.assertClient(shop, self.env["kam.client"])
        self.client.partner_ids = [Command.link(shop.id)]
        self.assertClient(shop, self.client)

    def test_a_company_leaves_with_its_contacts(self):
        self.client.partner_ids = [Command.unlink(self.company_partner.id)]
        self.assertClient(self.company_partner | self.contact, self.env["kam.client"])
        self.assertFalse(self.client.partner_ids)
        self.assertFalse(self.client.main_partner_id)

    def test_one_company_is_in_one_client(self):
        other = self.make_client("Other")
        other.partner_ids = [Command.link(self.company_partner.id)]
        self.assertClient(self.company_partner | self.contact, other)
        self.assertFalse(self.client.partner_ids)

    def test_a_contact_is_no_legal_entity(self):
        with self.assertRaisesRegex(ValidationError, "Buyer.*contact of Client"):
            self.client.partner_ids = [Command.link(self.contact.id)]

    def test_a_person_without_a_company_may_be_one(self):
        person = self.make_partner("Sole trader", is_company=False)
        self.client.partner_ids = [Command.link(person.id)]
        self.assertClient(person, self.client)

    def test_the_first_legal_entity_is_the_main_one(self):
        self.assertEqual(self.client.main_partner_id, self.company_partner)
        second = self.make_partner("Second")
        self.client.partner_ids = [Command.link(second.id)]
        self.assertEqual(self.client.main_partner_id, self.company_partner)
        self.client.main_partner_id = second
        self.client.partner_ids = [Command.unlink(second.id)]
        self.assertEqual(self.client.main_partner_id, self.company_partner)

    def test_the_main_legal_entity_is_one_of_them(self):
        stranger = self.make_partner("Stranger")
        with self.assertRaisesRegex(ValidationError, "Stranger"):
            self.client.main_partner_id = stranger

    def test_a_client_with_legal_entities_is_not_deleted(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.client.unlink()

    def test_a_client_needs_a_name(self):
        with self.assertRaises(ValidationError):
            self.client.name = "   "

    def test_the_client_is_found_by_its_legal_entities(self):
        self.company_partner.vat = "DE123456788"
        self.company_partner.name = "Quite another name Ltd"
        clients = self.env["kam.client"]
        for words in ("Client", "another name", "DE123456788"):
            self.assertIn(self.client.id, dict(clients.name_search(words)), words)


class TestMovingContacts(MembershipCase):
    def test_to_a_company_of_another_client(self):
        other = self.make_client("Other")
        self.contact.parent_id = other.partner_ids
        self.assertClient(self.contact, other)

    def test_to_a_company_in_no_client(self):
        """Core keeps values that are not set at the new company."""
        company = self.make_partner("Ordinary")
        self.contact.parent_id = company
        self.assertClient(self.contact, self.env["kam.client"])

    def test_to_a_company_by_the_form(self):
        company = self.make_partner("Ordinary")
        with Form(self.contact) as form:
            form.parent_id = company
        self.assertClient(self.contact, self.env["kam.client"])

    def test_from_no_client_into_one(self):
        contact = self.make_contact(self.make_partner("Ordinary"))
        contact.parent_id = self.company_partner
        self.assertClient(contact, self.client)

    def test_those_below_go_along(self):
        below = self.make_contact(self.contact, "Assistant")
        company = self.make_partner("Ordinary")
        self.contact.parent_id = company
        self.assertEqual(below.commercial_partner_id, company)
        self.assertClient(below, self.env["kam.client"])

    def test_a_contact_that_becomes_a_company_starts_without(self):
        self.contact.is_company = True
        self.assertClient(self.contact, self.env["kam.client"])
        self.assertFalse(self.contact.kam_membership_id)

    def test_a_contact_that_leaves_its_company_starts_without(self):
        self.contact.parent_id = False
        self.assertClient(self.contact, self.env["kam.client"])
        self.assertFalse(self.contact.kam_membership_id)

    def test_a_new_parent_company_made_by_core(self):
        person = self.make_partner(
            "Sole trader", is_company=False, company_name="Trader Ltd"
        )
        self.client.partner_ids = [Command.link(person.id)]
        with self.assertRaisesRegex(ValidationError, "Sole trader"):
            person.create_company()

    def test_a_legal_entity_does_not_become_a_contact(self):
        other = self.make_partner("Parent Ltd")
        with self.assertRaisesRegex(ValidationError, "(?s)Client.*Parent Ltd"):
            self.company_partner.write({"is_company": False, "parent_id": other.id})

    def test_a_person_does_not_become_a_contact_while_it_is_a_member(self):
        person = self.make_partner("Sole trader", is_company=False)
        self.client.partner_ids = [Command.link(person.id)]
        with self.assertRaisesRegex(ValidationError, "Sole trader"):
            person.parent_id = self.make_partner("Parent Ltd")

    def test_it_may_once_it_has_left_the_client(self):
        parent = self.make_partner("Parent Ltd")
        self.client.partner_ids = [Command.unlink(self.company_partner.id)]
        self.company_partner.write({"is_company": False, "parent_id": parent.id})
        self.assertEqual(self.company_partner.commercial_partner_id, parent)

    def test_a_legal_entity_may_stay_below_another_company(self):
        """A company with a parent is its own commercial partner."""
        self.company_partner.parent_id = self.make_partner("Holding")
        self.assertClient(self.company_partner | self.contact, self.client)


class TestCopyAndArchive(MembershipCase):
    def test_a_copied_company_is_in_no_client(self):
        copy = self.company_partner.copy()
        self.assertFalse(copy.kam_membership_id)
        self.assertClient(copy, self.env["kam.client"])
        self.assertEqual(self.client.partner_ids, self.company_partner)

    def test_a_copied_contact_follows_its_company(self):
        self.assertClient(self.contact.copy(), self.client)

    def test_a_copied_client_has_no_legal_entities(self):
        self.make_line(self.client, 1000)
        copy = self.client.copy()
        self.assertFalse(copy.partner_ids | copy.main_partner_id)
        self.assertFalse(copy.credit_line_ids)
        self.assertEqual(copy.name, "Client (copy)")
        self.assertEqual(len(copy.assignment_ids), 1)
        self.assertClient(self.company_partner, self.client)

    def test_an_archived_company_stays_a_member(self):
        self.company_partner.action_archive()
        self.assertClient(self.company_partner, self.client)
        self.assertEqual(self.client.partner_ids, self.company_partner)
        self.assertEqual(self.client.main_partner_id, self.company_partner)

    def test_an_archived_client_keeps_its_partners(self):
        self.client.action_archive()
        self.assertClient(self.company_partner | self.contact, self.client)
        late = self.make_contact(self.company_partner, "Latecomer")
        self.assertClient(late, self.client)

    def test_an_archived_client_is_no_way_round_the_gate(self):
        client = self.make_limited(1000, name="Limited")
        client.action_archive()
        order = self.make_order(client.partner_ids, 1001)
        self.confirm(order)
        self.assertHeld(order, "limit")

    def test_archived_contacts_follow(self):
        self.contact.action_archive()
        other = self.make_client("Other")
        other.partner_ids = [Command.link(self.company_partner.id)]
        self.assertClient(self.contact, other)
