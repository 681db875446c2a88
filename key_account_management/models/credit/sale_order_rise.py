from contextlib import contextmanager
from dataclasses import dataclass

from odoo import models


@dataclass(frozen=True)
class Basis:
    """What a confirmed order was allowed for; a rise of it is judged again.

    :param key: (client id, root company id, is foreign), or None
    :param total: company currency, taxes included
    """

    key: tuple | None
    total: float
    term_days: int
    is_beyond: bool

    def is_raised_to(self, other, compare):
        return (
            self.key != other.key
            or compare(other.total, self.total) > 0
            or other.term_days > self.term_days
            or (self.is_beyond and not other.is_beyond)
        )


class SaleOrder(models.Model):
    """Raising a confirmed order judges it again; lowering it back frees it."""

    _inherit = "sale.order"

    _credit_basis_fields = frozenset(
        (
            "commitment_date",
            "company_id",
            "currency_id",
            "date_order",
            "fiscal_position_id",
            "order_line",
            "partner_id",
            "partner_invoice_id",
            "payment_term_id",
            "pricelist_id",
        )
    )

    @contextmanager
    def _credit_watch(self):
        """Judge those confirmed orders again that the block raised.

        Nested blocks count as one: a form that saves thirty lines is one rise.
        """
        watched = self.env.cr.precommit.data.setdefault("kam_credit_watched", set())
        orders = self.filtered(
            lambda order: order.state == "sale" and order.id not in watched
        )
        if not orders or self._is_credit_history():
            yield
            return
        before = {order: order._get_credit_basis() for order in orders}
        watched.update(orders.ids)
        try:
            yield
        finally:
            watched.difference_update(orders.ids)
        for order, basis in before.items():
            order._credit_judge_change(basis)

    def _get_credit_basis(self):
        key = self._get_credit_key()
        rules = self._get_credit_rules(key) if key else None
        return Basis(
            key=key,
            total=self._get_credit_total() if key else 0.0,
            term_days=self._get_credit_term_days() if key else 0,
            is_beyond=bool(rules) and self._is_credit_beyond(rules["horizon_days"]),
        )

    def _get_credit_rules(self, key):
        """Return actions and thresholds of the policy that judges the key."""
        terms = self.env["kam.credit.line"]._get_terms([key[:2]])[key[:2]]
        return self.env["kam.credit.policy"]._get_rules(terms["policy_id"])

    def _credit_judge_change(self, before):
        """Judge a confirmed order after a change, if the change calls for it.

        :param before: :class:`Basis` before the change
        """
        self.ensure_one()
        after = self._get_credit_basis()
        compare = self.company_id.currency_id.compare_amounts
        is_raised = before.is_raised_to(after, compare)
        if is_raised and self.sudo().credit_rest_closed:
            self.sudo().credit_rest_closed = False
        if is_raised or (self._is_credit_capped() and before != after):
            self._credit_judge_confirmed(before)
        elif compare(after.total, before.total) < 0:
            self._credit_trigger_review()

    def _credit_trigger_review(self):
        client, _foreign = self._get_credit_party()
        self.env["kam.credit.decision"]._trigger_review(client)

    def _credit_judge_confirmed(self, before=None):
        """Judge a confirmed order again: hold what is not covered, free what is.

        :param before: :class:`Basis` that was in force; default what the hold says
        """
        for judgement in self._credit_judge():
            covered = self._get_credit_covered_total(judgement.key, before)
            if judgement.release:
                continue
            is_covered = (
                judgement.outcome == "hold"
                and self.company_id.currency_id.compare_amounts(
                    self._get_credit_total(), covered
                )
                <= 0
            )
            if is_covered:
                judgement = judgement.soften()
            was_held = self._is_credit_capped()
            decision = self.env["kam.credit.decision"]._record(
                judgement, is_rise=True, covered_total=covered
            )
            if not judgement.is_allowed:
                self._credit_tell_hold(decision)
            elif was_held:
                self._credit_tell_freed(decision)

    def _get_credit_covered_total(self, key, before):
        """Return up to which total the confirmed order is in order without judging.

        What was in force before the rise that is on hold; time alone never takes it
        away. 0 for another debtor.
        """
        decision = self.sudo().credit_decision_id
        same_key = (decision.client_id.id, decision.company_id.id) == key
        if self._is_credit_capped():
            return decision.covered_total if same_key else self._get_earlier_cover(key)
        if before and before.key and before.key[:2] == key and not before.key[2]:
            return before.total
        return 0.0

    def _get_earlier_cover(self, key):
        """Return the total that was last allowed for this debtor."""
        allowed = self.sudo().credit_decision_ids.filtered(
            lambda d: (
                (d.client_id.id, d.company_id.id) == key
                and (d.outcome != "hold" or d.release_user_id)
            )
        )
        return allowed.sorted("id")[-1:].order_total

    def _credit_tell_freed(self, decision):
        """Tell those concerned that the confirmed order is on hold no more."""
        self._credit_close_activities()
        self.sudo()._message_log(body=self._credit_get_log_body(decision))

    def _credit_review(self, client, company):
        """Judge the held orders of a client again; write only what changed.

        In order of date, each seeing those before it that are ready. Confirmed
        orders on hold are freed when they pass.

        :param client: kam.client whose orders are held
        :param company: root company of the decisions
        """
        decisions = self.env["kam.credit.decision"].search(
            [
                ("client_id", "=", client.id),
                ("company_id", "=", company.id),
                ("state", "in", ("open", "released")),
                ("order_id.state", "in", ("draft", "sent", "sale")),
                ("order_id.credit_state", "in", ("hold", "pass", "warn", "released")),
            ]
        )
        orders = decisions.order_id.filtered(
            lambda order: order.state != "sale" or order._is_credit_capped()
        )
        for judgement in orders.sorted(lambda o: (o.date_order, o.id))._credit_judge():
            order = judgement.order
            if order.credit_state != "hold" or judgement.outcome == "hold":
                continue
            decision = self.env["kam.credit.decision"]._record(
                judgement, is_rise=order.state == "sale"
            )
            if order.state == "sale":
                order._credit_tell_freed(decision)
            else:
                order._credit_set_ready(order._get_credit_rules(judgement.key))

    def _credit_set_ready(self, rules):
        """Tell the manager, or confirm at once where the policy says so."""
        if rules["auto_confirm"]:
            self._credit_close_activities()
            self.with_context(send_email=True).action_confirm()
        else:
            self._credit_tell_ready()
