from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..client.numbers import format_number

BATCH = 500  # clients per commit


class KamCollection(models.Model):
    """The work on the overdue debt of a client in a company and its branches.

    At most one is not closed. Opened and closed by the debt itself. Amounts in
    company currency.
    """

    _name = "kam.collection"
    _description = "Collection Case"
    _inherit = ["kam.guard.mixin", "kam.measure.mixin", "kam.thread.mixin"]
    _order = "priority desc, id"
    _rec_name = "client_id"

    _measured_fields = ("overdue", "unallocated")
    _system_fields = frozenset(
        ("client_id", "company_id", "state", "date_opened", "date_closed", "priority")
        + ("pause_until", "pause_reason", "stop_date")
    )
    _fixed_fields = frozenset(("user_id", "stage_id", "next_date"))
    _fixed_unless = frozenset(("open", "paused"))

    client_id = fields.Many2one(
        comodel_name="kam.client",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    manager_id = fields.Many2one(related="client_id.manager_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        domain=[("share", "=", False)],
    )
    state = fields.Selection(
        [("open", "Open"), ("paused", "Paused"), ("closed", "Closed")],
        default="open",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    stage_id = fields.Many2one(
        comodel_name="kam.collection.stage",
        index=True,
        ondelete="restrict",
        tracking=True,
        group_expand="_group_expand_stage",
    )
    date_opened = fields.Date(string="Opened on", required=True, readonly=True)
    date_closed = fields.Date(string="Closed on", readonly=True)
    pause_until = fields.Date(
        string="Paused until", readonly=True, help="Last day of the pause."
    )
    pause_reason = fields.Char(string="Reason of the Pause", readonly=True)
    stop_date = fields.Date(
        string="Stop Announced for",
        readonly=True,
        help="Day on which the ladder stops the shipments to the client.",
    )
    next_date = fields.Date(string="Next Contact", index="btree_not_null")
    overdue = fields.Monetary(compute="_compute_figures")
    oldest_overdue_days = fields.Integer(
        compute="_compute_figures", string="Oldest Overdue (days)", aggregator="max"
    )
    unallocated = fields.Monetary(compute="_compute_figures")
    priority = fields.Float(
        readonly=True,
        digits=(16, 0),
        aggregator=None,  # a rank
        help="Overdue amount × days of the oldest item × factor of the risk class, "
        "as of the last nightly run.",
    )
    priority_parts = fields.Char(
        compute="_compute_priority_parts",
        string="Made up of",
        help="The overdue debt of today × days of the oldest item × factor of the risk "
        "class of the credit line.",
    )
    item_ids = fields.One2many(
        comodel_name="kam.receivable.report",
        compute="_compute_item_ids",
        string="Overdue Documents",
    )
    contact_ids = fields.One2many(
        comodel_name="res.partner", compute="_compute_contact_ids"
    )
    last_call_id = fields.Many2one(
        comodel_name="kam.collection.step",
        compute="_compute_last_call_id",
    )
    last_call_date = fields.Date(compute="_compute_last_call_id", string="Called on")
    last_call_text = fields.Char(compute="_compute_last_call_id", string="Told")
    last_promise_id = fields.Many2one(
        comodel_name="kam.promise",
        compute="_compute_promise_ids",
        help="The latest that the client has promised and not taken back.",
    )
    last_promise_amount = fields.Monetary(
        compute="_compute_promise_ids", string="Promised Last"
    )
    last_promise_date = fields.Date(
        compute="_compute_promise_ids", string="Promised for"
    )
    last_promise_state = fields.Selection(
        selection=lambda self: self._get_promise_states(),
        compute="_compute_promise_ids",
        string="Promise",
    )
    next_stage_id = fields.Many2one(
        comodel_name="kam.collection.stage",
        compute="_compute_next_stage_id",
        string="Next Step",
        help="What the ladder does next, if nothing is paid or promised until then.",
    )
    next_stage_date = fields.Date(
        compute="_compute_next_stage_id", string="Next Step on"
    )
    promise_ids = fields.Many2many(
        comodel_name="kam.promise", compute="_compute_promise_ids", string="Promises"
    )
    promise_count = fields.Integer(
        compute="_compute_promise_ids", string="Number of Promises"
    )
    dispute_count = fields.Integer(
        compute="_compute_dispute_count", string="Open Disputes"
    )
    reconciliation_count = fields.Integer(
        related="client_id.reconciliation_count", related_sudo=False
    )
    order_count = fields.Integer(related="client_id.order_count", related_sudo=False)
    invoice_count = fields.Integer(
        related="client_id.invoice_count", related_sudo=False
    )
    step_ids = fields.One2many(
        comodel_name="kam.collection.step",
        inverse_name="collection_id",
        string="Steps",
    )
    log_ids = fields.One2many(
        comodel_name="kam.collection.step", compute="_compute_log_ids"
    )
    letter_ids = fields.One2many(
        comodel_name="kam.collection.letter",
        inverse_name="collection_id",
        string="Letters",
    )

    _one_not_closed = models.UniqueIndex(
        "(client_id, company_id) WHERE state != 'closed'",
        "This key client has a collection case already. Work on that one.",
    )

    @api.depends("client_id", "company_id", "state")
    def _compute_figures(self):
        ledger = self.env["kam.credit.ledger"]
        keys = ledger._get_keys(self)
        figures = ledger._get_receivables(keys.values())
        for case, key in keys.items():
            case.overdue = figures[key]["overdue"]
            case.oldest_overdue_days = int(figures[key]["oldest_overdue_days"])
            case.unallocated = figures[key]["unallocated"]

    @api.depends("overdue", "oldest_overdue_days")
    @api.depends_context("lang")
    def _compute_priority_parts(self):
        classes = self.env["kam.collection.brief"]._get_risk_classes(self)
        debt = self.env["kam.collection.debt"]
        for case in self:
            risk_class = classes.get(case._origin)
            case.priority_parts = self.env._(
                "%(amount)s × %(days)s days × %(factor)s (%(class)s)",
                amount=case.currency_id.format(case.overdue),
                days=case.oldest_overdue_days,
                factor=format_number(self.env, debt._get_factor(risk_class)),
                **{
                    "class": self.env._("class %s", risk_class.upper())
                    if risk_class
                    else self.env._("no class")
                },
            )

    @api.depends("client_id", "company_id", "state")
    @api.depends_context("uid", "company", "lang")
    def _compute_item_ids(self):
        items = self.env["kam.collection.brief"]._get_items(self)
        for case in self:
            case.item_ids = items.get(case._origin)

    @api.depends("client_id")
    @api.depends_context("uid")
    def _compute_contact_ids(self):
        contacts = self.env["kam.collection.brief"]._get_contacts(self)
        for case in self:
            case.contact_ids = contacts.get(case._origin)

    @api.model
    def _group_expand_stage(self, stages, domain):
        """Show the stages from the first with a case on: a case goes forward only.

        So a phone, which shows one column, opens on one with cases.
        """
        ladder = self._read_group_expand_full(stages, domain)
        used = [number for number, stage in enumerate(ladder) if stage in stages]
        return ladder[min(used, default=0) :]

    @api.depends("step_ids")
    @api.depends_context("uid")
    def _compute_last_call_id(self):
        calls = self.env["kam.collection.brief"]._get_last_calls(self)
        for case in self:
            call = calls.get(case._origin, self.env["kam.collection.step"])
            case.last_call_id, case.last_call_date = call, call.date
            case.last_call_text = call.display_name

    @api.depends("client_id", "company_id")
    @api.depends_context("uid")
    def _compute_promise_ids(self):
        promises = self.env["kam.collection.brief"]._get_promises(self)
        for case in self:
            found = promises.get(case._origin, self.env["kam.promise"])
            case.promise_ids = found
            case.promise_count = len(found)
            last = found.filtered(
                lambda promise: (
                    promise.direction == "theirs" and promise.state != "cancelled"
                )
            )[:1]
            case.last_promise_id = last
            case.last_promise_amount = last.amount
            case.last_promise_date = last.date
            case.last_promise_state = last.state

    @api.depends("client_id", "company_id", "state", "step_ids")
    @api.depends_context("uid")
    def _compute_next_stage_id(self):
        steps = self.env["kam.collection.brief"]._get_next_steps(self)
        for case in self:
            stage, day = steps.get(case._origin, (False, False))
            case.next_stage_id, case.next_stage_date = stage, day

    @api.depends("client_id", "company_id")
    @api.depends_context("uid")
    def _compute_dispute_count(self):
        groups = self.env["kam.dispute"]._read_group(
            [("client_id", "in", self.client_id.ids), ("state", "=", "open")],
            ["client_id", "company_id"],
            ["__count"],
        )
        counts = {(client, company): count for client, company, count in groups}
        for case in self:
            key = case.client_id._origin, case.company_id._origin
            case.dispute_count = counts.get(key, 0)

    @api.depends("step_ids")
    def _compute_log_ids(self):
        brief = self.env["kam.collection.brief"]
        for case in self:
            case.log_ids = brief._fold(case.step_ids)

    @api.model
    def _get_promise_states(self):
        return self.env["kam.promise"]._fields["state"]._description_selection(self.env)

    def write(self, vals):
        if "stage_id" in vals and not self.env.su:
            self._check_stage(vals["stage_id"])
        moved = self.filtered(lambda case: case.stage_id.id != vals.get("stage_id"))
        result = super().write(vals)
        if "stage_id" in vals and not self.env.su:
            reason = self.env.context.get("kam_reason", "").strip()
            self.env["kam.collection.step"]._log(moved, "stage", reason)
        return result

    @api.model
    def _get_system_message(self, names):
        return self.env._(
            "A case is opened and closed by the debt. Use the buttons of the case to "
            "pause it."
        )

    def _check_stage(self, stage_id):
        """Refuse a move backward, or forward without the reason in the context."""
        stage = self.env["kam.collection.stage"].browse(stage_id)
        for case in self.filtered(lambda case: case.stage_id != stage):
            if not stage or stage.days < case.stage_id.days:
                raise UserError(
                    self.env._("A case goes forward only: it cannot return to a stage.")
                )
            if not (self.env.context.get("kam_reason") or "").strip():
                raise UserError(
                    self.env._(
                        "Moving a case forward takes a reason: press Move Forward in "
                        "the case."
                    )
                )

    def action_forward(self, stage, reason):
        """Move the case to a later stage; nothing is sent.

        :param stage: kam.collection.stage, or its id
        :param reason: text kept in the log
        :raise UserError: without a reason, or backward
        """
        self.check_access("write")
        label = self._get_field_label("stage_id")
        stage = self._take_record("kam.collection.stage", stage, label)
        reason = self._take_text(reason, self.env._("Reason"))
        self.with_context(kam_reason=reason).write({"stage_id": stage.id})
        return True

    def action_pause(self, reason, until):
        """Leave the case alone for some time; payment closes it all the same.

        :param reason: text kept with the case
        :param until: last day of the pause
        :raise UserError: without a reason, for a day that has passed, or closed
        """
        self.check_access("write")
        reason = self._take_text(reason, self._get_field_label("pause_reason"))
        until = self._take_day(until, self._get_field_label("pause_until"))
        if not reason or not until:
            raise UserError(
                self.env._("Enter the reason and the last day of the pause.")
            )
        if any(until < case.company_id._kam_today() for case in self):
            raise UserError(self.env._("The last day of the pause has passed already."))
        if self.filtered(lambda case: case.state == "closed"):
            raise UserError(self.env._("A closed case cannot be paused."))
        self.sudo().write(
            {"state": "paused", "pause_until": until, "pause_reason": reason}
        )
        self.env["kam.collection.step"]._log(self, "pause", reason, next_date=until)
        return True

    def action_resume(self):
        """End a pause."""
        self.check_access("write")
        self.filtered(lambda case: case.state == "paused")._resume()
        return True

    def _resume(self):
        """End the pauses; sudo: the state is not written directly."""
        self.sudo().write(
            {"state": "open", "pause_until": False, "pause_reason": False}
        )
        self.env["kam.collection.step"]._log(
            self, "resume", lambda words: words._("The pause is over.")
        )

    def action_demand(self):
        """Draft the formal demands of the case without waiting for the ladder.

        :raise AccessError: below credit controller and director
        :raise UserError: when there is nothing to demand
        """
        self.ensure_one()
        self.check_access("read")
        self.env["kam.collection.letter"]._check_approver()
        if self.state != "open":
            raise UserError(
                self.env._(
                    "Demands are drafted from open cases. Resume the case first."
                )
            )
        letters = self.env["kam.collection.ladder"]._draft_demands(self)
        if not letters:
            raise UserError(
                self.env._(
                    "There is nothing to demand: what is overdue is demanded already, "
                    "promised, disputed, or covered by payments. Match those first."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "key_account_management.kam_collection_letter_action"
        )
        if len(letters) == 1:
            action |= {"res_id": letters.id, "views": [(False, "form")]}
        return {**action, "domain": [("id", "in", letters.ids)], "context": {}}

    def action_call(self):
        """Open the call screen."""
        return self._open_dialog(
            "kam.collection.call",
            self.env._("Call"),
            default_collection_id=self.id,
            dialog_size="extra-large",
        )

    def action_next(self):
        """Open the case to work on next: the first below this one, then from the top.

        Those that somebody has said to contact on a later day are done for today.
        """
        self.ensure_one()
        self.check_access("read")
        waiting = self._get_waiting_domain() & Domain("id", "!=", self.id)
        below = Domain("priority", "<", self.priority) | (
            Domain("priority", "=", self.priority) & Domain("id", ">", self.id)
        )
        following = self.search(waiting & below, limit=1)
        following = following or self.search(waiting, limit=1)
        if not following:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "info",
                    "message": self.env._("No other case waits for today."),
                },
            }
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "key_account_management.kam_collection_action"
        )
        views = [(False, "form")]
        return {**action, "res_id": following.id, "views": views, "view_mode": "form"}

    @api.model
    def _get_waiting_domain(self):
        """Return the domain of the cases that are to be worked on today."""
        today = self.env.company._kam_today()
        return (
            Domain("state", "=", "open")
            & Domain("company_id", "in", self.env.companies.root_id.ids)
            & (Domain("next_date", "=", False) | Domain("next_date", "<=", today))
        )

    def action_open_promises(self):
        """Open the promises of the client."""
        return self._open_of_client("kam_promise_action")

    def action_open_disputes(self):
        """Open the disputes of the client."""
        return self._open_of_client("kam_dispute_action")

    def action_open_unallocated(self):
        """Open money and credit notes of the client that nothing is matched with."""
        return self._open_of_client(
            "kam_receivable_report_action_client", ("bucket", "=", "unallocated")
        )

    def _open_of_client(self, action, *domain):
        """Return the window action on records of the client in the company."""
        self.ensure_one()
        self.check_access("read")
        return self.client_id._get_record_action(
            f"key_account_management.{action}",
            [
                ("client_id", "=", self.client_id.id),
                ("company_id", "=", self.company_id.id),
                *domain,
            ],
            default_client_id=self.client_id.id,
        )

    def action_open_reconciliations(self):
        """Open the reconciliation statements of the client."""
        self.ensure_one()
        return self.client_id.action_open_reconciliations()

    def action_open_orders(self):
        """Open the orders of the client."""
        self.ensure_one()
        return self.client_id.action_open_orders()

    def action_open_invoices(self):
        """Open the invoices of the client."""
        self.ensure_one()
        return self.client_id.action_open_invoices()

    def _log_call(self, result, next_date, promise=None):
        """Keep what a call came to, and when to call next."""
        self.ensure_one()
        self.check_access("read")
        self.sudo().next_date = next_date
        return self.env["kam.collection.step"]._log(
            self,
            "call",
            result,
            next_date=next_date,
            promise_id=promise.id if promise else False,
        )

    @api.model
    def _cron_collect(self):
        """Open and close cases and climb the ladder, a batch per commit.

        Safe to repeat: what a killed run had not committed the next one does.
        """
        clients = (
            self.env["kam.client"].with_context(active_test=False).search(Domain.TRUE)
        )
        self.env["kam.job"]._run(
            [clients[at : at + BATCH] for at in range(0, len(clients), BATCH)],
            lambda batch: self._work_on(batch.ids),
        )

    @api.model
    def _work_on(self, client_ids):
        """Open and close the cases of clients and climb the ladder."""
        self.env["kam.collection.debt"]._open_cases(client_ids)
        self.env["kam.collection.ladder"]._climb(client_ids)
