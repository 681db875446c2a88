"""Who may change whose a client is; stages; clients of one company."""

from markupsafe import Markup

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ..common import MAIL_OFF, KamCommon


class RightsCase(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_client("Client")
        self.partner = self.client.partner_ids
        self.stranger = self.make_partner("Stranger")

    def changes(self):
        """Each value that only the head and those above him may change."""
        return {
            "manager_id": self.other_kam.id,
            "team_id": self.other_team.id,
            "tier_id": self.env["kam.tier"].search([], limit=1).id,
            "company_id": self.company.id,
            "active": False,
            "partner_ids": [Command.link(self.stranger.id)],
        }

    def spoken(self, record):
        """The history of a record in plain text."""
        messages = self.env["mail.message"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)]
        )
        tracked = messages.sudo().tracking_value_ids
        words = [Markup(body).striptags() for body in messages.mapped("body")]
        words += tracked.mapped("new_value_char")
        return " / ".join(filter(None, words))


class TestWhoMayChange(RightsCase):
    def test_managers_and_others_may_not(self):
        for user in (self.kam, self.support, self.controller):
            for name, value in self.changes().items():
                with self.subTest(f"{name} by {user.login}"):
                    with self.assertRaises(AccessError):
                        self.client.with_user(user).write({name: value})

    def test_head_director_and_administrator_may(self):
        for user in (self.head, self.director, self.administrator):
            for name, value in self.changes().items():
                with self.subTest(f"{name} by {user.login}"):
                    client = self.make_client("Client")
                    client.with_user(user).write({name: value})
                    if name == "partner_ids":
                        self.assertIn(self.stranger, client.partner_ids)
                    else:
                        written = client[name]
                        self.assertEqual(getattr(written, "id", written), value)

    def test_a_head_only_for_clients_he_may_write(self):
        for name, value in self.changes().items():
            with self.subTest(name), self.assertRaises(AccessError):
                self.client.with_user(self.other_head).write({name: value})

    def test_who_creates_and_deletes(self):
        clients = self.env["kam.client"]
        for user in (self.kam, self.support, self.controller):
            with self.assertRaises(AccessError):
                clients.with_user(user).create({"name": "New"})
        for user in (self.kam, self.support, self.controller, self.head, self.director):
            with self.assertRaises(AccessError):
                clients.create({"name": "New"}).with_user(user).unlink()
        clients.create({"name": "New"}).with_user(self.administrator).unlink()

    def test_a_manager_works_with_his_client(self):
        client = self.client.with_user(self.kam)
        stage = self.env["kam.stage"].search([("is_closed", "=", False)])[-1]
        client.write({"stage_id": stage.id, "note": "Pays on Fridays"})
        client.message_post(body="Called")
        client.activity_schedule("mail.mail_activity_data_todo", user_id=self.kam.id)
        self.assertEqual(self.client.stage_id, stage)

    def test_the_same_values_again_are_no_change(self):
        """A form may send what it has."""
        self.partner.with_user(self.kam).write({"kam_membership_id": self.client.id})
        self.assertEqual(self.partner.kam_client_id, self.client)


