"""The card of a month: its numbers, their records, closing and approval."""

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import YEAR, PerformanceCase

AFTER = "2026-11-05 09:00:00"


class TestGrowth(PerformanceCase):
    def test_against_last_year(self):
        self.sell(1_000_000, date(2025, 10, 10))
        self.sell(1_100_000, date(2026, 10, 10))
        card = self.make_card()
        self.assertScore(card, "growth", 10.0, 100.0)

    def test_a_refund_counts_on_its_own_day(self):
        self.sell(1_000_000, date(2025, 10, 10))
        invoice = self.sell(1_100_000, date(2026, 9, 10))
        self.sell(1_100_000, date(2026, 10, 10))
        self.credit_note(invoice, price=50_000, date=date(2026, 10, 20))
        self.assertScore(self.make_card(), "growth", 5.0, 50.0)

    def test_without_a_base(self):
        self.sell(100, date(2026, 10, 10))
        line = self.line(self.make_card(), "growth")
        self.assertFalse(line.is_applicable)
        self.assertEqual(line.weighted, 0)

    def test_the_base_moves_with_the_client(self):
        """Half of the month each: each has his half of last year."""
        self.sell(100, date(2025, 10, 5))
        self.sell(300, date(2025, 10, 25))
        with freeze_time("2026-10-15"):
            self.client.with_user(self.director).action_hand_over(
                self.colleague, date(2026, 10, 15), "Load"
            )
        self.sell(110, date(2026, 10, 5))
        self.sell(330, date(2026, 10, 25))
        cards = self.make_card() | self.make_card(self.colleague)
        growth = [self.line(card, "growth") for card in cards]
        self.assertEqual([line.amount for line in growth], [110, 330])
        self.assertEqual([line.base_amount for line in growth], [100, 300])
        self.assertIn("Client of Ann", cards[0].hand_overs)
        self.assertEqual(cards[0].hand_overs, cards[1].hand_overs)

    def test_to_date_the_base_ends_on_the_same_working_day(self):
        month = date(2026, 10, 1)
        for day in (2, 29):
            self.sell(100, date(2025, 10, day))
        self.sell(110, date(2026, 10, 5))
        card = self.make_card(month=month, as_of=date(2026, 10, 9))
        self.assertTrue(card.is_to_date)
        self.assertEqual(self.line(card, "growth").base_amount, 100)

    def test_another_company_counts_there(self):
        other = self.make_company("Second house")
        self.sell(100, date(2026, 10, 10))
        self.sell(7, date(2026, 10, 10), company=other)
        self.assertEqual(self.line(self.make_card(), "growth").amount, 100)

    def test_another_currency_counts_at_the_rate_of_the_day(self):
        euro = self.make_currency("EUR", (-9999, 0.5))
        self.sell(100, date(2026, 10, 10), currency=euro)
        self.assertEqual(self.line(self.make_card(), "growth").amount, 200)

    def test_an_archived_client_still_counts(self):
        self.sell(100, date(2026, 10, 10))
        self.client.active = False
        self.assertEqual(self.line(self.make_card(), "growth").amount, 100)


