"""A case shows what to talk about, and leads to the next one."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time

from odoo.addons.key_account_management.reports.receivable.promised import (
    share_promises,
)

from ..common import KamCommon
from .test_ladder import TODAY, LadderCase


class TestShares(KamCommon):
    def test_named_documents_first_then_what_is_due_first(self):
        items = [(1, 10, 100.0), (2, 20, 50.0), (3, 20, 50.0)]
        promises = [(80.0, set()), (70.0, {20})]
        self.assertEqual(share_promises(items, promises), {1: 80.0, 2: 50.0, 3: 20.0})

    def test_never_more_than_is_open_and_nothing_of_what_has_come(self):
        items = [(1, 10, 100.0)]
        self.assertEqual(share_promises(items, [(500.0, set())]), {1: 100.0})
        self.assertEqual(share_promises(items, [(0.0, set())]), {1: 0.0})
        self.assertEqual(share_promises(items, [(-5.0, {10})]), {1: 0.0})
        self.assertEqual(share_promises([], [(5.0, set())]), {})


class TestWorkplace(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(10000, name="Debtor")
        cls.partner = cls.client.partner_ids
        cls.old = cls.overdue(300, 20)
        cls.new = cls.overdue(200, 5)
        cls.make_invoice(cls.partner, 77, due=cls.day(9))
        cls.case = cls.env["kam.collection.debt"]._open_cases(cls.client.ids)

    @classmethod
    def overdue(cls, amount, days, partner=None):
        return cls.make_invoice(
            partner or cls.partner, amount, date=cls.day(-60), due=cls.day(-days)
        )

    def promise(self, amount, documents=None, **vals):
        return self.env["kam.promise"].create(
            {
                "client_id": self.client.id,
                "amount": amount,
                "date": self.day(3),
                "move_ids": [Command.set(documents.ids if documents else [])],
                **vals,
            }
        )

    def as_manager(self):
        return self.case.with_user(self.kam)

    def test_overdue_documents_with_what_is_disputed_and_promised(self):
        self.env["kam.dispute"].create(
            {
                "move_id": self.old.id,
                "amount": 40,
                "reason": "Short delivery",
                "deadline": self.day(5),
            }
        )
        self.promise(150, self.new)
        self.promise(60)
        items = self.as_manager().item_ids
        self.assertEqual(items.mapped("name"), (self.old + self.new).mapped("name"))
        self.assertEqual(items.mapped("days_overdue"), [20, 5])
        self.assertEqual(items.mapped("disputed"), [40, 0])
        self.assertEqual(items.mapped("promised"), [60, 150])
        self.assertEqual(sum(items.mapped("residual")), self.case.overdue)

    def test_one_document_alone_tells_the_same_of_promises(self):
        self.promise(310)
        self.assertEqual(self.as_manager().item_ids[1].promised, 10)

    def test_parts_of_the_priority(self):
        line = self.client.credit_line_ids
        line.risk_class = "e"
        self.env["kam.collection.debt"]._open_cases(self.client.ids)
        parts = self.case.priority_parts
        for part in ("500.00", "20 days", "× 3 (", "class E"):
            self.assertIn(part, parts)
        self.assertEqual(self.case.priority, 500 * 20 * 3)
        line.risk_class = False
        self.case.invalidate_recordset()
        self.assertIn("× 2 (no class)", self.case.priority_parts)

    def test_contacts_that_can_be_reached(self):
        vals = {"parent_id": self.partner.id, "is_company": False}
        mute = self.make_partner("Mute", email=False, **vals)
        buyer = self.make_partner("Buyer", email=False, phone="+1 555", **vals)
        payer = self.make_partner("Payer", email="p@example.com", **vals)
        payer.type = "invoice"
        store = self.make_partner("Store", phone="+1 556", **vals)
        store.type = "delivery"
        contacts = self.as_manager().contact_ids
        self.assertEqual(contacts[:1], payer)
        self.assertIn(buyer, contacts)
        self.assertFalse((mute | store) & contacts)

    def test_last_call_and_promise(self):
        self.case._log_call("Earlier", self.day(1))
        self.case._log_call("Later", self.day(1))
        kept = self.promise(10)
        self.promise(20, date=self.day(5)).action_cancel("Taken back")
        self.promise(30, date=self.day(9), direction="ours")
        case = self.as_manager()
        self.assertEqual(case.last_call_id.result, "Later")
        self.assertEqual(case.last_call_text, "Later")
        self.assertEqual(case.last_promise_id, kept)
        self.assertEqual((case.last_promise_amount, case.promise_count), (10, 3))

    def test_skipped_levels_are_one_row_per_run(self):
        levels = self.env["kam.collection.stage"].search([("days", ">", 0)], limit=2)
        items = (self.old + self.new).line_ids.filtered("date_maturity")
        self.env["kam.collection.step"].sudo().create(
            [
                {
                    "collection_id": self.case.id,
                    "stage_id": level.id,
                    "item_id": item.id,
                    "kind": "level",
                    "outcome": "skipped",
                    "result": item.move_id.name,
                }
                for level in levels
                for item in items
            ]
        )
        case = self.as_manager()
        self.assertEqual(len(case.step_ids), 1 + 4)
        self.assertEqual(len(case.log_ids), 2)
        folded = case.log_ids.filtered(lambda step: step.outcome == "skipped")
        self.assertEqual(folded.summary, "Passed over: Call, Letter; documents: 2")
        opened = case.log_ids - folded
        self.assertEqual(opened.summary, opened.result)

    def test_next_case_by_priority(self):
        cases = self.case
        for name, amount in (("Small", 10), ("Big", 9000), ("Later", 8000)):
            client = self.make_limited(10000, name)
            self.overdue(amount, 20, client.partner_ids)
            cases |= self.env["kam.collection.debt"]._open_cases(client.ids)
        small, big, later = cases[1:]
        later.next_date = self.day(1)
        domain = self.env["kam.collection"]._get_waiting_domain()
        (self.env["kam.collection"].search(domain) - cases).next_date = self.day(1)
        for case, following in ((big, self.case), (self.case, small), (small, big)):
            action = case.with_user(self.controller).action_next()
            self.assertEqual(action["res_id"], following.id)
        (self.case | small).next_date = self.day(2)
        self.assertEqual(big.action_next()["tag"], "display_notification")
        self.case.next_date = self.day(0)
        self.assertEqual(big.action_next()["res_id"], self.case.id)

    def test_nothing_for_the_reader_of_another_client(self):
        self.promise(50)
        other = self.case.with_user(self.other_kam)
        for name in ("item_ids", "contact_ids", "next_stage_id", "priority_parts"):
            with self.assertRaises(AccessError):
                other.invalidate_recordset()
                other.read([name])
        with self.assertRaises(AccessError):
            other.action_next()
        forged = self.env["kam.collection"].with_user(self.other_kam)
        forged = forged.new(
            {"client_id": self.client.id, "company_id": self.company.id}
        )
        for name in ("item_ids", "promise_ids", "next_stage_id", "last_call_id"):
            self.assertFalse(forged[name])
        self.assertNotIn("500", forged.priority_parts)

    def test_call_shows_the_same(self):
        self.case._log_call("Pays soon", self.day(1))
        call = self.env["kam.collection.call"].with_user(self.kam)
        call = call.new({"collection_id": self.case.id})
        self.promise(60, self.old)
        self.assertEqual(call.item_ids._origin, self.as_manager().item_ids)
        self.assertEqual(call.item_ids.mapped("promised"), [60, 0])
        self.assertEqual(call.contact_ids._origin, self.as_manager().contact_ids)
        self.assertEqual(call.last_call_id.result, "Pays soon")

    def test_documents_to_choose_from(self):
        field = self.env["kam.promise"]._fields["move_ids"]
        self.assertIn("('payment_state', 'in', ('not_paid', 'partial'))", field.domain)
        move = self.old.with_user(self.kam).with_context(kam_show_debt=True)
        for part in (self.old.name, self.partner.name, "300.00", "due"):
            self.assertIn(part, move.display_name)
        self.assertNotIn("300.00", self.old.with_user(self.kam).display_name)

    def test_queries_are_the_same_for_many_cases(self):
        cases = self.case
        for number in range(3):
            client = self.make_client(f"Debtor {number}")
            self.overdue(500, 40, client.partner_ids)
            cases |= self.env["kam.collection.debt"]._open_cases(client.ids)
        self.company.kam_ladder_start = self.day(-90)
        names = [
            *("item_ids", "contact_ids", "last_call_id", "last_promise_id"),
            *("next_stage_id", "priority_parts", "dispute_count", "log_ids"),
        ]
        counts = []
        for some in (self.case, cases):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.controller).read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 6)


@freeze_time(TODAY)
class TestNextStep(LadderCase):
    def next_step(self):
        self.env.invalidate_all()
        case = self.case.with_user(self.kam)
        return case.next_stage_id, case.next_stage_date

    def test_the_level_and_its_working_day(self):
        """Ten days past due on a Wednesday; the stop comes on the Monday after."""
        self.owe(10)
        self.climb()
        self.assertEqual(self.next_step(), (self.stages["stop"], date(2026, 6, 15)))

    def test_before_the_run_it_is_today(self):
        self.owe(10)
        self.env["kam.collection.debt"]._open_cases(self.client.ids)
        self.assertEqual(self.next_step(), (self.stages["head"], date(2026, 6, 10)))

    def test_the_highest_of_all_documents(self):
        """One reaches the letter on Monday the 15th, the other the stop."""
        self.owe(10)
        self.owe(1)
        self.climb()
        with freeze_time("2026-06-14"):
            self.assertEqual(self.next_step()[0], self.stages["stop"])

    def test_a_day_off_is_passed_over(self):
        """Eleven days past due, four to the stop: a Sunday becomes a Monday."""
        self.owe(11)
        self.climb()
        self.assertEqual(self.next_step(), (self.stages["stop"], date(2026, 6, 15)))

    def test_a_demand_waits_for_its_letter(self):
        """Sent on the 10th; twenty days past due on the 25th, a Thursday."""
        self.owe(5)
        self.climb()
        self.letters.with_user(self.controller).action_send()
        self.climb(22)
        self.climb(23)
        with freeze_time("2026-06-23"):
            demand = self.stages["demand"]
            self.assertEqual(self.next_step(), (demand, date(2026, 6, 25)))
            self.company.kam_demand_days = 20
            self.assertEqual(self.next_step(), (demand, date(2026, 6, 30)))

    def test_a_letter_that_was_never_sent_is_made_up_for(self):
        self.owe(15)
        self.climb()
        self.climb(11)
        with freeze_time("2026-06-11"):
            letter = self.stages["letter"]
            self.assertEqual(self.next_step(), (letter, date(2026, 6, 15)))

    def test_a_stop_comes_after_its_announcement(self):
        self.owe(15)
        self.env["kam.collection.debt"]._open_cases(self.client.ids)
        stop = self.stages["stop"], date(2026, 6, 11)
        self.assertEqual(self.next_step(), stop)
        self.climb()
        self.assertEqual(self.next_step(), stop)

    def test_a_level_with_a_minimum_waits_for_it(self):
        self.stages["stop"].min_amount = 101
        self.owe(10)
        self.climb()
        self.assertNotEqual(self.next_step()[0], self.stages["stop"])
        self.stages["stop"].min_amount = 100
        self.assertEqual(self.next_step()[0], self.stages["stop"])

    def test_nothing_when_paused_promised_or_off(self):
        self.owe(10)
        self.climb()
        case = self.case
        case.with_user(self.controller).action_pause("Holidays", date(2026, 6, 30))
        self.assertEqual(self.next_step(), (self.stages["stop"].browse(), False))
        case.with_user(self.controller).action_resume()
        self.company.kam_ladder_start = False
        self.assertFalse(self.next_step()[0])
