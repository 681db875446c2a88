"""The week of a substitute: the days of the substitution, told without the client."""

from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError

from .common import FRIDAY_BEFORE, MONDAY
from .test_plan import PlanCase

# Wednesday to Friday of the week of MONDAY
DAYS = {"date_from": date(2026, 7, 8), "date_to": date(2026, 7, 10)}


class TestCover(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.due_monday = cls.make_due("Due Monday", datetime(2026, 6, 29, 9))
        cls.due_wednesday = cls.make_due("Due Wednesday", datetime(2026, 7, 1, 9))
        cls.due_saturday = cls.make_due("Due Saturday", datetime(2026, 7, 4, 9))

    @classmethod
    def make_due(cls, name, last, **vals):
        client = cls.make_client(name, tier_id=cls.tier.id, **vals)
        with freeze_time("2026-07-05 12:00"):
            cls.make_done(client, last)
        return client

    def substitute(self, **vals):
        with freeze_time("2026-07-02 12:00"):
            substitution = self.env["kam.substitution"].create(
                {
                    "absent_user_id": self.kam.id,
                    "substitute_user_id": self.other_kam.id,
                    **DAYS,
                    **vals,
                }
            )
            substitution.with_user(self.head).action_confirm()
        return substitution

    def visited(self, plan):
        self.env.invalidate_all()
        return set(plan.sudo().visit_ids.client_id.mapped("name"))

    @freeze_time(FRIDAY_BEFORE)
    def test_what_is_due_on_the_days_is_the_substitutes(self):
        self.substitute()
        mine, theirs = self.generate(), self.generate(user=self.other_kam)
        self.assertEqual(self.visited(mine), {"Due Monday", "Due Saturday"})
        self.assertEqual(self.visited(theirs), {"Due Wednesday"})
        visit = theirs.sudo().visit_ids
        self.assertEqual(
            (visit.user_id, visit.on_behalf_of_id), (self.other_kam, self.kam)
        )
        self.assertIn(visit.planned_day.weekday(), (2, 3, 4))
        for own in mine.visit_ids:
            self.assertIn(own.planned_day.weekday(), (0, 1), "absent from Wednesday on")

    @freeze_time(FRIDAY_BEFORE)
    def test_both_weeks_in_one_go_and_again(self):
        self.substitute()
        mine, theirs = self.make_plan(), self.make_plan(user=self.other_kam)
        for _again in range(2):
            (mine | theirs).sudo().action_generate()
            self.assertEqual(self.visited(mine), {"Due Monday", "Due Saturday"})
            self.assertEqual(self.visited(theirs), {"Due Wednesday"})
            self.assertEqual(len((mine | theirs).sudo().visit_ids), 3)

    @freeze_time(FRIDAY_BEFORE)
    def test_only_selected_clients(self):
        self.substitute(scope="selected", client_ids=self.due_monday.ids)
        theirs = self.generate(user=self.other_kam)
        self.assertFalse(self.visited(theirs))
        self.assertIn("Due Wednesday", self.visited(self.generate()))

    @freeze_time(FRIDAY_BEFORE)
    def test_only_on_days_on_which_the_client_receives(self):
        self.due_wednesday.visit_mon = True
        self.substitute()
        theirs = self.generate(user=self.other_kam)
        self.assertFalse(self.visited(theirs))
        self.assertEqual(theirs.sudo().unplanned_line_ids.reason, "closed")
        self.env.invalidate_all()
        self.assertFalse(theirs.unplanned_line_ids, "the client is not told yet")

    @freeze_time(FRIDAY_BEFORE)
    def test_a_draft_of_a_substitution_covers_nothing(self):
        self.env["kam.substitution"].create(
            {
                "absent_user_id": self.kam.id,
                "substitute_user_id": self.other_kam.id,
                **DAYS,
            }
        )
        self.assertFalse(self.visited(self.generate(user=self.other_kam)))

    def test_client_is_told_on_the_first_day(self):
        self.substitute()
        with freeze_time(FRIDAY_BEFORE):
            plan = self.generate(user=self.other_kam)
        visit = plan.sudo().visit_ids
        for moment, is_told in (
            ("2026-07-07 20:59:59", False),
            ("2026-07-07 21:00:00", True),
            ("2026-07-10 20:59:59", True),
            ("2026-07-10 21:00:00", False),
        ):
            with self.subTest(moment), freeze_time(moment):
                self.env.invalidate_all()
                if is_told:
                    self.assertFalse(plan.concealed_text)
                    self.assertEqual(plan.visit_ids.client_id, self.due_wednesday)
                    continue
                self.assertRegex(
                    plan.concealed_text, r"Wed 8 Jul, .*: client of kam_ann"
                )
                self.assertNotIn("Due", plan.concealed_text)
                self.assertFalse(plan.visit_ids)
                with self.assertRaises(AccessError):
                    visit.with_user(self.other_kam).read(["display_name"])

    @freeze_time("2026-07-09 09:00:00")
    def test_what_was_due_before_is_made_up_for_on_the_days_left(self):
        """On Thursday, with the manager away, Monday's visit is the substitute's."""
        self.substitute()
        theirs = self.generate(user=self.other_kam)
        self.assertEqual(self.visited(theirs), {"Due Monday", "Due Wednesday"})
        days = {visit.planned_day.weekday() for visit in theirs.visit_ids}
        self.assertLessEqual(days, {3, 4})

    @freeze_time(FRIDAY_BEFORE)
    def test_queries_do_not_grow_with_the_clients(self):
        self.substitute()
        plan = self.make_plan(user=self.other_kam).sudo()
        planner = self.env["kam.visit.planner"].sudo()
        counts = []
        for count in (1, 10):
            for number in range(count):
                self.make_due(f"More {count}.{number}", datetime(2026, 7, 1, 9))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            list(planner._propose(plan, self.company, MONDAY))
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
