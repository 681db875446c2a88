"""Why the weekly plan proposes a client, and how much each reason weighs."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError

from .common import FRIDAY_BEFORE, MONDAY, VisitCase


class TestReasons(VisitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["kam.visit.reason"].search([("code", "=", "newcomer")]).active = False

    def reasons(self, *clients):
        found = self.env["kam.visit.plan"]._get_reasons(
            self.env["kam.client"].concat(*clients), MONDAY
        )
        return [[code for code, _w, _f in found[client]] for client in clients]

    def text(self, client, code):
        plan = self.env["kam.visit.plan"]
        found = plan._get_reasons(client, MONDAY)[client]
        figures = {key: values for key, _weight, values in found}[code]
        return self.env["kam.visit.reason"]._get_text([[code, figures]])

    @freeze_time(FRIDAY_BEFORE)
    def test_held_order(self):
        client = self.make_limited(100)
        order = self.make_order(client.partner_ids, 500)
        order.with_user(self.kam).action_confirm()
        self.assertEqual(self.reasons(client), [["held_order"]])
        self.assertIn(order.name, self.text(client, "held_order"))

    @freeze_time(FRIDAY_BEFORE)
    def test_promises(self):
        client = self.make_client("Promising")
        promise = self.env["kam.promise"].create(
            {
                "client_id": client.id,
                "company_id": self.company.id,
                "amount": 700,
                "date": date(2026, 7, 8),
            }
        )
        self.assertEqual(self.reasons(client), [["promise_day"]])
        self.assertIn("700", self.text(client, "promise_day"))
        promise.sudo().state = "broken"
        self.assertEqual(self.reasons(client), [["broken_promise"]])

    @freeze_time(FRIDAY_BEFORE)
    def test_overdue_money(self):
        client = self.make_client("Owing")
        day = date(2026, 6, 1)
        self.make_invoice(client.partner_ids, 900, date=day, due=date(2026, 6, 23))
        self.assertEqual(self.reasons(client), [["overdue"]])
        self.assertIn("10 days", self.text(client, "overdue"))

    @freeze_time(FRIDAY_BEFORE)
    def test_silence_and_quotations(self):
        client = self.make_client("Silent")
        for ago in (30, 37, 44, 51):
            order = self.make_confirmed(client.partner_ids, 10)
            order.date_order = datetime(2026, 7, 3) - timedelta(days=ago)
        self.assertEqual(self.reasons(client), [["silent"]])
        self.assertIn("30 days", self.text(client, "silent"))
        quotation = self.make_order(client.partner_ids, 10)
        quotation.action_quotation_sent()
        self.assertEqual(self.reasons(client), [["silent"]])
        quotation.date_order = datetime(2026, 6, 29)
        self.assertEqual(self.reasons(client), [["silent", "quotation"]])
        self.assertIn(quotation.name, self.text(client, "quotation"))

    @freeze_time(FRIDAY_BEFORE)
    def test_newcomer(self):
        reason = self.env["kam.visit.reason"].with_context(active_test=False)
        reason.search([("code", "=", "newcomer")]).active = True
        old, new = self.make_client("Old"), self.make_client("New")
        due = date(2026, 12, 1)
        self.make_invoice(old.partner_ids, 10, date=date(2026, 4, 6), due=due)
        self.make_invoice(new.partner_ids, 10, date=date(2026, 4, 8), due=due)
        self.assertEqual(self.reasons(old, new), [[], ["newcomer"]])

    @freeze_time(FRIDAY_BEFORE)
    def test_a_held_order_outranks_every_interval(self):
        self.kam.kam_visits_per_day = 1
        tier = self.make_tier("Daily", 7, 0)
        for number in range(5):
            self.make_client(f"Client {number}", tier_id=tier.id)
        held = self.make_limited(100, name="Z held")
        held.tier_id = tier
        order = self.make_order(held.partner_ids, 500)
        order.with_user(self.kam).action_confirm()
        plan = self.make_plan()
        plan.action_generate()
        self.assertIn(held, plan.visit_ids.client_id)
        self.assertEqual(plan.unplanned_line_ids.client_id.name, "Client 4")
        first = plan.visit_ids.sorted("score", reverse=True)[0]
        self.assertEqual((first.client_id, first.score), (held, 1100))

    @freeze_time(FRIDAY_BEFORE)
    def test_a_reason_alone_makes_a_call(self):
        client = self.make_client("Owing", tier_id=self.make_tier("N", 0, 0).id)
        self.make_invoice(
            client.partner_ids, 900, date=date(2026, 6, 1), due=date(2026, 6, 23)
        )
        plan = self.make_plan()
        plan.action_generate()
        self.assertEqual(plan.visit_ids.kind_code, "call")

    @freeze_time(FRIDAY_BEFORE)
    def test_weights_are_set_and_reasons_switched_off(self):
        client = self.make_limited(100)
        order = self.make_order(client.partner_ids, 500)
        order.with_user(self.kam).action_confirm()
        reason = self.ref("kam_visit_reason_held_order")
        reason.weight = 7
        found = self.env["kam.visit.plan"]._get_reasons(client, MONDAY)
        self.assertEqual(found[client][0][1], 7)
        reason.active = False
        self.assertEqual(self.reasons(client), [[]])

    def test_reasons_take_the_same_queries_for_many(self):
        clients = self.env["kam.client"]
        for number in range(12):
            clients |= self.make_client(f"Client {number}")
        plans = self.env["kam.visit.plan"]
        counts = []
        for some in (clients[:1], clients[:1], clients):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            plans._get_reasons(some, MONDAY)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def make_person(self, client, born, **vals):
        return self.env["res.partner"].create(
            {
                "name": "Olga Buyer",
                "parent_id": client.partner_ids.id,
                "kam_birthday": born,
                "kam_has_decision_power": True,
                **vals,
            }
        )

    @freeze_time(FRIDAY_BEFORE)
    def test_birthday_of_who_decides(self):
        born = {
            "Sunday before": date(1980, 7, 5),
            "Monday": date(1980, 7, 6),
            "Sunday": date(1980, 7, 12),
            "Monday after": date(1980, 7, 13),
        }
        clients = {name: self.make_client(name) for name in born}
        for name, day in born.items():
            self.make_person(clients[name], day)
        self.assertEqual(
            self.reasons(*clients.values()), [[], ["birthday"], ["birthday"], []]
        )
        text = self.text(clients["Sunday"], "birthday")
        self.assertIn("Olga Buyer", text)
        self.assertIn("12 Jul", text)

    @freeze_time(FRIDAY_BEFORE)
    def test_birthday_of_others_is_no_reason(self):
        client = self.make_client("Client")
        person = self.make_person(client, MONDAY.replace(year=1980))
        self.assertEqual(self.reasons(client), [["birthday"]])
        person.kam_has_decision_power = False
        self.assertEqual(self.reasons(client), [[]])
        person.write({"kam_has_decision_power": True, "active": False})
        self.assertEqual(self.reasons(client), [[]])

    @freeze_time(FRIDAY_BEFORE)
    def test_first_birthday_of_the_week_is_told(self):
        client = self.make_client("Client")
        self.make_person(client, date(1970, 7, 9), name="Later")
        self.make_person(client, date(1990, 7, 7), name="Sooner")
        self.assertIn("Sooner", self.text(client, "birthday"))

    @freeze_time("2023-01-01 12:00:00")
    def test_birthday_on_29_february(self):
        client = self.make_client("Client")
        self.make_person(client, date(1980, 2, 29))
        plans = self.env["kam.visit.plan"]
        for week, day in (
            (date(2023, 2, 20), None),
            (date(2023, 2, 27), "2023-02-28"),
            (date(2024, 2, 19), None),
            (date(2024, 2, 26), "2024-02-29"),
            (date(2027, 2, 22), "2027-02-28"),
            (date(2027, 3, 1), None),
        ):
            with self.subTest(week):
                reasons = plans._get_reasons(client, week)[client]
                days = {code: figures.get("date") for code, _w, figures in reasons}
                self.assertEqual(days.get("birthday"), day)

    def test_birthday_that_cannot_be_meant_is_refused(self):
        client = self.make_client("Client")
        for born in (self.day(1), date(1899, 12, 31)):
            with self.subTest(born):
                with self.assertRaisesRegex(ValidationError, "Birthday"):
                    self.make_person(client, born)
        for born in (self.day(0), date(1900, 1, 1)):
            self.make_person(client, born)
