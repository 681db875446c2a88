"""Decisions are append-only, and the chain over them shows what was touched."""

from dataclasses import replace
from hashlib import sha256

from odoo import fields
from odoo.exceptions import UserError

from ..common import KamCommon


class ChainCase(KamCommon):
    def setUp(self):
        super().setUp()
        self.client = self.make_limited(100)
        self.orders = self.env["sale.order"]
        for amount in (60, 70, 500):
            order = self.make_order(self.client.partner_ids, amount)
            self.confirm(order)
            self.orders |= order
        self.decisions = self.orders.credit_decision_id.sorted("id")
        self.env.flush_all()


class TestAppendOnly(ChainCase):
    def everybody(self):
        return (
            self.kam
            | self.support
            | self.controller
            | self.head
            | self.director
            | self.administrator
            | self.env.ref("base.user_root")
        )

    def test_figures_are_never_edited(self):
        decision = self.decisions[1]
        vals = {
            "limit": 1e6,
            "shortfall": 0,
            "receivable": 1,
            "order_amount": 1,
            "outcome": "pass",
            "client_id": self.make_client("Other").id,
            "user_id": self.director.id,
            "chain_hash": "0",
        }
        for user in self.everybody():
            for name, value in vals.items():
                with self.subTest(f"{name} by {user.login}"):
                    with self.assertRaises(UserError):
                        decision.with_user(user).write({name: value})

    def test_reasons_are_never_edited_or_deleted(self):
        reason = self.decisions[1].reason_ids[:1]
        for user in self.everybody():
            with self.subTest(user.login):
                with self.assertRaises(UserError):
                    reason.with_user(user).write({"message": "Fine"})
                with self.assertRaises(UserError):
                    reason.with_user(user).unlink()

    def test_decisions_are_never_deleted(self):
        for user in self.everybody():
            with self.subTest(user.login), self.assertRaises(UserError):
                self.decisions[2].with_user(user).unlink()

    def test_nobody_creates_a_decision(self):
        vals = {
            "order_id": self.orders[2].id,
            "client_id": self.client.id,
            "company_id": self.company.id,
            "outcome": "pass",
        }
        users = self.everybody() - self.env.ref("base.user_root")
        for user in users:
            with self.subTest(user.login), self.assertRaises(UserError):
                self.env["kam.credit.decision"].with_user(user).create(vals)

    def test_a_reason_is_not_added_afterwards(self):
        vals = {
            "decision_id": self.decisions[1].id,
            "rule": "limit",
            "outcome": "pass",
        }
        users = self.everybody() - self.env.ref("base.user_root")
        for user in users:
            with self.subTest(user.login), self.assertRaises(UserError):
                self.env["kam.credit.reason"].with_user(user).create(vals)

    def test_the_state_is_not_written_by_hand(self):
        users = self.everybody() - self.env.ref("base.user_root")
        for user in users:
            with self.subTest(user.login), self.assertRaises(UserError):
                self.decisions[1].with_user(user).write({"state": "released"})

    def test_a_release_once_given_stays(self):
        decision = self.decisions[1]
        decision.with_user(self.controller).action_release("Paid tomorrow")
        vals = {
            "release_reason": "Never said",
            "release_amount": 1e6,
            "release_until": self.day(900),
            "release_user_id": self.head.id,
        }
        for user in self.everybody():
            for name, value in vals.items():
                with self.subTest(f"{name} by {user.login}"):
                    with self.assertRaises(UserError):
                        decision.with_user(user).write({name: value})
            resolution = decision.resolution_ids
            with self.assertRaises(UserError):
                resolution.with_user(user).write({"reason": "Never said"})
            with self.assertRaises(UserError):
                resolution.with_user(user).unlink()
        with self.assertRaises(UserError):
            decision.with_user(self.controller).action_release("Once more")
        with self.assertRaises(UserError):
            decision.with_user(self.controller).action_reject("Changed my mind")


