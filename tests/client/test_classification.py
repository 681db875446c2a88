"""Classification runs and concentration, against plain Python."""

import random
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from ..common import KamCommon

FROM, TO = date(2021, 1, 1), date(2021, 12, 31)
INSIDE = date(2021, 6, 1)


def classify(amounts, border_a=80, border_b=95):
    """Brute force: {name: (share, cumulative, class)} in the order of the amounts."""
    total = sum(amounts.values())
    result, reached = {}, 0.0
    for name, amount in sorted(amounts.items(), key=lambda item: -item[1]):
        share = 100 * amount / total
        if amount <= 0:
            abc = "c"
        else:
            abc = "a" if reached < border_a else "b" if reached < border_b else "c"
        reached += share
        result[name] = (round(share, 4), round(reached, 4), abc)
    return result


class ClassificationCase(KamCommon):
    def make_run(self, **vals):
        vals = {"date_from": FROM, "date_to": TO, "base": "turnover", **vals}
        return self.env["kam.classification"].with_user(self.head).create(vals)

    def compute(self, **vals):
        run = self.make_run(**vals)
        run.action_compute()
        return run

    def sell(self, name, *amounts, **kwargs):
        partner = self.make_partner(name)
        for amount in amounts:
            self.make_invoice(partner, amount, date=kwargs.get("date", INSIDE))
        return partner

    def line_of(self, run, name):
        return run.line_ids.filtered(lambda line: line.display_name == name)


class TestShares(ClassificationCase):
    def test_random_histories_equal_plain_python(self):
        random_ = random.Random(20)
        for round_ in range(3):
            year = 2011 + round_
            amounts = {}
            for number in range(12):
                name = f"Customer {round_} {number}"
                # Distinct cents keep the order of equal amounts out of the test.
                sums = [random_.randint(1, 9999) + number / 100 for _i in range(3)]
                partner = self.sell(name, *sums, date=date(year, 3, 1))
                back = random_.choice((0, 0, 12_000))
                if back:
                    self.make_invoice(
                        partner, back, date=date(year, 4, 1), move_type="out_refund"
                    )
                amounts[name] = round(sum(sums) - back, 2)
            run = self.compute(date_from=date(year, 1, 1), date_to=date(year, 12, 31))
            found = {
                line.partner_id.name: (
                    round(line.share, 4),
                    round(line.cumulative_share, 4),
                    line.abc,
                )
                for line in run.line_ids
            }
            self.assertEqual(found, classify(amounts))
            positive = [amount for amount in amounts.values() if amount > 0]
            index = sum((100 * a / sum(positive)) ** 2 for a in positive)
            self.assertAlmostEqual(run.herfindahl, index, delta=0.01)
            top = sum(sorted(positive)[-10:])
            self.assertAlmostEqual(
                run.top_share, 100 * top / sum(positive), delta=0.0001
            )

    def test_who_crosses_the_border_belongs_to_the_higher_class(self):
        for name, amount in (("Eighty", 80), ("Fifteen", 15), ("Five", 5)):
            self.sell(name, amount)
        run = self.compute()
        self.assertEqual(run.line_ids.mapped("abc"), ["a", "b", "c"])

    def test_what_lies_outside_counts_for_nothing(self):
        partner = self.sell("Inside", 100)
        self.make_invoice(partner, 50, date=FROM)
        self.make_invoice(partner, 70, date=TO)
        self.make_invoice(partner, 900, date=date(2020, 12, 31))
        self.make_invoice(partner, 900, date=date(2022, 1, 1))
        draft = self.make_invoice(partner, 900, date=INSIDE)
        draft.button_draft()
        run = self.compute()
        self.assertEqual(run.line_ids.amount, 220)

    def test_margin_uses_the_cost_of_posting(self):
        self.product.standard_price = 30
        self.sell("Buyer", 100)
        self.product.standard_price = 90
        self.assertEqual(self.compute(base="margin").line_ids.amount, 70)

    def test_a_holding_is_one_customer(self):
        first, second = self.sell("One", 100), self.sell("Two", 50)
        client = self.make_client("Holding", first | second)
        run = self.compute()
        self.assertEqual(len(run.line_ids), 1)
        self.assertEqual(run.line_ids.client_id, client)
        self.assertEqual(run.line_ids.amount, 150)

    def test_contacts_count_for_their_company(self):
        company = self.sell("Company", 100)
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": company.id}
        )
        self.make_invoice(contact, 50, date=INSIDE)
        run = self.compute()
        self.assertEqual((run.line_ids.partner_id, run.line_ids.amount), (company, 150))

    def test_another_company_is_left_out(self):
        other = self.make_company("Other")
        partner = self.sell("Buyer", 100)
        self.make_invoice(partner, 900, date=INSIDE, company=other)
        self.assertEqual(self.compute().line_ids.amount, 100)

    def test_the_other_manager_counts_for_the_head_as_well(self):
        """Shares are of the whole company, whatever the head sees otherwise."""
        partner = self.sell("Elsewhere", 100)
        self.make_client(
            "Elsewhere",
            partner,
            manager_id=self.other_kam.id,
            team_id=self.other_team.id,
        )
        self.sell("Here", 300)
        run = self.compute()
        self.assertEqual(sorted(run.line_ids.mapped("share")), [25, 75])


