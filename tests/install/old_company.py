"""A company with years of documents, made, used and looked at in other databases.

Read into `odoo shell`, where `env` is; a line that calls one of the functions follows.
"""

from datetime import timedelta
from itertools import product

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

ADDON = "key_account_management"
AGES = (1200, 500, 90, 5)  # days


def populate(env):
    """Two companies, each with customers, orders, invoices, credit notes."""
    home = env["res.company"].search([], limit=1)
    away = env["res.company"].create({"name": "Old company"})
    env.user.company_ids |= away
    for company in (home, away):
        if not company.chart_template:
            env["account.chart.template"].try_loading(
                "generic_coa", company, install_demo=False
            )
        if "stock.warehouse" in env:  # where the server has it, orders need one
            warehouses = env["stock.warehouse"]
            if not warehouses.search_count([("company_id", "=", company.id)]):
                warehouses.create({"company_id": company.id, "code": "OLD"})
    currency = env["res.currency"].with_context(active_test=False)
    foreign = currency.search([("id", "!=", home.currency_id.id)], limit=1)
    foreign.active = True
    foreign.rate_ids.unlink()
    env["res.currency.rate"].create(
        {"name": "2015-01-01", "rate": 0.8, "currency_id": foreign.id}
    )
    for company in (home, away):
        Past(env, company, foreign).live()
    return env["sale.order"].search_count([("state", "=", "sale")])


