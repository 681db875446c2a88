"""Receivable, overdue and aging of a client, from posted journal items."""

from odoo.fields import Command

from ..common import KamCommon


class TestReceivable(KamCommon):
    def setUp(self):
        super().setUp()
        self.partners = self.make_partner("Shop") | self.make_partner("Depot")
        self.client = self.make_client("Holding", self.partners)
        policy = self.make_policy(limit_action="hold")
        self.line = self.make_line(self.client, 10_000, policy_id=policy.id)

    def test_nothing_is_owed_at_first(self):
        self.assertMoney(
            self.line,
            receivable=0,
            uninvoiced=0,
            exposure=0,
            headroom=10_000,
            utilization=0,
            overdue=0,
            oldest_overdue_days=0,
        )

    def test_a_form_just_opened_shows_zero(self):
        for vals in ({}, {"client_id": self.client.id}, {"company_id": False}):
            with self.subTest(str(vals)):
                line = self.line.new(vals)
                self.assertMoney(line, receivable=0, uninvoiced=0, overdue=0)

    def test_invoices_of_all_partners_and_their_contacts_are_pooled(self):
        contact = self.make_partner(
            "Accounts", parent_id=self.partners[1].id, is_company=False, type="invoice"
        )
        self.make_invoice(self.partners[0], 100)
        self.make_invoice(contact, 20.5)
        self.assertMoney(self.line, receivable=120.5, headroom=9879.5)
        self.assertMoney(self.judge(self.client), receivable=120.5)

    def test_a_partial_payment_leaves_the_residual(self):
        invoice = self.make_invoice(self.partners[0], 100)
        self.pay(33.33, invoice=invoice)
        self.assertMoney(self.line, receivable=66.67)

    def test_a_paid_invoice_is_gone(self):
        invoice = self.make_invoice(self.partners[0], 100)
        self.pay(100, invoice=invoice)
        self.assertMoney(self.line, receivable=0)

    def test_money_not_matched_yet_counts_at_once(self):
        self.make_invoice(self.partners[0], 100)
        self.pay(30, partner=self.partners[1])
        self.assertMoney(self.line, receivable=70)

    def test_prepayments_make_a_negative_receivable(self):
        self.pay(500, partner=self.partners[0])
        self.assertMoney(self.line, receivable=-500, headroom=10_500)
        self.assertMoney(self.judge(self.client, amount=10_500), headroom=0)

    def test_credit_notes_count_when_posted(self):
        invoice = self.make_invoice(self.partners[0], 100)
        self.credit_note(invoice, price=40)
        self.assertMoney(self.line, receivable=60)

    def test_drafts_and_cancelled_invoices_do_not_count(self):
        invoice = self.make_invoice(self.partners[0], 100)
        invoice.button_draft()
        self.assertMoney(self.line, receivable=0)
        invoice.button_cancel()
        self.assertMoney(self.line, receivable=0)

    def test_vendor_bills_do_not_count(self):
        self.make_invoice(self.partners[0], 100, move_type="in_invoice")
        self.assertMoney(self.line, receivable=0)

    def test_opening_balances_by_journal_entry_count(self):
        account = self.partners[0].property_account_receivable_id
        income = self.env["account.account"].search(
            [("account_type", "=", "income")], limit=1
        )
        self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.partners[0].id,
                            "debit": 77,
                        }
                    ),
                    Command.create({"account_id": income.id, "credit": 77}),
                ],
            }
        ).action_post()
        self.assertMoney(self.line, receivable=77)

    def test_every_receivable_account_counts(self):
        account = self.partners[0].property_account_receivable_id.copy(
            {"code": "121999"}
        )
        self.partners[0].property_account_receivable_id = account
        self.make_invoice(self.partners[0], 55)
        self.assertMoney(self.line, receivable=55)

    def test_other_clients_do_not_count(self):
        other = self.make_client("Other")
        self.make_invoice(other.partner_ids, 100)
        self.make_confirmed(other.partner_ids, 100)
        self.assertMoney(self.line, exposure=0)

    def test_a_post_dated_invoice_does_not_vanish_at_the_gate(self):
        self.make_invoice(self.partners[0], 100, date=self.day(40))
        decision = self.judge(self.client)
        self.assertMoney(decision, receivable=0, uninvoiced=100, exposure=100)

    def test_a_post_dated_payment_gives_no_credit_yet_at_the_gate(self):
        self.make_invoice(self.partners[0], 100)
        self.pay(60, partner=self.partners[0], date=self.day(1))
        self.assertMoney(self.judge(self.client), receivable=100)

    def test_a_post_dated_credit_note_gives_no_credit_yet_at_the_gate(self):
        self.make_invoice(self.partners[0], 100)
        self.make_invoice(
            self.partners[0], 40, date=self.day(1), move_type="out_refund"
        )
        self.assertMoney(self.judge(self.client), receivable=100)

    def test_a_payment_of_today_counts_at_the_gate(self):
        self.make_invoice(self.partners[0], 100)
        self.pay(60, partner=self.partners[0], date=self.today)
        self.assertMoney(self.judge(self.client), receivable=40)

    def test_utilization_is_exposure_over_the_effective_limit(self):
        self.make_invoice(self.partners[0], 1500)
        self.make_confirmed(self.partners[0], 1000)
        self.line.invalidate_recordset()
        self.assertAlmostEqual(self.line.utilization, 0.25, 6)

    def test_a_partner_that_joins_brings_its_debt(self):
        newcomer = self.make_partner("Newcomer")
        self.make_invoice(newcomer, 100)
        self.make_confirmed(newcomer, 40)
        self.client.partner_ids += newcomer
        self.assertMoney(self.line, receivable=100, uninvoiced=40)

    def test_figures_of_many_lines_at_once_are_each_ones_own(self):
        lines = self.line
        for number in range(1, 4):
            client = self.make_client(f"Client {number}")
            lines |= self.make_line(client, 1000)
            self.make_invoice(client.partner_ids, number * 100)
            self.make_confirmed(client.partner_ids, number * 10)
        lines.invalidate_recordset()
        self.assertEqual(lines.mapped("exposure"), [0, 110, 220, 330])