class TestMembershipRights(RightsCase):
    """The same on the partner's side."""

    def test_managers_and_others_may_not(self):
        plain = self.make_user("kam_plain_sales", "user")
        for user in (self.kam, self.other_kam, self.support, self.controller, plain):
            for partner, client in (
                (self.partner, False),
                (self.stranger, self.client.id),
            ):
                with self.assertRaises(AccessError):
                    partner.with_user(user).write({"kam_membership_id": client})

    def test_nor_when_a_partner_is_created(self):
        partners = self.env["res.partner"].with_user(self.kam)
        vals = {"name": "New", "is_company": True}
        with self.assertRaises(AccessError):
            partners.create({**vals, "kam_membership_id": self.client.id})
        with self.assertRaises(AccessError):
            partners.with_context(default_kam_membership_id=self.client.id).create(vals)

    def test_nor_by_a_default_of_his_own(self):
        self.env["ir.default"].with_user(self.kam).set(
            "res.partner", "kam_membership_id", self.client.id, user_id=True
        )
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.kam).create({"name": "New"})

    def test_nor_by_import(self):
        result = (
            self.env["res.partner"]
            .with_user(self.kam)
            .load(
                ["name", "is_company", "kam_membership_id/.id"],
                [["New", "1", str(self.client.id)]],
            )
        )
        self.assertFalse(result["ids"])
        self.assertTrue(result["messages"])

    def test_a_head_moves_between_clients_he_may_write_only(self):
        foreign = self.make_client(
            "Foreign", manager_id=self.other_kam.id, team_id=self.other_team.id
        )
        mine = self.make_client("Mine")
        self.partner.with_user(self.head).kam_membership_id = mine
        self.assertEqual(self.partner.kam_client_id, mine)
        for partner, client in (
            (self.partner, foreign),
            (foreign.partner_ids, mine),
            (self.stranger, foreign),
        ):
            with self.assertRaises(AccessError):
                partner.with_user(self.head).kam_membership_id = client
        partners = self.env["res.partner"].with_user(self.head)
        with self.assertRaises(AccessError):
            partners.create({"name": "New", "kam_membership_id": foreign.id})

    def test_the_field_is_not_for_portal_users(self):
        for name in ("kam_membership_id", "kam_client_id", "is_key_client"):
            self.assertEqual(
                self.env["res.partner"]._fields[name].groups, "base.group_user"
            )


class TestLog(RightsCase):
    """Changes are written down in the history of the client."""

    def setUp(self):
        super().setUp()
        self.env.cr.flush()  # core tracks nothing on records of the same transaction
        quiet = dict.fromkeys(MAIL_OFF, False)
        self.loud = self.client.with_user(self.head).with_context(**quiet)

    def write(self, vals):
        self.loud.write(vals)
        self.env.cr.flush()
        return self.spoken(self.client)

    def test_manager_team_and_tier(self):
        tier = self.env["kam.tier"].search([], limit=1)
        text = self.write(
            {
                "manager_id": self.other_kam.id,
                "tier_id": tier.id,
                "team_id": self.team.id,
            }
        )
        self.assertIn(self.other_kam.name, text)
        self.assertIn(tier.name, text)

    def test_joining_and_leaving(self):
        text = self.write({"partner_ids": [Command.link(self.stranger.id)]})
        self.assertIn("Stranger is a legal entity", text)
        text = self.write({"partner_ids": [Command.unlink(self.stranger.id)]})
        self.assertIn("Stranger is no longer a legal entity", text)

    def test_membership_is_logged_whatever_the_context(self):
        self.client.with_user(self.head).with_context(
            tracking_disable=True, mail_notrack=True, mail_create_nolog=True
        ).write({"partner_ids": [Command.link(self.stranger.id)]})
        self.assertIn("Stranger is a legal entity", self.spoken(self.client))

    def test_both_clients_know_of_a_change_of_sides(self):
        other = self.make_client("Other")
        self.partner.with_user(self.head).kam_membership_id = other
        self.assertIn("Client is no longer", self.spoken(self.client))
        self.assertIn("Client is a legal entity", self.spoken(other))


