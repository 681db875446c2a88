"""The demo company: what it promises, whatever the day it is built on."""

import io
from datetime import date, timedelta
from pathlib import Path
from random import Random

import polib

from odoo.fields import Date
from odoo.modules import get_module_path
from odoo.tests import BaseCase, tagged
from odoo.tools import SQL
from odoo.tools.translate import trans_export

from odoo.addons.key_account_management_demo.models.buyers import BUYERS, FIXED
from odoo.addons.key_account_management_demo.models.kam_demo import HISTORY
from odoo.addons.key_account_management_demo.models.kam_demo_stories import STORIES
from odoo.addons.key_account_management_demo.models.market import Good, Market, compose

from .demo_company import BUILDER, DemoCase

PRICES = (620, 880, 1180, 990, 1450, 10, 760, 4200, 5400)


@tagged("standard", "post_install", "-at_install")
class TestMarket(BaseCase):
    """The plans, without records."""

    def setUp(self):
        super().setUp()
        self.goods = [
            Good(number, float(price), "grocery", True)
            for number, price in enumerate(PRICES)
        ] + [
            Good(90, 2800.0, "dairy", True),
            Good(91, 830.0, "drinks", False),
            Good(92, 1650.0, "sweets", False),
        ]

    def plan(self, today, months=6):
        market = Market(self.goods, today - timedelta(days=30 * months), today)
        return market.get_deals(BUYERS, FIXED)

    def test_every_customer_has_habits(self):
        keys = [buyer.key for buyer in BUYERS]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertEqual(len(keys), 17 + 60)

    def test_older_months_are_thinner_in_number_not_in_value(self):
        today = date(2026, 7, 1)
        deals = [deal for deal in self.plan(today, 24) if deal.key == "severny"]
        months = [[d for d in deals if (today - d.day).days // 30 == m] for m in (3, 9)]
        orders = list(map(len, months))
        self.assertGreater(orders[0], 2 * orders[1])
        self.assertEqual(orders[1], 1)
        value = [sum(g.price * n for d in m for g, n in d.lines) for m in months]
        self.assertLess(value[0], 2 * value[1])

    def test_same_day_gives_the_same_plans(self):
        today = date(2026, 3, 31)
        self.assertEqual(self.plan(today), self.plan(today))

    def test_orders_and_shipments_are_on_working_days_in_the_period(self):
        for offset in range(8):
            today = date(2026, 2, 20) + timedelta(days=offset)
            for deal in self.plan(today):
                self.assertLess(deal.day.weekday(), 5, deal)
                self.assertLessEqual(deal.day, today, deal)
                for shipment in deal.shipments:
                    self.assertLess(shipment.day.weekday(), 5, deal)
                    self.assertGreaterEqual(shipment.day, deal.day, deal)

    def test_shipments_sum_to_the_order(self):
        for deal in self.plan(date(2026, 7, 1)):
            for number, (_good, quantity) in enumerate(deal.lines):
                shipped = [s.quantities[number] for s in deal.shipments]
                self.assertIn(sum(shipped), (0, quantity))

    def test_composed_orders_have_exactly_their_amount(self):
        for amount in (10, 90, 5000, 90000, 150000, 1234560):
            lines = compose(amount, self.goods, Random(amount))
            self.assertEqual(sum(good.price * n for good, n in lines), amount)

    def test_azbuka_owes_nothing_but_what_is_fixed(self):
        for offset in range(0, 365, 11):
            today = date(2026, 1, 1) + timedelta(days=offset)
            fixed = [plan for plan in FIXED if plan.key.startswith("azbuka")]
            deals = [d for d in self.plan(today) if d.key.startswith("azbuka")]
            usual = [deal for deal in deals if all(s.payments for s in deal.shipments)]
            usual = [deal for deal in usual if deal.shipments]
            self.assertEqual(len(deals) - len(usual), len(fixed))
            for deal in usual:
                for shipment in deal.shipments:
                    self.assertTrue(shipment.is_settled)
                    self.assertLess(shipment.day, today)


@tagged("standard", "post_install", "-at_install")
class TestDemoCompany(DemoCase):
    """The records."""

    def test_main_example_is_exact(self):
        line = self.ref("kam_client_azbuka").credit_line_id
        figures = (line.effective_limit, line.receivable, line.uninvoiced, line.overdue)
        self.assertEqual(figures, (1000000, 700000, 200000, 0))
        quotations = self.env["sale.order"].search(
            [("kam_client_id", "=", line.client_id.id), ("state", "=", "draft")]
        )
        self.assertEqual(sorted(quotations.mapped("amount_total")), [90000, 150000])
        self.assertEqual(quotations.user_id.login, "kam_anna")

    def test_stories_came_out_as_told(self):
        expected = {
            "severny": ["pass", "warn", "hold"],
            "lukomorye": ["released", "rejected", "hold"],
            "samobranka": ["rejected", "hold"],
            "kalinka": ["hold"],
            "terem": ["released", "hold"],
            "amberline": ["pass"],
            "karavay": ["warn"],
            "yarmarka": ["pass"],
            "vershina": ["hold"],
            "rusalka": ["released"],
            "solovey": ["rejected"],
            "okolitsa": ["pass"],
        }
        self.assertEqual(sum(map(len, expected.values())), len(STORIES))
        for key, states in expected.items():
            decisions = self.env["kam.credit.decision"].search(
                [("client_id", "=", self.ref(f"kam_client_{key}").id)], order="id"
            )
            with self.subTest(key):
                self.assertEqual(decisions.order_id.mapped("credit_state"), states)
                manager = decisions.client_id.manager_id
                self.assertEqual(decisions.user_id, manager)
                for order in decisions.order_id:
                    confirmed = order.credit_state in ("pass", "warn", "released")
                    self.assertEqual(order.state == "sale", confirmed)

    def test_history_is_unjudged_dated_and_belongs_to_the_client(self):
        today = Date.today()
        partners = self.ref("kam_client_severny").partner_ids
        orders = self.env["sale.order"].search([("partner_id", "in", partners.ids)])
        self.assertEqual(orders.kam_client_id, self.ref("kam_client_severny"))
        history = orders.filtered(lambda order: order.date_order.date() < today)
        self.assertTrue(history)
        self.assertFalse(history.credit_decision_ids)
        invoices = history.invoice_ids
        self.assertTrue(invoices)
        self.assertEqual(invoices.kam_manager_id.login, "kam_anna")
        self.assertLessEqual(max(invoices.mapped("invoice_date")), today)

    def test_owners_changed_and_invoices_kept_theirs(self):
        today = Date.today()
        for key, before, after in (
            ("solovey", "kam_boris", "kam_anna"),
            ("yarmarka", "kam_gleb", "kam_vera"),
            ("okolitsa", "kam_gleb", "kam_gleb"),
        ):
            client = self.ref(f"kam_client_{key}")
            self.assertEqual(len(client.assignment_ids), 2)
            owners = self.env["kam.assignment"]._get_owners(
                [(client, today - timedelta(days=600)), (client, today)]
            )
            logins = [owner.login for owner in owners.values()]
            self.assertCountEqual(logins, [before, after])
            self.assertEqual(client.manager_id.login, after)
        planned = self.ref("kam_client_okolitsa").assignment_ids[0]
        self.assertFalse(planned.is_begun)
        self.assertEqual(planned.manager_id.login, "kam_vera")

    def test_products_earn_a_margin(self):
        food = self.ref("product_category_food")
        domain = [("categ_id", "child_of", food.id)]
        products = self.env["product.product"].search(domain)
        self.assertEqual(len(products), 40)
        self.assertEqual(len(products.categ_id), 6)
        for product in products:
            self.assertLess(product.standard_price, product.list_price)
            self.assertGreater(product.standard_price, product.list_price / 2)

    def test_a_year_of_snapshots(self):
        line = self.ref("kam_client_severny").credit_line_id
        snapshots = self.env["kam.credit.snapshot"].search([("line_id", "=", line.id)])
        self.assertEqual(len(snapshots), 365)
        self.assertEqual(set(snapshots.mapped("limit")), {line.limit})
        self.assertFalse(any(snapshots.mapped("difference")))
        self.assertGreater(snapshots[0].receivable, 0)

    def test_two_lines_run_out_within_a_month(self):
        today = Date.today()
        lines = self.env["kam.credit.line"].search(
            [
                ("valid_until", ">=", today),
                ("valid_until", "<=", today + timedelta(days=30)),
            ]
        )
        keys = [self.ref(f"kam_client_{key}") for key in ("vershina", "okolitsa")]
        self.assertLessEqual(set(keys), set(lines.client_id))

    def test_nobody_gets_mail_from_the_demo_company(self):
        orders = self.env["sale.order"].search([("kam_client_id", "!=", False)])
        mails = self.env["mail.mail"].search(
            [("model", "=", "sale.order"), ("res_id", "in", orders.ids)]
        )
        self.assertFalse(mails)

    def test_each_manager_has_a_client_with_everything(self):
        for login, key in (
            ("kam_anna", "solovey"),
            ("kam_boris", "lukomorye"),
            ("kam_vera", "kalinka"),
            ("kam_gleb", "vershina"),
        ):
            client = self.ref(f"kam_client_{key}")
            with self.subTest(key):
                self.assertEqual(client.manager_id.login, login)
                self.assertGreater(client.credit_line_id.overdue, 0)
                for model in (
                    "kam.collection",
                    "kam.promise",
                    "kam.dispute",
                    "kam.credit.check",
                ):
                    found = self.env[model].search([("client_id", "=", client.id)])
                    self.assertTrue(found, model)

    def test_taxes_show(self):
        orders = self.env["sale.order"].search([("kam_client_id", "!=", False)])
        self.assertGreater(sum(orders.mapped("amount_tax")), 0)

    def test_the_company_has_a_logo(self):
        self.assertFalse(self.env.ref("base.main_company").uses_default_logo)

    def test_a_customer_logs_in_to_the_portal(self):
        user = self.ref("user_azbuka")
        self.assertTrue(user._is_portal())
        self.assertEqual(
            user.commercial_partner_id.kam_client_id, self.ref("kam_client_azbuka")
        )

    def test_built_again_after_the_addon_was_installed_again(self):
        """The documents are there still; they are not made twice."""
        orders = self.env["sale.order"].search_count([])
        quiet = self.env(context={**self.env.context, **HISTORY})
        quiet["kam.demo.setting"]._create_rates()
        quiet["kam.demo.documents"]._create_history()
        self.assertEqual(self.env["sale.order"].search_count([]), orders)

    def test_telling_the_planner_stops_no_other_database(self):
        """What all databases of a server share stays unlocked until the commit."""
        self.env["kam.demo.setting"]._analyze()
        locks = self.env.execute_query(
            SQL(
                "SELECT relation::regclass FROM pg_locks WHERE database = 0"
                " AND mode = 'ShareUpdateExclusiveLock' AND pid = pg_backend_pid()"
            )
        )
        self.assertEqual(locks, [])

    def test_records_are_whole(self):
        self.assertEqual(self.env["res.company"]._kam_check(), [])

    def test_the_builders_words_are_translated(self):
        buffer = io.BytesIO()
        trans_export(False, [BUILDER], buffer, "po", self.env)
        terms = {term.msgid for term in polib.pofile(buffer.getvalue().decode())}
        folder = Path(get_module_path(BUILDER)) / "i18n"
        template = polib.pofile(str(folder / f"{BUILDER}.pot"))
        russian = polib.pofile(str(folder / "ru.po"))
        self.assertEqual({term.msgid for term in template}, terms)
        self.assertEqual({term.msgid for term in russian.translated_entries()}, terms)

    def test_people_log_in_by_their_login(self):
        for login in ("kam_anna", "head_south", "director", "credit", "support"):
            user = self.ref(f"user_{login}")
            credential = {"type": "password", "login": login, "password": login}
            user.with_user(user)._check_credentials(credential, {"interactive": False})
            self.assertEqual(user.tz, "Europe/Moscow")

    def test_weeks_are_planned_and_done_as_is_the_managers_habit(self):
        plans = self.env["kam.visit.plan"].search([("state", "=", "closed")])
        for user, own in plans.grouped("user_id").items():
            done = sum(own.mapped("done_count")) / sum(own.mapped("planned_count"))
            self.assertTrue(0.6 <= done <= 0.95, (user.login, done))
        monday = Date.today() - timedelta(days=Date.today().weekday())
        coming = self.env["kam.visit.plan"].search(
            [("week_start", "=", monday + timedelta(days=7))]
        )
        self.assertEqual(len(coming), 4)
        self.assertEqual(set(coming.mapped("state")), {"draft", "submitted"})
        for plan in coming:
            self.assertTrue(plan.visit_ids)
            self.assertTrue(all(plan.visit_ids.mapped("reason_text")))
            best = plan.user_id.env["kam.client"].search(
                [("manager_id", "=", plan.user_id.id), ("tier_id", "!=", False)]
            )
            best = best.filtered(lambda c: c.tier_id == self.ref("kam_tier_a"))
            listed = plan.visit_ids.client_id | plan.unplanned_line_ids.client_id
            met = best.visit_ids.filtered(lambda v: v.planned_day >= monday).client_id
            self.assertLessEqual(best, listed | met)

    def test_managers_are_paid_and_owe_reports(self):
        schemes = self.env["kam.pay.scheme"].search([])
        self.assertEqual(len(schemes.user_id), 4)
        cards = self.env["kam.scorecard"].search(
            [("user_id", "in", schemes.user_id.ids), ("state", "!=", "draft")]
        )
        self.assertTrue(all(cards.mapped("has_pay")))
        self.assertTrue(any(cards.mapped("variable_pay")))
        reports = self.env["kam.report.instance"].search([])
        self.assertGreaterEqual(len(set(reports.mapped("source"))), 3)
        self.assertLessEqual({"late", "accepted"}, set(reports.mapped("state")))
        self.assertTrue(any(reports.mapped("returned_count")))
        self.assertTrue(any(reports.mapped("figures")))

    def test_figures_of_the_weeks_equal_a_hand_count(self):
        plans = self.env["kam.visit.plan"].search([])
        self.assertGreater(len(plans), 12)
        for plan in plans:
            found = {name: plan[name] for name in self.count_week(plan)}
            self.assertEqual(found, self.count_week(plan), plan.display_name)

    def count_week(self, plan):
        """The figures of a week in plain Python."""
        visits = plan.visit_ids
        planned = [
            v
            for v in visits
            if not v.is_unplanned
            and not (v.decision == "cancelled" and v.is_cancelled_by_client)
        ]
        done = [v for v in planned if v.decision == "done"]
        touches = [
            v
            for v in visits
            if v.decision == "done" and v.kind_code in ("visit", "call", "online")
        ]
        success = [v for v in touches if v in self.get_successes()]
        portfolio = self.get_portfolio(plan)
        covered = [c for c in portfolio if self.is_covered(c, plan)]
        return {
            "planned_count": len(planned),
            "done_count": len(done),
            "on_day_count": sum(v.done_day == v.planned_day for v in done),
            "missed_count": sum(v.state == "missed" for v in planned),
            "unplanned_count": sum(
                v.is_unplanned and v.decision == "done" for v in visits
            ),
            "touch_count": len(touches),
            "success_count": len(success),
            "covered_count": len(covered),
            "adherence": len(done) / len(planned) if planned else 0,
            "coverage": len(covered) / len(portfolio) if portfolio else 0,
            "strike_rate": len(success) / len(touches) if touches else 0,
        }

    def get_successes(self):
        """Each confirmed order goes to the latest contact before it, in three days."""
        if not hasattr(self, "successes"):
            touches = self.env["kam.visit"].search(
                [
                    ("state", "=", "done"),
                    ("kind_code", "in", ("visit", "call", "online")),
                ],
                order="date_done, id",
            )
            orders = self.env["sale.order"].search(
                [("state", "=", "sale"), ("kam_client_id", "!=", False)]
            )
            self.successes = self.env["kam.visit"]
            for order in orders:
                before = touches.filtered(
                    lambda visit, order=order: (
                        visit.client_id == order.kam_client_id
                        and visit.date_done <= order.date_order
                    )
                )[-1:]
                limit = timedelta(days=3)
                if before and order.date_order <= before.date_done + limit:
                    self.successes |= before
        return self.successes

    def get_portfolio(self, plan):
        periods = self.env["kam.assignment"].search(
            [("manager_id", "=", plan.user_id.id)]
        )
        sunday = plan.week_end
        clients = periods.filtered(
            lambda row: (
                row.date_from <= sunday
                and (not row.date_to or row.date_to >= sunday)
                and row.client_id.active
            )
        ).client_id
        return clients.filtered("tier_id")

    def is_covered(self, client, plan):
        done = client.visit_ids.filtered(
            lambda visit: visit.decision == "done" and visit.done_day <= plan.week_end
        )
        visits = [v.done_day for v in done if v.kind_code in ("visit", "training")]
        contacts = [v.done_day for v in done]
        tier = client.tier_id
        return all(
            not interval or (days and (plan.week_end - max(days)).days <= interval)
            for days, interval in (
                (visits, tier.visit_interval_days),
                (contacts, tier.call_interval_days),
            )
        )
