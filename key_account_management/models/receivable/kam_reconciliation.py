from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from .amount_in_words import amount_in_words
from .reconciliation_sheet import write_sheet

_ANSWER_DAYS = 14
_BATCH = 50


class KamReconciliation(models.Model):
    """A reconciliation statement: what we and a legal entity owe each other.

    For a period, a root company (its branches pooled) and a currency; without a
    legal entity it is over the whole key client and for information only. Balances
    are those of posted items on receivable accounts: above 0 the client owes us.
    From sending on the figures stay as they were sent.
    """

    _name = "kam.reconciliation"
    _description = "Reconciliation Statement"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin", "kam.workbook.mixin"]
    _order = "date_to desc, id desc"
    _rec_names_search = ["partner_id.name", "client_id.name"]

    _fixed_fields = frozenset(
        ("client_id", "partner_id", "company_id", "currency_id", "date_from", "date_to")
    )
    _fixed_unless = frozenset(("draft",))

    client_id = fields.Many2one(
        comodel_name="kam.client",
        string="Key Client",
        required=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Legal Entity",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('kam_membership_id', '=', client_id)]",
        help="Leave empty for a statement over all legal entities of the client, for "
        "information.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        help="The figures include its branches.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="In the currency of the company all documents are included; in another "
        "one those in that currency only.",
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)
    manager_id = fields.Many2one(related="client_id.manager_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Gets an activity for every statement the client does not agree with.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("agreed", "Agreed"),
            ("disagreed", "Not Agreed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    opening_balance = fields.Monetary(copy=False, readonly=True)
    debit = fields.Monetary(copy=False, readonly=True)
    credit = fields.Monetary(copy=False, readonly=True)
    closing_balance = fields.Monetary(compute="_compute_closing_balance", store=True)
    earlier_change = fields.Monetary(
        string="Change of Earlier Periods",
        copy=False,
        readonly=True,
        help="By how much the ledger of earlier periods has changed since the last "
        "statement was sent. Part of the opening balance.",
    )
    fingerprint = fields.Char(copy=False, readonly=True)
    line_ids = fields.One2many(
        comodel_name="kam.reconciliation.line",
        inverse_name="reconciliation_id",
        string="Documents",
        readonly=True,
    )
    difference_count = fields.Integer(
        string="Differences", compute="_compute_difference_count"
    )
    date_computed = fields.Datetime(string="Computed on", copy=False, readonly=True)
    date_sent = fields.Datetime(string="Sent on", copy=False, readonly=True)
    is_sending = fields.Boolean(string="Waiting to Be Sent", copy=False, readonly=True)
    is_by_post = fields.Boolean(
        string="Sent by Post",
        copy=False,
        readonly=True,
        help="Nobody is reminded by e-mail of what came by post.",
    )
    date_reminded = fields.Date(string="Reminded on", copy=False, readonly=True)
    reminder_count = fields.Integer(string="Reminders", copy=False, readonly=True)
    answer_deadline = fields.Date(
        copy=False, help="Without one, two weeks from sending."
    )
    answer_partner_id = fields.Many2one(
        comodel_name="res.partner", string="Answered by", copy=False, readonly=True
    )
    answer_name = fields.Char(string="Name in Answer", copy=False, readonly=True)
    answer_date = fields.Datetime(string="Answered on", copy=False, readonly=True)
    is_answer_overdue = fields.Boolean(
        string="Answer Overdue",
        compute="_compute_is_answer_overdue",
        search="_search_is_answer_overdue",
    )
    is_outdated = fields.Boolean(
        string="Outdated",
        compute="_compute_is_outdated",
        search="_search_is_outdated",
        help="The ledger of the period has changed since the statement was sent.",
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_from <= date_to)",
        "The period ends before it begins. Change one of the dates.",
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for statement in self:
            statement.currency_id = statement.company_id.sudo().currency_id

    @api.depends("opening_balance", "debit", "credit")
    def _compute_closing_balance(self):
        for statement in self:
            statement.closing_balance = (
                statement.opening_balance + statement.debit - statement.credit
            )

    @api.depends("line_ids.answer")
    def _compute_difference_count(self):
        counts = dict(
            self.env["kam.reconciliation.line"]._read_group(
                [
                    ("reconciliation_id", "in", self.ids),
                    ("answer", "in", ("not_found", "other_amount")),
                ],
                ["reconciliation_id"],
                ["__count"],
            )
        )
        for statement in self:
            statement.difference_count = counts.get(statement._origin, 0)

    @api.depends("state", "answer_deadline")
    def _compute_is_answer_overdue(self):
        for statement in self:
            deadline = statement.answer_deadline
            today = statement.company_id._kam_today()
            statement.is_answer_overdue = (
                statement.state == "sent" and bool(deadline) and deadline < today
            )

    def _search_is_answer_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        roots = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        late = Domain.OR(
            Domain("company_id", "in", companies.ids)
            & Domain("answer_deadline", "<", today)
            for today, companies in roots._group_kam_days().items()
        )
        return Domain("state", "=", "sent") & late

    @api.depends("state", "fingerprint", "opening_balance")
    def _compute_is_outdated(self):
        sent = self.filtered(lambda statement: statement.state != "draft")
        outdated = self.env["kam.reconciliation.engine"]._filter_outdated(sent)
        for statement in self:
            statement.is_outdated = statement._origin in outdated

    def _search_is_outdated(self, operator, value):
        if operator != "in":
            return NotImplemented
        sent = self.search([("state", "!=", "draft")])
        outdated = self.env["kam.reconciliation.engine"]._filter_outdated(sent)
        return Domain("id", "in", outdated.ids)

    @api.depends("partner_id", "client_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for statement in self:
            party = statement.partner_id or statement.client_id
            statement.display_name = self.env._(
                "%(party)s, %(date_from)s to %(date_to)s",
                party=party.sudo().name or "",
                date_from=statement._format_day(statement.date_from),
                date_to=statement._format_day(statement.date_to),
            )

    def _format_day(self, day):
        date_format = self.env["res.lang"]._get_data(code=self.env.lang).date_format
        return day.strftime(date_format or "%Y-%m-%d") if day else "…"

    @api.constrains("client_id", "partner_id", "company_id")
    def _check_parties(self):
        for statement in self:
            partner = statement.partner_id.sudo()
            if partner and partner.kam_membership_id != statement.client_id:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is no legal entity of the key client %(client)s. "
                        "Choose one of its legal entities.",
                        partner=partner.display_name,
                        client=statement.client_id.sudo().name,
                    )
                )
            if company := statement.company_id.sudo().parent_id:
                raise ValidationError(
                    self.env._(
                        "A statement includes the branches. Choose the company "
                        "%(company)s.",
                        company=company.root_id.name,
                    )
                )

    def write(self, vals):
        """Other terms make a draft one that is not computed; sudo: its figures."""
        result = super().write(vals)
        if not self._fixed_fields.isdisjoint(vals):
            self._check_draft()
            self.line_ids.sudo().unlink()
            super(KamReconciliation, self.sudo()).write(self._get_emptied_figures())
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self._check_draft()

    @api.model
    def _get_system_message(self, names):
        return self.env._(
            "Figures, state and answer of a reconciliation statement are not edited. "
            "Use its buttons Compute, Send, Agree and Disagree."
        )

    def _get_fixed_message(self):
        return self.env._(
            "%(statement)s was sent and stays as it is. Make a new statement instead.",
            statement=self.display_name,
        )

    def _check_draft(self):
        """Raise a UserError for statements that were sent."""
        self._check_unfixed()

    def _get_emptied_figures(self):
        """Values of a statement that is not computed."""
        figures = ("opening_balance", "debit", "credit", "earlier_change")
        return {**dict.fromkeys(figures, 0), "fingerprint": False}

    def action_compute(self):
        """Read the figures and documents of drafts from the ledger, all at once.

        The queries read every document of the legal entity, whatever the user may
        see; they let out the statements of clients that he may read.

        :raise UserError: for statements that were sent
        """
        self.check_access("write")
        self._check_draft()
        if any(
            not statement.sudo(False).client_id.has_access("read") for statement in self
        ):
            raise AccessError(self.env._("This key client is not yours."))
        self.env["kam.reconciliation.engine"]._fill(self.sudo())
        return True

    def action_send(self):
        """Compute the drafts once more, keep the figures and mail them.

        :raise AccessError: below credit controller and director
        :raise UserError: for a statement over a whole client, or one that was sent
        """
        self._check_deciding()
        self._check_signable()
        self.partner_id._check_kam_recipients()
        self._freeze()
        self._mail("key_account_management.mail_template_reconciliation")
        return True

    def action_send_by_post(self):
        """Keep the figures of drafts that go out on paper; nothing is mailed.

        Nobody is reminded by mail of what came by post.

        :raise AccessError: below credit controller and director
        :raise UserError: for a statement over a whole client, or one that was sent
        """
        self._check_deciding()
        self._check_signable()
        self._freeze()
        self.sudo().is_by_post = True
        return True

    def _freeze(self):
        """Compute the drafts once more and keep the figures as sent."""
        self.action_compute()
        for statement in self.sudo():
            today = statement.company_id._kam_today()
            deadline = statement.answer_deadline
            statement.write(
                {
                    "state": "sent",
                    "is_sending": False,
                    "date_sent": fields.Datetime.now(),
                    "answer_deadline": deadline or today + timedelta(_ANSWER_DAYS),
                }
            )

    def action_queue(self):
        """Let the scheduled action send the drafts one by one.

        :raise AccessError: below credit controller and director
        """
        self._check_deciding()
        self._check_signable()
        self._check_draft()
        self.sudo().is_sending = True
        self.env.ref("key_account_management.ir_cron_reconciliation")._trigger()
        return True

    def action_agree(self):
        """Note that the client agrees, as on the paper that came back.

        :raise AccessError: below credit controller and director
        """
        self._check_deciding()
        self._agree(self.env.user.partner_id)
        return True

    def action_disagree(self):
        """Note that the client does not agree; differences become an activity.

        :raise AccessError: below credit controller and director
        """
        self._check_deciding()
        self._disagree(self.env.user.partner_id)
        return True

    def action_correct(self):
        """Make a corrected statement of one that the client does not agree with.

        It is of the same period and parties, with the ledger of today, and a draft;
        the one that was sent stays as it is.

        :raise AccessError: below credit controller and director
        :raise UserError: for a statement that is agreed or not answered
        """
        self.ensure_one()
        self._check_deciding()
        if self.state != "disagreed":
            raise UserError(
                self.env._(
                    "Only a statement that the client does not agree with is corrected."
                )
            )
        corrected = self.copy({"user_id": self.user_id.id})
        corrected.action_compute()
        user = self.client_id._get_responsible_user(self.company_id, self.user_id)
        words = user._get_kam_words(self.company_id)
        corrected.message_post(
            body=words._(
                "Corrects the statement sent before: %s.", self._get_html_link()
            )
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": corrected.id,
            "views": [(False, "form")],
        }

    def _check_deciding(self):
        self.check_access("write")
        if self.env.su:
            return
        self.env.user._check_kam_roles(
            "credit",
            "director",
            message=self.env._(
                "Reconciliation statements are sent and answered for by a credit "
                "controller or the director. Ask one of them."
            ),
        )

    def _check_signable(self):
        if not all(statement.partner_id for statement in self):
            raise UserError(
                self.env._(
                    "A statement over a whole key client is for information and is "
                    "not signed. Make one for each legal entity to send."
                )
            )

    def _check_awaiting(self):
        """Raise a UserError for statements that wait for no answer."""
        if any(statement.state not in ("sent", "disagreed") for statement in self):
            raise UserError(
                self.env._(
                    "Only a statement that was sent and is not agreed yet can be "
                    "answered."
                )
            )

    def _get_answer_vals(self, partner, state):
        return {
            "state": state,
            "answer_partner_id": partner.id,
            "answer_name": partner.name,
            "answer_date": fields.Datetime.now(),
        }

    def _agree(self, partner):
        """Note the agreement of a person.

        :raise UserError: if a line is marked as different
        """
        self._check_awaiting()
        statements = self.sudo()
        if any(statement.difference_count for statement in statements):
            raise UserError(
                self.env._(
                    "Some lines are marked as different. Mark them as agreed first, "
                    "or send the differences."
                )
            )
        statements.line_ids.filtered(lambda line: not line.answer).answer = "agreed"
        statements.write(self._get_answer_vals(partner, "agreed"))
        statements.activity_unlink(["mail.mail_activity_data_todo"])

    def _disagree(self, partner):
        """Note the differences of a person and tell the responsible user."""
        self._check_awaiting()
        for statement in self.sudo():
            statement.write(statement._get_answer_vals(partner, "disagreed"))
            statement.activity_unlink(["mail.mail_activity_data_todo"])
            company = statement.company_id
            user = statement.client_id._get_responsible_user(company, statement.user_id)
            if not user:
                continue
            words = user._get_kam_words(company)
            statement.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=words._(
                    "Not agreed, lines that differ: %(count)s",
                    count=statement.difference_count,
                ),
            )

    def _portal_answer(self, partner, decision):
        """Take the answer of a person of the legal entity, as superuser.

        Lets nothing out: it checks the person, then writes state, name and time.

        :param partner: res.partner of the portal user
        :param decision: "agree" or "disagree"
        :raise AccessError: for another legal entity, or without the right to sign
        """
        statement = self.sudo()
        if not statement._may_see_in_portal(partner):
            raise AccessError(self.env._("This statement is not addressed to you."))
        if decision == "agree":
            if not partner.sudo().kam_can_sign:
                raise AccessError(
                    self.env._(
                        "Only a person with the right to sign can agree. Ask your "
                        "contact with us to note that you have it."
                    )
                )
            statement._agree(partner)
        else:
            statement._disagree(partner)

    def _may_see_in_portal(self, partner):
        return (
            self.state != "draft"
            and bool(self.partner_id)
            and self.partner_id == partner.sudo().commercial_partner_id
        )

    def _get_sending_user(self):
        """Return who a statement is from: somebody who is still here."""
        self.ensure_one()
        statement = self.sudo()
        return statement.client_id._get_responsible_user(
            statement.company_id, statement.user_id
        ).sudo()

    def _get_sender(self):
        """Return the address that the mail is from; of the company without another."""
        user = self._get_sending_user()
        sender = user if user.email else self.sudo().company_id
        return sender.email_formatted

    def _mail(self, template):
        """Mail the statements to their legal entities, in their language."""
        self.env.ref(template).sudo().send_mail_batch(self.ids)

    @api.model
    def _cron_send(self):
        """Send the statements that wait, then remind of late answers.

        One per commit: what was sent is not sent again after a failure.
        """
        waiting = [("state", "=", "draft"), ("is_sending", "=", True)]
        late = self._get_reminder_domain()
        job, rest = self.env["kam.job"], self.search_count(late)
        is_done = job._run(
            self.search(waiting, limit=_BATCH),
            type(self).action_send,
            domain=waiting,
            remaining=self.search_count(waiting) + rest,
            fail=type(self)._unqueue,
        )
        if is_done and rest:
            job._run(
                self.search(late, limit=_BATCH),
                type(self)._remind,
                domain=late,
                remaining=rest,
                fail=type(self)._put_off,
            )

    def _unqueue(self, reason):
        """Give a statement that cannot be sent back to those who send."""
        self.is_sending = False

    def _put_off(self, reason):
        """Leave a reminder that failed to its next day; it is not counted."""
        self.date_reminded = self.company_id._kam_today()

    @api.model
    def _get_reminder_domain(self):
        """Return the domain of late answers to remind of today, by company.

        A company says how many reminders a statement gets, and how many days apart.
        """
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        due = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("reminder_count", "<", company.kam_reminder_count)
            & (
                Domain("date_reminded", "=", False)
                | Domain(
                    "date_reminded",
                    "<=",
                    company._kam_today() - timedelta(days=company.kam_reminder_days),
                )
            )
            for company in companies
        )
        late = Domain("is_answer_overdue", "=", True)
        return late & Domain("is_by_post", "=", False) & due

    def _remind(self):
        """Mail a reminder, and note that and when.

        :raise UserError: without an address
        """
        self.ensure_one()
        self.partner_id._check_kam_recipients()
        self.write(
            {
                "date_reminded": self.company_id._kam_today(),
                "reminder_count": self.reminder_count + 1,
            }
        )
        self._mail("key_account_management.mail_template_reconciliation_late")

    def _note_mail(self, reason):
        """Keep that the mail of a statement could not be handed over.

        What never left was not sent: it is a draft again. A reminder is told of only.

        :param reason: text of the mail server
        """
        for statement in self.sudo():
            if statement.state == "sent" and not statement.reminder_count:
                statement.write({"state": "draft", "date_sent": False})
            self.env["kam.job"]._tell(statement, reason)

    def _get_closing_sentence(self):
        """Return who owes whom how much at the end, in words, in the language set."""
        self.ensure_one()
        amount, currency = self.closing_balance, self.currency_id
        party = (self.partner_id or self.client_id).sudo().name
        company = self.company_id.sudo().name
        if currency.is_zero(amount):
            return self.env._(
                "On %(date)s neither side owes the other anything.",
                date=self._format_day(self.date_to),
            )
        debtor, creditor = (party, company) if amount > 0 else (company, party)
        return self.env._(
            "On %(date)s %(debtor)s owes %(creditor)s %(amount)s (%(words)s).",
            date=self._format_day(self.date_to),
            debtor=debtor,
            creditor=creditor,
            amount=currency.format(abs(amount)),
            words=amount_in_words(abs(amount), currency, self.env.lang),
        )

    def _get_their_figures(self, line):
        """Return (debit, credit) in the books of the client; None: no answer yet.

        Their books mirror ours: what is a debit here is a credit there. Another amount
        stands on the side of what is more.
        """
        if not line.answer:
            return None
        if line.answer == "agreed":
            return line.credit, line.debit
        ours = line.answer_amount if line.answer == "other_amount" else 0.0
        return (0.0, ours) if line.debit >= line.credit else (ours, 0.0)

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.display_name.replace("/", "-")

    def _get_workbook_name(self):
        return self.env._("Reconciliation statement")

    def _write_workbook(self, workbook):
        for index, statement in enumerate(self, start=1):
            lang = statement.partner_id.sudo().lang or self.env.lang
            write_sheet(statement.with_context(lang=lang), workbook, str(index))