class TestStages(RightsCase):
    def setUp(self):
        super().setUp()
        self.closed = self.env["kam.stage"].search([("is_closed", "=", True)], limit=1)

    def test_a_new_client_starts_in_the_first_open_stage(self):
        first = self.env["kam.stage"].search([("is_closed", "=", False)], limit=1)
        self.assertEqual(self.client.stage_id, first)

    def test_every_stage_is_a_column(self):
        clients = self.env["kam.client"].with_context(read_group_expand=True)
        groups = clients.web_read_group(
            [("id", "=", self.client.id)], ["stage_id"], ["__count"]
        )["groups"]
        self.assertEqual(
            [group["stage_id"][0] for group in groups],
            self.env["kam.stage"].search([]).ids,
        )

    def test_a_client_without_held_orders_can_be_closed(self):
        self.client.with_user(self.kam).stage_id = self.closed
        self.assertEqual(self.client.stage_id, self.closed)

    def test_a_client_with_held_orders_cannot(self):
        client = self.make_limited(1000, name="Held client")
        order = self.make_order(client.partner_ids, 1500)
        self.confirm(order)
        with self.assertRaisesRegex(ValidationError, "Held client.*on hold"):
            client.with_user(self.kam).stage_id = self.closed
        order._action_cancel()
        client.with_user(self.kam).stage_id = self.closed

    def test_nor_with_held_orders_of_a_company_the_user_is_not_in(self):
        client = self.make_limited(1000, name="Held client")
        branch = self.make_company("Elsewhere", chart=False)
        self.kam.company_ids -= branch
        order = self.make_order(client.partner_ids, 1500, company=branch)
        order._credit_evaluate()
        self.assertEqual(order.credit_state, "hold")
        with self.assertRaises(ValidationError):
            client.with_user(self.kam).stage_id = self.closed

    def test_only_the_administrator_configures_stages_and_tiers(self):
        for model in ("kam.stage", "kam.tier"):
            record = self.env[model].search([], limit=1)
            for user in (self.kam, self.support, self.controller, self.director):
                with self.subTest(f"{model} by {user.login}"):
                    with self.assertRaises(AccessError):
                        record.with_user(user).name = "Mine"
            record.with_user(self.administrator).name = "Ours"

    def test_intervals_are_not_negative(self):
        tier = self.env["kam.tier"].create({"name": "Odd"})
        for name in ("visit_interval_days", "call_interval_days"):
            with self.assertRaisesRegex(Exception, "(?i)interval"):
                with self.env.cr.savepoint():
                    tier.write({name: -1})
                    self.env.flush_all()


class TestCompanies(RightsCase):
    """A client may be limited to one company; most are shared."""

    def setUp(self):
        super().setUp()
        self.elsewhere = self.make_company("Elsewhere", chart=False)

    def seen(self, user, companies):
        clients = self.env["kam.client"].with_user(user)
        return clients.with_context(allowed_company_ids=companies.ids).search([])

    def test_a_shared_client_is_seen_from_every_company(self):
        for company in (self.company, self.elsewhere):
            self.assertIn(self.client, self.seen(self.kam, company))

    def test_a_limited_client_is_seen_from_its_company_only(self):
        self.client.company_id = self.elsewhere
        self.assertNotIn(self.client, self.seen(self.kam, self.company))
        self.assertIn(self.client, self.seen(self.kam, self.elsewhere))
        with self.assertRaises(UserError):
            self.client.with_user(self.kam).with_context(
                allowed_company_ids=self.company.ids
            ).read(["name"])

    def test_a_client_of_the_main_company_is_seen_from_its_branches(self):
        branch = self.make_company("Branch", chart=False, parent_id=self.company.id)
        self.client.company_id = self.company
        self.assertIn(self.client, self.seen(self.kam, branch))

    def test_its_line_is_that_of_its_company(self):
        self.client.company_id = self.elsewhere
        with self.assertRaisesRegex(ValidationError, "Elsewhere"):
            self.make_line(self.client, 1000, company=self.company)
        self.make_line(self.client, 1000, company=self.elsewhere)

    def test_tiers_of_another_company_are_not_seen(self):
        tier = self.env["kam.tier"].create(
            {"name": "Theirs", "company_id": self.elsewhere.id}
        )
        tiers = self.env["kam.tier"].with_user(self.kam)
        found = tiers.with_context(allowed_company_ids=self.company.ids).search([])
        self.assertNotIn(tier, found)
