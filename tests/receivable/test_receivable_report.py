from random import Random

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import KamCommon

COLUMNS = ("not_due", "1_30", "31_60", "61_90", "over_90", "unallocated")


class ReceivableCase(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Azbuka")
        cls.partner = cls.client.partner_ids

    def items(self, day=None, user=None, client=None):
        """The rows of a day; today without one."""
        self.env.flush_all()
        report = self.env["kam.receivable.report"].with_user(user or self.env.user)
        if day is not None:
            report = report.with_context(to_date=day)
        return report.search([("client_id", "in", (client or self.client).ids)])

    def aging(self, day=None, **kwargs):
        """The columns that are not zero, and the receivable."""
        items = self.items(day, **kwargs)
        sums = {name: sum(items.mapped(f"aging_{name}")) for name in COLUMNS}
        total = sum(items.mapped("residual"))
        self.assertAlmostEqual(sum(sums.values()), total)
        found = {name: round(value, 2) for name, value in sums.items() if value}
        return {**found, "receivable": round(total, 2)}


@tagged("receivable")
class TestReceivableReport(ReceivableCase):
    def test_borders_of_the_columns(self):
        borders = {
            0: "not_due",
            1: "1_30",
            30: "1_30",
            31: "31_60",
            60: "31_60",
            61: "61_90",
            90: "61_90",
            91: "over_90",
        }
        for late in borders:
            due = self.day(-late)
            self.make_invoice(self.partner, 100 + late, date=self.day(-100), due=due)
        items = self.items().grouped("days_overdue")
        self.assertEqual(
            {late: items[late].bucket for late in borders},
            borders,
        )
        for late, item in items.items():
            self.assertEqual(item[f"aging_{borders[late]}"], 100 + late)
            self.assertEqual(item.overdue, 100 + late if late else 0)
            self.assertEqual(item.date_maturity, self.day(-late))

    def test_dimensions(self):
        tier = self.env["kam.tier"].create({"name": "Gold"})
        self.client.tier_id = tier
        invoice = self.make_invoice(self.partner, 100)
        item = self.items()
        self.assertRecordValues(
            item,
            [
                {
                    "name": invoice.name,
                    "move_id": invoice.id,
                    "partner_id": self.partner.id,
                    "manager_id": self.kam.id,
                    "team_id": self.team.id,
                    "tier_id": tier.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                }
            ],
        )
        self.assertEqual(item.line_id.move_id, invoice)
        self.assertEqual(item.action_open_document()["res_id"], invoice.id)

    def test_without_a_due_date_the_date_counts(self):
        self.pay(40, partner=self.partner, date=self.day(-5))
        invoice = self.make_invoice(self.partner, 100, date=self.day(-5))
        line = invoice.line_ids.filtered("date_maturity")
        self.env.cr.execute(
            "UPDATE account_move_line SET date_maturity = NULL WHERE id = %s", [line.id]
        )
        self.env.invalidate_all()
        self.assertEqual(
            self.aging(), {"1_30": 100, "unallocated": -40, "receivable": 60}
        )

    def test_part_payment_and_unallocated_credit(self):
        invoice = self.make_invoice(self.partner, 100, due=self.day(-3))
        self.pay(30, invoice)
        self.pay(20, partner=self.partner)
        self.assertEqual(
            self.aging(), {"1_30": 70, "unallocated": -20, "receivable": 50}
        )

    def test_instalments_are_apart(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, **days})
                    for days in ({"nb_days": 0}, {"nb_days": 60})
                ],
            }
        )
        invoice = self.make_invoice(
            self.partner,
            100,
            date=self.day(-40),
            invoice_payment_term_id=term.id,
        )
        self.assertEqual(len(self.items()), 2)
        self.assertEqual(self.aging(), {"31_60": 50, "not_due": 50, "receivable": 100})
        self.assertEqual(self.items().move_id, invoice)

    def test_as_of_a_day(self):
        invoice = self.make_invoice(self.partner, 100, date=self.day(-50))
        self.pay(60, invoice, date=self.day(-10))
        self.make_invoice(self.partner, 5, date=self.day(-1))
        self.assertEqual(self.aging(self.day(-11)), {"31_60": 100, "receivable": 100})
        self.assertEqual(self.aging(self.day(-10)), {"31_60": 40, "receivable": 40})
        self.assertEqual(self.aging(self.day(-51)), {"receivable": 0})
        self.assertEqual(
            self.aging(str(self.day(-50))), {"not_due": 100, "receivable": 100}
        )
        self.assertEqual(self.aging(), {"31_60": 40, "1_30": 5, "receivable": 45})

    def test_a_receipt_of_tomorrow_matched_today(self):
        invoice = self.make_invoice(self.partner, 100, due=self.day(-1))
        self.pay(100, invoice, date=self.day(1))
        self.make_invoice(self.partner, 7, date=self.day(1))
        self.assertEqual(self.aging(), {"1_30": 100, "receivable": 100})
        self.assertEqual(self.aging(self.day(1)), {"not_due": 7, "receivable": 7})

    def test_unmatching_changes_the_aging_and_not_the_receivable(self):
        invoice = self.make_invoice(self.partner, 100, date=self.day(-50))
        payment = self.pay(60, invoice, date=self.day(-10))
        self.assertEqual(self.aging(self.day(-5)), {"31_60": 40, "receivable": 40})
        payment.line_ids.remove_move_reconcile()
        self.assertEqual(
            self.aging(self.day(-5)),
            {"31_60": 100, "unallocated": -60, "receivable": 40},
        )

    def test_exchange_difference_is_no_debt(self):
        currency = self.make_currency("EUR", (-90, 2.0), (-9, 4.0))
        invoice = self.make_invoice(
            self.partner, 100, date=self.day(-20), currency=currency
        )
        self.assertEqual(self.aging(), {"1_30": 50, "receivable": 50})
        item = self.items()
        self.assertEqual((item.currency_id, item.residual_currency), (currency, 100))
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        register.create(
            {"payment_date": self.day(-5), "currency_id": currency.id}
        )._create_payments()
        self.assertEqual(self.aging(), {"receivable": 0})
        self.assertEqual(self.aging(self.day(-6)), {"1_30": 50, "receivable": 50})

    def test_overdue_needs_a_residual_in_its_own_currency(self):
        currency = self.make_currency("EUR", (-90, 2.0))
        invoice = self.make_invoice(
            self.partner, 100, date=self.day(-20), currency=currency
        )
        line = invoice.line_ids.filtered("date_maturity")
        self.env.cr.execute(
            "UPDATE account_move_line"
            "   SET amount_residual = 5, amount_residual_currency = 0 WHERE id = %s",
            [line.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.aging(), {"not_due": 5, "receivable": 5})
        self.assertEqual(self.items().overdue, 0)

    def test_companies_apart_and_branch_pooled(self):
        other = self.make_company("Other company")
        branch = self.make_company("Branch", chart=False, parent_id=self.company.id)
        self.make_invoice(self.partner, 100)
        self.make_invoice(self.partner, 30, company=other)
        self.make_invoice(self.partner, 5, company=branch)
        items = self.items().grouped("company_id")
        self.assertEqual(
            {company: sum(rows.mapped("residual")) for company, rows in items.items()},
            {self.company: 105, other: 30},
        )
        self.kam.company_ids = self.company
        mine = self.items(user=self.kam)
        self.assertEqual(mine.company_id, self.company)

    def test_two_days_in_one_transaction(self):
        self.make_invoice(self.partner, 100, date=self.day(-50))
        then, now = self.items(self.day(-20)), self.items()
        self.assertEqual((then.days_overdue, now.days_overdue), (30, 50))

    def test_each_role(self):
        self.make_invoice(self.partner, 100)
        for user in (self.kam, self.head, self.controller, self.support, self.director):
            self.assertEqual(len(self.items(user=user)), 1, user.login)
        for user in (self.other_kam, self.other_head):
            self.assertFalse(self.items(user=user), user.login)
            with self.assertRaises(AccessError):
                self.items().with_user(user).read(["residual"])

    def test_grouping(self):
        self.make_invoice(self.partner, 100, due=self.day(-1))
        self.make_invoice(self.partner, 10)
        rows = self.env["kam.receivable.report"]._read_group(
            [("client_id", "=", self.client.id)],
            ["manager_id", "bucket"],
            ["residual:sum"],
        )
        self.assertEqual(
            {(manager, bucket): amount for manager, bucket, amount in rows},
            {(self.kam, "not_due"): 10, (self.kam, "1_30"): 100},
        )


@tagged("receivable")
class TestLedgerBalance(ReceivableCase):
    """What is open and what the ledger says, of a client and of several."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.make_client("Berezka")
        cls.stranger = cls.make_partner("In no client")

    def match(self, *moves):
        lines = self.env["account.move"].union(*moves).line_ids
        lines.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()

    def balances(self, day=None):
        """Balance and matchings with others, of each client and of both."""
        ledger, day = self.env["kam.credit.ledger"], day or self.today
        both = self.client | self.second
        keys = {client: (client.id, self.company.id) for client in both}
        each = ledger._get_balances(keys.values(), day)
        agings = ledger._get_agings(keys.values(), day)
        for client, key in keys.items():
            balance, across = each[key]
            self.assertAlmostEqual(balance, agings[key]["receivable"] + across)
            ledger_balance = self.ledger(client, day)
            self.assertAlmostEqual(balance, ledger_balance)
        pooled = ledger._get_pooled_balance(both.ids, self.company, day)
        return each[keys[self.client]], each[keys[self.second]], pooled

    def ledger(self, client, day):
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "in", client.partner_ids.ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
            ]
        )
        return sum(lines.mapped("balance"))

    def test_matched_with_a_stranger(self):
        invoice = self.make_invoice(self.partner, 100, date=self.day(-20))
        payment = self.pay(30, partner=self.stranger, date=self.day(-10))
        self.match(invoice, payment)
        self.assertEqual(self.balances(), ((100, 30), (0, 0), (100, 30)))
        self.assertEqual(self.balances(self.day(-11)), ((100, 0), (0, 0), (100, 0)))
        self.assertEqual(self.aging(), {"1_30": 70, "receivable": 70})

    def test_paid_for_a_stranger(self):
        invoice = self.make_invoice(self.stranger, 100)
        payment = self.pay(30, partner=self.partner)
        self.match(invoice, payment)
        self.assertEqual(self.balances(), ((-30, -30), (0, 0), (-30, -30)))

    def test_matched_between_two_clients(self):
        invoice = self.make_invoice(self.partner, 100)
        payment = self.pay(30, partner=self.second.partner_ids)
        self.match(invoice, payment)
        self.assertEqual(self.balances(), ((100, 30), (-30, -30), (70, 0)))

    def test_within_a_client_nothing_differs(self):
        invoice = self.make_invoice(self.partner, 100)
        self.pay(30, invoice)
        self.assertEqual(self.balances(), ((70, 0), (0, 0), (70, 0)))

    def test_random_histories_equal_the_ledger_on_any_day(self):
        random = Random(7)
        partners = self.partner | self.second.partner_ids | self.stranger
        for _turn in range(12):
            amount = random.randint(100, 99999) / 100
            day = self.day(-random.randint(0, 90))
            invoice = self.make_invoice(random.choice(partners), amount, date=day)
            paid = round(amount * random.choice((0.25, 1, 1.5)), 2)
            day = self.day(random.randint(-90, 5))
            payment = self.pay(paid, partner=random.choice(partners), date=day)
            if random.random() < 0.7:
                self.match(invoice, payment)
        both = self.client | self.second
        for ago in (95, *random.sample(range(90), 8), 0):
            day = self.day(-ago)
            *_each, (balance, across) = self.balances(day)
            receivable = self.aging(day, client=both)["receivable"]
            self.assertAlmostEqual(receivable + across, balance, 2, f"{ago} days ago")

    def test_nobody(self):
        ledger = self.env["kam.credit.ledger"]
        self.assertEqual(ledger._get_agings([], self.today), {})
        self.assertEqual(ledger._get_balances([], self.today), {})
        pooled = ledger._get_pooled_balance([], self.company, self.today)
        self.assertEqual(pooled, (0, 0))