class TestPlan(PerformanceCase):
    def test_three_parts(self):
        self.make_plan(
            {"turnover": 1000, "active_clients": 1, "new_clients": 2},
            self.kam,
            state="approved",
        )
        self.sell(1, date(2026, 9, 1))
        self.sell(950, date(2026, 10, 10))
        newcomer = self.make_client("Newcomer")
        self.own_since(newcomer)
        self.sell(1, date(2026, 10, 3), newcomer.partner_ids)
        self.sell(-1, date(2026, 10, 4), newcomer.partner_ids)
        self.assertScore(self.make_card(), "plan", 82.0, 82.0)

    def test_new_clients_run_over_the_quarter_where_few_are_planned(self):
        start = date(2026, 7, 1)
        for offset in range(3):
            month = start + relativedelta(months=offset)
            self.make_plan({"new_clients": 1}, self.kam, month, state="approved")
        newcomer = self.make_client("Newcomer")
        self.own_since(newcomer)
        self.sell(10, date(2026, 8, 3), newcomer.partner_ids)
        card = self.make_card(month=date(2026, 9, 1))
        part = self.line(card, "plan").detail["parts"][2]
        self.assertEqual((part["fact"], part["plan"]), (1, 3))

    def test_the_same_tax_id_is_not_new(self):
        self.make_plan({"new_clients": 5}, self.kam, state="approved")
        old = self.make_partner("Old shop", vat="7700000001")
        self.sell(10, date(2026, 1, 3), old)
        again = self.make_client(
            "Again", partners=self.make_partner("New shop", vat="7700000001")
        )
        self.own_since(again)
        self.sell(10, date(2026, 10, 3), again.partner_ids)
        part = self.line(self.make_card(), "plan").detail["parts"][2]
        self.assertEqual(part["fact"], 0)

    def test_an_active_client_of_two_managers_counts_for_the_last_invoice(self):
        self.make_plan({"active_clients": 2}, self.kam, state="approved")
        self.make_plan({"active_clients": 2}, self.colleague, state="approved")
        with freeze_time("2026-10-15"):
            self.client.with_user(self.director).action_hand_over(
                self.colleague, date(2026, 10, 15), "Load"
            )
        self.sell(10, date(2026, 10, 3))
        self.sell(10, date(2026, 10, 20))
        facts = [
            self.line(self.make_card(user), "plan").detail["parts"][1]["fact"]
            for user in (self.kam, self.colleague)
        ]
        self.assertEqual(facts, [0, 1])

    def test_to_date_the_plan_is_taken_to_the_working_day(self):
        self.make_plan({"turnover": 2200}, self.kam, state="approved")
        card = self.make_card(as_of=date(2026, 10, 15))
        part = self.line(card, "plan").detail["parts"][0]
        self.assertEqual(part["plan"], 1100)

    def test_money_collected(self):
        self.make_plan({"collections": 100}, self.kam, state="approved")
        invoice = self.sell(80, date(2026, 9, 3))
        self.pay(80, invoice, date=date(2026, 10, 5))
        self.pay(10, partner=self.partner, date=date(2026, 10, 6))
        refunded = self.sell(40, date(2026, 9, 5))
        self.credit_note(refunded, date=date(2026, 10, 7), match=True)
        part = self.line(self.make_card(), "plan").detail["parts"][4]
        self.assertEqual(part["fact"], 90)


class TestSettlement(PerformanceCase):
    def test_by_amount(self):
        for amount, late in ((100, -1), (200, 0), (700, 10)):
            invoice = self.sell(amount, date(2026, 9, 10), due=date(2026, 10, 10))
            day = date(2026, 10, 10) + relativedelta(days=late)
            self.pay(amount, invoice, date=day)
        self.assertScore(self.make_card(), "settlement", 30.0, 30.0)

    def test_unpaid_counts_as_late_and_other_months_do_not(self):
        self.pay(
            100,
            self.sell(100, date(2026, 9, 1), due=date(2026, 10, 31)),
            date=date(2026, 10, 31),
        )
        self.sell(300, date(2026, 9, 1), due=date(2026, 10, 1))
        self.sell(999, date(2026, 9, 1), due=date(2026, 9, 30))
        self.sell(999, date(2026, 9, 1), due=date(2026, 11, 1))
        self.assertScore(self.make_card(), "settlement", 25.0, 25.0)

    def test_follows_the_stamp(self):
        self.sell(300, date(2026, 9, 1), due=date(2026, 10, 20))
        with freeze_time("2026-10-02"):
            self.client.with_user(self.director).action_hand_over(
                self.colleague, date(2026, 10, 2), "Load"
            )
        self.assertEqual(self.line(self.make_card(), "settlement").base_amount, 300)
        theirs = self.line(self.make_card(self.colleague), "settlement")
        self.assertFalse(theirs.is_applicable)

    def test_days_late_are_shown(self):
        invoice = self.sell(100, date(2026, 9, 1), due=date(2026, 10, 5))
        self.pay(100, invoice, date=date(2026, 10, 9))
        self.sell(50, date(2026, 9, 1), due=date(2026, 10, 20))
        self.pay(
            50,
            self.sell(50, date(2026, 9, 1), due=date(2026, 10, 21)),
            date=date(2026, 10, 21),
        )
        line = self.line(self.make_card(as_of=date(2026, 10, 31)), "settlement")
        self.assertEqual(
            [(e.kind, e.days_late) for e in line.entry_ids.sorted("date")],
            [("late", 4), ("unpaid", 11), ("on_time", 0)],
        )

    def test_one_pipeline_with_the_payment_behaviour(self):
        invoice = self.sell(100, date(2026, 9, 1), due=date(2026, 10, 5))
        self.pay(40, invoice, date=date(2026, 10, 4))
        self.pay(30, invoice, date=date(2026, 10, 9))
        behaviour = self.client._payment_behaviour(
            date(2026, 10, 1), date(2026, 10, 31)
        )
        line = self.line(self.make_card(), "settlement")
        self.assertEqual(line.actual, behaviour["on_time_percent"])


