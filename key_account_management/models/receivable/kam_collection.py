from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

FACTORS = {"a": 1.0, "b": 1.5, "c": 2.0, "d": 2.5, "e": 3.0}
BATCH = 500  # clients per commit


class KamCollection(models.Model):
    """The work on the overdue debt of a client in a company and its branches.

    At most one is not closed. Opened and closed by the debt itself. Amounts in
    company currency.
    """

    _name = "kam.collection"
    _description = "Collection Case"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
    _order = "priority desc, id"
    _rec_name = "client_id"

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
        self._open_cases(client_ids)
        self.env["kam.collection.ladder"]._climb(client_ids)

    @api.model
    def _open_cases(self, client_ids=None):
        """Open, resume, close and rank the cases of clients in all companies.

        A case opens when debt beyond the grace of the policy, net of unallocated
        credits, comes to the policy's minimum and more than 0. It closes, paused or
        not, when nothing is overdue.

        :param client_ids: clients to look at; default all
        :return: the cases that were opened
        """
        domain = [("state", "!=", "closed")]
        if client_ids is not None:
            domain.append(("client_id", "in", client_ids))
        cases = self.sudo().search(domain)
        debts = self._get_debts(client_ids)
        known = {(case.client_id.id, case.company_id.id): case for case in cases}
        paid = cases.filtered(
            lambda case: (
                not debts.get((case.client_id.id, case.company_id.id), {}).get(
                    "overdue"
                )
            )
        )
        for company, closed in paid.grouped("company_id").items():
            closed._close_cases(company._kam_today())
        cases -= paid
        cases.filtered(
            lambda case: (
                case.state == "paused"
                and case.pause_until < case.company_id._kam_today()
            )
        )._resume()
        opened = self._create_cases(
            [key for key in debts if debts[key]["opens"] and key not in known]
        )
        for case in cases | opened:
            debt = debts[case.client_id.id, case.company_id.id]
            if case.priority != debt["priority"]:
                case.priority = debt["priority"]
        return opened.with_env(self.env)

    def _create_cases(self, keys):
        company = self.env["res.company"]
        first = self.env["kam.collection.stage"].search([("days", ">=", 0)], limit=1)
        opened = self.sudo().create(
            [
                {
                    "client_id": client_id,
                    "company_id": root_id,
                    "stage_id": first.id,
                    "date_opened": company.browse(root_id)._kam_today(),
                }
                for client_id, root_id in sorted(keys)
            ]
        )
        self.env["kam.collection.step"]._log(
            opened,
            "open",
            lambda words: words._(
                "Overdue debt reached the minimum of the credit policy."
            ),
        )
        return opened

    def _close_cases(self, today):
        self.env["kam.collection.step"]._log(
            self, "close", lambda words: words._("Nothing is overdue now.")
        )
        self.write(
            {
                "state": "closed",
                "date_closed": today,
                "pause_until": False,
                "stop_date": False,
            }
        )
        self._lift_stops()

    def _get_debts(self, client_ids):
        """Return per key with overdue debt: overdue, priority, whether it opens."""
        self.env["kam.credit.ledger"]._flush_items()
        for model in ("kam.client", "kam.tier", "kam.credit.line", "kam.credit.policy"):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["kam_client_id", "commercial_partner_id"])
        clients = SQL("(SELECT id FROM kam_client)")
        if client_ids is not None:
            clients = [(client_id, 0) for client_id in [*client_ids, 0]]
        rows = self.env.execute_query_dict(self._debt_query(clients))
        return {
            (row["client_id"], row["root_id"]): {
                "overdue": float(row["overdue"]),
                "opens": row["opens"],
                "priority": float(row["overdue"])
                * row["days"]
                * FACTORS[row["risk_class"] or "c"],
            }
            for row in rows
        }

    def _debt_query(self, clients):
        """SQL of the overdue debt per client and company with what opens a case.

        Credits that nothing is matched with count for the debt of their own legal
        entity: those of a sister neither hide it nor could be matched with it.
        """
        ledger = self.env["kam.credit.ledger"]
        return SQL(
            """
            SELECT client_id, root_id, risk_class, overdue, days,
                   beyond > 0 AND beyond >= minimum AS opens
              FROM (
                SELECT client_id, root_id, risk_class, minimum,
                       SUM(overdue) AS overdue, MAX(days) AS days,
                       SUM(GREATEST(beyond, 0)) AS beyond
                  FROM (
                    SELECT item.client_id, item.root_id, line.risk_class,
                           COALESCE(policy.overdue_min_amount, 0) AS minimum,
                           COALESCE(SUM(residual) FILTER (
                                WHERE residual > 0 AND days > 0), 0) AS overdue,
                           MAX(days) FILTER (WHERE residual > 0) AS days,
                           SUM(residual) FILTER (
                                WHERE residual < 0
                                   OR days > COALESCE(policy.overdue_grace_days, 0))
                                AS beyond
                      FROM (%(items)s) item
                      JOIN res_partner partner ON partner.id = item.partner_id
                      JOIN kam_client client ON client.id = item.client_id
                 LEFT JOIN kam_tier tier ON tier.id = client.tier_id
                 LEFT JOIN kam_credit_line line ON line.client_id = item.client_id
                       AND line.company_id = item.root_id AND line.active
                      JOIN kam_credit_policy policy ON policy.id = COALESCE(
                            line.policy_id, tier.credit_policy_id, %(default)s)
                  GROUP BY item.client_id, item.root_id, line.id, policy.id,
                           partner.commercial_partner_id
                  ) entity
              GROUP BY client_id, root_id, risk_class, minimum
              ) debt
             WHERE overdue > 0
            """,
            items=ledger._on_their_day(
                lambda day: ledger._receivable_items(clients, day)
            ),
            default=self.env["kam.credit.policy"]._get_default().id,
        )

    def _stop_shipments(self):
        """Stop the credit lines of the cases; a stop set by hand stays as it is.

        :return: the cases that have a credit line
        """
        lines = {(x.client_id, x.company_id): x for x in self._get_credit_lines()}
        cases = self.filtered(lambda case: (case.client_id, case.company_id) in lines)
        people = self.env["kam.collection.ladder"]._get_people(cases)
        for case in cases:
            line = lines[case.client_id, case.company_id]
            words = people[case]._get_kam_words(case.company_id)
            reason = words._("Overdue debt is being collected.")
            if not line.is_stopped:
                line.with_context(kam_reason=reason).write(
                    {
                        "is_stopped": True,
                        "stop_reason": reason,
                        "stop_collection_id": case.id,
                    }
                )
        return cases

    def _lift_stops(self):
        """Lift the stops that these cases have set."""
        lines = self.env["kam.credit.line"].sudo().with_context(active_test=False)
        lines = lines.search([("stop_collection_id", "in", self.ids)])
        people = self.env["kam.collection.ladder"]._get_people(self)
        vals = {"is_stopped": False, "stop_reason": False, "stop_collection_id": False}
        by_lang = {}
        for line in lines:
            words = people[line.stop_collection_id]._get_kam_words(line.company_id)
            by_lang.setdefault(words, lines.browse())
            by_lang[words] |= line
        for words, some in by_lang.items():
            reason = words._("Nothing is overdue now.")
            some.with_context(kam_reason=reason).write(vals)

    def _get_credit_lines(self):
        return (
            self.env["kam.credit.line"]
            .sudo()
            .search(
                [
                    ("client_id", "in", self.client_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
        )
