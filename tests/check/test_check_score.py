"""Score, class and recommended limit, at every border."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from .common import CheckCase


class TestCheckScore(CheckCase):
    def only(self, *codes):
        """Only these factors count."""
        factors = self.env["kam.credit.factor"].search([("code", "not in", codes)])
        factors.active = False

    def test_score_weighs_points(self):
        self.only("equity_ratio", "references")
        check = self.make_check()
        self.know(check, equity_ratio=35, references=1)
        # 100 × 1.0 and 50 × 0.5 by 1.5
        self.assertEqual(check.score, 83.3)
        self.assertEqual(check.risk_class, "a")

    def test_weighted_points_add_up_to_the_score(self):
        self.only("equity_ratio", "references", "on_time")
        check = self.make_check()
        self.know(check, equity_ratio=35, references=1)
        rows = {
            line.factor_id.code: (line.points, line.counted_weight, line.weighted)
            for line in check.factor_ids
        }
        self.assertEqual(
            rows,
            {
                "equity_ratio": (100, 1, 100),
                "references": (50, 0.5, 25),
                "on_time": (0, 0, 0),  # no data: neither points nor weight
            },
        )
        self.assertEqual(check.score, 83.3)

    def test_the_range_is_read_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        line = self.get_factor(self.make_check(), "equity_ratio")
        line.input = 10
        russian = line.with_context(lang="ru_RU")
        self.assertRegex(line.range_text, r"^\d+ to below \d+$")
        self.assertRegex(russian.range_text, r"^от \d+ до \d+$")

    def test_typed_and_unknown_counts_0(self):
        self.only("equity_ratio", "references")
        check = self.make_check()
        self.know(check, equity_ratio=35)
        self.assertEqual(check.score, 66.7)
        self.assertEqual(check.applicable_percent, 66.7, "what is known")
        self.assertTrue(self.get_factor(check, "references").is_applicable)

    def test_zero_is_an_input(self):
        self.only("court_cases")
        check = self.make_check()
        self.assertEqual(check.score, 0)
        self.know(check, court_cases=0)
        self.assertEqual(check.score, 100)

    def test_computed_without_data_does_not_count(self):
        self.only("on_time", "equity_ratio")
        self.env["kam.credit.factor"].search([]).weight = 1
        check = self.make_check()
        self.know(check, equity_ratio=35)
        line = self.get_factor(check, "on_time")
        self.assertFalse(line.is_applicable)
        # half the weight is known: not over half is missing
        self.assertEqual((check.score, check.risk_class), (100, "a"))

    def test_over_half_unknown_is_c_at_best(self):
        self.only("on_time", "equity_ratio")
        self.env["kam.credit.factor"].search([]).weight = 1
        self.env["kam.credit.factor"].search([("code", "=", "on_time")]).weight = 1.1
        check = self.make_check()
        self.know(check, equity_ratio=35)
        self.assertEqual((check.score, check.risk_class), (100, "c"))
        self.know(check, equity_ratio=-50)
        self.assertEqual((check.score, check.risk_class), (0, "e"))

    def test_inputs_from_the_ledger(self):
        self.only("years", "turnover", "days_late", "on_time", "debt", "promises")
        invoice = self.make_invoice(
            self.partner, 700, date=self.day(-400), due=self.day(-380)
        )
        self.pay(700, invoice, date=self.day(-370))
        late = self.make_invoice(
            self.partner, 300, date=self.day(-60), due=self.day(-40)
        )
        self.pay(300, late, date=self.day(-30))
        self.make_invoice(self.partner, 50, date=self.day(-10), due=self.day(20))
        check = self.make_check()
        inputs = {
            line.factor_id.code: round(line.input, 2)
            for line in check.factor_ids
            if line.is_entered
        }
        self.assertEqual(
            inputs,
            {
                "years": round(400 / 365.25, 2),
                "turnover": 350,
                "days_late": 10,
                "on_time": 0,
                "debt": 700,
            },
        )
        self.assertFalse(self.get_factor(check, "promises").is_applicable)

    def test_unpaid_debt_was_not_served(self):
        self.make_invoice(self.partner, 900, date=self.day(-100))
        paid = self.make_invoice(self.partner, 200, date=self.day(-90))
        self.pay(200, paid, date=self.day(-80))
        check = self.make_check()
        self.assertEqual(self.get_factor(check, "debt").input, 200)

    def test_broken_promises_count(self):
        self.env["kam.promise"].create(
            {
                "client_id": self.client.id,
                "company_id": self.company.id,
                "amount": 10,
                "date": self.today,
            }
        ).state = "broken"
        line = self.get_factor(self.make_check(), "promises")
        self.assertEqual((line.input, line.points), (1, 50))

    def test_same_inputs_same_score_whatever_the_catalogue_does(self):
        self.only("equity_ratio")
        check = self.make_check()
        self.know(check, equity_ratio=35)
        check.action_submit()
        self.env.flush_all()
        before = check.catalogue_date
        factor = self.env["kam.credit.factor"].search([("code", "=", "equity_ratio")])
        factor.range_ids.points = 10
        self.env.invalidate_all()
        self.assertEqual((check.score, check.catalogue_date), (100, before))
        self.assertEqual(check.factor_ids.range_text, "from 30")
        check.with_user(self.controller).action_compute()
        self.assertEqual(check.score, 10)
        check.with_user(self.controller).action_compute()
        self.assertEqual(check.score, 10)

    def test_least_of_three(self):
        self.set_score(85)  # class a: factor 2
        check = self.make_check(requested_limit=1000, expected_turnover=10000)
        check.factor_ids.input = 0
        self.assertEqual(check.recommended_limit, 1000)
        check.requested_limit = 90000
        self.assertEqual(
            (check.turnover_limit, check.recommended_limit), (20000, 20000)
        )
        check.requested_term_days = 45
        self.assertEqual(check.recommended_limit, 30000)
        row = self.env["kam.credit.class"].search([("risk_class", "=", "a")])
        row.cap = 25000
        check.factor_ids.sudo().weight = 2
        self.assertEqual((check.class_cap, check.recommended_limit), (25000, 25000))

    def test_turnover_of_full_months_with_taxes(self):
        self.set_score(85)
        first = self.today.replace(day=1)

        two_ago = fields.Date.subtract(first, months=2)
        self.make_invoice(self.partner, 600, date=two_ago)
        refunded = self.make_invoice(self.partner, 100, date=two_ago)
        self.credit_note(refunded, date=fields.Date.subtract(first, days=1))
        self.make_invoice(self.partner, 9000, date=self.today)
        check = self.make_check(requested_limit=99999)
        check.factor_ids.input = 0
        # 600 in the two full months since the first invoice
        self.assertEqual(check.turnover, 300)
        self.assertFalse(check.is_turnover_expected)
        self.assertEqual(check.recommended_limit, 600)

    def test_turnover_of_twelve_months_at_most(self):
        first = self.today.replace(day=1)
        self.make_invoice(
            self.partner, 5000, date=fields.Date.subtract(first, months=13)
        )
        self.make_invoice(
            self.partner, 1200, date=fields.Date.subtract(first, months=12)
        )
        self.assertEqual(self.make_check().turnover, 100)

    def test_expected_turnover_is_marked(self):
        self.make_invoice(self.partner, 9000, date=self.today)
        check = self.make_check(expected_turnover=500)
        self.assertTrue(check.is_turnover_expected or self.today.day == 1)
        self.assertEqual(check.turnover, 0)

    def test_computed_inputs_are_not_typed(self):
        check = self.make_check()
        for name, value in (("input", 99), ("is_entered", True)):
            with self.assertRaisesRegex(UserError, "not typed"):
                self.get_factor(check, "on_time").write({name: value})
        line = self.get_factor(check, "equity_ratio")
        for vals in ({"points": 100}, {"weight": 9}, {"range_id": False}):
            with self.assertRaisesRegex(UserError, "not typed"):
                line.write(vals)

    def test_lines_are_made_by_the_check_only(self):
        check = self.make_check()
        factor = check.factor_ids[0].factor_id
        for command in (
            Command.create({"factor_id": factor.id}),
            Command.delete(check.factor_ids[0].id),
        ):
            with self.assertRaises(UserError):
                check.factor_ids = [command]
