from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

CALL_ACTIVITY = "key_account_management.mail_activity_quotation_call"
AGREED_ACTIVITY = "mail.mail_activity_data_call"


class SaleOrder(models.Model):
    """Whose an order is, who entered it, and what came of a proposal.

    An order that a substitute enters stays the absent manager's. Once a proposal is
    sent, somebody calls on the next working day (source: clause A5.1).
    """

    _name = "sale.order"
    _inherit = ["sale.order", "kam.guard.mixin"]

    _kam_open_states = ("draft", "sent")

    kam_client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        compute="_compute_kam_client_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        copy=False,
        groups="base.group_user",
        help="Follows the customer while the order is a quotation; fixed when it is "
        "confirmed.",
    )
    taken_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Taken by",
        index="btree_not_null",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        groups="base.group_user",
        help="Who entered the order.",
    )
    on_behalf_of_id = fields.Many2one(
        comodel_name="res.users",
        string="On Behalf of",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The absent manager for whom the order was entered.",
    )
    kam_sent_date = fields.Date(
        string="Proposal Sent",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="The first day on which the proposal was sent to a key client or to the "
        "customer of an opportunity.",
    )
    kam_followup_date = fields.Date(
        string="Next Call",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the customer is asked about the proposal, or what was agreed.",
    )
    kam_followup_received = fields.Boolean(
        string="Proposal Received",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The customer said that he has the proposal.",
    )
    kam_followup_next_steps = fields.Char(
        string="Next Steps", readonly=True, copy=False, groups="base.group_user"
    )
    kam_followup_urgency = fields.Selection(
        [("low", "Low"), ("normal", "Normal"), ("high", "High")],
        string="Urgency",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    kam_is_stalled = fields.Boolean(
        string="Proposal to Ask About",
        compute="_compute_kam_is_stalled",
        search="_search_kam_is_stalled",
        groups="base.group_user",
        help="The proposal was sent, is valid still, and the day of the call has come.",
    )
    kam_sent_days = fields.Integer(
        string="Days since Sent",
        compute="_compute_kam_is_stalled",
        groups="base.group_user",
    )

    @api.depends("partner_id.kam_client_id")
    def _compute_kam_client_id(self):
        for order in self:
            if order.state in self._kam_open_states or not order._origin:
                order.kam_client_id = order.partner_id.kam_client_id
            else:
                order.kam_client_id = order.kam_client_id

    @api.depends("state", "validity_date", "kam_sent_date", "kam_followup_date")
    def _compute_kam_is_stalled(self):
        for order in self:
            today = order.company_id._kam_today()
            sent, call = order.kam_sent_date, order.kam_followup_date
            order.kam_sent_days = (today - sent).days if sent else 0
            order.kam_is_stalled = (
                order.state == "sent"
                and bool(call and call <= today)
                and not (order.validity_date and order.validity_date < today)
            )

    def _search_kam_is_stalled(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        today = self.env.company._kam_today()
        return [
            ("state", "=", "sent"),
            ("kam_followup_date", "<=", today),
            "|",
            ("validity_date", "=", False),
            ("validity_date", ">=", today),
        ]

    def _compute_user_id(self):
        """The absent manager stays the salesperson, unless the company says else."""
        result = super()._compute_user_id()
        for order in self.filtered("partner_id"):
            company = order.company_id or self.env.company
            absent = order.partner_id.sudo().kam_client_id._get_absent_manager()
            if absent and company.kam_substitute_keeps_owner:
                if order.user_id in (self.env.user, self.env["res.users"]):
                    order.user_id = absent
        return result

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        for client, entered in orders.sudo().grouped("kam_client_id").items():
            if absent := client._get_absent_manager():
                entered.on_behalf_of_id = absent
                body = self.env._(
                    "Entered by %(substitute)s on behalf of %(absent)s.",
                    substitute=self.env.user.name,
                    absent=absent.name,
                )
                entered._message_log_batch(bodies=dict.fromkeys(entered.ids, body))
        orders.filtered(lambda order: order.state == "sent")._begin_followup()
        return orders

    def write(self, vals):
        result = super().write(vals)
        state = vals.get("state")
        if state == "sent":
            self._begin_followup()
        elif state in ("sale", "cancel"):
            self._end_followup()
        return result

    # --- what came of a proposal ---

    def action_followup_answer(self, received, next_steps, urgency, next_date):
        """Note what the customer said about the proposal, and when to talk next.

        If he has not received it, the call is repeated on that day. If he has, asking
        about the proposal is over, and the agreed day becomes an ordinary call.

        :param received: bool
        :param next_steps: text
        :param urgency: low, normal or high
        :param next_date: date or its text, today or later; required
        :raise UserError: if the proposal does not wait for an answer
        :raise ValidationError: naming the value that is missing or wrong
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "sent" or not self.sudo().kam_sent_date:
            raise UserError(
                self.env._(
                    "%s does not wait for an answer. Send the proposal first.",
                    self.name,
                )
            )
        day = self._check_followup_answer(urgency, next_date)
        order = self.sudo()
        order.write(
            {
                "kam_followup_received": bool(received),
                "kam_followup_next_steps": str(next_steps or "").strip(),
                "kam_followup_urgency": urgency,
                "kam_followup_date": day,
            }
        )
        order.activity_feedback(
            [CALL_ACTIVITY], feedback=order.kam_followup_next_steps or None
        )
        order._schedule_call(AGREED_ACTIVITY if received else CALL_ACTIVITY, day)
        return True

    def _check_followup_answer(self, urgency, next_date):
        """Return the day of the next talk.

        :raise ValidationError: naming the value that is missing or wrong
        """
        if urgency not in dict(self._fields["kam_followup_urgency"].selection):
            raise ValidationError(
                self.env._("Say how urgent it is: low, normal or high.")
            )
        try:
            day = fields.Date.to_date(next_date or None)
        except (TypeError, ValueError):
            day = None
        if not day or day < self.company_id._kam_today():
            raise ValidationError(
                self.env._("Enter the day of the next talk: today or later.")
            )
        return day

    def action_open_followup(self):
        """Open the dialog with the four questions."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "key_account_management.sale_order_followup_action"
            ),
            "context": {"default_order_id": self.id},
        }

    def _begin_followup(self):
        """Have somebody call on his next working day; once per order.

        Proposals to key clients, and those of an opportunity. As superuser: whoever
        sends may not plan for a colleague; nothing is let out.
        """
        for order in self.sudo():
            if order.kam_sent_date or not (order.kam_client_id or order.opportunity_id):
                continue
            today = order.company_id._kam_today()
            user = order._get_followup_user()
            day = user._get_kam_next_working_day(today) if user else today
            order.write({"kam_sent_date": today, "kam_followup_date": day})
            order._schedule_call(CALL_ACTIVITY, day)

    def _get_followup_user(self):
        """Return who asks about the proposal: the salesperson, else the manager."""
        users = self.user_id | self.kam_client_id.manager_id
        return users._filter_kam_present(self.company_id)[:1]

    def _schedule_call(self, activity, day):
        """Give whoever asks, or who stands in for him that day, an activity."""
        user = self._get_followup_user()
        if user:
            substitutions = self.env["kam.substitution"]
            stand_in = substitutions._get_substitute(user, day, self.kam_client_id)
            self.activity_schedule(
                activity, date_deadline=day, user_id=(stand_in or user).id
            )

    def _end_followup(self):
        """A decided proposal is not asked about; only sent ones are."""
        sent = self.sudo().filtered("kam_sent_date")
        if sent:
            sent.activity_unlink([CALL_ACTIVITY])