class TestDebt(PerformanceCase):
    def take(self, client, day, **figures):
        """A snapshot as the night took it."""
        line = client.credit_line_ids or self.make_line(client, 1000)
        vals = {"receivable": 10, "limit": 1000, **figures}
        return self.env["kam.credit.snapshot"].create(
            {
                "line_id": line.id,
                "client_id": client.id,
                "company_id": self.company.id,
                "date": day,
                **vals,
            }
        )

    def days(self, count, start=date(2026, 10, 1)):
        return [start + relativedelta(days=day) for day in range(count)]

    def test_clean_client_days(self):
        clients = self.client
        for number in range(9):
            clients |= self.make_client(f"Client {number}")
        self.own_since(clients)
        for client in clients:
            for day in self.days(30):
                late = client == self.client and day.day <= 3
                self.take(client, day, is_overdue=late, overdue=10 * late)
        self.assertScore(self.make_card(), "debt", 99.0, 100.0)

    def test_without_debt_or_limit_a_day_does_not_count(self):
        self.take(self.client, date(2026, 10, 1), receivable=0)
        self.take(self.client, date(2026, 10, 2), limit=0, is_over_limit=True)
        self.assertFalse(self.line(self.make_card(), "debt").is_applicable)

    def test_over_the_limit_is_not_clean(self):
        self.take(self.client, date(2026, 10, 1), is_over_limit=True)
        self.take(self.client, date(2026, 10, 2))
        self.assertScore(self.make_card(), "debt", 50.0, 0.0)

    def test_in_accepted_disputes_is_clean(self):
        late = {"is_overdue": True, "overdue": 10}
        self.take(self.client, date(2026, 10, 1), disputed=10, **late)
        self.take(self.client, date(2026, 10, 2), disputed=9.99, **late)
        self.assertScore(self.make_card(), "debt", 50.0, 0.0)

    def dispute(self, decision):
        """A debt of October that is disputed on the 5th and decided on the 20th."""
        policy = self.make_policy("Strict", overdue_action="hold")
        self.make_line(self.client, 1000, policy_id=policy.id)
        self.env.flush_all()
        self.env.cr.execute("UPDATE kam_credit_line SET create_date = '2026-01-01'")
        self.env.cr.execute("UPDATE kam_credit_line_change SET date = '2026-01-01'")
        self.env.invalidate_all()
        invoice = self.sell(10, date(2026, 9, 1), due=date(2026, 9, 30))
        with freeze_time("2026-10-05 09:00:00"):
            dispute = (
                self.env["kam.dispute"]
                .with_user(self.kam)
                .create(
                    {
                        "move_id": invoice.id,
                        "amount": 10,
                        "reason": "Short",
                        "deadline": "2026-10-25",
                    }
                )
            )
        with freeze_time("2026-10-20 09:00:00"):
            getattr(dispute.with_user(self.controller), decision)("Looked at")
        with freeze_time(AFTER):
            card = self.make_card()
            card._complete_snapshots()
            card._compute_cards()
        return self.line(card, "debt")

    def test_a_rejected_dispute_counts_back_to_its_first_day(self):
        line = self.dispute("action_reject")
        self.assertEqual((line.amount, line.base_amount), (0, 31))

    def test_an_accepted_dispute_is_clean_from_the_decision_on(self):
        line = self.dispute("action_accept")
        self.assertEqual((line.amount, line.base_amount), (12, 31))

    def test_overdue_at_the_hand_over_stays_with_the_giver(self):
        day = date(2026, 10, 10)
        with freeze_time("2026-10-10"):
            self.client.with_user(self.director).action_hand_over(
                self.colleague, day, "Load"
            )
        for number, late in enumerate((True, True, True, False, True)):
            self.take(
                self.client,
                date(2026, 10, 9) + relativedelta(days=number),
                is_overdue=late,
                overdue=10 * late,
            )
        giver = self.line(self.make_card(), "debt")
        taker = self.line(self.make_card(self.colleague), "debt")
        self.assertEqual((giver.amount, giver.base_amount), (0, 3))
        self.assertEqual((taker.amount, taker.base_amount), (1, 2))


