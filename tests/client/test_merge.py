"""Core's wizard that merges contacts, with key clients on either side."""

from odoo.exceptions import UserError

from ..common import KamCommon


class TestMerge(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_client("Client")
        self.member = self.client.partner_ids
        self.stranger = self.make_partner("Stranger", email=self.member.email)

    def merge(self, source, target, user=None):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        if user:
            wizard = wizard.with_user(user)
        wizard = wizard.create(
            {
                "state": "selection",
                "partner_ids": [(6, 0, (source | target).ids)],
                "dst_partner_id": target.id,
            }
        )
        self.env.flush_all()
        wizard.action_merge()
        self.env.flush_all()
        self.env.invalidate_all()

    def make_history(self, partner):
        """A confirmed order, a quotation, a posted invoice and a draft one."""
        contact = self.make_partner(
            f"Buyer of {partner.name}", is_company=False, parent_id=partner.id
        )
        quotation = self.make_order(partner, 100)
        confirmed = self.make_confirmed(partner, 100)
        posted = self.make_invoice(partner, 100)
        draft = posted.copy()
        return contact, quotation, confirmed, posted, draft

    def test_two_clients_are_refused_with_both_names(self):
        other = self.make_client("Second client")
        with self.assertRaisesRegex(UserError, "(?s)Client.*Second client"):
            self.merge(self.member, other.partner_ids)
        self.assertTrue((self.member | other.partner_ids).exists())
        self.assertEqual(self.member.kam_client_id, self.client)

    def test_contacts_of_two_clients_are_refused(self):
        other = self.make_client("Second client")
        one, two = (
            self.make_partner("Buyer", is_company=False, parent_id=parent.id)
            for parent in (self.member, other.partner_ids)
        )
        with self.assertRaisesRegex(UserError, "(?s)Client.*Second client"):
            self.merge(one, two)

    def test_two_companies_of_one_client(self):
        second = self.make_partner("Second", kam_membership_id=self.client.id)
        self.client.main_partner_id = second
        self.merge(second, self.member)
        self.assertFalse(second.exists())
        self.assertEqual(self.client.partner_ids, self.member)
        self.assertEqual(self.client.main_partner_id, self.member)

    def test_a_stranger_into_a_member(self):
        contact, quotation, _order, _posted, draft = self.make_history(self.stranger)
        self.merge(self.stranger, self.member)
        self.assertFalse(self.stranger.exists())
        for record in (self.member, contact, quotation, draft):
            self.assertEqual(record.kam_client_id, self.client, record)
        self.assertTrue(contact.is_key_client)

    def test_a_member_into_a_stranger(self):
        records = self.make_history(self.member)
        self.merge(self.member, self.stranger)
        self.assertFalse(self.member.exists())
        self.assertEqual(self.client.partner_ids, self.stranger)
        self.assertEqual(self.client.main_partner_id, self.stranger)
        for record in (self.stranger, *records):
            self.assertEqual(record.kam_client_id, self.client, record)

    def test_figures_after_merging(self):
        """Debt and confirmed orders of the stranger count for the client."""
        self.make_line(self.client, 1000)
        self.make_history(self.stranger)
        self.merge(self.stranger, self.member)
        self.assertMoney(self.judge(self.client), receivable=100, uninvoiced=100)

    def test_nothing_of_ours_is_lost(self):
        """Core deletes rows that violate a constraint over a partner."""
        self.make_line(self.client, 1000)
        order = self.make_order(self.member, 1500)
        self.confirm(order)
        self.assertHeld(order, "limit")
        models = [
            name
            for name, model in self.env.registry.items()
            if name.startswith("kam.") and model._auto and not model._transient
        ]
        before = {name: self.env[name].search([]).ids for name in models}
        self.assertTrue(before["kam.credit.decision"])
        for source, target in (
            (self.member, self.stranger),
            (self.make_partner("Third", email=self.member.email), self.stranger),
        ):
            self.merge(source, target)
            after = {name: self.env[name].search([]).ids for name in models}
            self.assertEqual(after, before)
        self.assertFalse(self.env["kam.credit.decision"]._check_chain())

    def test_a_manager_does_not_change_membership_by_merging(self):
        with self.assertRaises(UserError):
            self.merge(self.member, self.stranger, user=self.kam)
        self.env.invalidate_all()
        self.assertEqual(self.member.kam_client_id, self.client)

    def test_a_manager_merges_duplicates_into_his_client(self):
        self.merge(self.stranger, self.member, user=self.kam)
        self.assertFalse(self.stranger.exists())
        self.assertEqual(self.client.partner_ids, self.member)

    def test_no_constraint_of_ours_covers_a_partner(self):
        self.env.cr.execute(
            """
            SELECT rel.relname, con.conname
              FROM pg_constraint con
              JOIN pg_class rel ON rel.oid = con.conrelid
              JOIN pg_attribute att ON att.attrelid = con.conrelid
               AND att.attnum = ANY(con.conkey)
             WHERE con.contype IN ('u', 'c') AND rel.relname LIKE 'kam\\_%%'
               AND att.attname LIKE '%%partner%%'
            """
        )
        self.assertFalse(self.env.cr.fetchall())