class Past:
    """What happened in one company."""

    def __init__(self, env, company, foreign):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.company, self.foreign = company, foreign
        goods = {"type": "consu", "invoice_policy": "order", "list_price": 100}
        tax = company.account_sale_tax_id
        self.pricelists = {
            currency: self.env["product.pricelist"].create(
                {
                    "name": currency.name,
                    "currency_id": currency.id,
                    "company_id": company.id,
                }
            )
            for currency in (company.currency_id, foreign)
        }
        self.goods, self.service, self.taxed = self.env["product.product"].create(
            [
                {**goods, "name": "Goods", "taxes_id": [Command.clear()]},
                {
                    **goods,
                    "name": "Service",
                    "type": "service",
                    "invoice_policy": "delivery",
                    "taxes_id": [Command.clear()],
                },
                {**goods, "name": "Taxed", "taxes_id": [Command.set(tax.ids)]},
            ]
        )

    def live(self):
        """Every fate befalls an order in the company's currency and a foreign one."""
        orders = product((self.company.currency_id, self.foreign), FATES)
        for number, (currency, fate) in enumerate(orders):
            if number % len(AGES) == 0:
                partner = self.make_partner(number // len(AGES))
            age = AGES[number % len(AGES)]
            order = self.make_order(partner, currency, fate)
            order.action_confirm()
            order.date_order = fields.Datetime.now() - timedelta(days=age)
            getattr(self, fate)(order, age)
        self.make_order(partner, self.company.currency_id, "quotation")

    def make_partner(self, number):
        partners = self.env["res.partner"]
        name = f"Customer {number} of {self.company.name}"
        company = partners.create({"name": name, "is_company": True})
        contact = {"parent_id": company.id, "is_company": False}
        partners.create({"name": "Buyer", **contact})
        partners.create({"name": "Payables", "type": "invoice", **contact})
        return company

    def make_order(self, partner, currency, fate):
        lines = [
            {"product_id": self.goods.id, "product_uom_qty": 24, "price_unit": 10.01},
            {"product_id": self.taxed.id, "product_uom_qty": 3, "price_unit": 33.33},
            {"product_id": self.service.id, "product_uom_qty": 2, "discount": 15},
            {"display_type": "line_note", "name": "Ring twice"},
        ]
        return (
            self.env["sale.order"]
            .with_company(self.company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "client_order_ref": fate,
                    "order_line": [Command.create(line) for line in lines],
                    "pricelist_id": self.pricelists[currency].id,
                }
            )
        )

    def post(self, move, age):
        move.invoice_date = fields.Date.today() - timedelta(days=age)
        move.action_post()
        return move

    def make_invoice(self, order):
        order.order_line.filtered("product_id").qty_delivered = 2
        return order._create_invoices()

    def sell_dozen(self, order):
        """Sell one dozen and nothing else; its draft invoice, in units."""
        lines = order.order_line.filtered("product_id")
        lines[1:].product_uom_qty = 0
        lines[0].product_uom_id = self.env.ref("uom.product_uom_dozen")
        lines[0].product_uom_qty = 1
        move = order._create_invoices()
        move.invoice_line_ids.product_uom_id = self.env.ref("uom.product_uom_unit")
        return move

    def nothing(self, order, age):
        pass

    def invoice(self, order, age):
        self.post(self.make_invoice(order), age - 1)

    def invoice_part(self, order, age):
        move = self.make_invoice(order)
        move.invoice_line_ids.filtered("product_id")[0].quantity = 7.5
        self.post(move, age - 1)

    def invoice_cheaper(self, order, age):
        move = self.make_invoice(order)
        move.invoice_line_ids.filtered("product_id")[0].price_unit = 1.99
        self.post(move, age - 1)

    def invoice_abroad(self, order, age):
        move = self.make_invoice(order)
        move.invoice_line_ids.filtered("product_id")[0].quantity = 7.5
        home = self.company.currency_id
        move.currency_id = self.foreign if order.currency_id == home else home
        self.post(move, age - 1)

    def invoice_dozens(self, order, age):
        move = self.make_invoice(order)
        line = move.invoice_line_ids.filtered("product_id")[0]
        line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        line.quantity = 2
        self.post(move, age - 1)

    def invoice_units_just_enough(self, order, age):
        """Core rounds 0.994 dozen up to 1: the dozen is invoiced."""
        move = self.sell_dozen(order)
        move.invoice_line_ids.quantity = 11.93
        self.post(move, age - 1)

    def invoice_units_too_few(self, order, age):
        """Core rounds 0.983 dozen up to 0.99."""
        move = self.sell_dozen(order)
        move.invoice_line_ids.quantity = 11.8
        self.post(move, age - 1)

    def invoice_without_units(self, order, age):
        self.invoice_cheaper(order, age)
        self.forget(
            "account_move_line", order.order_line.invoice_lines, "product_uom_id"
        )

    def invoice_together(self, order, age):
        """With another order of the customer, less than was ordered."""
        other = order.copy({"client_order_ref": "invoice_together"})
        other.action_confirm()
        both = order | other
        both.order_line.filtered("product_id").qty_delivered = 1
        move = both._create_invoices()
        move.invoice_line_ids.filtered("product_id").quantity = 1
        self.post(move, age - 1)

    def invoice_lines_as_one(self, order, age):
        """One line of the invoice for two of the order, another one for none."""
        move = self.make_invoice(order)
        lines = move.invoice_line_ids.filtered("product_id")
        lines[2:].unlink()
        lines[0].quantity = 5
        lines[0].sale_line_ids = order.order_line.filtered("product_id")[:2]
        lines[1].sale_line_ids = [Command.clear()]
        self.post(move, age - 1)

    def give_back(self, order, age):
        move = self.post(self.make_invoice(order), age - 1)
        refund = move._reverse_moves([{"invoice_date": fields.Date.today()}])
        refund.invoice_line_ids.filtered("product_id")[1:].unlink()
        self.post(refund, 0)

    def pay_down(self, order, age):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "fixed",
                "fixed_amount": 50,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        self.post(wizard._create_invoices(order), age - 1)

    def pay_down_and_invoice(self, order, age):
        self.pay_down(order, age)
        self.invoice_part(order, age)

    def draft_invoice(self, order, age):
        self.make_invoice(order)

    def cancel_invoice(self, order, age):
        move = self.make_invoice(order)
        self.post(move, age - 1)
        move.button_draft()
        move.button_cancel()

    def invoice_of_old(self, order, age):
        """Brought over from another system, paid there."""
        move = self.make_invoice(order)
        lines = move.invoice_line_ids.filtered("product_id")
        lines[0].quantity = 20
        self.env.flush_all()
        move.payment_state = "invoicing_legacy"

    def deliver_more(self, order, age):
        self.invoice_part(order, age)
        order.order_line[0].qty_delivered = 30

    def deliver_unordered(self, order, age):
        order.order_line = [
            Command.create(
                {
                    "product_id": self.taxed.id,
                    "product_uom_qty": 0,
                    "qty_delivered": 4,
                    "price_unit": 7,
                }
            )
        ]

    def take_back(self, order, age):
        """Goods to come back, all invoiced but the service."""
        order.order_line[0].product_uom_qty = -1
        self.post(order._create_invoices(final=True), age - 1)

    def reduce_to_nothing(self, order, age):
        order.order_line.filtered("product_id").product_uom_qty = 0

    def lose_columns(self, order, age):
        """Written by another program, which left out what core computes."""
        goods = order.order_line.filtered("product_id")
        self.forget("sale_order_line", goods, "qty_delivered", "price_total")
        self.forget("sale_order", order, "currency_rate")

    def lose_total(self, order, age):
        order.order_line[0].qty_delivered = 30
        self.forget("sale_order", order, "amount_total")

    def have_odd_rate(self, order, age):
        """The company has kept its books in the currency of the order since."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET currency_rate = 3 WHERE id = %s", [order.id]
        )
        self.env.invalidate_all()

    def cancel(self, order, age):
        order._action_cancel()

    def lose_debtor(self, order, age):
        """Nobody said which company the contact of the invoice address belongs to."""
        order.partner_invoice_id = order.partner_invoice_id.create({"name": "Lost"})
        self.forget("res_partner", order.partner_invoice_id, "commercial_partner_id")

    def forget(self, table, records, *columns):
        self.env.flush_all()
        for column in columns:
            self.env.cr.execute(
                f"UPDATE {table} SET {column} = NULL WHERE id = ANY(%s)", [records.ids]
            )
        self.env.invalidate_all()


# What may have happened to an order: methods of Past.
FATES = (
    "nothing",
    "invoice",
    "invoice_part",
    "invoice_cheaper",
    "invoice_abroad",
    "invoice_dozens",
    "invoice_units_just_enough",
    "invoice_units_too_few",
    "invoice_without_units",
    "invoice_together",
    "invoice_lines_as_one",
    "invoice_of_old",
    "give_back",
    "pay_down",
    "pay_down_and_invoice",
    "draft_invoice",
    "cancel_invoice",
    "deliver_more",
    "deliver_unordered",
    "take_back",
    "reduce_to_nothing",
    "lose_columns",
    "lose_total",
    "lose_debtor",
    "have_odd_rate",
    "cancel",
)


def look(env):
    """What the installation made of it, against what the ORM computes."""
    env.cr.execute("SELECT id, credit_rest, credit_debtor_id FROM sale_order")
    stored = {order: values for order, *values in env.cr.fetchall()}
    orders = env["sale.order"].search([])
    wrong = []
    for order in orders:
        confirmed = order.state == "sale"
        rest = order._get_credit_rest() if confirmed else 0
        invoiced = order.partner_invoice_id
        debtor = invoiced.commercial_partner_id or order.partner_id
        right = rest, debtor.id if confirmed else None
        found = stored[order.id]
        if (
            order.company_id.currency_id.compare_amounts(rest, found[0])
            or found[1] != right[1]
        ):
            wrong.append([order.client_order_ref, *right, float(found[0]), found[1]])
    env.cr.execute(
        """
        SELECT (SELECT COUNT(*) FROM res_partner
                 WHERE is_key_client IS NOT FALSE OR kam_client_id IS NOT NULL),
               (SELECT COUNT(*) FROM sale_order WHERE credit_state != 'none'
                    OR credit_state IS NULL OR kam_client_id IS NOT NULL),
               (SELECT COUNT(*) FROM account_move WHERE kam_client_id IS NOT NULL)
        """
    )
    return {
        "wrong": wrong,
        "marked": env.cr.fetchone(),
        "left_to_orm": left_to_orm(env),
        "orders": len(orders),
        "rests": sum(1 for rest, _debtor in stored.values() if rest),
        "modules": env["ir.module.module"]
        .search([("name", "=", ADDON)])
        .mapped("state"),
        "faults": env["res.company"]._kam_check(),
        "taken": count_taken(env),
    }


def left_to_orm(env):
    """What happened to the orders whose rest SQL does not count."""
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT client_order_ref"
            "  FROM (%s) counted JOIN sale_order ON sale_order.id = order_id"
            " WHERE rest IS NULL ORDER BY 1",
            env["sale.order"]._get_credit_rests(),
        )
    )
    return [fate for (fate,) in rows]


def count_taken(env):
    """How many orders say who took them."""
    return env["sale.order"].search_count([("taken_by_id", "!=", False)])


def use(env):
    """Some days of work: a client with everything that can hang on it."""
    manager, controller = (
        env["res.users"].create(
            {
                "name": login,
                "login": login,
                "email": f"{login}@example.com",
                "group_ids": [Command.link(env.ref(f"{ADDON}.group_kam_{role}").id)],
            }
        )
        for login, role in (("old_manager", "user"), ("old_controller", "credit"))
    )
    company = env["res.company"].search([], order="id", limit=1)
    partners = env["res.partner"].search([("name", "like", f"of {company.name}")])
    dialog = env["kam.client.make"].create(
        {
            "partner_ids": [Command.set(partners[:2].ids)],
            "name": "Old client",
            "manager_id": manager.id,
        }
    )
    client = env["kam.client"].browse(dialog.action_apply()["res_id"])
    line = env["kam.credit.line"].create(
        {"client_id": client.id, "company_id": company.id, "limit": 1}
    )
    line.with_user(controller).action_set({"limit": 100}, "More")
    orders = env["sale.order"]
    for amount in (10_000, 20_000):
        orders |= orders.create(
            {
                "partner_id": partners[0].id,
                "company_id": company.id,
                "user_id": manager.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": env["product.product"].search([], limit=1).id,
                            "price_unit": amount,
                        }
                    )
                ],
            }
        )
    orders.with_user(manager).action_confirm()
    orders[0].with_user(manager).action_credit_request("Please")
    orders[0].credit_decision_id.with_user(controller).action_release("Good")
    orders[0].with_user(manager).action_confirm()
    client.manager_id = controller
    dun(env, company, partners[0])
    client.message_post(body="Hello")
    client.activity_schedule("mail.mail_activity_data_todo", user_id=controller.id)
    env["ir.attachment"].create(
        {
            "name": "Contract.txt",
            "raw": b"Signed",
            "res_model": "kam.client",
            "res_id": client.id,
        }
    )
    env["ir.filters"].create({"name": "Mine", "model_id": "kam.client"})
    env["ir.default"].set("kam.client", "name", "New client")
    return work(env)


def dun(env, company, partner):
    """A case on the ladder, with a letter and a task at a document of core."""
    company.kam_ladder_start = fields.Date.today()
    work_every_day(env, company)
    company.kam_accountant_id = env.user
    env["kam.collection.debt"]._open_cases()
    env["kam.collection.ladder"]._climb()
    move = env["account.move"].search([("partner_id", "=", partner.id)], limit=1)
    kind = env.ref(f"{ADDON}.mail_activity_type_match")
    move.activity_schedule(activity_type_id=kind.id, user_id=env.uid)


def work_every_day(env, company):
    """Let the ladder climb on whatever day this is looked at."""
    hours = {"hour_from": 8, "hour_to": 17, "day_period": "morning"}
    company.resource_calendar_id = env["resource.calendar"].create(
        {
            "name": "Every day",
            "attendance_ids": [
                Command.create({"name": "Day", "dayofweek": str(day), **hours})
                for day in range(7)
            ],
        }
    )


def work(env):
    """What is there of it; the same after an upgrade."""
    env.cr.execute("SELECT SUM(credit_rest) FROM sale_order")
    return {
        "rest": float(env.cr.fetchone()[0]),
        "held": env["sale.order"].search_count([("credit_state", "=", "hold")]),
        "released": env["sale.order"].search_count([("credit_state", "=", "released")]),
        "client": env["kam.client"].search([]).mapped("name"),
        "invoices": env["account.move"].search_count([("kam_client_id", "!=", False)]),
        "decisions": env["kam.credit.decision"].search_count([]),
        "debtors": env["kam.credit.decision"].search([]).debtor_id.mapped("name"),
        "faults": env["res.company"]._kam_check(),
    }


def forget_papers(env):
    """Take away the papers of checks, which have the name the analysis had once."""
    like = "kam_credit_document"
    env.cr.execute(
        "DELETE FROM ir_model_data WHERE module = %s AND (name IN %s OR name ~ %s)",
        [
            ADDON,
            (f"model_{like}",),
            f"^(field_{like}__|access_{like}_(user|credit)$|{like}_rule_|"
            f"constraint_{like}_|selection__{like}__)",
        ],
    )
    model = "(SELECT id FROM ir_model WHERE model = 'kam.credit.document')"
    for table in ("ir_model_access", "ir_rule"):
        env.cr.execute(f"DELETE FROM {table} WHERE model_id = {model}")
    for table in ("ir_model_constraint", "ir_model_relation"):
        env.cr.execute(f"DELETE FROM {table} WHERE model = {model}")
    env.cr.execute("DELETE FROM ir_model_fields WHERE model = 'kam.credit.document'")
    actions = f"(SELECT id FROM ir_act_server WHERE model_id = {model})"
    env.cr.execute(f"DELETE FROM ir_cron WHERE ir_actions_server_id IN {actions}")
    env.cr.execute(f"DELETE FROM ir_act_server WHERE model_id = {model}")
    env.cr.execute("DELETE FROM ir_model WHERE model = 'kam.credit.document'")
    env.cr.execute(
        "DELETE FROM ir_model_data WHERE module = %s"
        " AND name LIKE 'model_inherit__kam_credit_document__%%'",
        [ADDON],
    )
    env.cr.execute("DROP TABLE kam_credit_document CASCADE")


def age(env):
    """Make the database one of version 19.0.1.0.0, before the first renaming."""
    forget_papers(env)
    env["ir.filters"].create({"name": "Open", "model_id": "kam.credit.exposure"})
    env.flush_all()
    for table, column in (
        ("ir_model", "model"),
        ("ir_model_fields", "model"),
        ("ir_ui_view", "model"),
        ("ir_act_window", "res_model"),
        ("ir_filters", "model_id"),
    ):
        env.cr.execute(
            f"UPDATE {table} SET {column} = 'kam.credit.document'"
            f" WHERE {column} = 'kam.credit.exposure'"
        )
    env.cr.execute(
        "UPDATE ir_model_data SET name = replace("
        "name, 'kam_credit_exposure', 'kam_credit_document') WHERE module = %s",
        [ADDON],
    )
    env.cr.execute("UPDATE kam_collection_stage SET action = 'none'")
    forget_resolutions(env)
    forget_currencies(env)
    env.cr.execute("UPDATE sale_order SET credit_debtor_id = NULL")
    # people entered them, and an upgrade said that the system took them
    env.cr.execute("UPDATE sale_order SET taken_by_id = 1, create_uid = 2")
    env.cr.execute(
        "UPDATE kam_credit_decision SET debtor_id = NULL, order_currency_id = NULL,"
        " payment_term_id = NULL"
    )
    aged = shut_out_substitutes(env)
    env.cr.execute(
        "UPDATE ir_module_module SET latest_version = '19.0.1.0.0' WHERE name = %s",
        [ADDON],
    )
    return aged


def forget_resolutions(env):
    """Call the answers of holds verdicts again, wherever they are spoken of."""
    env["ir.filters"].create(
        {"name": "Answers", "model_id": "kam.credit.resolution", "domain": "[]"}
    )
    env.flush_all()
    for statement in (
        "ALTER TABLE kam_credit_resolution RENAME TO kam_credit_verdict",
        "ALTER SEQUENCE kam_credit_resolution_id_seq"
        " RENAME TO kam_credit_verdict_id_seq",
        "UPDATE ir_model SET model = 'kam.credit.verdict'"
        " WHERE model = 'kam.credit.resolution'",
        "UPDATE ir_model_fields SET model = 'kam.credit.verdict'"
        " WHERE model = 'kam.credit.resolution'",
        "UPDATE ir_model_fields SET name = 'verdict_ids',"
        " relation = 'kam.credit.verdict' WHERE name = 'resolution_ids'",
        "UPDATE ir_filters SET model_id = 'kam.credit.verdict' WHERE name = 'Answers'",
        "UPDATE ir_rule SET name = replace(name, 'resolution', 'verdict')"
        " WHERE name LIKE 'kam.credit.resolution: %'",
        "UPDATE ir_model_constraint SET name = replace(name, 'resolution', 'verdict')"
        " WHERE name LIKE 'kam_credit_resolution_%'",
        "UPDATE ir_model_data SET name = replace(name, 'resolution', 'verdict')"
        f" WHERE module = '{ADDON}' AND name LIKE '%credit_resolution%'",
    ):
        env.cr.execute(statement)
    env.cr.execute(
        "SELECT conname, indexname FROM pg_indexes LEFT JOIN pg_constraint"
        " ON conname = indexname WHERE tablename = 'kam_credit_verdict'"
    )
    indexes = [index for constraint, index in env.cr.fetchall() if not constraint]
    for name in indexes:
        older = name.replace("resolution", "verdict")
        env.cr.execute(f"ALTER INDEX {name} RENAME TO {older}")
    env.cr.execute(
        "SELECT conname FROM pg_constraint"
        " WHERE conrelid = 'kam_credit_verdict'::regclass"
    )
    for (name,) in env.cr.fetchall():
        older = name.replace("resolution", "verdict")
        env.cr.execute(
            f"ALTER TABLE kam_credit_verdict RENAME CONSTRAINT {name} TO {older}"
        )


def forget_currencies(env):
    """Make letters and their mails those in company currency to the company itself."""
    template = env.ref(f"{ADDON}.mail_template_collection_demand")
    template.partner_to = "{{ object.partner_id.id }}"
    env.flush_all()
    env.cr.execute("ALTER TABLE kam_collection_letter DROP COLUMN currency_id")
    env.cr.execute(
        "ALTER TABLE kam_credit_check_factor DROP COLUMN range_kind,"
        " DROP COLUMN range_low, DROP COLUMN range_high,"
        " ADD COLUMN range_text varchar"
    )


def letters(env):
    """Whether letters have their currency, and whom mails go to."""
    found = env["kam.collection.letter"].search([])
    ours = all(x.currency_id == x.company_id.currency_id for x in found)
    template = env.ref(f"{ADDON}.mail_template_collection_demand")
    return {"letters": bool(found) and ours, "to": template.partner_to}


def shut_out_substitutes(env):
    """Make rules of managers those of before substitutes; the number of them."""
    env.cr.execute(
        "UPDATE ir_rule SET domain_force = replace(domain_force,"
        " 'acting_user_ids'', ''in'', [user.id])', 'manager_id'', ''='', user.id)')"
        " WHERE domain_force LIKE '%acting_user_ids%'"
    )
    return env.cr.rowcount


def rules(env):
    """Domains of the rules by their names."""
    names = env["ir.model.data"].search(
        [("module", "=", ADDON), ("model", "=", "ir.rule")]
    )
    found = env["ir.rule"].browse(names.mapped("res_id"))
    return {rule.name: rule.domain_force for rule in found}


def renamed(env):
    """What an upgrade made of it: models of rules and saved filters, the answers."""
    names = env["ir.model.data"].search(
        [("module", "=", ADDON), ("name", "=like", "kam_credit_exposure_rule_%")]
    )
    rules = env["ir.rule"].browse(names.mapped("res_id"))
    filters = env["ir.filters"].search([("name", "in", ("Answers", "Open"))])
    old = [("name", "=like", "kam.credit.exposure:%"), ("id", "not in", rules.ids)]
    decisions = env["kam.credit.decision"].search([])
    return {
        "rules": sorted(set(rules.model_id.mapped("model"))),
        "filters": sorted(filters.mapped("model_id")),
        "answers": decisions.resolution_ids.mapped("reason"),
        "problems": decisions._check_chain(),
        "left": env["ir.rule"].search_count(old),
        "taken": count_taken(env),
    }


def ladder(env):
    """Actions of the stages that were there before the ladder, by their days."""
    return env["kam.collection.stage"].search([]).mapped("action")


def uninstall(env):
    env["ir.module.module"].search([("name", "=", ADDON)]).button_immediate_uninstall()


def still_works(env):
    """Without the addon an order is confirmed as ever."""
    order = env["sale.order"].search([("state", "in", ("draft", "sent"))], limit=1)
    order.action_confirm()
    return order.state
