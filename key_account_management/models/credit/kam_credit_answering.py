from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# Who decides on held orders by his position; others by a row of authority.
ANSWER_ROLES = ("credit", "head")


class KamCreditAnswering(models.AbstractModel):
    """Who may release or reject held orders, up to what amount, and doing it.

    Never who looks after the client, whatever his authority: not now, and not if he
    did at any time since the order was entered.
    """

    _name = "kam.credit.answering"
    _description = "Answering Held Orders"

    # --- who may ---

    @api.model
    def _filter_rejectable(self, decisions, until=None):
        """Return the decisions that wait and that the user may reject.

        A fixed number of queries, however many decisions there are; for each it comes
        to the same as :meth:`_get_reject_obstacle`.

        :param until: ``kam.client._get_involved_until`` if it is known already
        """
        user = self.env.user
        waiting = decisions.filtered(lambda decision: decision._is_waiting())
        if not user._has_kam_roles(*ANSWER_ROLES):
            waiting = self._filter_covered(waiting, 0)
        if until is None:
            until = waiting._get_clients()._get_involved_until(user)
        return waiting.filtered(lambda decision: not decision._is_involved(user, until))

    @api.model
    def _filter_covered(self, decisions, amount=None, rows=None):
        """Return the decisions that the user's authority covers.

        :param amount: default what each needs, where nothing but money holds it
        :param rows: dict company -> rows of the user's authority, if known already
        """
        if rows is None:
            authority, user = self.env["kam.credit.authority"], self.env.user
            rows = {c: authority._get_own_rows(user, c) for c in decisions.company_id}
        covered = decisions.filtered(
            lambda decision: any(
                row._covers(
                    decision._get_authority_amount() if amount is None else amount,
                    decision.currency_id,
                )
                for row in rows[decision.company_id]
            )
        )
        if amount is not None:
            return covered
        return covered - self._get_unreleasable(covered)

    @api.model
    def _get_unreleasable(self, decisions):
        """Return the decisions for which nobody can vouch: the amount is unknown.

        As superuser: whoever may read a decision may read its reasons.
        """
        reasons = self.env["kam.credit.reason"].sudo()
        domain = [("decision_id", "in", decisions.ids), ("cause", "!=", False)]
        return reasons.search_fetch(domain).decision_id.sudo(False)

    @api.model
    def _filter_releasable(self, decisions, until=None, rows=None):
        """Return the decisions that wait and that the user may release himself.

        :param until: see :meth:`_filter_rejectable`
        :param rows: see :meth:`_filter_covered`
        """
        rejectable = self._filter_rejectable(decisions, until)
        return self._filter_covered(rejectable, rows=rows)

    @api.model
    def _get_reject_obstacle(self, decision):
        """Return why the user may not reject this order, or nothing.

        Authority limits releasing; rejecting needs none.
        """
        user = self.env.user
        if user in decision._get_involved_managers():
            return self.env._(
                "You look after this key client, so somebody else decides on its "
                "orders. Ask for release instead."
            )
        authority = self.env["kam.credit.authority"]
        if not user._has_kam_roles(*ANSWER_ROLES) and not authority._may_release(
            user, decision.company_id, 0
        ):
            return self.env._(
                "Held orders are released and rejected by credit controllers, the "
                "head of the department and the director."
            )
        return False

    @api.model
    def _get_release_obstacle(self, decision, amount=None):
        """Return why the user may not release this order, or nothing.

        :param amount: amount to release, company currency; default the order's
        """
        user = self.env.user
        if obstacle := self._get_reject_obstacle(decision):
            return obstacle
        if reason := decision.sudo().reason_ids.filtered("cause")[:1]:
            return reason.with_env(self.env).sudo().message
        needed = decision._get_authority_amount(amount)
        authority = self.env["kam.credit.authority"]
        if not authority._may_release(user, decision.company_id, needed):
            return self.env._(
                "Your authority does not cover %(amount)s %(currency)s. Pass the "
                "order on to somebody whose authority does.",
                amount=decision._format_amount(needed),
                currency=decision.currency_id.name,
            )
        return False

    # --- doing it ---

    @api.model
    def _release(self, decision, reason, amount, until):
        """Let the held order go out; see ``kam.credit.decision.action_release``."""
        reason = self._check_answer(decision, reason)
        amount = decision.order_amount if amount is None else amount
        label = decision._get_field_label
        amount = decision._take_number(amount, label("release_amount"))
        until = decision._take_day(until, label("release_until"))
        until = until or decision._get_default_release_until()
        self._check_release(decision, amount, until)
        self._answer(decision, "release", reason, amount, until)

    @api.model
    def _reject(self, decision, reason):
        """Keep the order back; see ``kam.credit.decision.action_reject``."""
        reason = self._check_answer(decision, reason)
        if obstacle := self._get_reject_obstacle(decision):
            raise AccessError(obstacle)
        self._answer(decision, "reject", reason, 0.0, None)

    @api.model
    def _check_answer(self, decision, reason):
        """Check that the decision can be answered now, with this reason.

        :return: the reason without surrounding spaces
        """
        decision.ensure_one()
        decision.check_access("read")
        self.env["kam.credit.lock"]._take(
            [(decision.client_id.id, decision.company_id.id)]
        )
        # Somebody may have answered while the lock was waited for.
        decision.invalidate_recordset(["state"])
        if not decision._is_waiting():
            raise UserError(
                self.env._(
                    "The order %s is no longer on hold: there is nothing to decide.",
                    decision.order_id.sudo().name,
                )
            )
        reason = decision._take_text(reason, self.env._("Reason"))
        if not reason:
            raise UserError(self.env._("Enter the reason."))
        return reason

    @api.model
    def _check_release(self, decision, amount, until):
        currency = decision.currency_id
        if currency.compare_amounts(amount, 0) < 0 or (
            currency.is_zero(amount) and not currency.is_zero(decision.order_amount)
        ):
            raise ValidationError(
                self.env._("Enter the amount to release; it must be more than zero.")
            )
        if until < decision.company_id._kam_today():
            raise ValidationError(
                self.env._("A release cannot end in the past. Enter a later date.")
            )
        if obstacle := self._get_release_obstacle(decision, amount):
            raise AccessError(obstacle)

    @api.model
    def _answer(self, decision, kind, reason, amount, until):
        """Append the release or rejection and move the decision on.

        As superuser: nobody has the right to write either.
        """
        self.env["kam.credit.resolution"].sudo()._chain_create(
            {
                "decision_id": decision.id,
                "client_id": decision.client_id.id,
                "company_id": decision.company_id.id,
                "kind": kind,
                "reason": reason,
                "amount": amount,
                "until": until,
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
            }
        )
        state = "released" if kind == "release" else "rejected"
        decision.sudo().write({"state": state})
        self.env["kam.credit.messenger"]._tell_answer(
            decision.order_id.sudo(), decision
        )
