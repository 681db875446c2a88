from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .count_back import count_back
from .kam_payment_behaviour import SUMS


class KamClient(models.Model):
    _inherit = "kam.client"

    credit_line_ids = fields.One2many(
        comodel_name="kam.credit.line", inverse_name="client_id", string="Credit Lines"
    )
    credit_line_id = fields.Many2one(
        comodel_name="kam.credit.line",
        compute="_compute_credit_line_id",
        search="_search_credit_line_id",
        help="Credit line in the current company.",
    )
    credit_currency_id = fields.Many2one(
        related="credit_line_id.currency_id",
        related_sudo=False,
        string="Credit Currency",
    )
    credit_effective_limit = fields.Monetary(
        related="credit_line_id.effective_limit",
        related_sudo=False,
        currency_field="credit_currency_id",
        string="Limit",
    )
    credit_exposure = fields.Monetary(
        related="credit_line_id.exposure",
        related_sudo=False,
        currency_field="credit_currency_id",
        string="Exposure",
    )
    credit_receivable = fields.Monetary(
        related="credit_line_id.receivable",
        related_sudo=False,
        currency_field="credit_currency_id",
        string="Receivables",
    )
    credit_headroom = fields.Monetary(
        related="credit_line_id.headroom",
        related_sudo=False,
        currency_field="credit_currency_id",
        string="Headroom",
    )
    credit_overdue = fields.Monetary(
        related="credit_line_id.overdue",
        related_sudo=False,
        currency_field="credit_currency_id",
        string="Overdue",
    )
    credit_uninvoiced = fields.Monetary(
        related="credit_line_id.uninvoiced",
        related_sudo=False,
        currency_field="credit_currency_id",
        string="Confirmed, not Invoiced",
    )
    credit_utilization = fields.Float(
        related="credit_line_id.utilization",
        related_sudo=False,
        string="Utilization",
        aggregator=None,
    )
    credit_paid_on_time_percent = fields.Float(
        related="credit_line_id.paid_on_time_percent",
        related_sudo=False,
        string="Paid on Time (%)",
        aggregator=None,
    )
    credit_average_days_late = fields.Float(
        related="credit_line_id.average_days_late",
        related_sudo=False,
        string="Average Days Late",
        aggregator=None,
    )
    credit_largest_debt = fields.Monetary(
        related="credit_line_id.largest_debt",
        related_sudo=False,
        currency_field="credit_currency_id",
        string="Largest Debt",
    )
    credit_chart = fields.Json(
        related="credit_line_id.chart", related_sudo=False, string="Last 12 Months"
    )
    credit_is_stopped = fields.Boolean(
        related="credit_line_id.is_stopped", related_sudo=False, string="Shipment Stop"
    )
    credit_stop_reason = fields.Char(
        related="credit_line_id.stop_reason",
        related_sudo=False,
        string="Reason of the Stop",
    )
    credit_decision_count = fields.Integer(compute="_compute_credit_decision_count")
    credit_held_count = fields.Integer(
        string="Orders on Hold", compute="_compute_credit_decision_count"
    )

    @api.depends("credit_line_ids")
    @api.depends_context("company")
    def _compute_credit_line_id(self):
        lines = dict(
            self.env["kam.credit.line"]._read_group(
                [
                    ("client_id", "in", self.ids),
                    ("company_id", "=", self.env.company.root_id.id),
                ],
                ["client_id"],
                ["id:recordset"],
            )
        )
        for client in self:
            client.credit_line_id = lines.get(client._origin)

    def _search_credit_line_id(self, operator, value):
        domain = Domain("company_id", "=", self.env.company.root_id.id)
        if operator in ("any", "any!") and isinstance(value, Domain):
            return Domain("credit_line_ids", operator, domain & value)
        if operator != "in":
            return NotImplemented
        found = Domain.FALSE
        if ids := [line_id for line_id in value if line_id]:
            found = Domain("credit_line_ids", "any", domain & Domain("id", "in", ids))
        if len(ids) < len(value):
            found |= Domain("credit_line_ids", "not any", domain)
        return found

    def _compute_credit_decision_count(self):
        held = [("outcome", "=", "hold"), ("state", "=", "open")]
        decisions = self.env["kam.credit.decision"]
        own = [("client_id", "in", self.ids)]
        counts = dict(decisions._read_group(own, ["client_id"], ["__count"]))
        holds = dict(decisions._read_group(own + held, ["client_id"], ["__count"]))
        for client in self:
            client.credit_decision_count = counts.get(client._origin, 0)
            client.credit_held_count = holds.get(client._origin, 0)

    def action_dissolve(self, reason):
        for client in self.sudo().filtered("credit_held_count"):
            raise ValidationError(
                self.env._(
                    "%s has orders on hold. Release, reject or cancel them before it "
                    "becomes an ordinary customer.",
                    client.name,
                )
            )
        return super().action_dissolve(reason)

    @api.constrains("stage_id")
    def _check_stage_id(self):
        for client in self.filtered("stage_id.is_closed"):
            if client.sudo().credit_held_count:
                raise ValidationError(
                    self.env._(
                        "%(client)s has orders on hold. Release, reject or cancel "
                        "them before moving it to the stage %(stage)s.",
                        client=client.name,
                        stage=client.stage_id.name,
                    )
                )

    def action_open_credit_line(self):
        """Open the credit line in the current company."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Line"),
            "res_model": "kam.credit.line",
            "res_id": self.credit_line_id.id,
            "view_mode": "form",
            "context": {"default_client_id": self.id},
        }

    def action_open_history(self):
        """Open the debts of the credit line in the current company day by day."""
        self.ensure_one()
        return self.env["kam.credit.history"]._get_action(self.credit_line_id)

    def action_open_decisions(self):
        """Open the credit decisions of this client."""
        return self._get_record_action(
            "key_account_management.kam_credit_decision_action",
            [("client_id", "=", self.id)],
        )

    def action_open_held(self):
        """Open the orders of this client that wait for a credit decision."""
        return self._get_record_action(
            "key_account_management.kam_credit_decision_action_hold",
            [
                ("client_id", "=", self.id),
                ("outcome", "=", "hold"),
                ("state", "=", "open"),
            ],
        )

    def action_open_documents(self):
        """Open the documents that make up the exposure of this client."""
        self.ensure_one()
        return self.env["kam.credit.exposure"]._get_action(
            self, self.env.company.root_id
        )

    def _is_credit_visible(self):
        """Tell whether the user may see the credit figures of this client."""
        return bool(self) and self.has_access("read")

    @api.model
    def _get_rhythm_domain(self):
        """An order on hold is an order the client made."""
        return super()._get_rhythm_domain() | Domain("credit_state", "=", "hold")

    @api.model
    def _get_broken_promise_counts(self, company, date_from):
        """Return how many promises of clients were broken since a day.

        None in this room: promises are kept by the room receivable.

        :param company: res.company, whose root counts
        :param date_from: first promised day that counts
        :return: dict client id -> number; who never promised anything is missing
        """
        return {}

    def _payment_behaviour(self, date_from, date_to):
        """Return how this client paid; see :meth:`_get_payment_behaviours`."""
        self.ensure_one()
        return self._get_payment_behaviours(date_from, date_to)[self]

    def _get_payment_behaviours(self, date_from, date_to):
        """Return how clients paid the instalments due in a period.

        In the current company and its branches. An instalment that is open at the end
        is late up to the end, even one that is due on the last day.

        :param date_from: first due date that counts
        :param date_to: last due date, and the day up to which payments count; at
            most today
        :return: dict client -> dict of ``on_time_percent`` and ``days_late`` (None:
            nothing was due), ``due_amount``, ``paid_amount``, ``disputed_amount`` (the
            part left out), ``dso`` (days; None: neither sales nor debt),
            ``is_dso_over`` (more than the 365 days of ``dso``) and ``managers``:
            dict res.users -> the same but for the dso, of the instalments due while
            he owned the client
        :raise AccessError: for clients that the user may not read
        """
        self.check_access("read")
        engine = self.env["kam.payment.behaviour"]
        root = self.env.company.sudo().root_id
        date_to = min(date_to, root._kam_today())
        keys = {client: (client._origin.id, root.id) for client in self}
        behaviours = engine._get_behaviours(keys.values(), date_from, date_to)
        sales = engine._get_sales_and_receivables(keys.values(), date_to)
        result = {}
        for client, key in keys.items():
            dso, is_over = count_back(*sales[key], date_to)
            result[client] = {
                **self._prepare_behaviour(behaviours[key].values()),
                "dso": dso,
                "is_dso_over": is_over,
                "managers": self._prepare_manager_behaviours([behaviours[key]]),
            }
        return result

    def _get_manager_behaviours(self, date_from, date_to):
        """Return how the clients of each manager paid what was due in his time.

        Arguments as of :meth:`_get_payment_behaviours`.

        :return: dict res.users (empty: of nobody) -> dict, as ``managers`` there
        """
        self.check_access("read")
        root = self.env.company.sudo().root_id
        behaviours = self.env["kam.payment.behaviour"]._get_behaviours(
            [(client.id, root.id) for client in self], date_from, date_to
        )
        return self._prepare_manager_behaviours(behaviours.values())

    @api.model
    def _prepare_manager_behaviours(self, behaviours):
        """Return dict res.users -> figures, from dicts manager id -> sums."""
        by_manager = {}
        for behaviour in behaviours:
            for manager_id, sums in behaviour.items():
                by_manager.setdefault(manager_id, []).append(sums)
        users = self.env["res.users"]
        return {
            users.browse(manager_id or []): self._prepare_behaviour(sums)
            for manager_id, sums in by_manager.items()
        }

    @api.model
    def _prepare_behaviour(self, parts):
        """Return the figures of sums of ``kam.payment.behaviour``."""
        parts = list(parts)
        sums = {name: sum(part[name] for part in parts) for name in SUMS}
        due = sums["due"]
        return {
            "on_time_percent": 100 * sums["on_time"] / due if due else None,
            "days_late": sums["lateness"] / due if due else None,
            "due_amount": due,
            "paid_amount": sums["paid"],
            "disputed_amount": sums["disputed"],
        }
