from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# Who decides on held orders by his position; others by a row of authority.
ANSWER_GROUPS = (
    "key_account_management.group_kam_credit,key_account_management.group_kam_head"
)


class KamCreditDecision(models.Model):
    """Who may release or reject a held order, up to what amount, and doing it."""

    _inherit = "kam.credit.decision"

    @api.depends_context("uid")
    @api.depends("state", "outcome")
    def _compute_may_release(self):
        rejectable = self._filter_rejectable()
        releasable = rejectable._filter_covered()
        for decision in self:
            decision.may_reject = decision in rejectable
            decision.may_release = decision in releasable

    def _filter_rejectable(self, until=None):
        """Return the decisions that wait and that the user may reject.

        A fixed number of queries, however many decisions there are; for each it comes
        to the same as :meth:`_get_reject_obstacle`.

        :param until: ``kam.client._get_involved_until`` if it is known already
        """
        user = self.env.user
        waiting = self.filtered(lambda decision: decision._is_waiting())
        if not user.has_groups(ANSWER_GROUPS):
            waiting = waiting._filter_covered(0)
        if until is None:
            until = waiting._get_clients()._get_involved_until(user)
        return waiting.filtered(lambda decision: not decision._is_involved(user, until))

    def _filter_covered(self, amount=None, rows=None):
        """Return the decisions that the user's authority covers.

        :param amount: default what each needs, where nothing but money holds it
        :param rows: dict company -> rows of the user's authority, if known already
        """
        if rows is None:
            authority, user = self.env["kam.credit.authority"], self.env.user
            rows = {c: authority._get_own_rows(user, c) for c in self.company_id}
        covered = self.filtered(
            lambda decision: any(
                row._covers(
                    decision._get_authority_amount() if amount is None else amount,
                    decision.currency_id,
                )
                for row in rows[decision.company_id]
            )
        )
        return covered if amount is not None else covered - covered._get_unreleasable()

    def _get_unreleasable(self):
        """Return the decisions for which nobody can vouch: the debtor is unknown."""
        reasons = self.env["kam.credit.reason"].sudo()
        domain = [("decision_id", "in", self.ids), ("cause", "!=", False)]
        return reasons.search_fetch(domain).decision_id.sudo(False)

    def _filter_releasable(self, until=None, rows=None):
        """Return the decisions that wait and that the user may release himself.

        :param until: see :meth:`_filter_rejectable`
        :param rows: see :meth:`_filter_covered`
        """
        return self._filter_rejectable(until)._filter_covered(rows=rows)

    def _is_involved(self, user, until):
        """Tell whether the user is one of :meth:`_get_involved_managers`.

        :param until: dict client -> until when he looked after it
        """
        since = self._get_since()
        return user == self.sudo().manager_id or any(
            until[client] > since for client in self._get_clients() if client in until
        )

    def _get_clients(self):
        """Return the clients whose managers may not decide; sudo: of any of them."""
        decisions = self.sudo()
        orders = decisions.order_id
        clients = decisions.client_id | decisions.ordering_client_id
        clients |= orders.kam_client_id | orders.partner_id.kam_client_id
        clients |= orders.partner_invoice_id.kam_client_id
        return clients | orders.credit_debtor_id.kam_client_id

    def _get_since(self):
        """Return the moment since which a manager of the client is involved."""
        return min(self.sudo().order_id.create_date, self.date)

    def _is_waiting(self):
        """Tell whether the decision holds an order and nobody has answered yet."""
        return self.outcome == "hold" and self.state == "open"

    def _get_involved_managers(self):
        """Return the managers who may never release this order.

        Those of the ordering client and of the debtor's and who stood in for them,
        now and at any time since the order was entered: handing the client over for
        an hour changes nothing.
        """
        decision = self.sudo()
        clients, since = self._get_clients(), self._get_since()
        owners = self.env["kam.assignment"]._get_managers_since(clients, since.date())
        owners |= self.env["kam.substitution"]._get_substitutes_since(clients, since)
        return clients._get_acting_managers() | decision.manager_id | owners.sudo(False)

    def _get_authority_amount(self, amount=None):
        """Return what an authority must cover: the shortfall, else the amount.

        :param amount: amount to release, company currency; default the order's
        """
        self.ensure_one()
        amount = self.order_amount if amount is None else amount
        short = self.shortfall + amount - self.order_amount
        return short if self.shortfall and short > 0 else amount

    def _get_reject_obstacle(self):
        """Return why the user may not reject this order, or nothing.

        Authority limits releasing; rejecting needs none.
        """
        user = self.env.user
        if user in self._get_involved_managers():
            return self.env._(
                "You look after this key client, so somebody else decides on its "
                "orders. Ask for release instead."
            )
        authority = self.env["kam.credit.authority"]
        if not user.has_groups(ANSWER_GROUPS) and not authority._may_release(
            user, self.company_id, 0
        ):
            return self.env._(
                "Held orders are released and rejected by credit controllers, the "
                "head of the department and the director."
            )
        return False

    def _get_release_obstacle(self, amount=None):
        """Return why the user may not release this order, or nothing."""
        user = self.env.user
        if obstacle := self._get_reject_obstacle():
            return obstacle
        if reason := self.sudo().reason_ids.filtered("cause")[:1]:
            return reason.with_env(self.env).sudo().message
        needed = self._get_authority_amount(amount)
        authority = self.env["kam.credit.authority"]
        if not authority._may_release(user, self.company_id, needed):
            return self.env._(
                "Your authority does not cover %(amount)s %(currency)s. Pass the "
                "order on to somebody whose authority does.",
                amount=self._format_amount(needed),
                currency=self.currency_id.name,
            )
        return False

    def _get_newest(self):
        """Return the newest hold of the order, if this one was made again since.

        Only if it asks for no more than this one: an answer is on what was seen.
        """
        self.ensure_one()
        self.check_access("read")
        # As superuser: the newest may be on a client whom the user may not see.
        seen = self.sudo()
        newest = seen.order_id.credit_decision_id
        same = ("client_id", "company_id", "debtor_id", "order_currency_id")
        compare = self.currency_id.compare_amounts
        is_newer = (
            seen.state == "superseded"
            and newest._is_waiting()
            and all(newest[name] == seen[name] for name in same)
            and newest.term_days <= seen.term_days
            and compare(newest.order_amount, seen.order_amount) <= 0
            and compare(newest.shortfall, seen.shortfall) <= 0
        )
        return newest.with_env(self.env) if is_newer else self

    def _check_answer(self, reason):
        """Check that the decision can be answered now, with this reason.

        :return: the reason without surrounding spaces
        """
        self.ensure_one()
        self.check_access("read")
        self.env["kam.credit.lock"]._take([(self.client_id.id, self.company_id.id)])
        self.invalidate_recordset(["state"])
        if not self._is_waiting():
            raise UserError(
                self.env._(
                    "The order %s is no longer on hold: there is nothing to decide.",
                    self.order_id.sudo().name,
                )
            )
        reason = self._take_text(reason, self.env._("Reason"))
        if not reason:
            raise UserError(self.env._("Enter the reason."))
        return reason

    def action_release(self, reason, amount=None, until=None):
        """Let the held order go out.

        :param reason: why; kept with the decision
        :param amount: up to which amount of the order (company currency, taxes
            included); default this order's amount
        :param until: last day of the release; default today plus the days of the
            policy
        :raise UserError: nothing is held, no reason, wrong amount or date
        :raise AccessError: the user looks after the client or has no authority
        """
        decision = self._get_newest()
        reason = decision._check_answer(reason)
        amount = decision.order_amount if amount is None else amount
        amount = self._take_number(amount, self._get_field_label("release_amount"))
        until = self._take_day(until, self._get_field_label("release_until"))
        until = until or decision._get_default_release_until()
        decision._check_release(amount, until)
        decision._answer("release", reason, amount, until)
        return True

    def _get_default_release_until(self):
        today = self.company_id._kam_today()
        days = self.sudo().policy_id.release_days or 30
        return fields.Date.add(today, days=days)

    def _check_release(self, amount, until):
        is_zero = self.currency_id.is_zero
        if self.currency_id.compare_amounts(amount, 0) < 0 or (
            is_zero(amount) and not is_zero(self.order_amount)
        ):
            raise ValidationError(
                self.env._("Enter the amount to release; it must be more than zero.")
            )
        if until < self.company_id._kam_today():
            raise ValidationError(
                self.env._("A release cannot end in the past. Enter a later date.")
            )
        if obstacle := self._get_release_obstacle(amount):
            raise AccessError(obstacle)

    def action_reject(self, reason):
        """Decide that the held order does not go out.

        :param reason: why; kept with the decision
        :raise UserError: nothing is held, or no reason
        :raise AccessError: the user looks after the client or decides on no orders
        """
        decision = self._get_newest()
        reason = decision._check_answer(reason)
        if obstacle := decision._get_reject_obstacle():
            raise AccessError(obstacle)
        decision._answer("reject", reason, 0.0, None)
        return True

    def _answer(self, kind, reason, amount, until):
        """Append the release or rejection and move the decision on."""
        self.env["kam.credit.verdict"].sudo()._chain_create(
            {
                "decision_id": self.id,
                "client_id": self.client_id.id,
                "company_id": self.company_id.id,
                "kind": kind,
                "reason": reason,
                "amount": amount,
                "until": until,
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
            }
        )
        self.sudo().write({"state": "released" if kind == "release" else "rejected"})
        self.order_id.sudo()._credit_tell_answer(self)

    def action_open_release(self):
        return self._open_wizard("kam.credit.decision.release", self.env._("Release"))

    def action_open_reject(self):
        return self._open_wizard("kam.credit.decision.reject", self.env._("Reject"))

    def _open_wizard(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_decision_id": self.id},
        }
