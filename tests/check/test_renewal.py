"""Many credit lines renewed as one."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .common import CheckCase


class TestRenewal(CheckCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lines = cls.env["kam.credit.line"]
        for number in range(3):
            client = cls.make_client(f"Renewed {number}")
            cls.lines |= cls.make_line(client, 1000 * (number + 1))

    def make(self, user=None, **vals):
        lines = self.lines.with_user(user or self.controller)
        renewal = self.env["kam.credit.renewal"].browse(lines.action_renew()["res_id"])
        renewal = renewal.with_user(user or self.controller)
        renewal.write({"reason": "Good year", "change": 10, **vals})
        return renewal

    def limits(self):
        self.lines.invalidate_recordset()
        return self.lines.mapped("limit")

    def test_preview_changes_nothing(self):
        renewal = self.make()
        self.assertEqual(renewal.line_ids.mapped("new_limit"), [1100, 2200, 3300])
        self.assertEqual((renewal.total_before, renewal.total_after), (6000, 6600))
        renewal.write({"method": "amount", "change": -1500})
        self.assertEqual(renewal.line_ids.mapped("new_limit"), [0, 500, 1500])
        self.assertEqual(self.limits(), [1000, 2000, 3000])

    def test_one_approval_writes_all_with_the_reason(self):
        until = fields.Date.add(self.today, months=6)
        renewal = self.make(valid_until=until)
        renewal.line_ids[2].new_limit = 3000
        renewal.action_submit()
        renewal.with_user(self.second).action_approve()
        self.assertEqual(self.limits(), [1100, 2200, 3000])
        self.assertEqual(set(self.lines.mapped("valid_until")), {until})
        change = self.lines[0].change_ids.filtered(lambda c: c.field_name == "limit")[0]
        self.assertEqual((change.reason, change.user_id), ("Good year", self.second))

    def test_four_eyes(self):
        renewal = self.make()
        renewal.action_submit()
        with self.assertRaises(AccessError):
            renewal.action_approve()
        client = self.lines[0].client_id
        client.manager_id = self.director
        with self.assertRaisesRegex(AccessError, "look after"):
            renewal.with_user(self.director).action_approve()
        self.assertEqual(self.limits(), [1000, 2000, 3000])

    def test_authority_covers_each_line(self):
        renewal = self.make()
        renewal.line_ids[1].new_limit = 100001
        renewal.action_submit()
        with self.assertRaisesRegex(AccessError, "Renewed 1"):
            renewal.with_user(self.second).action_approve()
        self.assertEqual(self.limits(), [1000, 2000, 3000], "nothing is half done")
        renewal.with_user(self.director).action_approve()
        self.assertEqual(self.limits()[1], 100001)

    def test_the_form_tells_who_decides(self):
        renewal = self.make()
        renewal.line_ids[1].new_limit = 100001
        renewal.action_submit()
        texts = {
            user: (r.may_decide, r.may_approve, r.obstacle)
            for user in (self.controller, self.second, self.director)
            for r in [renewal.with_user(user)]
        }
        self.assertEqual(texts[self.director], (True, True, ""))
        self.assertEqual(texts[self.controller][:2], (False, False))
        self.assertIn("Somebody else decides", texts[self.controller][2])
        self.assertEqual(texts[self.second][:2], (True, False))
        self.assertIn("Renewed 1", texts[self.second][2])
        self.assertIn(self.director.name, renewal.approver_names)

    def test_the_approvers_are_asked_until_it_is_decided(self):
        renewal = self.make()
        renewal.action_submit()
        activities = renewal.sudo().activity_ids
        self.assertIn(self.second, activities.user_id)
        self.assertNotIn(self.controller, activities.user_id)
        renewal.with_user(self.second).action_approve()
        self.assertFalse(renewal.sudo().activity_ids)

    def test_changed_since(self):
        renewal = self.make()
        renewal.action_submit()
        self.lines[1].limit = 7
        with self.assertRaisesRegex(UserError, "changed since"):
            renewal.with_user(self.second).action_approve()
        renewal.with_user(self.second).action_reject()
        self.assertEqual(self.limits(), [1000, 7, 3000])

    def test_submitted_is_kept(self):
        renewal = self.make()
        renewal.action_submit()
        for record, vals in (
            (renewal, {"change": 90}),
            (renewal, {"state": "approved"}),
            (renewal.line_ids[0], {"new_limit": 5}),
        ):
            with self.assertRaises(UserError):
                record.write(vals)
        with self.assertRaises(UserError):
            renewal.line_ids[0].unlink()
        with self.assertRaises(UserError):
            renewal.unlink()
        with self.assertRaises(UserError):
            renewal.line_ids = [Command.create({"line_id": self.lines[0].id})]

    def test_wrong_input(self):
        with self.assertRaisesRegex(UserError, "ended already"):
            self.make(valid_until=self.day(-1)).action_submit()
        empty = self.make()
        empty.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "Choose the credit lines"):
            empty.action_submit()
        other = self.make_company("Other", chart=False)
        strange = self.make_line(self.make_client("Strange"), 1, company=other)
        with self.assertRaisesRegex(UserError, "one company"):
            (self.lines | strange).with_user(self.controller).action_renew()

    def test_managers_do_not_renew(self):
        for user in (self.kam, self.head, self.support):
            with self.assertRaises(AccessError):
                self.lines.with_user(user).action_renew()
