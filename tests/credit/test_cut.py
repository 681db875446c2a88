"""Cutting a held order to fit, and asking for money in advance."""

from odoo.exceptions import AccessError, UserError

from odoo.addons.key_account_management.wizards.credit.cutting import take_off

from ..common import KamCommon, KamHttpCase


class TestTakeOff(KamCommon):
    def test_whole_units_those_named_first(self):
        for lines, amount, units in (
            ([(10, 150)], 500, [4]),
            ([(10, 150)], 450, [3]),
            ([(10, 150)], 450.01, [4]),
            ([(2, 100), (5, 70)], 310, [2, 2]),
            ([(2.5, 100), (5, 70)], 1000, [2, 5]),
            ([(3, 0), (3, -5), (3, 5)], 7, [0, 0, 2]),
            ([(3, 5)], 0, [0]),
            ([(0.3 / 0.1, 1)], 9, [3]),
        ):
            with self.subTest(lines=lines, amount=amount):
                self.assertEqual(take_off(lines, amount), units)


class TestCut(KamCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_limited(1000)
        cls.partner = cls.client.partner_ids
        cls.dear, cls.cheap = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "consu",
                    "taxes_id": False,
                    "list_price": 100,
                    "standard_price": cost,
                }
                for name, cost in (("Dear", 90), ("Cheap", 10))
            ]
        )
        cls.order = cls.make_order(
            cls.partner,
            lines=[
                {"product_id": cls.cheap.id, "price_unit": 100, "product_uom_qty": 8},
                {"product_id": cls.dear.id, "price_unit": 100, "product_uom_qty": 5},
            ],
        )

    def setUp(self):
        super().setUp()
        self.confirm(self.order)

    def open(self, user=None):
        action = self.order.with_user(user or self.kam).action_credit_cut()
        cuts = self.env[action["res_model"]].with_user(user or self.kam)
        return cuts.browse(action["res_id"])

    def test_lowest_margin_first_and_confirmed(self):
        cut = self.open()
        self.assertEqual(cut.shortfall, 300)
        self.assertEqual(cut.line_ids.mapped("quantity"), [8, 2])
        self.assertEqual(cut.left, 0)
        cut.action_apply()
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.amount_total, 1000)

    def test_what_is_typed_counts(self):
        cut = self.open()
        cut.line_ids[1].quantity = 4
        self.assertEqual(cut.left, 200)
        cut.line_ids[0].quantity = 5
        self.assertEqual(cut.left, -100)
        cut.action_apply()
        self.assertEqual(self.order.order_line.mapped("product_uom_qty"), [5, 4])
        self.assertEqual(self.order.state, "sale")

    def test_too_little_stays_on_hold(self):
        cut = self.open()
        cut.line_ids[1].quantity = 4
        action = cut.action_apply()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(
            action["params"]["next"]["type"], "ir.actions.act_window_close"
        )
        self.assertHeld(self.order, "limit")
        self.assertEqual(self.order.credit_decision_id.shortfall, 200)

    def test_quantities_that_make_no_sense(self):
        for quantity in (-1, 8.5):
            cut = self.open()
            cut.line_ids[0].quantity = quantity
            with self.assertRaisesRegex(UserError, "from 0 to 8"):
                cut.action_apply()
        self.assertEqual(self.order.order_line[0].product_uom_qty, 8)

    def test_a_stranger_cuts_nothing(self):
        with self.assertRaises(AccessError):
            self.open(self.other_kam)


class TestPrepayment(KamHttpCase):
    def test_the_link_works_at_once(self):
        client = self.make_limited(1000)
        order = self.make_order(client.partner_ids, 68_000, require_payment=True)
        self.confirm(order)
        for required in (1.0, 0.5):
            order.prepayment_percent = required
            action = order.with_user(self.kam).action_credit_prepayment()
            wizard = (
                self.env["payment.link.wizard"]
                .with_user(self.kam)
                .with_context(**action["context"])
                .create({})
            )
            self.assertEqual(wizard.amount, 67_000)
            self.assertFalse(wizard.warning_message)
        self.env.flush_all()
        page = self.url_open(wizard.link)
        self.assertEqual(page.status_code, 200)
        self.assertIn("67,000.00", page.text)
