"""The company all tests live in: people, clients, documents."""

from contextlib import contextmanager
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

MAIL_OFF = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}
ADDON = "key_account_management"
RULES = (
    "limit",
    "overdue",
    "terms",
    "order",
    "no_line",
    "no_check",
    "expired",
    "stop",
    "debtor",
)


class KamPeople:
    """Users and teams; needs ``cls.env``."""

    @classmethod
    def setup_people(cls):
        cls.head = cls.make_user("kam_head_one", "head")
        cls.other_head = cls.make_user("kam_head_two", "head")
        cls.kam = cls.make_user("kam_ann_first", "user")
        cls.other_kam = cls.make_user("kam_ben_second", "user")
        cls.support = cls.make_user("kam_support_desk", "support")
        cls.controller = cls.make_user("kam_controller", "credit")
        cls.director = cls.make_user("kam_director", "director")
        cls.administrator = cls.make_user("kam_administrator", "admin")
        cls.team = cls.make_team("Wholesale one", cls.head, cls.kam)
        cls.other_team = cls.make_team("Wholesale two", cls.other_head, cls.other_kam)

    @classmethod
    def make_user(cls, login, role, **vals):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{ADDON}.group_kam_{role}",
            context=MAIL_OFF,
            name=login,
            email=f"{login}@example.com",
            **vals,
        )

    @classmethod
    def make_team(cls, name, head, member):
        return cls.env["crm.team"].create(
            {
                "name": name,
                "user_id": head.id,
                "member_ids": [Command.set(member.ids)],
                "company_id": False,
            }
        )


class KamClients:
    """Partners, clients, policies and lines."""

    @classmethod
    def make_partner(cls, name="Partner", **vals):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "email": "buyer@example.com", **vals}
        )

    @classmethod
    def make_client(cls, name="Client", partners=None, **vals):
        """A client of one new partner, or of those given."""
        partners = partners if partners is not None else cls.make_partner(name)
        return cls.env["kam.client"].create(
            {
                "name": name,
                "partner_ids": [Command.set(partners.ids)],
                "manager_id": cls.kam.id,
                "team_id": cls.team.id,
                **vals,
            }
        )

    @classmethod
    def make_policy(cls, name="Test policy", **vals):
        """A policy that ignores every rule but those given."""
        silent = {f"{rule}_action": "ignore" for rule in RULES}
        return cls.env["kam.credit.policy"].create(
            {
                "name": name,
                **silent,
                "limit_tolerance_percent": 0,
                "overdue_grace_days": 0,
                "overdue_min_amount": 0,
                "horizon_days": 0,
                "prepaid_exempt": False,
                **vals,
            }
        )

    @classmethod
    def make_line(cls, client, limit, company=None, **vals):
        return cls.env["kam.credit.line"].create(
            {
                "client_id": client.id,
                "company_id": (company or cls.company).id,
                "limit": limit,
                **vals,
            }
        )

    @classmethod
    def make_limited(cls, limit, name="Client", **policy):
        """A client with a line and a policy holding on ``limit`` unless told."""
        client = cls.make_client(name)
        policy = cls.make_policy(name, **{"limit_action": "hold", **policy})
        cls.make_line(client, limit, policy_id=policy.id)
        return client


