"""Plans: split over managers, versions, approval, facts kept at the close."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time

from .common import PerformanceCase

NOW = "2026-09-20 09:00:00"
MONTHS = (date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1))


@freeze_time(NOW)
class TestSplit(PerformanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls.make_user("kam_dan_fourth", "user")
        cls.team.member_ids = [Command.link(cls.third.id)]
        cls.plan = cls.make_plan({"turnover": 10_000_000, "active_clients": 10})
        cls.plan = cls.plan.with_user(cls.head)

    def parts(self, metric="turnover"):
        children = self.plan.child_ids.sorted(lambda child: child.user_id.id)
        lines = children.line_ids.filtered(lambda line: line.metric == metric)
        return lines.mapped("target")

    def test_equal_parts_to_the_cent(self):
        self.plan.action_split("equal")
        self.assertEqual(self.parts(), [3_333_333.34, 3_333_333.33, 3_333_333.33])
        self.assertEqual(self.parts("active_clients"), [4, 3, 3])
        self.assertEqual(self.plan.line_ids.mapped("gap"), [0, 0])

    def test_by_last_year(self):
        self.sell(300, date(2025, 10, 3))
        self.sell(100, date(2025, 10, 4), self.others.partner_ids)
        self.plan.action_split("last_year")
        self.assertEqual(self.parts(), [7_500_000, 2_500_000, 0])

    def test_nothing_sold_last_year_is_equal_and_says_so(self):
        self.plan.action_split("last_year")
        self.assertEqual(self.parts(), [3_333_333.34, 3_333_333.33, 3_333_333.33])
        self.assertIn("year ago", self.plan.message_ids[:1].body)

    def test_by_potential(self):
        tier = self.env["kam.tier"].create({"name": "Large", "plan_potential": 3})
        self.client.tier_id = tier
        self.plan.action_split("potential")
        self.assertEqual(self.parts(), [7_500_000, 2_500_000, 0])

    def test_a_mix(self):
        self.sell(300, date(2025, 10, 3))
        self.plan.action_split("mix", {"equal": 30, "last_year": 70})
        self.assertEqual(self.parts(), [8_000_000, 1_000_000, 1_000_000])

    def test_a_second_run_overwrites_drafts(self):
        self.plan.action_split("equal")
        children = self.plan.child_ids
        children[0].line_ids[0].target = 1
        self.plan.action_split("equal")
        self.assertEqual(self.plan.child_ids, children)
        self.assertEqual(sum(self.parts()), 10_000_000)

    def test_a_second_run_is_refused_once_a_child_is_approved(self):
        self.plan.action_split("equal")
        child = self.plan.child_ids[0]
        child.action_submit()
        child.action_approve()
        kept = self.parts()
        with self.assertRaisesRegex(UserError, "new version"):
            self.plan.action_split("potential")
        self.assertEqual(self.parts(), kept)

    def test_bad_methods(self):
        for method, percents in (("half", None), ("mix", {}), ("mix", {"equal": -1})):
            with self.subTest(method), self.assertRaises(UserError):
                self.plan.action_split(method, percents)

    def test_the_plan_of_a_manager_is_not_split(self):
        plan = self.make_plan({"turnover": 1}, self.kam)
        with self.assertRaises(UserError):
            plan.with_user(self.head).action_split("equal")

    def test_the_gap_and_the_roll_up(self):
        self.plan.action_split("equal")
        lines = self.plan.child_ids[0].line_ids | self.plan.line_ids
        lines = lines.filtered(lambda line: line.metric == "turnover")
        lines[0].target += 5
        line = lines.filtered(lambda line: line.plan_id == self.plan)
        self.assertEqual((line.split, line.gap), (10_000_005, -5))
        self.plan.action_roll_up()
        self.assertEqual((line.target, line.gap), (10_000_005, 0))

    def test_last_year_with_growth(self):
        self.sell(300, date(2025, 10, 3))
        self.plan.action_copy_last_year(10, ("turnover", "active_clients"))
        found = {line.metric: line.target for line in self.plan.line_ids}
        self.assertEqual(found, {"turnover": 330, "active_clients": 1})


@freeze_time(NOW)
class TestApproval(PerformanceCase):
    def test_the_way_of_a_plan(self):
        plan = self.make_plan({"turnover": 1000}).with_user(self.head)
        plan.action_split("equal")
        children = plan.child_ids
        (plan | children).action_submit()
        children.action_approve()
        with self.assertRaises(AccessError):
            plan.action_approve()
        plan.with_user(self.director).action_approve()
        self.assertEqual(set((plan | children).mapped("state")), {"approved"})
        self.assertEqual(plan.effective_date, self.month)

    def test_nobody_approves_his_own(self):
        plan = self.make_plan({"turnover": 1}, self.head)
        plan.with_user(self.head).action_submit()
        with self.assertRaises(AccessError):
            plan.with_user(self.head).action_approve()

    def test_an_approved_plan_is_read_only(self):
        plan = self.make_plan({"turnover": 1}, self.kam, state="approved")
        mine = plan.with_user(self.head)
        for change in (
            lambda: mine.write({"team_id": self.other_team.id}),
            lambda: mine.line_ids.write({"target": 2}),
            lambda: mine.write({"line_ids": [Command.clear()]}),
            lambda: mine.line_ids.unlink(),
            mine.unlink,
        ):
            with self.assertRefused():
                change()

    def test_a_plan_without_targets_is_not_submitted(self):
        with self.assertRaisesRegex(UserError, "targets"):
            self.make_plan({}).with_user(self.head).action_submit()

    def test_a_period_that_has_begun_needs_director_day_and_reason(self):
        plan = self.make_plan({"turnover": 1}, self.kam, date(2026, 9, 1))
        plan.with_user(self.head).action_submit()
        for user, args in (
            (self.head, (date(2026, 9, 1), "So")),
            (self.director, ()),
            (self.director, (date(2026, 9, 1), " ")),
            (self.director, (date(2026, 9, 2), "So")),
        ):
            with self.assertRaises(UserError):
                plan.with_user(user).action_approve(*args)
        plan.with_user(self.director).action_approve(date(2026, 9, 1), "So")
        self.assertEqual((plan.state, plan.version_reason), ("approved", "So"))

    def test_the_version_in_force_governs_each_month(self):
        plan = self.make_plan({"turnover": 100}, self.kam, period="quarter")
        plan.line_ids.create(
            [
                {"plan_id": plan.id, "metric": "turnover", "month": m, "target": 100}
                for m in MONTHS[1:]
            ]
        )
        plan.with_user(self.head).action_submit()
        plan.with_user(self.head).action_approve()
        with freeze_time("2026-11-10"):
            action = plan.with_user(self.head).action_new_version()
            later = self.env["kam.sales.plan"].browse(action["res_id"])
            self.assertEqual(later.version, 2)
            later.line_ids.target = 50
            later.with_user(self.head).action_submit()
            later.with_user(self.director).action_approve(MONTHS[1], "Lost a client")
        lines = self.env["kam.sales.plan"]._get_governing_lines(
            self.company, MONTHS[0], MONTHS[2]
        )
        found = sorted(lines.mapped(lambda line: (line.month, line.target)))
        self.assertEqual(found, list(zip(MONTHS, (100, 50, 50), strict=True)))

    def test_closing_keeps_the_facts(self):
        plan = self.make_plan({"turnover": 100}, self.kam, state="approved")
        self.sell(90, date(2026, 10, 5))
        with freeze_time("2026-10-31 10:00:00"), self.assertRaises(UserError):
            plan.with_user(self.head).action_close()
        with freeze_time("2026-11-02 10:00:00"):
            plan.with_user(self.head).action_close()
            self.sell(5, date(2026, 10, 6))
            plan.with_user(self.head).action_close()
        plan.invalidate_recordset()
        self.assertEqual((plan.line_ids.fact, plan.line_ids.completion), (90, 0.9))

    def test_bad_input(self):
        plan = self.make_plan({"turnover": 1})
        for vals in (
            {"date_from": "2026-10-02"},
            {"period": "quarter", "date_from": "2026-11-01"},
        ):
            with self.assertRaises(ValidationError):
                plan.write(vals)
        line = plan.line_ids
        for vals in (
            {"month": "2026-11-01"},
            {"month": "2026-10-02"},
            {"target": -1},
            {"metric": "active_clients", "target": 1.5},
        ):
            with self.subTest(vals), self.assertRefused():
                line.write(vals)

    def test_facts_of_another_team_are_not_found_out_by_a_plan(self):
        self.sell(77, date(2026, 10, 5))
        vals = {
            "company_id": self.company.id,
            "team_id": self.other_team.id,
            "user_id": self.kam.id,
            "period": "month",
            "date_from": str(self.month),
            "line_ids": [Command.create({"month": str(self.month), "target": 1})],
        }
        plans = self.env["kam.sales.plan"].with_user(self.other_head)
        with self.assertRaises(ValidationError):
            plans.create(vals)
        spec = {name: {} for name in (*vals, "fact_turnover")}
        spec["line_ids"] = {"fields": {"fact": {}, "month": {}, "metric": {}}}
        found = plans.onchange(vals, list(vals), spec)
        self.assertNotIn("77", str(found))

    def test_a_manager_sees_his_own_and_writes_nothing(self):
        own = self.make_plan({"turnover": 1}, self.kam)
        self.make_plan({"turnover": 1}, self.colleague)
        self.make_plan({"turnover": 1})
        plans = self.env["kam.sales.plan"].with_user(self.kam)
        self.assertEqual(plans.search([]), own.with_user(self.kam))
        with self.assertRaises(AccessError):
            own.line_ids.with_user(self.kam).target = 0
        for user in (self.support, self.controller):
            with self.assertRaises(AccessError):
                self.env["kam.sales.plan"].with_user(user).search([])


@freeze_time(NOW)
class TestGrid(PerformanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.make_plan({"turnover": 1000}, period="quarter")

    def grid(self, user=None):
        grids = self.env["kam.sales.plan.grid"].with_user(user or self.head)
        return Form(grids.with_context(active_id=self.plan.id))

    def row(self, grid, number):
        return grid.line_ids.edit(number)

    def test_the_gap_follows_and_the_plans_are_written(self):
        grid = self.grid()
        self.assertEqual((grid.first, grid.last), (10, 12))
        for number, target in ((1, 600), (2, 300.5)):
            with self.row(grid, number) as row:
                self.assertTrue(row.user_id)
                row.month_10 = target
        with self.row(grid, 3) as row:
            self.assertEqual((row.kind, row.month_10), ("gap", 99.5))
        grid.save().action_apply()
        found = {
            (line.user_id, line.month, line.target)
            for line in self.plan.child_ids.line_ids
        }
        users = self.plan.child_ids.user_id.sorted("id")
        self.assertEqual(
            found, {(users[0], MONTHS[0], 600), (users[1], MONTHS[0], 300.5)}
        )
        self.assertEqual(self.plan.line_ids.gap, 99.5)

    def test_opened_again_it_shows_and_changes_what_was_written(self):
        self.plan.action_split("equal")
        children = self.plan.child_ids
        grid = self.grid()
        with self.row(grid, 0) as row:
            row.month_11 = 70
        with self.row(grid, 1) as row:
            self.assertEqual(row.month_10, 500)
            row.month_10 = 400
        grid.save().action_apply()
        self.assertEqual(self.plan.child_ids, children)
        self.assertEqual(sorted(children.line_ids.mapped("target")), [400, 500])
        self.assertEqual(self.plan.line_ids.mapped("target"), [1000, 70])

    def test_an_approved_plan_of_a_manager_is_not_changed(self):
        self.plan.action_split("equal")
        child = self.plan.child_ids.sorted("user_id")[0]
        child.with_user(self.head).action_submit()
        grid = self.grid()
        with self.row(grid, 1) as row:
            row.month_10 = 1
        with self.assertRaises(UserError):
            grid.save().action_apply()

    def test_strangers_have_no_row(self):
        grid = self.grid().save()
        grid.line_ids[1].user_id = self.other_kam
        with self.assertRaisesRegex(UserError, "no part"):
            grid.action_apply()

    def test_the_head_of_another_team_opens_none(self):
        with self.assertRaises(AccessError):
            self.grid(self.other_head)


class TestCategory(PerformanceCase):
    def test_facts_of_a_category_and_those_below(self):
        drinks = self.env["product.category"].create({"name": "Drinks"})
        tea = self.env["product.category"].create(
            {"name": "Tea", "parent_id": drinks.id}
        )
        plan = self.make_plan({"turnover": 100}, self.kam)
        line = plan.line_ids.create(
            {
                "plan_id": plan.id,
                "month": self.month,
                "category_id": drinks.id,
                "target": 50,
            }
        )
        self.sell(90, date(2026, 10, 5))
        self.product.categ_id = tea
        self.assertEqual((line.fact, line.completion), (90, 1.8))
        self.product.categ_id = self.env["product.category"].create({"name": "Other"})
        plan.invalidate_recordset()
        plan.line_ids.invalidate_recordset()
        self.assertEqual(plan.line_ids.mapped("fact"), [90, 0])

    def test_clients_are_not_planned_by_category(self):
        category = self.env["product.category"].create({"name": "Drinks"})
        plan = self.make_plan({"active_clients": 1}, self.kam)
        with self.assertRaises(ValidationError):
            plan.line_ids.category_id = category


class TestPlanAndFact(PerformanceCase):
    def test_plan_fact_and_last_year_side_by_side(self):
        self.make_plan({"turnover": 100}, self.kam, state="approved")
        self.make_plan({"turnover": 100}, self.colleague)
        self.sell(90, date(2026, 10, 5))
        self.sell(80, date(2025, 10, 5))
        rows = self.env["kam.plan.report"].search(
            [("month", "=", self.month), ("metric", "=", "turnover")]
        )
        found = [(row.user_id, row.target, row.fact, row.last_year) for row in rows]
        self.assertEqual(found, [(self.kam, 100, 90, 80)])

    def test_the_chart_has_a_bar_for_each(self):
        plan = self.make_plan({"turnover": 100}, self.kam, state="approved")
        self.sell(90, date(2026, 10, 5))
        self.sell(80, date(2025, 10, 5))
        action = plan.with_user(self.kam).action_open_chart()
        rows = self.env["kam.plan.chart"].with_user(self.kam)
        rows = rows.search([*action["domain"], ("metric", "=", "turnover")])
        self.assertEqual(
            sorted((row.kind, row.amount) for row in rows),
            [("fact", 90), ("last_year", 80), ("target", 100)],
        )
