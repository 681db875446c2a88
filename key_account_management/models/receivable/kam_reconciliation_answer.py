from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

_ANSWER_DAYS = 14
_BATCH = 50


class KamReconciliation(models.Model):
    _inherit = "kam.reconciliation"

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

    def _check_deciding(self):
        self.check_access("write")
        groups = "group_kam_credit", "group_kam_director"
        if not self.env.su and not self.env.user.has_groups(
            ",".join(f"key_account_management.{group}" for group in groups)
        ):
            raise AccessError(
                self.env._(
                    "Reconciliation statements are sent and answered for by a credit "
                    "controller or the director. Ask one of them."
                )
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