class TestAging(KamCommon):
    BUCKETS = (
        "aging_not_due",
        "aging_1_30",
        "aging_31_60",
        "aging_61_90",
        "aging_over_90",
        "aging_unallocated",
    )

    def setUp(self):
        super().setUp()
        self.client = self.make_client("Aged")
        self.line = self.make_line(self.client, 10_000)

    def owe(self, amount, days):
        """Post ``amount`` that fell due ``days`` ago."""
        return self.make_invoice(
            self.client.partner_ids,
            amount,
            date=self.day(min(-days, 0)),
            due=self.day(-days),
        )

    def test_buckets_at_their_borders(self):
        days = (-5, 0, 1, 30, 31, 60, 61, 90, 91, 400)
        for index, late in enumerate(days):
            self.owe(2**index, late)
        self.pay(7, partner=self.client.partner_ids)
        self.assertMoney(
            self.line,
            aging_not_due=1 + 2,
            aging_1_30=4 + 8,
            aging_31_60=16 + 32,
            aging_61_90=64 + 128,
            aging_over_90=256 + 512,
            aging_unallocated=-7,
            overdue=1023 - 3,
            receivable=1023 - 7,
            oldest_overdue_days=400,
        )

    def test_the_six_sum_to_the_receivable(self):
        self.owe(100.1, 12)
        self.owe(0.07, 45)
        self.pay(33.4, invoice=self.owe(50, 95))
        self.credit_note(self.owe(20, 3), price=5.55)
        self.line.invalidate_recordset()
        total = sum(self.line[bucket] for bucket in self.BUCKETS)
        self.assertAlmostEqual(total, self.line.receivable, 2)

    def test_overdue_in_lines_is_gross_of_unallocated_credits(self):
        self.owe(100, 1)
        self.pay(40, partner=self.client.partner_ids)
        self.assertMoney(self.line, overdue=100, aging_unallocated=-40)

    def test_overdue_in_lines_knows_no_grace(self):
        self.line.policy_id = self.make_policy(overdue_grace_days=30)
        self.owe(100, 1)
        self.assertMoney(self.line, overdue=100)

    def test_without_a_due_date_the_date_of_the_entry_counts(self):
        account = self.client.partner_ids.property_account_receivable_id
        income = self.env["account.account"].search(
            [("account_type", "=", "income")], limit=1
        )
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": self.day(-2),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.client.partner_ids.id,
                            "debit": 9,
                        }
                    ),
                    Command.create({"account_id": income.id, "credit": 9}),
                ],
            }
        )
        move.action_post()
        move.line_ids.date_maturity = False
        self.assertMoney(self.line, overdue=9, aging_1_30=9, oldest_overdue_days=2)