class KamDocuments:
    """Orders, invoices, payments and credit notes."""

    @classmethod
    def setup_documents(cls):
        cls.today = fields.Date.today()
        product = {"type": "consu", "invoice_policy": "order", "list_price": 1.0}
        cls.product, cls.delivered_product, cls.taxed_product = cls.env[
            "product.product"
        ].create(
            [
                {**product, "name": "Flour", "taxes_id": [Command.clear()]},
                {
                    **product,
                    "name": "Milling",
                    "type": "service",
                    "invoice_policy": "delivery",
                    "taxes_id": [Command.clear()],
                },
                {**product, "name": "Sugar", "taxes_id": [Command.clear()]},
            ]
        )
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "VAT 20",
                "amount": 20,
                "amount_type": "percent",
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "tax_group_id": cls.company.account_sale_tax_id.tax_group_id.id,
                "country_id": cls.company.account_fiscal_country_id.id,
            }
        )
        cls.taxed_product.taxes_id = cls.tax

    @classmethod
    def day(cls, offset):
        """Today plus ``offset`` days."""
        return cls.today + timedelta(days=offset)

    @classmethod
    def make_currency(cls, code, *rates):
        """A currency with (days from today, rate) in the main company."""
        currency = (
            cls.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", code)])
        )
        currency.active = True
        currency.rate_ids.unlink()
        cls.env["res.currency.rate"].create(
            [
                {
                    "name": cls.day(offset),
                    "rate": rate,
                    "currency_id": currency.id,
                    "company_id": cls.company.id,
                }
                for offset, rate in rates
            ]
        )
        return currency

    @classmethod
    def make_company(cls, name, chart=True, **vals):
        """Another company (with a chart of accounts) that the people may use."""
        company = cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": cls.company.currency_id.id,
                "country_id": cls.company.country_id.id,
                **vals,
            }
        )
        cls.env.cr.precommit.run()  # loads the accounts of a branch
        if chart:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=company, install_demo=False
            )
        people = (
            cls.head
            | cls.other_head
            | cls.kam
            | cls.other_kam
            | cls.support
            | cls.controller
            | cls.director
            | cls.administrator
            | cls.env.user
        )
        people.write({"company_ids": [Command.link(company.id)]})
        return company

    @classmethod
    def make_order(
        cls, partner, amount=None, *, lines=None, company=None, currency=None, **vals
    ):
        """A quotation; ``lines`` are dicts of line values, or one unit of ``amount``.

        Without a user it belongs to the manager of the partner's client.
        """
        company = company or cls.company
        if lines is None:
            lines = [{"price_unit": amount}]
        manager = partner.kam_client_id.manager_id or cls.kam
        return (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "user_id": manager.id,
                    "payment_term_id": False,
                    "require_signature": False,
                    "require_payment": False,
                    "pricelist_id": currency and cls.make_pricelist(currency).id,
                    "order_line": [Command.create(cls.line_vals(**ln)) for ln in lines],
                    **vals,
                }
            )
        )

    @classmethod
    def line_vals(cls, **vals):
        if vals.get("display_type"):
            return vals
        product = vals.get("product_id") or cls.product.id
        return {"product_uom_qty": 1, **vals, "product_id": product}

    @classmethod
    def make_pricelist(cls, currency):
        return cls.env["product.pricelist"].create(
            {"name": currency.name, "currency_id": currency.id, "company_id": False}
        )

    @classmethod
    def make_confirmed(cls, partner, amount=None, **kwargs):
        """An order that is confirmed whatever the gate says (as history is)."""
        order = cls.make_order(partner, amount, **kwargs)
        order.with_context(kam_history_import=True).action_confirm()
        return order

    @classmethod
    def make_invoice(
        cls,
        partner,
        amount,
        *,
        date=None,
        due=None,
        company=None,
        currency=None,
        move_type="out_invoice",
        **vals,
    ):
        """A posted invoice (or credit note) without an order."""
        company = company or cls.company
        date = date or cls.today
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "currency_id": (currency or company.currency_id).id,
                    "invoice_date": date,
                    "date": date,
                    "invoice_payment_term_id": False,
                    "invoice_date_due": due or date,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "quantity": 1,
                                "price_unit": amount,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                    **vals,
                }
            )
        )
        move.action_post()
        return move

    @classmethod
    def invoice_order(
        cls, order, *, quantity=None, price=None, date=None, due=None, final=False
    ):
        """Invoice an order and post it, on request with other figures."""
        move = order._create_invoices(final=final)
        if quantity is not None or price is not None:
            vals = {"quantity": quantity, "price_unit": price}
            vals = {key: value for key, value in vals.items() if value is not None}
            lines = move.invoice_line_ids.filtered("product_id")
            lines.write(vals)
        return cls.post(move, date=date, due=due)

    @classmethod
    def post(cls, move, date=None, due=None):
        date = date or cls.today
        move.write(
            {
                "invoice_date": date,
                "invoice_payment_term_id": False,
                "invoice_date_due": due or date,
            }
        )
        move.action_post()
        return move

    @classmethod
    def make_down_payment(cls, order, amount, post=True):
        """Invoice a fixed down payment through the wizard, as a user does."""
        wizard = (
            cls.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create(
                {
                    "advance_payment_method": "fixed",
                    "fixed_amount": amount,
                    "sale_order_ids": [Command.set(order.ids)],
                }
            )
        )
        move = wizard._create_invoices(order)
        return cls.post(move) if post else move

    @classmethod
    def pay(cls, amount, invoice=None, partner=None, date=None, company=None):
        """Money in the bank, matched with ``invoice`` if one is named."""
        partner = partner or invoice.partner_id
        company = company or (invoice.company_id if invoice else cls.company)
        move = cls.make_receipt(amount, partner, date=date, company=company)
        move.action_post()
        if invoice:
            receivable = partner.with_company(company).property_account_receivable_id
            (move.line_ids | invoice.line_ids).filtered(
                lambda item: item.account_id == receivable and not item.reconciled
            ).reconcile()
        return move

    @classmethod
    def make_receipt(cls, amount, partner, date=None, company=None):
        """Money in the bank, not posted yet."""
        company = company or cls.company
        root = company.root_id
        journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", root.id)], limit=1
        )
        receivable = partner.with_company(company).property_account_receivable_id
        item = {"partner_id": partner.commercial_partner_id.id, "name": "Payment"}
        return (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "company_id": company.id,
                    "date": date or cls.today,
                    "line_ids": [
                        Command.create(
                            {
                                **item,
                                "account_id": journal.default_account_id.id,
                                "debit": amount,
                            }
                        ),
                        Command.create(
                            {**item, "account_id": receivable.id, "credit": amount}
                        ),
                    ],
                }
            )
        )

    @classmethod
    def credit_note(cls, invoice, quantity=None, price=None, date=None, match=False):
        """Reverse an invoice through the wizard, wholly or with other figures."""
        wizard = (
            cls.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "date": date or cls.today,
                    "reason": "Returned",
                    "journal_id": invoice.journal_id.id,
                }
            )
        )
        wizard.refund_moves()
        refund = wizard.new_move_ids
        vals = {"quantity": quantity, "price_unit": price}
        vals = {key: value for key, value in vals.items() if value is not None}
        if vals:
            refund.invoice_line_ids.filtered("product_id").write(vals)
        refund.action_post()
        if match:
            (refund.line_ids | invoice.line_ids).filtered(
                lambda item: (
                    item.account_id.account_type == "asset_receivable"
                    and not item.reconciled
                )
            ).reconcile()
        return refund


