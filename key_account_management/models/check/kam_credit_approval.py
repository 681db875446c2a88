from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

ACTIVITY = "key_account_management.mail_activity_type_check_decide"


class KamCreditApproval(models.AbstractModel):
    """Who may take part in the approval of a creditworthiness check, and its steps.

    Four eyes: never the author, the submitter, whoever gave a step already, nor those
    who look after the client. Beyond that the authority decides, by limit and class.
    Those of the first level that covers the check are asked by an activity.
    """

    _name = "kam.credit.approval"
    _description = "Approval of Creditworthiness Checks"

    @api.model
    def _filter(self, checks, until=None, rows=None):
        """Return the checks that wait and in whose approval the user may take part.

        A fixed number of queries, however many checks there are; for each it comes to
        the same as :meth:`_get_obstacle`. sudo: of the steps, whose they are.

        :param until: ``kam.client._get_involved_until`` if it is known already
        :param rows: dict company -> rows of the user's authority, if known already
        """
        user = self.env.user
        waiting = checks.filtered(lambda check: check.state in ("submitted", "review"))
        if rows is None:
            authority = self.env["kam.credit.authority"]
            rows = {c: authority._get_own_rows(user, c) for c in waiting.company_id}
        if until is None:
            until = waiting.client_id._get_involved_until(user)
        steps = dict(
            self.env["kam.credit.check.step"]
            .sudo()
            ._read_group(
                [("check_id", "in", waiting.ids)], ["check_id"], ["user_id:recordset"]
            )
        )
        never = datetime.min
        return waiting.filtered(
            lambda check: (
                rows[check.company_id]
                and user not in (check.user_id, check.submit_user_id)
                and user not in steps.get(check, ())
                and until.get(check.client_id, never) <= check.create_date
            )
        )

    @api.model
    def _get_involved(self, check):
        """Return those who may not approve: author, submitter, managers, substitutes.

        Whoever gave a step already is among them: each person gives one. sudo: of the
        people alone, whatever the user may read of them.
        """
        check = check.sudo()
        client, since = check.client_id, check.create_date
        managers = self.env["kam.assignment"]._get_managers_since(client, since.date())
        managers |= self.env["kam.substitution"]._get_substitutes_since(client, since)
        involved = check.user_id | check.submit_user_id | check.step_ids.user_id
        involved |= client._get_acting_managers() | managers.sudo()
        return involved.sudo(False)

    @api.model
    def _get_obstacle(self, check):
        """Return why the user may not take part in the approval, or nothing."""
        if self.env.user in self._get_involved(check):
            return self.env._(
                "You look after this key client, or had a part in this check already. "
                "Somebody else goes on with it."
            )
        authority = self.env["kam.credit.authority"]
        if not authority._has_any(self.env.user, check.company_id):
            return self.env._(
                "You have no authority to decide on credit. Pass the check on to "
                "somebody who has."
            )
        return False

    @api.model
    def _get_limit(self, check):
        """Return what the authority has to cover: limit, class, above or not."""
        return check.approved_limit, check.risk_class, check.is_above

    @api.model
    def _covers(self, check, user):
        """Tell whether the user's authority covers limit and class of the check."""
        return self.env["kam.credit.authority"]._may_approve(
            user, check.company_id, *self._get_limit(check)
        )

    @api.model
    def _get_approvers(self, check):
        """Return the users of the first level who may approve the check."""
        return self.env["kam.credit.authority"]._get_approvers(
            check, [self._get_limit(check)], self._get_involved(check)
        )

    # --- deciding ---

    @api.model
    def _check_approved(self, check):
        """Check what is to be approved.

        :raise ValidationError: below zero
        :raise UserError: above the recommendation without a reason
        """
        if check.approved_limit < 0 or check.approved_term_days < 0:
            raise ValidationError(
                self.env._("The approved limit and term are 0 or more.")
            )
        if check.is_above and not (check.approve_reason or "").strip():
            raise UserError(
                self.env._(
                    "The limit or term is above the recommendation: enter why, and "
                    "the next authority decides."
                )
            )

    @api.model
    def _lowers(self, check):
        """Tell whether the limit would fall below what the client owes already.

        sudo: an approver may see the check without the line.
        """
        line = check.sudo().line_id
        compare = check.currency_id.compare_amounts
        return (
            compare(check.approved_limit, line.limit) < 0
            and compare(check.approved_limit, line.exposure) < 0
        )

    @api.model
    def _recommend(self, check):
        """Give the first step and leave the approval to a higher authority.

        :raise AccessError: the first step was given already
        """
        if check.state == "review":
            raise AccessError(
                self.env._(
                    "Your authority does not cover %(amount)s in class %(class)s. "
                    "Pass the check on to somebody whose authority does.",
                    **{
                        "amount": check.currency_id.format(check.approved_limit),
                        "class": (check.risk_class or "").upper(),
                    },
                )
            )
        self.env["kam.credit.check.step"]._log(check, "review", check.approve_reason)
        check.sudo().state = "review"
        self._ask(check)

    @api.model
    def _approve(self, check):
        """Close the check and bring the credit line to it; sudo: only by approval."""
        today = check.company_id._kam_today()
        until = fields.Date.add(today, months=check.class_months or 12)
        self.env["kam.credit.check.step"]._log(check, "approved", check.approve_reason)
        check.sudo().write(
            {"state": "approved", "date_ended": today, "valid_until": until}
        )
        check.sudo().activity_unlink([ACTIVITY])
        self.env["kam.credit.line"]._apply_check(check)
        self._tell(
            check,
            lambda words: words._(
                "Approved: %(limit)s until %(date)s.",
                limit=check.currency_id.format(check.approved_limit),
                date=format_date(words, until),
            ),
        )

    # --- telling ---

    @api.model
    def _ask(self, check):
        """Give each of the approvers an activity; whoever is none loses his.

        In the language of each; sudo: whoever submits plans nothing for others.
        """
        check = check.sudo().with_context(mail_activity_quick_update=True)
        users = self._get_approvers(check)
        asked = check.activity_search([ACTIVITY])
        kept = asked.filtered(lambda activity: activity.user_id in users)
        (asked - kept).unlink()
        for user in users - kept.user_id:
            words = user._get_kam_words(check.company_id)
            check.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                date_deadline=check.company_id._kam_today(),
                summary=words._("Decide on the credit limit"),
                note=self._get_missing_text(check.with_env(words)),
            )

    @api.model
    def _get_submitted(self, checks):
        """Return the notification that tells who decides and what is missing."""
        is_missing = any(checks.mapped("missing_documents"))
        texts = [
            text
            for check in checks
            for text in (self._get_asked_text(check), self._get_missing_text(check))
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if is_missing else "success",
                "sticky": is_missing,
                "title": self.env._(
                    "Submitted: %s", ", ".join(checks.client_id.mapped("name"))
                ),
                "message": "\n".join(filter(None, texts)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _get_asked_text(self, check):
        """Return who is asked to decide, in the language of the check."""
        if check.approver_names:
            return check.env._("Who decides: %s.", check.approver_names)
        return check.env._(
            "Nobody has the authority for this limit and class. Ask the administrator "
            "of Key Accounts to grant it."
        )

    @api.model
    def _get_missing_text(self, check):
        """Return what is missing, in the language of the check; or nothing."""
        texts = []
        if check.missing_documents:
            texts.append(check.env._("Documents missing: %s.", check.missing_documents))
        if check.unknown_inputs:
            texts.append(
                check.env._("Not known, so 0 points: %s.", check.unknown_inputs)
            )
        return " ".join(texts)

    @api.model
    def _get_reader(self, check):
        """Return who answers for the client, in whose language the log is kept."""
        return check.sudo().client_id._get_responsible_user(check.company_id)

    @api.model
    def _tell(self, check, say):
        """Tell whoever answers for the client and whoever entered the check.

        sudo: an approver may read, not write, the check.

        :param say: function of an environment that returns the text in its language
        """
        reader = self._get_reader(check)
        author = check.sudo().user_id._filter_kam_present(check.company_id)
        check.sudo().message_post(
            body=say(reader._get_kam_words(check.company_id)),
            partner_ids=(reader | author).sudo().partner_id.ids,
        )
