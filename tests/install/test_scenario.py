"""The main job in the demo company, done as its people would do it.

`./kam demo --check` runs it and shows what it prints: what was tried, and the decisions
on orders with their reasons.
"""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .demo_company import DemoCase

SHORT = 50000
ROOM = 100000


@tagged("standard", "post_install", "-at_install")
class TestScenario(DemoCase):
    """The people, what they do, and what came of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.told = []
        cls.addClassCleanup(lambda: print("", *cls.told, sep="\n"))

    def note(self, step, expected, found):
        """Write a step down; it has to come out as expected."""
        self.told.append(f"{step}: {found}")
        self.assertEqual(found, expected, step)

    def decide(self, order, expected):
        """Write down the decision in force on an order.

        :param expected: outcome, rules, state: "hold by limit, not confirmed"
        """
        order = order.with_env(self.env)
        order.invalidate_recordset()
        decision = order.credit_decision_id
        rules = decision.reason_ids.filtered(lambda reason: reason.outcome != "pass")
        broken = f" by {', '.join(rules.mapped('rule'))}" if rules else ""
        confirmed = "confirmed" if order.state == "sale" else "not confirmed"
        client = decision.client_id or order.kam_client_id
        self.note(
            f"{order.name} of {client.name} over {decision.order_amount:,.0f}",
            expected,
            f"{order.credit_state}{broken}, {confirmed}",
        )
        self.told.append(f"    {decision.summary}")

    def as_user(self, login):
        """An environment in which a person of the demo company works, in English."""
        user = self.ref(f"user_{login}")
        context = {
            "lang": "en_US",
            "tz": user.tz,
            "allowed_company_ids": user.company_id.ids,
        }
        return self.env(user=user.id, su=False, context=context)

    def attempt(self, action, *arguments):
        """Do something that may be refused; tell how it went."""
        try:
            with self.env.cr.savepoint():
                action(*arguments)
        except AccessError:
            return "refused"
        except UserError as error:
            return f"error: {error}"
        return "done"

    def make_order(self, user_env, partner, amount, **vals):
        """A quotation over exactly the amount, of goods free of tax."""
        line = {"product_id": self.ref("product_flour").id, "price_unit": amount}
        return user_env["sale.order"].create(
            {
                "partner_id": self.ref(f"partner_{partner}").id,
                "order_line": [Command.create(line)],
                **vals,
            }
        )

    def test_a_manager_sees_her_own_clients(self):
        anna = self.as_user("kam_anna")
        own = self.env["kam.client"].search([("manager_id", "=", anna.uid)])
        self.assertTrue(own)
        seen = anna["kam.client"].search([])
        self.note("Anna sees", own.mapped("name"), seen.mapped("name"))
        others = self.env["kam.client"].search([("id", "not in", own.ids)])
        orders = anna["sale.order"].search([("kam_client_id", "in", others.ids)])
        self.note("Orders of other clients that Anna sees", 0, len(orders))
        line = anna["kam.credit.line"].browse(others.credit_line_ids[:1].id)
        self.note(
            "Anna reads a credit line of another client",
            "refused",
            self.attempt(line.read, ["exposure"]),
        )

    def test_what_fits_passes_and_what_does_not_is_released(self):
        """100,000 are free: 150,000 are held and 50,000 short, 90,000 pass."""
        anna = self.as_user("kam_anna")
        client = self.ref("kam_client_azbuka")
        line = client.credit_line_id
        self.note(
            "Limit, debt and confirmed orders of Azbuka",
            (1000000, 700000, 200000),
            (line.effective_limit, line.receivable, line.uninvoiced),
        )
        quotations = anna["sale.order"].search(
            [("kam_client_id", "=", client.id), ("state", "=", "draft")]
        )
        orders = {round(order.amount_total): order for order in quotations}
        big, fitting = orders[ROOM + SHORT], orders[ROOM - 10000]
        big.action_confirm()
        shortfall = big.sudo().credit_decision_id.shortfall
        self.note("The big order is short of", SHORT, shortfall)
        self.decide(big, "hold by limit, not confirmed")
        fitting.action_confirm()
        self.decide(fitting, "pass, confirmed")
        self.ask_and_release(anna, big)
        self.assertEqual(self.env["res.company"]._kam_check(), [])

    def ask_and_release(self, anna, order):
        """The manager asks, may not release himself; the controller releases."""
        order.action_credit_request("Opening of two shops; payment is on its way.")
        activities = order.with_env(self.env).activity_ids
        self.note("The request reaches", ["credit"], activities.user_id.mapped("login"))
        decision = order.sudo().credit_decision_id
        own = anna["kam.credit.decision"].browse(decision.id)
        self.note(
            "Anna releases her own order",
            "refused",
            self.attempt(own.action_release, "Because I say so"),
        )
        controller = self.as_user("credit")["kam.credit.decision"].browse(decision.id)
        self.note(
            "The controller releases without a reason",
            "error: Enter the reason.",
            self.attempt(controller.action_release, "   "),
        )
        controller.action_release("Payment order seen, due on Friday.")
        self.decide(order, "released by limit, not confirmed")
        order.action_confirm()
        self.decide(order, "released by limit, confirmed")
        resolution = self.env["kam.credit.resolution"].search(
            [("decision_id.order_id", "=", order.id)]
        )
        self.note(
            "Who released it, and why, stays on record",
            ("Olga Kuzmina", "Payment order seen, due on Friday."),
            (resolution.user_id.name, resolution.reason),
        )

    def test_of_two_confirmed_together_the_second_finds_the_room_taken(self):
        anna = self.as_user("kam_anna")
        headroom = self.ref("kam_client_severny").credit_line_id.headroom
        amount = round(headroom * 0.6, -1)
        orders = self.make_order(anna, "severny", amount)
        orders |= self.make_order(anna, "severny", amount)
        orders.action_confirm()
        self.decide(orders[0], "pass, confirmed")
        self.decide(orders[1], "hold by limit, not confirmed")

    def test_a_client_whose_line_has_run_out_prepays(self):
        vera = self.as_user("kam_vera")
        unpaid = self.make_order(vera, "samobranka", 12000)
        unpaid.action_confirm()
        self.decide(unpaid, "hold by expired, not confirmed")
        paid = self.make_order(vera, "samobranka", 12000)
        self.prepay(paid.with_env(self.env))
        paid.action_confirm()
        self.decide(paid, "pass, confirmed")

    def prepay(self, order):
        """Invoice the whole order in advance and take the money."""
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 100})
        )
        invoice = wizard._create_invoices(order)
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({}).action_create_payments()

    def test_another_invoice_address_is_no_way_round_the_limit(self):
        anna = self.as_user("kam_anna")
        stranger = self.ref("partner_ivolga")
        order = self.make_order(anna, "azbuka", 5000, partner_invoice_id=stranger.id)
        order.action_confirm()
        self.decide(order, "hold by debtor, not confirmed")

    def test_the_heads_finished_one_classification_and_began_another(self):
        runs = self.env["kam.classification"].search([], order="id")
        self.note("Classification runs", ["done", "open"], runs.mapped("state"))
        zarya = self.ref("kam_client_zarya")
        lines = runs[:1].line_ids.filtered(lambda line: line.client_id == zarya)
        self.note(
            "Zarya was to be demoted, and is no key client any more",
            (["demote"], "accepted", "Stepan Gromov", False),
            (
                lines.mapped("proposal"),
                lines.decision,
                lines.decision_user_id.name,
                zarya.active,
            ),
        )
        self.note("There are customers to judge", True, runs[-1:].waiting_count > 0)