class KamTransactions:
    """Online payments without a real provider."""

    @classmethod
    def setup_payments(cls):
        cls.method = cls.env.ref("payment.payment_method_unknown")
        cls.provider = cls.env["payment.provider"].create(
            {
                "name": "Counter",
                "code": "none",
                "state": "test",
                "payment_method_ids": [Command.set(cls.method.ids)],
            }
        )
        cls.method.active = True
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        manual = cls.env.ref("account.account_payment_method_manual_in")
        cls.channel = cls.env["account.payment.method.line"].create(
            {
                "name": "Counter",
                "journal_id": cls.bank.id,
                "payment_method_id": manual.id,
                "payment_provider_id": cls.provider.id,
                "payment_account_id": cls.bank.suspense_account_id.id,
            }
        )

    @classmethod
    def transact(cls, order, amount, state="done"):
        """A transaction of an order, not post-processed yet."""
        transaction = cls.env["payment.transaction"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.method.id,
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "reference": f"{order.name}-{state}-{amount}",
                "operation": "online_redirect",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        # past the check that this provider can authorise
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE payment_transaction SET state = %s WHERE id = %s",
            [state, transaction.id],
        )
        cls.env.invalidate_all()
        return transaction


class KamAsserts:
    """What tests say about orders and decisions."""

    def confirm(self, order, user=None):
        """Confirm as a user does, by the button."""
        order = order.with_user(user or self.kam)
        order = order.with_context(allowed_company_ids=order.company_id.ids)
        return order.action_confirm()

    def assertGate(self, order, outcome, *rules):
        """The order's outcome, its state and the rules that spoke."""
        order.invalidate_recordset()
        decision = order.credit_decision_id
        spoken = decision.reason_ids.filtered(lambda reason: reason.outcome != "pass")
        self.assertEqual(
            (order.credit_state, sorted(spoken.mapped("rule"))),
            (outcome, sorted(rules)),
        )
        self.assertEqual(decision.outcome, outcome)
        self.assertEqual(order.state == "sale", outcome != "hold")

    def assertHeld(self, order, *rules):
        self.assertGate(order, "hold", *rules)

    def assertPassed(self, order):
        self.assertGate(order, "pass")

    @contextmanager
    def assertRefused(self):
        """By a rule of the model or a constraint of the table."""
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            yield
            self.env.flush_all()
        self.assertIsInstance(caught.exception, (UserError, IntegrityError))

    def assertMoney(self, record, **figures):
        """Figures of a record, to the cent, in one message."""
        record.invalidate_recordset()
        self.assertEqual(
            {name: round(record[name], 2) for name in figures},
            {name: round(value, 2) for name, value in figures.items()},
        )

    def judge(self, client=None, partner=None, amount=0.01, **kwargs):
        """The decision on a fresh order, for its figures."""
        partner = partner or client.partner_ids[:1]
        order = self.make_order(partner, amount, **kwargs)
        decision = order._credit_evaluate()
        self.assertEqual(decision.order_id, order)
        return decision

    def told(self, user, records):
        """Whether a message or an activity told ``user`` of ``records``."""
        where = [("res_id", "in", records.ids)]
        activities = self.env["mail.activity"].search(
            [("res_model", "=", records._name), *where, ("user_id", "=", user.id)]
        )
        messages = self.env["mail.message"].search(
            [
                ("model", "=", records._name),
                *where,
                ("notified_partner_ids", "in", user.partner_id.ids),
            ]
        )
        return bool(activities or messages)


class KamFactory(KamPeople, KamClients, KamDocuments, KamTransactions, KamAsserts):
    """Everything above, on the environment ``cls.env``."""

    @classmethod
    def setup_kam(cls):
        cls.company = cls.env.company
        cls.setup_people()
        cls.setup_documents()


@tagged("standard", "post_install", "-at_install")
class KamCommon(KamFactory, TransactionCase):
    """Base of all tests that need no web server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **MAIL_OFF})
        cls.setup_kam()


@tagged("standard", "post_install", "-at_install")
class KamHttpCase(KamFactory, HttpCase):
    """Base of tests through the web server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **MAIL_OFF})
        cls.setup_kam()
