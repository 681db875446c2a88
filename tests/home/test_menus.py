"""The menus of each role: short, and each screen in one place."""

from collections import Counter

from ..common import ADDON, KamCommon

ROLES = ("kam", "support", "controller", "head", "director", "administrator")
MOST = 7  # entries that a reader takes in at a glance


class TestMenus(KamCommon):
    def menus_of(self, role):
        """The entries of the app that a role is shown, its root as well."""
        menus = self.env["ir.ui.menu"].with_user(getattr(self, role))
        shown = menus.browse(menus._visible_menu_ids())
        root = self.env.ref(f"{ADDON}.key_account_management_menu_root")
        return shown.filtered(
            lambda menu: menu.parent_path.startswith(root.parent_path)
        )

    def test_every_heading_has_at_most_seven_entries(self):
        for role in ROLES:
            menus = self.menus_of(role)
            entries = Counter(menu.parent_id for menu in menus if menu.parent_id)
            for heading, count in entries.items():
                with self.subTest(role=role, heading=heading.complete_name):
                    self.assertLessEqual(count, MOST)

    def test_every_screen_is_in_one_place(self):
        for role in ROLES:
            entries = self.menus_of(role).filtered("action")
            with self.subTest(role):
                self.assertTrue(entries)
                self.assertEqual(len(entries), len(set(entries.mapped("name"))))
                self.assertEqual(len(entries), len(set(entries.mapped("action"))))

    def test_no_heading_is_empty(self):
        for role in ROLES:
            menus = self.menus_of(role)
            for heading in menus.filtered(lambda menu: not menu.action):
                with self.subTest(role=role, heading=heading.complete_name):
                    self.assertTrue(menus & heading.child_id)
