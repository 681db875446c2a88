from odoo import api, fields, models
from odoo.exceptions import UserError

FACTORS = {"a": 1.0, "b": 1.5, "c": 2.0, "d": 2.5, "e": 3.0}


class KamCollection(models.Model):
    """The work on the overdue debt of a client in a company and its branches.

    At most one is not closed. Opened and closed by the debt itself
    (`kam_collection_debt`). Amounts in company currency.
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
        group_expand="_read_group_expand_full",
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
    promise_ids = fields.Many2many(
        comodel_name="kam.promise", compute="_compute_promise_ids", string="Promises"
    )
    step_ids = fields.One2many(
        comodel_name="kam.collection.step",
        inverse_name="collection_id",
        string="Steps",
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

    @api.depends("client_id", "company_id")
    def _compute_promise_ids(self):
        groups = self.env["kam.promise"]._read_group(
            [
                ("client_id", "in", self.client_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
            ["client_id", "company_id"],
            ["id:recordset"],
        )
        promises = {(client, company): found for client, company, found in groups}
        for case in self:
            case.promise_ids = promises.get((case.client_id, case.company_id))

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
        return {**action, "domain": [("id", "in", letters.ids)], "context": {}}

    def action_call(self):
        """Open the call screen."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Call"),
            "res_model": "kam.collection.call",
            "view_mode": "form",
            "target": "new",
            "context": {"default_collection_id": self.id},
        }

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
