"""The nightly job, the lifts, the documents of a card."""

import io
import zipfile
from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from odoo.addons.key_account_management.models.performance import scoring

from .common import PerformanceCase

CRON = "key_account_management.ir_cron_kam_scorecard"


class TestJob(PerformanceCase):
    @freeze_time("2026-10-20 02:00:00")
    def test_the_cards_of_this_month_and_the_last(self):
        self.sell(100, date(2026, 10, 5))
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        cards = self.env["kam.scorecard"].search([("user_id", "=", self.kam.id)])
        self.assertEqual(
            sorted(cards.mapped("date_from")), [date(2026, 9, 1), date(2026, 10, 1)]
        )
        self.assertTrue(all(cards.mapped("computed_on")))

    @freeze_time("2026-10-20 02:00:00")
    def test_killed_in_the_middle_it_resumes(self):
        cards = self.env["kam.scorecard"]
        for month in (date(2026, 9, 1), date(2026, 10, 1)):
            cards |= cards._make_cards(self.company, month)
        done = cards[:1]
        done._compute_cards()
        stamp = done.computed_on
        with freeze_time("2026-10-20 03:00:00"), self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        cards.invalidate_recordset()
        self.assertEqual(done.computed_on, stamp)
        self.assertTrue(all(cards.mapped("computed_on")))

    @freeze_time("2026-10-20 02:00:00")
    def test_a_card_that_fails_says_so_and_stops_no_other(self):
        model = type(self.env["kam.scorecard.assessor"])
        assess = model._assess

        def fail(assessor, cards, day):
            if self.kam in cards.user_id:
                raise UserError("No base")
            return assess(assessor, cards, day)

        with (
            patch.object(model, "_assess", fail),
            mute_logger("odoo.addons.key_account_management.models.client.kam_job"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref(CRON).method_direct_trigger()
        cards = self.env["kam.scorecard"].search(
            [("date_from", "=", date(2026, 10, 1))]
        )
        failed = cards.filtered(lambda card: card.user_id == self.kam)
        self.assertEqual(failed.error, "No base")
        others = cards.filtered(lambda card: card.user_id == self.colleague)
        self.assertFalse(others.error)
        self.assertTrue(others.line_ids)


class TestLifts(PerformanceCase):
    def test_what_lifts_it_most_comes_first(self):
        self.sell(1000, date(2025, 10, 5))
        self.sell(100, date(2026, 10, 5), due=date(2026, 10, 25))
        self.make_plan({"turnover": 1000}, self.kam, state="approved")
        card = self.make_card(as_of=date(2026, 10, 15))
        gains = [lift["gain"] for lift in card.lifts]
        self.assertEqual(gains, sorted(gains, reverse=True))
        self.assertIn("settlement", [lift["code"] for lift in card.lifts])
        self.assertIn("plan", [lift["code"] for lift in card.lifts])

    def test_a_closed_month_is_lifted_by_nothing(self):
        self.sell(100, date(2026, 10, 5))
        self.assertFalse(self.make_card().lifts)


class TestReportLifts(PerformanceCase):
    def visit(self, day, **vals):
        return self.env["kam.visit"].create(
            {
                "user_id": self.kam.id,
                "client_id": self.client.id,
                "kind_id": self.env["kam.visit.kind"].search([], limit=1).id,
                "date_planned": datetime(2026, 10, day, 8),
                **vals,
            }
        )

    def test_visits_missing_and_plans_late(self):
        self.company.partner_id.tz = "UTC"
        for day in (7, 8):
            self.visit(day)
        self.visit(28)
        plans = self.env["kam.visit.plan"]
        for day in (5, 12, 26):
            plans |= plans.create(
                {"user_id": self.kam.id, "week_start": date(2026, 10, day)}
            )
        plans[0].write({"state": "approved", "submitted_at": "2026-10-02 09:00:00"})
        card = self.make_card(as_of=date(2026, 10, 15))
        line = self.line(card, "reports")
        self.assertEqual(
            line.detail["ahead"], {"missing": 2, "visits": 1, "plans": 1, "late": 1}
        )
        # 1 of 4 on time; 3 of 4 with the visits that are missing, 2 of 5 with others
        advice = self.env["kam.scorecard.advice"]
        actual = [
            scoring.get_actual({**line.detail, **changes})
            for _text, changes in advice._get_changes(line)
        ]
        self.assertEqual((line.actual, actual), (25, [75, 40, 40, 25]))
        gains = [lift for lift in card.lifts if lift["code"] == "reports"]
        self.assertEqual(len(gains), 3)


class TestQuadrant(PerformanceCase):
    def test_discipline_against_result(self):
        self.sell(1000, date(2025, 10, 5))
        self.sell(1050, date(2026, 10, 5))
        self.env["kam.visit.plan"].create(
            {
                "user_id": self.kam.id,
                "week_start": date(2026, 10, 5),
                "state": "approved",
                "submitted_at": "2026-10-01 09:00:00",
            }
        )
        card = self.make_card()
        self.make_card(self.colleague)
        found = self.env["kam.scorecard"].with_user(self.head).get_quadrant()
        self.assertEqual(found["month"], "2026-10-01")
        [point] = found["points"]
        # nothing was planned that week, the plan itself was in time
        self.assertEqual(
            (point["id"], point["discipline"], point["result"]), (card.id, 100, 50)
        )

    def test_a_manager_finds_nobody_else(self):
        self.make_card(self.colleague)
        cards = self.env["kam.scorecard"]
        self.assertFalse(cards.with_user(self.kam).get_quadrant()["points"])
        with self.assertRaises(AccessError):
            cards.with_user(self.support).get_quadrant()


class TestDocuments(PerformanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sell(1000, date(2025, 10, 5))
        cls.sell(1050, date(2026, 10, 5), due=date(2026, 10, 25))
        cls.card = cls.make_card()

    def test_the_workbook_has_live_formulas(self):
        content = self.card.with_user(self.head)._get_workbook()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheet = archive.read("xl/worksheets/sheet2.xml").decode()
        self.assertIn("<f>ROUND(100*(D4-E4)/E4,2)</f><v>5.0</v>", sheet)
        self.assertIn("LOOKUP", sheet)
        self.assertIn(f"<v>{self.card.total}</v>", sheet)

    def test_the_printed_card(self):
        report = self.env["ir.actions.report"].with_user(self.head)
        self.env["res.lang"]._activate_lang("ru_RU")
        name = "key_account_management.action_report_kam_scorecard"
        html = report._render_qweb_html(name, self.card.ids)[0].decode()
        self.assertIn("5.1", html)
        self.assertIn("____", html)

    def test_trend(self):
        self.make_card(month=date(2026, 9, 1))
        trend = self.card.trend
        self.assertEqual(len(trend), 2)
        self.assertEqual(trend[-1]["value"], self.card.total)

    def test_rank_without_the_head(self):
        own = self.make_client("Of the head", manager_id=self.head.id)
        self.own_since(own)
        heads = self.make_card(self.head)
        colleague = self.make_card(self.colleague)
        self.assertEqual(heads.rank, 0)
        self.assertEqual({self.card.rank, colleague.rank}, {1, 2})

    def test_totals_of_others_are_not_found_out_by_a_proposed_one(self):
        self.make_card(self.colleague)
        vals = {
            "team_id": self.team.id,
            "company_id": self.company.id,
            "date_from": str(self.month),
            "is_scored": True,
            "total": 1,
        }
        cards = self.env["kam.scorecard"].with_user(self.kam)
        draft = cards.new(vals)
        self.assertEqual((draft.rank, draft.hand_overs), (0, False))
