from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

FOUND = ("justified", "unjustified")


class KamRemark(models.Model):
    """What a client, a superior or another department says of a manager's work.

    Only a justified negative remark costs points, in the month of its date or, if
    that card is closed, in the next one. The finding is the head's, or the director's
    where the head wrote the remark; the manager may answer, and appeal once to the
    next superior. What was said is never edited.
    """

    _name = "kam.remark"
    _description = "Remark"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
    _order = "date desc, id desc"
    _rec_name = "fact"
    _mail_post_access = "read"

    _fixed_fields = frozenset(
        (
            *("company_id", "client_id", "kind", "user_id", "author_department"),
            *("date", "sign", "fact", "value", "evidence"),
        )
    )
    _fixed_unless = frozenset(("new",))

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company.root_id,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        index="btree_not_null",
        ondelete="restrict",
    )
    kind = fields.Selection(
        selection=[
            ("client", "Claim of a client"),
            ("management", "Evaluation by a superior"),
            ("department", "Complaint of a department"),
        ],
        required=True,
        default="management",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Key Account Manager",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        compute="_compute_team_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    author_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
    )
    author_department = fields.Char(
        string="Department", help="Department that complains."
    )
    date = fields.Date(required=True, default=fields.Date.context_today, index=True)
    sign = fields.Selection(
        selection=[("negative", "Negative"), ("positive", "Positive")],
        required=True,
        default="negative",
    )
    fact = fields.Char(required=True, help="What happened.")
    value = fields.Monetary(string="Damage", help="What it cost, if it did.")
    evidence = fields.Text(help="Documents and witnesses.")
    reply = fields.Text(string="Manager's Answer", readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("new", "New"),
            ("justified", "Justified"),
            ("unjustified", "Unjustified"),
        ],
        required=True,
        default="new",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    finding_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Found by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    finding_reason = fields.Char(string="Reason", readonly=True, copy=False)
    date_found = fields.Date(string="Found on", readonly=True, copy=False)
    date_counted = fields.Date(
        string="Counts in",
        readonly=True,
        copy=False,
        index=True,
        help="The month of the remark, or the first open one after it.",
    )
    appeal = fields.Text(readonly=True, copy=False)
    appeal_state = fields.Selection(
        selection=[("none", "None"), ("open", "To Decide"), ("decided", "Decided")],
        default="none",
        required=True,
        readonly=True,
        copy=False,
    )
    appeal_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Appeal Decided by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    appeal_reason = fields.Char(
        string="Reason of the Decision", readonly=True, copy=False
    )
    may_find = fields.Boolean(compute="_compute_may")
    is_mine = fields.Boolean(compute="_compute_may")

    @api.depends("user_id")
    def _compute_team_id(self):
        teams = self.user_id._get_kam_teams()
        for remark in self:
            remark.team_id = teams.get(remark.user_id)

    @api.depends("state", "appeal_state", "author_id", "user_id")
    @api.depends_context("uid")
    def _compute_may(self):
        for remark in self:
            is_open = remark.state == "new" or remark.appeal_state == "open"
            remark.may_find = bool(remark.id) and is_open and remark._may_find()
            remark.is_mine = remark.user_id == self.env.user

    @api.constrains("kind", "author_department", "client_id", "user_id", "author_id")
    def _check_kind(self):
        for remark in self:
            if remark.kind == "department" and not remark.author_department:
                raise ValidationError(
                    self.env._("Enter the department that complains.")
                )
            if remark.kind == "client" and not remark.client_id:
                raise ValidationError(self.env._("Enter the client who claims."))
            if remark.user_id == remark.author_id:
                raise ValidationError(self.env._("Nobody writes a remark on himself."))
            if remark.kind == "management" and not remark._is_superior():
                raise ValidationError(
                    self.env._(
                        "A manager is evaluated by the head of his team or by the "
                        "director. Choose another kind of remark."
                    )
                )

    def _is_superior(self):
        """Tell whether the author is a superior of the manager."""
        author, team = self.author_id.sudo(), self.team_id.sudo()
        return author._is_superuser() or author._leads_kam_team(team)

    def write(self, vals):
        if not self.env.su and not self._get_fixed_fields().isdisjoint(vals):
            self._check_mine_to_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_found(self):
        if not self.env.su:
            self._check_mine_to_change()
            self._check_unfixed()

    def _get_fixed_message(self):
        return self.env._("A remark that was judged stays as it is.")

    def _check_mine_to_change(self):
        """A remark is its author's, until the manager answered.

        :raise UserError: for others
        """
        self.check_access("read")
        if any(remark.author_id != self.env.user or remark.reply for remark in self):
            raise UserError(
                self.env._(
                    "A remark is changed by its author only, until it was answered."
                )
            )

    # Judging

    def _may_find(self):
        """The head of the manager or the director; never manager, author, first judge.

        A client's claim that the head entered for the client is his to judge.
        """
        user, remark = self.env.user, self.sudo()
        if self.env.su:
            return True
        if user == remark.user_id:
            return False
        if user == remark.author_id and remark.kind != "client":
            return False
        if remark.appeal_state == "open":
            is_next = user._has_kam_roles("director")
            return is_next and user != remark.finding_user_id
        return user._leads_kam_team(remark.team_id)

    def action_find(self, state, reason):
        """Judge remarks, or decide the appeal against the judgement.

        :param state: justified or unjustified
        :param reason: kept with the remark
        :raise AccessError: for those who may not judge this remark
        :raise UserError: without a reason, or for what was judged already
        """
        self.check_access("read")
        reason = self._take_text(reason, self._get_field_label("finding_reason"))
        if state not in FOUND or not reason:
            raise UserError(
                self.env._("Choose justified or unjustified, and enter the reason.")
            )
        for remark in self:
            if remark.state != "new" and remark.appeal_state != "open":
                raise UserError(self.env._("This remark was judged already."))
            if not remark._may_find():
                raise AccessError(
                    self.env._(
                        "A remark is judged by the head of the manager or, where the "
                        "head wrote or judged it, by the director; never by the "
                        "manager or the author. Ask one of them."
                    )
                )
            remark._find(state, reason)
        return True

    def _find(self, state, reason):
        """Write the judgement; sudo: nobody may write it directly."""
        if self.appeal_state == "open":
            vals = {
                "appeal_state": "decided",
                "appeal_user_id": self.env.uid,
                "appeal_reason": reason,
            }
        else:
            vals = {"finding_user_id": self.env.uid, "finding_reason": reason}
        today = fields.Date.context_today(self)
        counted = self._get_open_month() if state != self.state else self.date_counted
        self.sudo().write(
            {**vals, "state": state, "date_found": today, "date_counted": counted}
        )

    def _get_open_month(self):
        """Return the first day of the month in which a finding of today counts."""
        cards = self.env["kam.scorecard"].sudo()
        closed = cards.search_fetch(
            [
                ("user_id", "=", self.user_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "!=", "draft"),
            ],
            ["date_from"],
        )
        months = set(closed.mapped("date_from"))
        month = fields.Date.start_of(self.date, "month")
        while month in months:
            month += relativedelta(months=1)
        return month

    def action_reply(self, text):
        """Answer a remark on oneself, before it is judged.

        :raise AccessError: for others than the manager
        """
        self.ensure_one()
        self._check_mine()
        if self.state != "new":
            raise UserError(self.env._("This remark was judged already: appeal."))
        text = self._take_text(text, self._get_field_label("reply"))
        if not text:
            raise UserError(self.env._("Enter the answer."))
        self.sudo().reply = text
        return True

    def action_appeal(self, text):
        """Appeal once against the judgement; the next superior decides.

        :raise AccessError: for others than the manager
        :raise UserError: before the judgement, and the second time
        """
        self.ensure_one()
        self._check_mine()
        if self.state == "new":
            raise UserError(self.env._("This remark was not judged yet: answer it."))
        if self.appeal_state != "none":
            raise UserError(self.env._("An appeal is possible once."))
        text = self._take_text(text, self._get_field_label("appeal"))
        if not text:
            raise UserError(self.env._("Enter the reason of the appeal."))
        self.sudo().write({"appeal": text, "appeal_state": "open"})
        return True

    def _check_mine(self):
        self.check_access("read")
        if self.user_id != self.env.user:
            raise AccessError(
                self.env._("Only the manager himself answers or appeals.")
            )
