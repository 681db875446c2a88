from odoo import api, fields, models
from odoo.exceptions import UserError

from ..credit.kam_credit_ledger import AGING


class KamClient(models.Model):
    """Promises, disputes and the case of a client, and its settlement card.

    The card (``settlement_…``) says what the client owes the current company at the
    close of today, over all legal entities and branches, as in the aging report; for
    whoever may read the client, without rights in accounting.
    """

    _inherit = "kam.client"

    promise_ids = fields.One2many(
        comodel_name="kam.promise", inverse_name="client_id", string="Promises"
    )
    dispute_ids = fields.One2many(
        comodel_name="kam.dispute", inverse_name="client_id", string="Disputes"
    )
    collection_id = fields.Many2one(
        comodel_name="kam.collection",
        compute="_compute_collection_id",
        string="Collection Case",
        help="The case in the current company that is not closed.",
    )
    reconciliation_count = fields.Integer(compute="_compute_reconciliation_count")
    settlement_currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_settlement"
    )
    settlement_receivable = fields.Monetary(
        string="Open Items",
        compute="_compute_settlement",
        currency_field="settlement_currency_id",
        help="What is open today: the sum of the six columns of the aging.",
    )
    settlement_across = fields.Monetary(
        string="Matched with Others",
        compute="_compute_settlement",
        currency_field="settlement_currency_id",
        help="Documents of this client that are matched with those of others: open "
        "items and the balance of the ledger differ by it.",
    )
    settlement_balance = fields.Monetary(
        string="Balance",
        compute="_compute_settlement",
        currency_field="settlement_currency_id",
        help="Balance of the receivable accounts; above zero the client owes us.",
    )
    settlement_overdue = fields.Monetary(
        string="Overdue Debt",
        compute="_compute_settlement",
        currency_field="settlement_currency_id",
    )
    settlement_oldest_days = fields.Integer(
        string="Oldest Debt, Days Overdue", compute="_compute_settlement"
    )
    settlement_not_due = fields.Monetary(
        string="Not Due",
        compute="_compute_settlement",
        currency_field="settlement_currency_id",
    )
    settlement_1_30 = fields.Monetary(
        string="1–30 Days",
        compute="_compute_settlement",
        currency_field="settlement_currency_id",
    )
    settlement_31_60 = fields.Monetary(
        string="31–60 Days",
        compute="_compute_settlement",
        currency_field="settlement_currency_id",
    )
    settlement_61_90 = fields.Monetary(
        string="61–90 Days",
        compute="_compute_settlement",
        currency_field="settlement_currency_id",
    )
    settlement_over_90 = fields.Monetary(
        string="Over 90 Days",
        compute="_compute_settlement",
        currency_field="settlement_currency_id",
    )
    settlement_unallocated = fields.Monetary(
        string="Unallocated",
        compute="_compute_settlement",
        currency_field="settlement_currency_id",
        help="Payments and credit notes that are matched with no document, below zero.",
    )
    settlement_payment_ids = fields.One2many(
        comodel_name="kam.receivable.payment",
        compute="_compute_settlement_payment_ids",
        string="Last Payments",
    )

    @api.depends_context("company")
    def _compute_collection_id(self):
        cases = dict(
            self.env["kam.collection"]._read_group(
                [
                    ("client_id", "in", self.ids),
                    ("company_id", "=", self.env.company.root_id.id),
                    ("state", "!=", "closed"),
                ],
                ["client_id"],
                ["id:recordset"],
            )
        )
        for client in self:
            client.collection_id = cases.get(client._origin)

    def _compute_reconciliation_count(self):
        counts = dict(
            self.env["kam.reconciliation"]._read_group(
                [("client_id", "in", self.ids)], ["client_id"], ["__count"]
            )
        )
        for client in self:
            client.reconciliation_count = counts.get(client._origin, 0)

    @api.depends("partner_ids")
    @api.depends_context("company", "uid")
    def _compute_settlement(self):
        """Whoever may not read the client is told zero."""
        ledger = self.env["kam.credit.ledger"]
        root = self.env.company.sudo().root_id
        today = root._kam_today()
        known = self._origin._filtered_access("read")
        keys = {client: (client.id, root.id) for client in known}
        agings = ledger._get_agings(keys.values(), today)
        balances = ledger._get_balances(keys.values(), today)
        for client in self:
            key = keys.get(client._origin)
            aging = agings.get(key) or {}
            balance, across = balances.get(key, (0.0, 0.0))
            client.settlement_currency_id = root.currency_id
            client.settlement_balance = balance
            client.settlement_across = across
            client.settlement_receivable = aging.get("receivable", 0.0)
            client.settlement_overdue = aging.get("overdue", 0.0)
            client.settlement_oldest_days = aging.get("oldest_overdue_days", 0)
            for bucket in AGING:
                client[f"settlement_{bucket}"] = aging.get(bucket, 0.0)

    @api.depends("partner_ids")
    @api.depends_context("company", "uid")
    def _compute_settlement_payment_ids(self):
        """The ten latest; the record rules say whose."""
        payments = self.env["kam.receivable.payment"].search(
            [
                ("client_id", "in", self._origin.ids),
                ("company_id", "=", self.env.company.sudo().root_id.id),
                ("recency", "<=", 10),
            ]
        )
        by_client = payments.grouped("client_id")
        for client in self:
            client.settlement_payment_ids = by_client.get(client._origin)

    @api.model
    def _get_broken_promise_counts(self, company, date_from):
        domain = [
            ("direction", "=", "theirs"),
            ("state", "!=", "cancelled"),
            ("company_id", "=", company.sudo().root_id.id),
        ]
        broken = [("state", "=", "broken"), ("date", ">=", date_from)]
        promises = self.env["kam.promise"].sudo()
        made = promises._read_group(domain, ["client_id"])
        counts = dict(promises._read_group(domain + broken, ["client_id"], ["__count"]))
        return {client.id: counts.get(client, 0) for (client,) in made}

    def _get_penalty_terms(self, company):
        """Return per client the penalty for late payment, as its contract has it.

        :return: dict client -> (percent per day, most in percent of the item; 0: no
            cap); the defaults of the company, where no contract says otherwise
        """
        company = company.sudo()
        terms = company.kam_penalty_rate, company.kam_penalty_cap
        return dict.fromkeys(self, terms)

    def _get_contract_names(self, company, day):
        """Return per client the contract to name in letters, by number and date.

        :return: dict client -> text; empty until contracts are kept here
        """
        return dict.fromkeys(self, "")

    def action_new_promise(self):
        """Open a new promise of this client."""
        self.ensure_one()
        self.check_access("read")
        return self._get_new_action("kam.promise", default_client_id=self.id)

    def action_open_case(self):
        """Open the collection case, or start one where debt is ripe for it.

        :raises UserError: nothing is overdue beyond the grace of the credit policy
        """
        self.ensure_one()
        self.check_access("read")
        if not self.collection_id:
            self.env["kam.collection"].check_access("write")
            self.env["kam.collection.debt"]._open_cases(self.ids)
            self.invalidate_recordset(["collection_id"])
        if not self.collection_id:
            raise UserError(
                self.env._(
                    "There is nothing to collect from %s: no debt is overdue beyond "
                    "the grace of the credit policy.",
                    self.name,
                )
            )
        return self.action_open_collection()

    def action_open_collection(self):
        """Open the collection case of this client."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Collection Case"),
            "res_model": "kam.collection",
            "res_id": self.collection_id.id,
            "view_mode": "form",
        }

    def action_open_reconciliations(self):
        return self._get_record_action(
            "key_account_management.kam_reconciliation_action",
            [("client_id", "=", self.id)],
            default_client_id=self.id,
            default_partner_id=self.main_partner_id.id,
        )

    def action_open_aging(self):
        """Open the open items of this client."""
        return self._get_record_action(
            "key_account_management.kam_receivable_report_action_client",
            [
                ("client_id", "=", self.id),
                ("company_id", "=", self.env.company.root_id.id),
            ],
        )

    def action_open_payments(self):
        """Open all payments of this client."""
        return self._get_record_action(
            "key_account_management.kam_receivable_payment_action",
            [("client_id", "=", self.id)],
        )
