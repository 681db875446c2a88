from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError, UserError

_BATCH = 100


class KamCollectionLetter(models.Model):
    """Sending letters, each with the residuals of that moment."""

    _inherit = "kam.collection.letter"

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
        groups = "group_kam_credit", "group_kam_director"
        if not self.env.su and not self.env.user.has_groups(
            ",".join(f"key_account_management.{group}" for group in groups)
        ):
            raise AccessError(
                self.env._(
                    "Letters are approved by a credit controller or the director. Ask "
                    "one of them."
                )
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
