from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date


class KamCreditCheck(models.Model):
    """Submitting, approving and rejecting a check; who may do it."""

    _inherit = "kam.credit.check"

    may_approve = fields.Boolean(compute="_compute_may_approve")

    @api.depends_context("uid")
    @api.depends("state", "approved_limit", "risk_class")
    def _compute_may_approve(self):
        approvable = self._filter_approvable()
        for check in self:
            check.may_approve = check in approvable

    def _filter_approvable(self, until=None, rows=None):
        """Return the checks that wait and in whose approval the user may take part.

        A fixed number of queries, however many checks there are; for each it comes to
        the same as :meth:`_get_approval_obstacle`. sudo: of the steps, whose they are.

        :param until: ``kam.client._get_involved_until`` if it is known already
        :param rows: dict company -> rows of the user's authority, if known already
        """
        user = self.env.user
        waiting = self.filtered(lambda check: check.state in ("submitted", "review"))
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

    def action_submit(self):
        """Hand drafts to credit control; documents may still be missing.

        :raise UserError: when a check is no draft
        """
        self.check_access("write")
        if any(check.state != "draft" for check in self):
            raise UserError(self.env._("Only a draft can be submitted."))
        self._compute_score()
        self.sudo().write(
            {
                "state": "submitted",
                "submit_user_id": self.env.uid,
                "date_submitted": self.company_id[:1]._kam_today(),
            }
        )
        for check in self:
            self.env["kam.credit.check.step"]._log(check, "submitted", check.reason)
        return True

    def action_approve(self):
        """Approve the limit, or recommend it if the approver's authority is too low.

        The approved limit goes to the credit line. Lowering a limit below the
        exposure is asked back once; orders that went out stay as they are.

        :return: True, or the action of the dialog that asks back
        :raise AccessError: for the people of the client, or without authority
        :raise UserError: not submitted, a required document missing or expired, more
            than recommended without a reason
        """
        self.ensure_one()
        self.check_access("read")
        self._lock()
        if self.state not in ("submitted", "review"):
            raise UserError(self.env._("Only a submitted check can be approved."))
        if obstacle := self._get_approval_obstacle():
            raise AccessError(obstacle)
        self._check_documents()
        self._check_approved()
        if not self._covers(self.env.user):
            return self._recommend()
        if self._lowers() and not self.env.context.get("kam_lower_confirmed"):
            return self._open_dialog(
                "kam.credit.check.lower", self.env._("Lower Limit")
            )
        self._approve()
        return True

    def action_reject(self, reason):
        """Refuse the request; the credit line stays as it is.

        :param reason: text kept with the check
        :raise AccessError: for the people of the client, or without any authority
        :raise UserError: not submitted, or without a reason
        """
        self.ensure_one()
        self.check_access("read")
        self._lock()
        if self.state not in ("submitted", "review"):
            raise UserError(self.env._("Only a submitted check can be rejected."))
        if obstacle := self._get_approval_obstacle():
            raise AccessError(obstacle)
        reason = self._take_text(reason, self._get_field_label("reject_reason"))
        if not reason:
            raise UserError(self.env._("Enter the reason."))
        self.env["kam.credit.check.step"]._log(self, "rejected", reason)
        today = self.company_id._kam_today()
        self.sudo().write(
            {"state": "rejected", "reject_reason": reason, "date_ended": today}
        )
        self._tell_manager(lambda words: words._("The check is rejected: %s", reason))
        return True

    def action_open_reject(self):
        """Open the dialog that asks for the reason."""
        return self._open_dialog("kam.credit.check.reject", self.env._("Reject"))

    def _open_dialog(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_check_id": self.id},
        }

    def _lock(self):
        """Let two people decide on the client one after the other."""
        key = self.client_id.id, self.company_id.id
        self.env["kam.credit.lock"]._take([key])
        self.invalidate_recordset()

    def _get_involved(self):
        """Return those who may not approve: author, submitter, managers, substitutes.

        Whoever gave a step already is among them: each person gives one.
        """
        check = self.sudo()
        client, since = check.client_id, check.create_date
        managers = self.env["kam.assignment"]._get_managers_since(client, since.date())
        managers |= self.env["kam.substitution"]._get_substitutes_since(client, since)
        involved = check.user_id | check.submit_user_id | check.step_ids.user_id
        return involved | client._get_acting_managers() | managers.sudo()

    def _get_approval_obstacle(self):
        """Return why the user may not take part in the approval, or nothing."""
        if self.env.user in self._get_involved().sudo(False):
            return self.env._(
                "You look after this key client, or had a part in this check already. "
                "Somebody else goes on with it."
            )
        if not self.env["kam.credit.authority"]._has_any(
            self.env.user, self.company_id
        ):
            return self.env._(
                "You have no authority to decide on credit. Pass the check on to "
                "somebody who has."
            )
        return False

    def _covers(self, user):
        """Tell whether the user's authority covers limit and class."""
        return self.env["kam.credit.authority"]._may_approve(
            user,
            self.company_id,
            self.approved_limit,
            self.risk_class,
            is_above=self.is_above,
        )

    def _check_documents(self):
        """Refuse approval while a required document is missing or expired."""
        wanting = self.sudo().document_ids.filtered(
            lambda document: document.required and document.state != "valid"
        )
        if wanting:
            raise UserError(
                self.env._(
                    "Not approved yet: these documents are missing or expired: "
                    "%(documents)s. Enter when they were received.",
                    documents=", ".join(wanting.type_id.mapped("name")),
                )
            )

    def _check_approved(self):
        if self.approved_limit < 0 or self.approved_term_days < 0:
            raise ValidationError(
                self.env._("The approved limit and term are 0 or more.")
            )
        if self.is_above and not (self.approve_reason or "").strip():
            raise UserError(
                self.env._(
                    "The limit or term is above the recommendation: enter why, and "
                    "the next authority decides."
                )
            )

    def _lowers(self):
        """Tell whether the limit would fall below what the client owes already."""
        line = self.sudo().line_id
        compare = self.currency_id.compare_amounts
        return (
            compare(self.approved_limit, line.limit) < 0
            and compare(self.approved_limit, line.exposure) < 0
        )

    def _recommend(self):
        """Give the first step and leave the approval to a higher authority."""
        if self.state == "review":
            raise AccessError(
                self.env._(
                    "Your authority does not cover %(amount)s in class %(class)s. "
                    "Pass the check on to somebody whose authority does.",
                    **{
                        "amount": self.currency_id.format(self.approved_limit),
                        "class": (self.risk_class or "").upper(),
                    },
                )
            )
        self.env["kam.credit.check.step"]._log(self, "review", self.approve_reason)
        self.sudo().state = "review"
        return True

    def _approve(self):
        """Write the credit line and its history; sudo: the head may not write lines."""
        today = self.company_id._kam_today()
        until = fields.Date.add(today, months=self.class_months or 12)
        self.env["kam.credit.check.step"]._log(self, "approved", self.approve_reason)
        self.sudo().write(
            {"state": "approved", "date_ended": today, "valid_until": until}
        )
        self.sudo()._write_line(until)
        self._tell_manager(
            lambda words: words._(
                "Approved: %(limit)s until %(date)s.",
                limit=self.currency_id.format(self.approved_limit),
                date=format_date(words, until),
            )
        )

    def _write_line(self, until):
        """Bring the credit line to the decision; made, or taken from the archive."""
        vals = {
            "limit": self.approved_limit,
            "term_days": self.approved_term_days,
            "risk_class": self.risk_class,
            "valid_until": until,
            "active": True,
        }
        words = self._get_reader()._get_kam_words(self.company_id)
        reason = words._(
            "Creditworthiness check, score %(score)s, class %(class)s",
            **{"score": self.score, "class": (self.risk_class or "").upper()},
        )
        key = {"client_id": self.client_id.id, "company_id": self.company_id.id}
        lines = self.env["kam.credit.line"].with_context(active_test=False)
        line = lines.search([(name, "=", value) for name, value in key.items()])
        if line:
            line.action_set(vals, reason)
        else:
            lines.with_context(kam_reason=reason).create({**key, **vals})

    def _get_reader(self):
        """Return who answers for the client, in whose language the log is kept."""
        return self.sudo().client_id._get_responsible_user(self.company_id)

    def _tell_manager(self, say):
        """Tell whoever answers for the client and whoever entered the check.

        :param say: function of an environment that returns the text in its language
        """
        reader = self._get_reader()
        users = reader | self.sudo().user_id._filter_kam_present(self.company_id)
        self.sudo().message_post(
            body=say(reader._get_kam_words(self.company_id)),
            partner_ids=users.sudo().partner_id.ids,
        )
