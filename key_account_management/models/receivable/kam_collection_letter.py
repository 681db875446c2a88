from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..client.numbers import format_number
from .amount_in_words import amount_in_words

KINDS = [
    ("reminder", "Reminder before Due"),
    ("letter", "Reminder"),
    ("demand", "Formal Demand"),
]
_BATCH = 100


class KamCollectionLetter(models.Model):
    """A letter about items of a legal entity that reached a level on the same day.

    Drafted by the ladder; its figures are those of the day, and read again when it is
    sent. Amounts in the currency of the documents: those in another one get a letter
    of their own.
    """

    _name = "kam.collection.letter"
    _description = "Collection Letter"
    _inherit = ["kam.guard.mixin", "kam.thread.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    _system_fields = frozenset(
        ("client_id", "partner_id", "company_id", "collection_id", "stage_id", "kind")
        + ("state", "is_queued", "date", "date_sent", "user_id", "drop_reason")
        + ("deadline", "line_ids", "amount", "penalty", "currency_id", "is_by_post")
        + ("penalty_rate", "penalty_cap")
    )

    client_id = fields.Many2one(
        comodel_name="kam.client",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Legal Entity",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        help="Of the documents.",
    )
    collection_id = fields.Many2one(
        comodel_name="kam.collection",
        string="Case",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    stage_id = fields.Many2one(
        comodel_name="kam.collection.stage",
        string="Level",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("sent", "Sent"), ("dropped", "Dropped")],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    is_queued = fields.Boolean(
        string="Waiting to Be Sent",
        readonly=True,
        help="The scheduled action sends it.",
    )
    is_by_post = fields.Boolean(string="By Post", readonly=True)
    date = fields.Date(string="Drafted on", required=True, readonly=True)
    date_sent = fields.Date(string="Sent on", readonly=True)
    deadline = fields.Date(string="To Pay by", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Approved by",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    drop_reason = fields.Char(string="Why It Was Dropped", readonly=True)
    line_ids = fields.One2many(
        comodel_name="kam.collection.letter.line",
        inverse_name="letter_id",
        readonly=True,
        string="Documents",
    )
    amount = fields.Monetary(compute="_compute_amounts", store=True)
    penalty = fields.Monetary(
        compute="_compute_amounts",
        store=True,
        help="A proposal: it is never posted.",
    )

    penalty_rate = fields.Float(
        string="Penalty (% per Day)",
        digits=(16, 4),
        readonly=True,
        help="By which the penalty was worked out.",
    )
    penalty_cap = fields.Float(
        string="Penalty up to (%)",
        digits=(16, 2),
        readonly=True,
        help="Most that the penalty comes to, in percent of the document. 0: no cap.",
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for letter in self.filtered(lambda letter: not letter.currency_id):
            letter.currency_id = letter.company_id.sudo().currency_id

    @api.depends("line_ids.amount", "line_ids.penalty")
    def _compute_amounts(self):
        for letter in self:
            letter.amount = sum(letter.line_ids.mapped("amount"))
            letter.penalty = sum(letter.line_ids.mapped("penalty"))

    @api.depends("partner_id", "kind", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for letter in self:
            letter.display_name = self.env._(
                "%(kind)s, %(partner)s, %(date)s",
                kind=kinds.get(letter.kind, ""),
                partner=letter.partner_id.sudo().name or "",
                date=format_date(self.env, letter.date),
            )

    @api.model
    def _get_system_message(self, names):
        return self.env._(
            "The ladder writes the letters. Send or drop one with its buttons."
        )

    @api.model
    def _draft(self, company, day, groups):
        """Draft letters with the figures of the day.

        :param company: root company
        :param groups: dict (partner id, client id, currency id, stage) -> claims of
            the ladder
        :return: the letters in the order of the groups
        """
        claims = [claim for claims in groups.values() for claim in claims]
        penalties = self._get_penalties(company, day, claims)
        clients = self.env["kam.client"].browse({key[1] for key in groups})
        terms = clients._get_penalty_terms(company)
        return self.create(
            [
                {
                    "client_id": client_id,
                    "partner_id": partner_id,
                    "company_id": company.id,
                    "currency_id": currency_id,
                    **self._prepare_terms_vals(terms[clients.browse(client_id)]),
                    "collection_id": claims[0]["case_id"],
                    "stage_id": stage.id,
                    "kind": self._get_kind(stage),
                    "date": day,
                    "line_ids": [
                        Command.create(self._prepare_line_vals(claim, penalties))
                        for claim in claims
                    ],
                }
                for key, claims in groups.items()
                for partner_id, client_id, currency_id, stage in [key]
            ]
        )

    def _prepare_terms_vals(self, terms):
        """Keep by what rate the penalty is worked out; the contract may change."""
        return dict(zip(("penalty_rate", "penalty_cap"), terms, strict=True))

    def _get_kind(self, stage):
        if stage.action == "demand":
            return "demand"
        return "reminder" if stage.days < 0 else "letter"

    def _prepare_line_vals(self, claim, penalties):
        return {
            "item_id": claim["line_id"],
            "name": claim["name"],
            "date_maturity": claim["due"],
            "days": max(claim["days"], 0),
            "amount": claim["amount"],
            "penalty": penalties.get(claim["line_id"], 0.0),
        }

    @api.model
    def _get_penalties(self, company, day, claims):
        """Return the penalty per item id of claims, by the terms of their clients.

        :param claims: of the ladder; those that are covered by credits bear none
        """
        claims = [c for c in claims if c["days"] > 0 and not c["is_covered"]]
        clients = self.env["kam.client"].browse({c["client_id"] for c in claims})
        terms = clients._get_penalty_terms(company)
        return self.env["kam.credit.ledger"]._get_penalties(company, day, claims, terms)

    def _get_total(self):
        """Return what the letter asks for: a demand wants the penalty as well."""
        self.ensure_one()
        return self.amount + (self.penalty if self.kind == "demand" else 0.0)

    def _get_amount_in_words(self):
        """Return the amount in words, in the language of the environment."""
        return amount_in_words(self._get_total(), self.currency_id, self.env.lang)

    def _get_bank_accounts(self):
        """Return the accounts to pay to: those in the currency, else of the company.

        sudo: the letter prints the accounts of the company, as its invoices do.
        """
        self.ensure_one()
        accounts = self.company_id.sudo().partner_id.bank_ids
        same = accounts.filtered(lambda bank: bank.currency_id == self.currency_id)
        return same or accounts.filtered(lambda bank: not bank.currency_id)

    def _get_contract_name(self):
        """Return the contract that the documents are under, empty without one.

        sudo: the letter names what its addressee has signed.
        """
        self.ensure_one()
        client = self.client_id.sudo()
        day = self.date_sent or self.date
        return client._get_contract_names(self.company_id, day)[client]

    def _format_percent(self, number):
        """Return a percentage as the language of the environment writes it."""
        return format_number(self.env, number, digits=4)

    @api.model
    def _get_address(self, partner):
        """Return the address of a partner as lines, without empty ones."""
        lines = partner._display_address(without_company=True).splitlines()
        return "\n".join(line.strip() for line in lines if line.strip())

    def _check_draft(self):
        if any(letter.state != "draft" for letter in self):
            raise UserError(
                self.env._("Only a draft can be sent or dropped. Open another letter.")
            )

    def action_send(self):
        """Approve drafts and mail them; what is paid meanwhile drops out.

        :raise AccessError: below credit controller and director
        :raise UserError: for one that is no draft, or without an address
        """
        self._check_deciding()
        self.partner_id._check_kam_recipients()
        self._settle()._mail()
        return True

    def action_send_by_post(self):
        """Approve drafts that go out on paper; nothing is mailed."""
        self._check_deciding()
        self._settle().is_by_post = True
        return True

    def action_queue(self):
        """Approve drafts; the scheduled action mails them one by one."""
        self._check_deciding()
        self.sudo().write({"is_queued": True, "user_id": self.env.uid})
        self.env.ref("key_account_management.ir_cron_collection_letters")._trigger()
        return True

    def action_drop(self, reason):
        """Have drafts not sent at all.

        :param reason: text kept with the letter
        :raise UserError: without a reason
        """
        self._check_deciding()
        reason = self._take_text(reason, self._get_field_label("drop_reason"))
        if not reason:
            raise UserError(self.env._("Enter why the letter is not sent."))
        self.sudo()._drop(reason, "dropped")
        return True

    def _check_deciding(self):
        self.check_access("write")
        self._check_approver()
        self._check_draft()

    @api.model
    def _check_approver(self):
        """Refuse letters to anyone below credit controller and director.

        :raise AccessError: naming whom to ask
        """
        if self.env.su:
            return
        self.env.user._check_kam_roles(
            "credit",
            "director",
            message=self.env._(
                "Letters are approved by a credit controller or the director. Ask "
                "one of them."
            ),
        )

    def _drop(self, reason, outcome):
        self.write({"state": "dropped", "is_queued": False, "drop_reason": reason})
        self._get_steps().outcome = outcome

    def _get_steps(self):
        return self.env["kam.collection.step"].search([("letter_id", "in", self.ids)])

    def _settle(self):
        """Read the residuals again and keep them; return what is left to send.

        sudo: users do not write letters directly, and a letter tells no more than
        what its reader may read in it already.
        """
        letters = self.sudo()
        for company in letters.company_id:
            letters.filtered(lambda x, c=company: x.company_id == c)._read_again()
        empty = letters.filtered(lambda letter: not letter.line_ids)
        for letter in empty:
            client, company = letter.client_id, letter.company_id
            user = client._get_responsible_user(company, letter.user_id)
            words = user._get_kam_words(company)
            letter._drop(words._("Nothing is left to claim."), "skipped")
        rest = letters - empty
        rest._get_steps().outcome = "sent"
        for letter in rest:
            today = letter.company_id._kam_today()
            letter.write(
                {
                    "state": "sent",
                    "is_queued": False,
                    "date_sent": today,
                    "deadline": letter._get_deadline(today),
                    "user_id": letter.user_id.id or self.env.uid,
                }
            )
        return rest

    def _get_deadline(self, today):
        if self.kind == "reminder":
            return max(self.line_ids.mapped("date_maturity"))
        return today + timedelta(days=self.company_id.kam_letter_days)

    def _read_again(self):
        """Write the figures of this moment; what is no longer a claim drops out."""
        company = self.company_id
        today = company._kam_today()
        first = min(
            0, *self.line_ids.mapped(lambda x: (today - x.date_maturity).days), 0
        )
        claims = {
            claim["line_id"]: claim
            for claim in self.env["kam.collection.ladder"]._get_claims(
                company, today, self.client_id.ids, first
            )
            if not claim["is_covered"]
        }
        penalties = self._get_penalties(company, today, claims.values())
        terms = self.client_id._get_penalty_terms(company)
        for letter in self:
            letter.write(self._prepare_terms_vals(terms[letter.client_id]))
        gone = self.line_ids.filtered(lambda line: line.item_id.id not in claims)
        self._get_steps().filtered(lambda step: step.item_id in gone.item_id).write(
            {"outcome": "skipped", "letter_id": False}
        )
        for line in self.line_ids - gone:
            line.write(self._prepare_line_vals(claims[line.item_id.id], penalties))
        gone.unlink()

    def _mail(self):
        """Mail the letters to their legal entities, in their language."""
        for kind, letters in self.grouped("kind").items():
            name = "demand" if kind == "demand" else "reminder"
            template = f"key_account_management.mail_template_collection_{name}"
            self.env.ref(template).sudo().send_mail_batch(letters.ids)

    @api.model
    def _cron_send(self):
        """Send the letters that wait, one per commit: none is sent twice."""
        waiting = [("state", "=", "draft"), ("is_queued", "=", True)]
        self.env["kam.job"]._run(
            self.search(waiting, limit=_BATCH),
            type(self)._send_queued,
            domain=waiting,
            remaining=self.search_count(waiting),
            fail=type(self)._unqueue,
        )

    def _send_queued(self):
        self.ensure_one()
        self.partner_id._check_kam_recipients()
        self._settle()._mail()

    def _unqueue(self, reason):
        """Give a letter that cannot be sent back to those who approve."""
        self.is_queued = False

    def _note_mail(self, reason):
        """Make a letter a draft again whose mail could not be handed over.

        It was not sent: no demand follows it, and it can be sent anew or by post.

        :param reason: text of the mail server
        """
        for letter in self.sudo().filtered(lambda letter: letter.state == "sent"):
            letter.write({"state": "draft", "date_sent": False, "deadline": False})
            letter._get_steps().outcome = "draft"
            self.env["kam.job"]._tell(letter, reason)

    def _get_sender(self):
        """Return the address that the mail is from: of somebody who is still here.

        Of whoever approved it, else of whoever is responsible for the client; without
        an address of theirs that of the company.
        """
        self.ensure_one()
        letter = self.sudo()
        user = letter.client_id._get_responsible_user(letter.company_id, letter.user_id)
        sender = user.sudo() if user.sudo().email else letter.company_id
        return sender.email_formatted
