"""Remarks: who judges, what counts and when, answer and appeal."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time

from .common import PerformanceCase


class RemarkCase(PerformanceCase):
    def remark(self, author, kind="department", **vals):
        return (
            self.env["kam.remark"]
            .with_user(author)
            .create(
                {
                    "company_id": self.company.id,
                    "kind": kind,
                    "user_id": self.kam.id,
                    "author_department": "Support",
                    "fact": "Papers came late",
                    "date": date(2026, 10, 5),
                    **vals,
                }
            )
        )


class TestFinding(RemarkCase):
    def test_only_justified_negative_ones_count(self):
        for number in range(3):
            remark = self.remark(self.support, fact=f"Late {number}")
            if number:
                remark.with_user(self.head).action_find("justified", "So it was")
        unjustified = self.remark(self.support)
        unjustified.with_user(self.head).action_find("unjustified", "It was not")
        praise = self.remark(self.support, sign="positive")
        praise.with_user(self.head).action_find("justified", "Well done")
        self.assertScore(self.make_card(), "complaints", 2, 40)

    def test_kinds_feed_their_criteria(self):
        claim = self.remark(self.support, "client", client_id=self.client.id)
        evaluation = self.remark(self.head, "management")
        claim.with_user(self.head).action_find("justified", "So")
        evaluation.with_user(self.director).action_find("justified", "So")
        card = self.make_card()
        self.assertScore(card, "claims", 1, 70)
        self.assertScore(card, "evaluations", 1, 70)
        self.assertScore(card, "complaints", 0, 100)

    def test_who_may_judge(self):
        remark = self.remark(self.support)
        for user in (self.kam, self.support, self.other_head, self.controller):
            with self.subTest(user.login), self.assertRaises(AccessError):
                remark.with_user(user).action_find("unjustified", "So")
        remark.with_user(self.head).action_find("unjustified", "So")

    def test_the_heads_own_remark_is_judged_by_the_director(self):
        remark = self.remark(self.head, "management")
        with self.assertRaises(AccessError):
            remark.with_user(self.head).action_find("justified", "So")
        remark.with_user(self.director).action_find("justified", "So")
        self.assertEqual(remark.finding_user_id, self.director)

    def test_judged_once_and_with_a_reason(self):
        remark = self.remark(self.support).with_user(self.head)
        with self.assertRaises(UserError):
            remark.action_find("justified", " ")
        remark.action_find("justified", "So")
        with self.assertRaises(UserError):
            remark.action_find("unjustified", "Changed my mind")

    @freeze_time("2026-11-06 09:00:00")
    def test_found_after_the_close_counts_in_the_next_month(self):
        remark = self.remark(self.support)
        card = self.make_card()
        card.with_user(self.head).action_close("So")
        remark.with_user(self.head).action_find("justified", "So")
        self.assertEqual(remark.date_counted, date(2026, 11, 1))
        self.assertScore(card, "complaints", 0, 100)
        november = self.make_card(month=date(2026, 11, 1))
        self.assertScore(november, "complaints", 1, 70)


class TestAppeal(RemarkCase):
    def test_answer_and_appeal(self):
        remark = self.remark(self.support)
        mine = remark.with_user(self.kam)
        mine.action_reply("It rained")
        remark.with_user(self.head).action_find("justified", "So")
        mine.action_appeal("It did rain")
        with self.assertRaises(UserError):
            mine.action_appeal("Again")
        with self.assertRaises(AccessError):
            remark.with_user(self.head).action_find("justified", "So")
        remark.with_user(self.director).action_find("unjustified", "It rained")
        self.assertEqual(remark.state, "unjustified")
        self.assertEqual(remark.appeal_state, "decided")
        self.assertScore(self.make_card(), "complaints", 0, 100)

    def test_only_the_manager_answers(self):
        remark = self.remark(self.support)
        with self.assertRaises(AccessError):
            remark.with_user(self.head).action_reply("No")
        with self.assertRaises(UserError):
            remark.with_user(self.kam).action_appeal("Too early")


class TestWriting(RemarkCase):
    def test_who_writes_what(self):
        with self.assertRaises(ValidationError):
            self.remark(self.other_head, "management")
        with self.assertRaises(ValidationError):
            self.remark(self.support, author_department=False)
        with self.assertRaises(ValidationError):
            self.remark(self.support, "client")
        with self.assertRaises(AccessError):
            self.remark(self.kam, user_id=self.colleague.id)

    def test_finding_and_author_are_not_entered(self):
        for vals in (
            {"state": "justified"},
            {"author_id": self.head.id},
            {"date_counted": date(2026, 1, 1)},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                self.remark(self.support, **vals)
        remark = self.remark(self.support)
        with self.assertRaises(AccessError):
            remark.with_user(self.head).write({"state": "justified"})

    def test_what_was_judged_stays(self):
        remark = self.remark(self.support)
        remark.with_user(self.head).action_find("justified", "So")
        for user in (self.support, self.director):
            with self.assertRefused():
                remark.with_user(user).write({"fact": "Nothing"})
            with self.assertRefused():
                remark.with_user(user).unlink()

    def test_a_manager_sees_those_on_himself(self):
        remark = self.remark(self.support)
        self.remark(self.support, user_id=self.colleague.id)
        found = self.env["kam.remark"].with_user(self.kam).search([])
        self.assertEqual(found, remark.with_user(self.kam))
