"""My desk: what each role sees, that it is true, and that nobody sees more."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..common import ADDON, MAIL_OFF, KamCommon
from .common import DeskFactory

ROLES = {
    "kam": ["visits", "holds", "money", "risk", "plan", "score"],
    "head": ["approvals", "visits", "holds", "money", "risk", "plan", "managers"],
    "director": ["approvals", "visits", "holds", "money", "risk", "plan", "managers"],
    "controller": ["queue", "checks", "cases", "letters", "expiring"],
    "support": ["holds", "drafts"],
    "administrator": ["setup", "approvals", "visits", "holds", "money", "risk", "plan"],
}


class DeskCase(DeskFactory, KamCommon):
    def get_tiles(self, user, **context):
        """The tiles of a user by name, read as in a request of his own."""
        self.env.flush_all()
        self.env.invalidate_all()
        desk = self.get_desk(user).with_context(**context)
        return {tile["name"]: tile for tile in desk.get_data()["tiles"]}

    def get_desk(self, user):
        """The desk as the web client asks for it."""
        return self.env["kam.desk"].with_user(user).with_context(**user.context_get())

    def get_values(self, tile):
        """The figures on top of a tile, in their order."""
        return [figure["value"] for figure in tile["figures"]]


class TestDesk(DeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_department()

    def test_tiles_of_every_role(self):
        for name, tiles in ROLES.items():
            with self.subTest(name):
                self.assertEqual(list(self.get_tiles(getattr(self, name))), tiles)

    def test_every_number_opens_records_with_the_same_sum(self):
        for name in ROLES:
            user = getattr(self, name)
            for tile in self.get_tiles(user).values():
                bars = tile["chart"]["bars"] if tile["chart"] else []
                own = [f for row in tile["rows"] for f in row["figures"] if f["open"]]
                for figure in (*tile["figures"], *bars, *own):
                    with self.subTest(f"{name}: {tile['name']}: {figure['label']}"):
                        self.check_figure(figure, user)
                for row in tile["rows"]:
                    self.check_row(row, user)

    def check_figure(self, figure, user):
        opens = figure["open"]
        action = self.env.ref(opens["action"])
        self.assertEqual(action.res_model, opens["model"])
        self.assertTrue(opens["domain"] and opens["title"])
        records = self.env[opens["model"]].with_user(user).search(opens["domain"])
        field = figure["field"]
        total = sum(records.mapped(field)) if field else len(records)
        self.assertAlmostEqual(total, figure["value"], 2)

    def check_row(self, row, user):
        self.assertTrue(row["title"])
        if not row["open"].get("id"):
            return
        record = self.env[row["open"]["model"]].with_user(user)
        record = record.browse(row["open"]["id"])
        record.check_access("read")
        for figure in row["figures"]:
            if not figure["open"]:
                self.assertAlmostEqual(record[figure["field"]], figure["value"], 2)

    def test_manager_sees_own_figures(self):
        tiles = self.get_tiles(self.kam)
        # held: 1,000 and 500 on debts of 700 and 90 with limits of 1,000 and 500
        self.assertEqual(self.get_values(tiles["holds"]), [2, 1500, 790])
        self.assertEqual(self.get_values(tiles["money"]), [50, 790, 60])
        self.assertEqual(self.get_values(tiles["risk"]), [2])
        self.assertEqual(
            [row["title"] for row in tiles["risk"]["rows"]],
            ["Desk Grocer", "Desk Baker"],
        )
        bars = tiles["money"]["chart"]["bars"]
        self.assertEqual([bar["value"] for bar in bars], [50, 700, 0, 0, 90])

    def test_hold_tells_when_money_is_there(self):
        row = self.get_tiles(self.kam)["holds"]["rows"][0]
        self.assertIn("Money probably by", row["note"])

    def test_reasons_of_risk_are_named(self):
        self.make_confirmed(self.client.partner_ids, 5000)
        row = self.get_tiles(self.kam)["risk"]["rows"][0]
        self.assertEqual(row["title"], "Desk Grocer")
        self.assertEqual(
            [(figure["label"], figure["value"]) for figure in row["figures"]],
            [("over limit", -4700), ("overdue", 700), ("promise broken", 30)],
        )

    def test_controller_finds_first_what_he_may_release(self):
        self.env["kam.credit.authority"].search([]).unlink()
        self.env["kam.credit.authority"].create(
            {"user_id": self.controller.id, "amount": 100}
        )
        tile = self.get_tiles(self.controller)["queue"]
        self.assertEqual(self.get_values(tile), [1, 500, 3])
        self.assertEqual(tile["rows"][0]["title"], "Desk Baker")
        self.assertEqual([row["tone"] for row in tile["rows"]], ["success", "", ""])
        self.assertEqual([b["value"] for b in tile["chart"]["bars"]], [3, 0, 0, 0])

    def test_controller_has_checks_cases_letters_and_lines(self):
        tiles = self.get_tiles(self.controller)
        self.assertEqual(self.get_values(tiles["checks"]), [3, 0])
        self.assertEqual(self.get_values(tiles["cases"]), [3, 3])
        self.assertEqual(self.get_values(tiles["letters"]), [1, 7])
        self.assertEqual(self.get_values(tiles["expiring"])[:2], [3, 3500])

    def test_head_sees_his_department_and_nothing_else(self):
        tiles = self.get_tiles(self.head)
        self.assertEqual(self.get_values(tiles["money"])[1], 790)
        self.assertEqual(
            self.get_values(self.get_tiles(self.other_head)["money"])[1], 1800
        )
        bars = tiles["managers"]["chart"]["bars"]
        self.assertEqual(
            [(b["label"], b["value"]) for b in bars], [(self.kam.name, 790)]
        )

    def test_director_compares_managers(self):
        bars = self.get_tiles(self.director)["managers"]["chart"]["bars"]
        self.assertEqual([bar["value"] for bar in bars], [1800, 790])

    def test_director_finds_what_waits_for_him(self):
        figures = self.get_tiles(self.director)["approvals"]["figures"]
        self.assertEqual(
            {figure["label"]: figure["value"] for figure in figures},
            {
                "Orders to release": 3,
                "Checks to decide": 3,
                "Renewals": 1,
                "Substitutions": 0,
                "Weekly plans": 0,
                "Sales plans": 0,
                "Remarks": 0,
                "Scorecards": 0,
            },
        )

    def test_support_finishes_drafts(self):
        tile = self.get_tiles(self.support)["drafts"]
        self.assertEqual(self.get_values(tile), [3])

    def test_administrator_sees_what_is_missing(self):
        self.calm.tier_id = False
        tile = self.get_tiles(self.administrator)["setup"]
        self.assertTrue(tile["figures"])
        self.assertIn("dunning ladder", str(tile["rows"]))

    def test_other_company_is_another_desk(self):
        company = self.env["res.company"].create({"name": "Desk Elsewhere"})
        self.director.company_ids |= company
        desk = self.env["kam.desk"].with_user(self.director)
        data = desk.with_context(allowed_company_ids=company.ids).get_data()
        tiles = {tile["name"]: tile for tile in data["tiles"]}
        self.assertEqual(self.get_values(tiles["money"]), [0, 0, 0])
        self.assertEqual(self.get_values(tiles["holds"]), [0, 0, 0])

    def test_users_without_a_role_are_refused(self):
        for groups in ("base.group_user", "base.group_portal"):
            user = new_test_user(
                self.env, f"desk_{groups}", groups=groups, context=MAIL_OFF
            )
            with self.assertRaises(AccessError):
                self.env["kam.desk"].with_user(user).get_data()

    def test_queries_do_not_grow(self):
        for name in ROLES:
            user = getattr(self, name)
            with self.subTest(name):
                self.get_tiles(user)  # what is kept between requests
                self.check_queries(user)
        for number in range(8):
            self.make_troubled(f"Desk {number}", self.kam, 1000, 700, 20)
        for name in ROLES:
            with self.subTest(f"more: {name}"):
                self.check_queries(getattr(self, name))

    def check_queries(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(28):
            self.get_desk(user).get_data()


class TestEmptyDesk(DeskCase):
    def test_new_manager_is_told_what_to_do(self):
        tiles = self.get_tiles(self.kam)
        self.assertEqual(list(tiles), ["start"])
        self.assertIn(self.head.name, tiles["start"]["text"])

    def test_everybody_is_told_something(self):
        self.env["kam.client"].search([]).active = False
        for name in ROLES:
            with self.subTest(name):
                tile = self.get_tiles(getattr(self, name))["start"]
                self.assertTrue(tile["text"])

    def test_the_app_opens_on_it(self):
        root = self.env.ref(f"{ADDON}.key_account_management_menu_root")
        for name in ROLES:
            menus = self.env["ir.ui.menu"].with_user(getattr(self, name))
            shown = menus.browse(menus._visible_menu_ids())
            first = shown.filtered(lambda m: m.parent_id == root).sorted("sequence")[0]
            self.assertEqual(first.action, self.env.ref(f"{ADDON}.kam_desk_action"))