class TestChain(ChainCase):
    def check(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["kam.credit.decision"]._check_chain()

    def tamper(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def assertBroken(self):
        problems = self.check()
        self.assertTrue(problems)
        self.assertTrue(all(isinstance(problem, str) for problem in problems))

    def test_an_honest_chain_is_whole(self):
        self.decisions[1].with_user(self.controller).action_release("Paid tomorrow")
        self.decisions[2].with_user(self.controller).action_reject("Too much")
        self.assertEqual(self.check(), [])

    def test_positions_count_up_without_a_gap(self):
        positions = self.decisions.mapped("chain_position")
        first = positions[0]
        self.assertEqual(positions, [first, first + 1, first + 2])
        self.assertEqual(len(set(self.decisions.mapped("chain_hash"))), 3)

    def test_moving_the_state_on_breaks_nothing(self):
        self.confirm(self.orders[1])
        self.assertEqual(self.decisions[1].state, "superseded")
        self.assertEqual(self.check(), [])

    def test_names_and_merged_partners_break_nothing(self):
        self.client.name = "Renamed"
        double = self.make_partner("Double")
        order = self.orders[0]
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (double | order.partner_id).ids, double
        )
        self.assertEqual(self.check(), [])

    def test_an_edited_figure_shows(self):
        self.tamper(
            "UPDATE kam_credit_decision SET shortfall = 0 WHERE id = %s",
            self.decisions[1].id,
        )
        self.assertBroken()

    def test_an_edited_outcome_shows(self):
        self.tamper(
            "UPDATE kam_credit_decision SET outcome = 'pass' WHERE id = %s",
            self.decisions[1].id,
        )
        self.assertBroken()

    def test_a_cent_shows(self):
        self.tamper(
            'UPDATE kam_credit_decision SET "limit" = "limit" + 0.01 WHERE id = %s',
            self.decisions[0].id,
        )
        self.assertBroken()

    def test_an_edited_reason_shows(self):
        self.tamper(
            "UPDATE kam_credit_reason SET measured = 0 WHERE decision_id = %s",
            self.decisions[1].id,
        )
        self.assertBroken()

    def test_a_deleted_reason_shows(self):
        self.tamper(
            "DELETE FROM kam_credit_reason WHERE decision_id = %s",
            self.decisions[1].id,
        )
        self.assertBroken()

    def test_an_edited_release_shows(self):
        self.decisions[1].with_user(self.controller).action_release("Paid tomorrow")
        self.tamper(
            "UPDATE kam_credit_resolution SET reason = 'Never' WHERE decision_id = %s",
            self.decisions[1].id,
        )
        self.assertBroken()

    def test_a_deleted_release_shows(self):
        self.decisions[1].with_user(self.controller).action_release("Paid tomorrow")
        self.tamper(
            "DELETE FROM kam_credit_resolution WHERE decision_id = %s",
            self.decisions[1].id,
        )
        self.assertBroken()

    def remove(self, decision):
        self.tamper(
            "UPDATE sale_order SET credit_decision_id = NULL WHERE id = %s",
            decision.order_id.id,
        )
        self.tamper("DELETE FROM kam_credit_decision WHERE id = %s", decision.id)

    def test_a_deleted_decision_shows(self):
        self.remove(self.decisions[1])
        self.assertBroken()

    def test_the_last_decision_deleted_shows(self):
        self.remove(self.decisions[2])
        self.assertBroken()

    def test_each_client_has_its_own_chain(self):
        other = self.make_limited(100, "Other")
        order = self.make_order(other.partner_ids, 60)
        self.confirm(order)
        self.confirm(self.orders[2])
        self.assertEqual(
            order.credit_decision_id.chain_position,
            self.decisions[0].chain_position,
        )
        self.assertEqual(self.check(), [])

    def test_the_walk_goes_on_and_lists_all_faults(self):
        other = self.make_limited(100, "Other")
        orders = self.env["sale.order"]
        for amount in (10, 20, 30, 500, 600):
            order = self.make_order(other.partner_ids, amount)
            self.confirm(order)
            orders |= order
        theirs = orders.credit_decision_id.sorted("id")
        for decision in (self.decisions[0], theirs[0], theirs[4]):
            self.tamper(
                "UPDATE kam_credit_decision SET shortfall = 1 WHERE id = %s",
                decision.id,
            )
        self.remove(theirs[2])
        self.assertEqual(
            self.check(),
            [
                f"{self.client.name}: entry 1 was changed",
                "Other: entry 1 was changed",
                "Other: entry 3 is missing",
                "Other: entry 5 was changed",
            ],
        )

    def test_an_entry_put_in_shows(self):
        self.tamper(
            "UPDATE kam_credit_decision SET chain_position = 2 WHERE id = %s",
            self.decisions[2].id,
        )
        self.assertIn(f"{self.client.name}: entry 2 is there twice", self.check())


class TestAmounts(KamCommon):
    """Amounts are hashed as they are stored, whatever their size."""

    AMOUNTS = (
        0.01,
        1.005,
        7.6e12,
        7_600_000_000_000.01,
        7_654_321_098_765.43,
        12_345_678_901_234.57,
        90_071_992_547_409.93,
        123_456_789_012_345.67,
        9_007_199_254_740_993.0,
        7.6e17,
    )

    def check(self):
        return self.env["kam.credit.decision"]._check_chain()

    def test_held_orders_of_any_size(self):
        client = self.make_limited(0.1)
        for amount in self.AMOUNTS:
            with self.subTest(amount):
                order = self.make_order(client.partner_ids, amount)
                self.confirm(order)
                self.assertTrue(order.credit_decision_id)
                self.assertEqual(self.check(), [])

    def test_figures_that_are_not_whole_cents(self):
        """As sums of floats are: what is stored counts."""
        client = self.make_limited(0.1)
        order = self.make_order(client.partner_ids, 5)
        judgement = next(self.env["kam.credit.gate"]._judge(order))
        for size in range(1, 18):
            for cents in (0.014999, 0.015, 0.3 - 0.1, 1 / 3):
                figure = 10**size + cents
                case = replace(judgement.case, receivable=figure, overdue=-figure)
                self.env["kam.credit.decision"]._record(replace(judgement, case=case))
        self.assertEqual(self.check(), [])

    def test_a_release_of_parts_of_a_cent(self):
        client = self.make_limited(100)
        order = self.make_order(client.partner_ids, 500)
        self.confirm(order)
        decision = order.credit_decision_id.with_user(self.controller)
        decision.action_release("Paid tomorrow", amount=500.005)
        self.assertEqual(self.check(), [])

    def test_a_cent_of_a_very_large_amount_shows(self):
        client = self.make_limited(100)
        order = self.make_order(client.partner_ids, 7.6e16)
        self.confirm(order)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kam_credit_decision SET order_amount = order_amount + 0.01 "
            "WHERE id = %s",
            [order.credit_decision_id.id],
        )
        self.assertEqual(self.check(), [f"{client.name}: entry 1 was changed"])

    def test_entries_written_before_amounts_were_texts_are_proved(self):
        """The text of the first versions: floats with three decimals."""
        client = self.make_limited(1_000_000)
        for amount in (0.01, 1234.56, 999_999.99, 987_654_321.09):
            order = self.make_order(client.partner_ids, amount)
            self.confirm(order)
        previous = ""
        for entry in order.credit_decision_id.search(
            [("client_id", "=", client.id)], order="chain_position"
        ):
            money = [f"{entry[name]:.3f}" for name in entry._chain_money]
            reasons = [
                f"{r.rule} {r.outcome} {r.measured:.2f} {r.allowed:.2f}"
                for r in entry.reason_ids.sorted("id")
            ]
            parties = entry.order_id, entry.client_id, entry.company_id
            text = "|".join(
                [
                    *(previous, str(entry.chain_position), "decision"),
                    *(str(record.id) for record in parties),
                    entry.outcome,
                    *money,
                    str(entry.user_id.id),
                    fields.Datetime.to_string(entry.date),
                    *reasons,
                ]
            )
            previous = entry.chain_hash
            self.assertEqual(previous, sha256(text.encode()).hexdigest())