class TestCard(PerformanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sell(1000, date(2025, 10, 10))
        invoice = cls.sell(1070, date(2026, 10, 7), due=date(2026, 10, 20))
        cls.pay(500, invoice, date=date(2026, 10, 20))
        cls.make_plan(
            {"turnover": 1200, "active_clients": 2}, cls.kam, state="approved"
        )
        cls.card = cls.make_card()

    def test_a_line_per_criterion_and_the_weights_make_a_hundred(self):
        self.assertEqual(len(self.card.line_ids), 8)
        self.assertEqual(sum(self.card.line_ids.mapped("weight")), 100)

    def test_weighted_points_sum_to_the_total(self):
        weighted = sum(self.card.line_ids.mapped("weighted"))
        self.assertEqual(round(weighted, 2), self.card.total)
        self.assertTrue(self.card.total)

    def test_records_sum_to_numerator_and_denominator(self):
        for line in self.card.line_ids:
            if line.code in ("plan", "reports"):
                continue
            action = line.action_open_records()
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(round(sum(found.mapped("amount")), 2), line.amount)
            self.assertEqual(round(sum(found.mapped("base")), 2), line.base_amount)

    def test_recomputed_from_its_inputs(self):
        total, lines = self.card._recompute_from_inputs()
        self.assertEqual(total, self.card.total)
        for line in self.card.line_ids.filtered("is_applicable"):
            expected = (line.actual, line.points, line.weighted)
            self.assertEqual(lines[line.code], expected)

    def test_simulation_writes_nothing(self):
        before = self.card.total
        total = self.card._simulate({"growth": {"amount": 1100}})
        self.assertGreater(total, before)
        self.assertEqual(self.card.total, before)
        self.assertEqual(self.card._simulate({}), before)

    @freeze_time(AFTER)
    def test_the_head_closes_and_the_director_approves(self):
        self.card.with_user(self.head).action_close("Two months old")
        self.assertEqual(self.card.state, "closed")
        self.card.with_user(self.director).action_approve()
        self.assertEqual(self.card.state, "approved")

    @freeze_time(AFTER)
    def test_closing_twice_changes_nothing(self):
        card = self.card.with_user(self.head)
        card.action_close("So")
        kept = self.card.read(), self.card.line_ids.read()
        self.sell(5000, date(2026, 10, 8))
        card.action_close("So")
        self.assertEqual((self.card.read(), self.card.line_ids.read()), kept)

    @freeze_time(AFTER)
    def test_a_closed_card_is_not_computed(self):
        self.card.with_user(self.head).action_close("So")
        with self.assertRaisesRegex(UserError, "closed"):
            self.card.action_compute()

    @freeze_time("2026-10-31 12:00:00")
    def test_a_month_that_is_not_over_is_not_closed(self):
        with self.assertRaisesRegex(UserError, "not over"):
            self.card.with_user(self.head).action_close("So")

    @freeze_time(AFTER)
    def test_weights_that_do_not_make_a_hundred(self):
        self.env.ref("key_account_management.kam_kpi_growth").copy(
            {"date_from": "2026-10-01", "weight": 25}
        )
        with self.assertRaisesRegex(UserError, "105"):
            self.card.with_user(self.head).action_close("So")

    @freeze_time(AFTER)
    def test_a_later_set_of_criteria_leaves_earlier_months_alone(self):
        before = self.card.total
        self.env.ref("key_account_management.kam_kpi_growth").copy(
            {"date_from": "2026-11-01", "weight": 90}
        )
        self.card.action_compute()
        self.assertEqual(self.card.total, before)

    @freeze_time(AFTER)
    def test_a_thin_card_needs_a_reason(self):
        card = self.make_card(self.colleague)
        self.assertTrue(card.is_thin)
        with self.assertRaisesRegex(UserError, "thin"):
            card.with_user(self.head).action_close()
        card.with_user(self.head).action_close("New in the job")
        self.assertEqual((card.state, card.thin_reason), ("closed", "New in the job"))

    @freeze_time(AFTER)
    def test_nobody_closes_or_approves_his_own(self):
        own = self.make_client("Of the head", manager_id=self.head.id)
        self.own_since(own)
        card = self.make_card(self.head)
        self.assertTrue(card.is_head)
        with self.assertRaises(AccessError):
            card.with_user(self.head).action_close("So")
        card.with_user(self.director).action_close("So")
        self.assertEqual(card.state, "closed")

    @freeze_time(AFTER)
    def test_who_may_not(self):
        for user in (self.kam, self.other_head, self.support, self.controller):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.card.with_user(user).action_close("So")
        self.card.with_user(self.head).action_close("So")
        with self.assertRaises(AccessError):
            self.card.with_user(self.head).action_approve()

    def test_department_is_the_sum_of_its_managers(self):
        self.sell(40, date(2026, 10, 9), self.others.partner_ids)
        plan = self.make_plan({"turnover": 1, "active_clients": 5})
        facts = dict(plan.line_ids.mapped(lambda line: (line.metric, line.fact)))
        self.assertEqual(facts, {"turnover": 1110, "active_clients": 2})

    def test_a_year_ago_is_a_year_ago(self):
        self.assertEqual(self.month - YEAR, date(2025, 10, 1))
