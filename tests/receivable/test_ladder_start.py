"""Switching the ladder on in a company with old debts; instalment plans."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time

from .test_ladder import TODAY, LadderCase


@freeze_time(TODAY)
class TestStart(LadderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.kam_ladder_start = False

    def dialog(self, user=None, **vals):
        dialogs = self.env["kam.collection.start"].with_user(user or self.director)
        return dialogs.create(vals)

    def own(self, dialog):
        lines = dialog.line_ids.filtered(lambda line: line.client_id == self.client)
        lines = lines.sorted(lambda line: line.stage_id.days)
        return [(line.stage_id, line.item_count, line.amount) for line in lines]

    def test_off_after_installation_and_letters_wait(self):
        company = self.env["res.company"].create({"name": "Fresh"})
        self.assertFalse(company.kam_ladder_start)
        self.assertTrue(company.kam_ladder_approval)

    def test_preview_is_what_the_first_run_does(self):
        self.owe(100, 70), self.owe(200, 30), self.owe(2, 5)
        self.env["kam.collection.debt"]._open_cases(self.client.ids)
        letter = self.stages["letter"]
        dialog = self.dialog(stage_id=letter.id)
        expected = [(self.stages["call"], 1, 5), (letter, 2, 100)]
        self.assertEqual(self.own(dialog), expected)
        dialog.action_start()
        self.climb()
        self.assertEqual(self.letters.amount, 100)

    def test_preview_follows_the_choice(self):
        self.owe(12)
        self.env["kam.collection.debt"]._open_cases(self.client.ids)
        with Form(self.env["kam.collection.start"].with_user(self.director)) as form:
            form.stage_id = self.stages["letter"]
            form.stage_id = self.env["kam.collection.stage"]
        self.assertEqual(self.own(form.record), [(self.stages["head"], 1, 100)])

    def test_old_items_climb_on_from_their_entry(self):
        item = self.owe(200)
        self.env["kam.collection.debt"]._open_cases(self.client.ids)
        self.dialog(stage_id=self.stages["letter"].id).action_start()
        self.climb()
        self.assertEqual(self.taken(item)["letter"], "draft")
        self.climb(12)
        self.assertNotIn("head", self.taken(item))
        self.climb(15)
        self.assertEqual(self.taken(item)["head"], "done")

    def test_only_a_director_of_the_company_starts_it(self):
        for user in (self.controller, self.head):
            with self.assertRaises(AccessError):
                self.dialog(user)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(UserError):
            self.dialog(company_id=company.id).action_start()

    def test_not_in_the_past_nor_twice(self):
        with self.assertRaises(UserError):
            self.dialog(date_start=date(2026, 6, 9)).action_start()
        self.dialog().action_start()
        with self.assertRaises(UserError):
            self.dialog().action_start()
        self.dialog().action_stop()
        self.assertFalse(self.company.kam_ladder_start)


@freeze_time(TODAY)
class TestInstalments(LadderCase):
    def plan(self, **vals):
        plans = self.env["kam.promise.plan"].with_user(self.controller)
        return plans.create({"collection_id": self.case.id, **vals})

    def test_promises_come_to_the_debt(self):
        self.owe(5, 100)
        self.climb()
        plan = self.plan(count=3, date_first=date(2026, 6, 20), interval="weeks")
        plan.action_apply()
        promises = self.env["kam.promise"].search(
            [("client_id", "=", self.client.id)], order="date"
        )
        self.assertEqual(promises.mapped("amount"), [33.34, 33.33, 33.33])
        weeks = [date(2026, 6, 20) + timedelta(days=7 * n) for n in range(3)]
        self.assertEqual(promises.mapped("date"), weeks)

    def test_another_sum_is_refused(self):
        item = self.owe(5, 100)
        self.climb()
        plan = self.plan()
        plan.flush_recordset()
        self.pay(10, item.move_id, date=self.now)
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            plan.action_apply()
        plan = self.plan()
        plan.line_ids[0].amount += 1
        with self.assertRaises(UserError):
            plan.action_apply()

    def test_nobody_splits_the_debt_of_another(self):
        self.owe(5, 100)
        self.climb()
        plans = self.env["kam.promise.plan"].with_user(self.other_head)
        case = self.case
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            plans.create({"collection_id": case.id})