class TestProposals(ClassificationCase):
    def setUp(self):
        super().setUp()
        self.key = self.sell("Key", 5)
        self.client = self.make_client("Key", self.key)
        self.ten = self.sell("Ten", 100)
        self.less = self.sell("Less", 99)
        self.sell("Rest", 796)
        self.run_ = self.compute(key_share=10, keep_share=1)

    def proposal(self, name):
        return self.line_of(self.run_, name).proposal

    def test_a_share_of_exactly_the_border_is_key(self):
        self.assertEqual(self.proposal("Ten"), "promote")
        self.assertEqual(self.proposal("Less"), "none")
        self.assertEqual(self.proposal("Key"), "demote")

    def test_a_key_client_that_earns_its_place_is_kept(self):
        run = self.compute(keep_share=0.5)
        self.assertEqual(self.line_of(run, "Key").proposal, "keep")
        self.assertEqual(self.line_of(run, "Key").decision, "none")

    def test_accepting_a_promotion_makes_a_client(self):
        line = self.line_of(self.run_, "Ten")
        line.with_user(self.head).action_accept()
        self.assertEqual(line.decision, "accepted")
        self.assertEqual(line.decision_user_id, self.head)
        self.assertEqual(self.ten.kam_client_id.name, "Ten")
        invoices = self.env["account.move"].search([("partner_id", "=", self.ten.id)])
        self.assertEqual(invoices.kam_client_id, self.ten.kam_client_id)

    def test_accepting_a_demotion_makes_an_ordinary_customer(self):
        self.line_of(self.run_, "Key").with_user(self.head).action_accept()
        self.assertFalse(self.key.is_key_client)
        self.assertFalse(self.client.active)
        invoice = self.env["account.move"].search([("partner_id", "=", self.key.id)])
        self.make_client("Again", self.key)
        self.assertFalse(invoice.kam_client_id == self.key.kam_client_id)

    def test_refusing_changes_nothing(self):
        self.line_of(self.run_, "Key").with_user(self.head).action_refuse()
        self.assertTrue(self.key.is_key_client)
        self.assertEqual(self.line_of(self.run_, "Key").decision, "refused")

    def test_a_decision_is_made_once(self):
        line = self.line_of(self.run_, "Ten").with_user(self.head)
        line.action_refuse()
        with self.assertRaises(UserError):
            line.action_accept()
        with self.assertRaises(UserError):
            self.line_of(self.run_, "Less").with_user(self.head).action_accept()

    def test_closing_refuses_what_is_left(self):
        self.run_.action_done()
        self.assertEqual(self.run_.state, "done")
        self.assertEqual(self.line_of(self.run_, "Ten").decision, "refused")
        self.assertFalse(self.ten.is_key_client)

    def test_a_head_decides_on_his_own_teams_alone(self):
        other = self.make_client(
            "Other", self.sell("Other", 3), manager_id=self.other_kam.id
        )
        other.team_id = self.other_team
        run = self.compute(key_share=10, keep_share=1)
        line, own = self.line_of(run, "Other"), self.line_of(run, "Key")
        mine = {
            user: run.line_ids.with_user(user).filtered("may_decide").sudo()
            for user in (self.head, self.other_head, self.director)
        }
        for user, lines in mine.items():
            self.assertEqual(
                (line in lines, own in lines),
                (user != self.head, user != self.other_head),
            )
            found = run.line_ids.with_user(user).search(
                [("run_id", "=", run.id), ("may_decide", "=", True)]
            )
            self.assertEqual(found.sudo(), lines)
            self.assertEqual(run.with_user(user).waiting_count, len(lines))
        self.assertEqual(run.with_user(self.head).others_count, 1)
        with self.assertRaisesRegex(AccessError, "another team"):
            line.with_user(self.head).action_accept()
        with self.assertRaisesRegex(AccessError, "director closes"):
            run.with_user(self.head).action_done()
        line.with_user(self.other_head).action_refuse()
        run.with_user(self.head).action_done()
        self.assertEqual((line.decision, own.decision), ("refused", "refused"))

    def test_numbers_open_their_customers(self):
        run = self.run_.with_user(self.head)
        lines = self.env["kam.classification.line"].with_user(self.head)
        for action, count in (
            (run.action_open_lines(), run.line_count),
            (run.action_open_waiting(), run.waiting_count),
        ):
            domain = list(action["domain"])
            if action["context"].get("search_default_waiting"):
                domain.append(("may_decide", "=", True))
            self.assertEqual(lines.search_count(domain), count)
        self.assertGreater(run.line_count, run.waiting_count)

    def test_a_held_order_keeps_the_client_key(self):
        order = self.make_order(self.key, 1000)
        self.confirm(order)
        self.assertEqual(order.credit_state, "hold")
        with self.assertRaises(UserError):
            self.line_of(self.run_, "Key").with_user(self.head).action_accept()
        self.assertTrue(self.key.is_key_client)

    def test_the_run_is_kept(self):
        line = self.run_.line_ids[:1]
        for user in (self.head, self.administrator):
            with self.assertRaises(UserError):
                self.run_.with_user(user).write({"key_share": 50})
            with self.assertRaises(UserError):
                line.with_user(user).write({"amount": 1})
            with self.assertRaises(UserError):
                self.run_.with_user(user).unlink()
        with self.assertRaises(UserError):
            line.write({"share": 1})
        with self.assertRaises(UserError):
            self.run_.action_compute()


class TestBadInput(ClassificationCase):
    def test_an_empty_period_says_so(self):
        run = self.make_run(date_from=date(1999, 1, 1), date_to=date(1999, 1, 2))
        with self.assertRaisesRegex(UserError, "another period"):
            run.action_compute()
        self.assertEqual(run.state, "draft")

    def test_borders_must_rise(self):
        for vals in (
            {"border_a": 95, "border_b": 80},
            {"border_b": 101},
            {"border_a": 0},
            {"key_share": 5, "keep_share": 6},
            {"keep_share": -1},
            {"top_count": 0},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.make_run(**vals)

    def test_only_the_head_classifies(self):
        for user in (self.kam, self.support, self.controller):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["kam.classification"].with_user(user).create({})

    def test_the_form_opens_with_the_last_twelve_months(self):
        form = Form(self.env["kam.classification"].with_user(self.head))
        run = form.save()
        self.assertEqual(run.date_to.month, (self.today.replace(day=1)).month - 1 or 12)
        self.assertLess(run.date_from, run.date_to)
        self.assertEqual((run.date_to - run.date_from).days // 28, 13)
