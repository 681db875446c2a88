from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.fields import Command
from odoo.tools import SQL

from .buyers import BUYERS, FIXED
from .kam_demo_mixin import told
from .market import Good, Market, workday

OPENING = time(6)  # UTC


class KamDemoDocuments(models.AbstractModel):
    """Turns the plans into orders, invoices, credit notes and payments, in batches."""

    _name = "kam.demo.documents"
    _description = "Demo: Orders, Invoices and Payments"
    _inherit = ["kam.demo.mixin"]

    def _create_history(self):
        """Build the documents, if they are not there from an earlier installation."""
        if self.env["sale.order"].search_count(
            [("partner_id", "=", self._ref("partner_azbuka").id)], limit=1
        ):
            return
        today = self._today()
        first = today - timedelta(days=30 * self._get_months())
        market = Market(self._get_goods(), first, today)
        with told("orders"):
            orders = self._create_orders(market.get_deals(BUYERS, FIXED))
        with told("invoices"):
            invoices = self._create_invoices(orders)
        with told("allowances"):
            self._create_allowances(invoices)
        with told("payments"):
            self._create_payments(invoices)

    @api.model
    def _get_goods(self):
        """Return the products of the demo data, for the plans."""
        food = self._ref("product_category_food")
        products = self.env["product.product"].search(
            [("categ_id", "child_of", food.id)], order="default_code"
        )
        categories = products.categ_id._get_external_ids()
        return [
            Good(
                product_id=product.id,
                price=product.list_price,
                category=categories[product.categ_id.id][0].rsplit("_")[-1],
                is_exempt=not product.taxes_id,
            )
            for product in products
        ]

    def _create_orders(self, deals):
        """Create an order for each deal; confirmed ones keep their date.

        :return: list of (deal, order)
        """
        partners = {deal.key: self._ref(f"partner_{deal.key}") for deal in deals}
        owners = self.env["kam.assignment"]._get_owners(
            (client, deal.day)
            for deal in deals
            if (client := partners[deal.key].kam_client_id)
        )
        orders = self.env["sale.order"].create(
            [
                self._prepare_order(
                    deal,
                    partner := partners[deal.key],
                    owners.get((partner.kam_client_id, deal.day)),
                )
                for deal in deals
            ]
        )
        result = list(zip(deals, orders, strict=True))
        for state in ("sent", "sale"):
            orders.browse(
                order.id for deal, order in result if deal.state == state
            ).write({"state": state})
        return result

    def _prepare_order(self, deal, partner, owner):
        client = partner.kam_client_id
        opening = datetime.combine(deal.day, OPENING)
        lines = self._prepare_order_lines(deal.lines)
        if not partner.specific_property_product_pricelist:
            self._set_known_values(deal.lines, lines)
        return {
            "partner_id": partner.id,
            "user_id": (owner or self._ref("user_support")).id,
            "team_id": client.team_id.id,
            "date_order": opening + timedelta(minutes=deal.minute),
            "order_line": lines,
        }

    def _prepare_order_lines(self, lines):
        return [
            Command.create({"product_id": good.product_id, "product_uom_qty": quantity})
            for good, quantity in lines
        ]

    def _set_known_values(self, lines, commands):
        """Set what core would look up line by line: list price, no analytics."""
        for (good, _quantity), command in zip(lines, commands, strict=True):
            command[2].update(price_unit=good.price, analytic_distribution=False)

    def _create_invoices(self, orders):
        """Invoice what was shipped up to today, in order of date.

        :param orders: list of (deal, order)
        :return: list of (shipment, invoice)
        """
        today = self._today()
        shipped = [
            (shipment, order)
            for deal, order in orders
            if deal.state == "sale"
            for shipment in deal.shipments
            if shipment.day <= today
        ]
        shipped.sort(key=lambda pair: (pair[0].day, pair[1].id))
        moves = self._create_numbered(
            [self._prepare_invoice(order, shipment) for shipment, order in shipped]
        )
        moves.action_post()
        return [
            (shipment, move)
            for (shipment, _order), move in zip(shipped, moves, strict=True)
        ]

    def _prepare_invoice(self, order, shipment):
        vals = order._prepare_invoice()
        vals["invoice_date"] = shipment.day
        pairs = zip(order.order_line, shipment.quantities, strict=True)
        shipped = [(line, quantity) for line, quantity in pairs if quantity]
        vals["invoice_line_ids"] = [
            Command.create(self._prepare_invoice_line(number, *pair))
            for number, pair in enumerate(shipped)
        ]
        return vals

    def _prepare_invoice_line(self, number, line, quantity):
        """Return the values of a line, with what core would work out one by one.

        With the amount but without the balance core writes to each line once more.
        """
        vals = line._prepare_invoice_line(quantity=quantity, sequence=number)
        if line.currency_id == line.company_id.currency_id:
            amount = -line.currency_id.round(quantity * line.price_unit)
            vals.update(amount_currency=amount, balance=amount)
        return vals

    def _create_numbered(self, vals_list):
        """Create entries with the numbers that they would get one by one.

        Core looks the last number up for each of them, which takes long.
        """
        sales = self._get_journal("sale")
        last = {}
        for vals in vals_list:
            day = vals.get("invoice_date") or vals["date"]
            key = vals["move_type"], day.year
            if key not in last:
                move = self.env["account.move"].with_context(
                    is_payment="origin_payment_id" in vals
                )
                draft = move.new(
                    {
                        "move_type": vals["move_type"],
                        "journal_id": vals.get("journal_id", sales.id),
                        "date": day,
                    }
                )
                last[key] = draft._get_next_sequence_format()
            pattern, parts = last[key]
            parts["seq"] += 1
            vals["name"] = pattern.format(**parts)
        return self.env["account.move"].create(vals_list)

    def _create_allowances(self, invoices):
        """Credit a part of some invoices for damaged goods, and match it."""
        claimed = [
            (shipment, move)
            for shipment, move in invoices
            if shipment.allowance and shipment.day + timedelta(days=4) < self._today()
        ]
        refunds = self._create_numbered(
            [self._prepare_allowance(*claim) for claim in claimed]
        )
        refunds.action_post()
        self.env["account.move.line"]._reconcile_plan(
            [
                self._get_open_items(move | refund)
                for (_shipment, move), refund in zip(claimed, refunds, strict=True)
            ]
        )

    def _prepare_allowance(self, shipment, move):
        amount = move.currency_id.round(move.amount_untaxed * shipment.allowance)
        return {
            "move_type": "out_refund",
            "partner_id": move.partner_id.id,
            "currency_id": move.currency_id.id,
            "invoice_date": workday(shipment.day + timedelta(days=4), step=-1),
            "ref": f"Damaged packaging, {move.name}",
            "reversed_entry_id": move.id,
            "invoice_user_id": move.invoice_user_id.id,
            "team_id": move.team_id.id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": "Allowance for damaged packaging",
                        "quantity": 1,
                        "price_unit": amount,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }

    def _create_payments(self, invoices):
        """Register and match what was paid up to today.

        A customer pays what is due on one day by one payment.
        """
        groups = defaultdict(list)
        for shipment, move in invoices:
            for day, amount in self._get_instalments(shipment, move):
                part = move.id if len(shipment.payments) > 1 else 0
                partner = move.commercial_partner_id
                groups[day, partner, move.currency_id, part].append((move, amount))
        groups = sorted(groups.items(), key=lambda g: (g[0][0], g[1][0][0].id))
        journal = self._get_journal("bank")
        payments = self.env["account.payment"].create(
            [self._prepare_payment(journal, *group) for group in groups]
        )
        moves = self._create_numbered(
            [payment._generate_move_vals() for payment in payments]
        )
        self._link_entries(payments, moves)
        moves.action_post()
        # Apart by currency: one exchange difference slows the whole plan down.
        plans = defaultdict(list)
        for move, ((_day, _partner, currency, _part), paid) in zip(
            moves, groups, strict=True
        ):
            documents = move.union(*(invoice for invoice, _amount in paid))
            plans[currency].append(self._get_open_items(documents))
        for plan in plans.values():
            self.env["account.move.line"]._reconcile_plan(plan)

    def _link_entries(self, payments, moves):
        """Give the payments their entries in one statement; at the bank already.

        Nothing else is flushed: orders are worked out once all is matched.
        """
        names = ("name", "state", "move_id")
        self.env["account.payment"].flush_model(names)
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_payment SET move_id = entry.move_id, name = entry.name,
                       state = 'paid'
                  FROM (VALUES %s) entry (payment_id, move_id, name)
                 WHERE account_payment.id = entry.payment_id
                """,
                SQL(", ").join(
                    SQL("%s", (payment.id, move.id, move.name))
                    for payment, move in zip(payments, moves, strict=True)
                ),
            )
        )
        payments.invalidate_recordset(names, flush=False)

    def _get_journal(self, kind):
        return self.env["account.journal"].search(
            [("type", "=", kind), ("company_id", "=", self.env.company.id)], limit=1
        )

    def _get_instalments(self, shipment, move):
        """Yield (day, amount) of the payments of an invoice up to today."""
        today = self._today()
        left = total = move.amount_residual
        for late, share in shipment.payments:
            day = workday(move.invoice_date_due + timedelta(days=late))
            if shipment.is_settled:
                day = min(day, today - timedelta(days=1))
            day = max(day, move.invoice_date)
            if day > today:
                break
            is_last = (late, share) == shipment.payments[-1]
            amount = left if is_last else move.currency_id.round(total * share)
            left -= amount
            yield day, amount

    def _prepare_payment(self, journal, key, paid):
        day, partner, currency, _part = key
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": partner.id,
            "currency_id": currency.id,
            "amount": sum(amount for _move, amount in paid),
            "date": day,
            "journal_id": journal.id,
            "outstanding_account_id": journal.default_account_id.id,
            "memo": ", ".join(move.name for move, _amount in paid),
        }

    def _get_open_items(self, moves):
        """Return the receivable items of the entries."""
        return moves.line_ids.filtered(
            lambda item: item.account_type == "asset_receivable"
        )
