"""A manager simulates his pay, sends a report; the head closes the department."""

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

from ..common import KamHttpCase

# What a reader would have to scroll sideways for, and text that is cut off.
NARROW = """
const wide = [...document.querySelectorAll(".o_action_manager *")].filter(
    (node) =>
        ["auto", "scroll"].includes(getComputedStyle(node).overflowX) &&
        node.scrollWidth > node.clientWidth + 1 &&
        !node.closest(".o-mail-Form-chatter, .o_kanban_grouped")
);
const out = [...document.querySelectorAll("%s")].filter(
    (node) => node.getBoundingClientRect().right > window.innerWidth + 1
);
const found = [...wide, ...out].map((node) => node.className || node.tagName);
if (found.length) {
    console.error(`Wider than the phone: ${found.join(", ")}`);
} else {
    console.log("test successful");
}
"""


class PayCase(KamHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Tour Client")
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE kam_assignment SET date_from = '2020-01-01'")
        cls.env.invalidate_all()
        cls.month = cls.today.replace(day=1) - relativedelta(months=1)
        day = cls.month + relativedelta(days=9)
        partner = cls.client.partner_ids
        cls.make_invoice(partner, 800, date=day - relativedelta(years=1))
        invoice = cls.make_invoice(partner, 900, date=day, due=day)
        cls.pay(900, invoice, date=day)
        cls.env["kam.sales.plan"].create(
            {
                "company_id": cls.company.id,
                "team_id": cls.team.id,
                "user_id": cls.kam.id,
                "period": "month",
                "date_from": cls.month,
                "effective_date": cls.month,
                "state": "approved",
                "line_ids": [Command.create({"month": cls.month, "target": 1000})],
            }
        )
        cls.env["kam.pay.scheme"].create(
            {
                "user_id": cls.kam.id,
                "company_id": cls.company.id,
                "date_from": cls.month,
                "amount": 10_000,
            }
        )
        cards = cls.env["kam.scorecard"]._make_cards(cls.company, cls.month)
        cards._compute_cards()
        cls.card = cards.filtered(lambda card: card.user_id == cls.kam)


class TestPayTours(PayCase):
    def test_a_manager_simulates(self):
        self.start_tour(
            f"/odoo/my-scorecard/{self.card.id}",
            "kam_manager_simulates_his_pay",
            login=self.kam.login,
        )

    def test_the_head_closes_the_month_from_the_department(self):
        self.start_tour(
            "/odoo/department",
            "kam_head_closes_from_the_department",
            login=self.head.login,
        )
        self.assertEqual(self.card.state, "closed")

    def test_a_part_of_growth_opens_its_clients(self):
        self.start_tour(
            "/odoo/growth", "kam_manager_opens_a_part_of_growth", login=self.kam.login
        )

    def test_a_report_is_sent(self):
        duty = self.env["kam.report.duty"].create(
            {
                "name": "Debts",
                "source": "debts",
                "due_days": 3,
                "date_from": self.month,
                "company_id": self.company.id,
            }
        )
        duty._make_instances()
        report = duty.instance_ids.filtered(lambda row: row.user_id == self.kam)
        self.start_tour(
            f"/odoo/reports-due/{report[:1].id}",
            "kam_manager_sends_a_report",
            login=self.kam.login,
        )
        self.assertEqual(report[:1].state, "submitted")


class TestPayOnAPhone(PayCase):
    browser_size = "390x844"
    touch_enabled = True

    def assertFits(self, url, shown, login):
        """Nothing on the page is to be scrolled sideways."""
        self.browser_js(
            url,
            NARROW % shown,
            ready=f"!!document.querySelector('{shown}')",
            login=login,
        )

    def test_the_steps_of_the_pay(self):
        self.assertFits(
            f"/odoo/my-scorecard/{self.card.id}", ".o_kam_pay td", self.kam.login
        )

    def test_the_bridge(self):
        self.assertFits("/odoo/growth", ".o_kam_waterfall_part", self.kam.login)

    def test_schemes_of_pay(self):
        self.assertFits("/odoo/pay-schemes", ".o_kanban_record span", self.head.login)

    def test_the_department(self):
        self.assertFits("/odoo/department", ".o_kanban_record span", self.head.login)
