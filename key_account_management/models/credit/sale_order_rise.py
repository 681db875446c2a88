from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from odoo import models
from odoo.exceptions import UserError


@dataclass(frozen=True)
class Basis:
    """What a confirmed order was allowed for; a rise of it is judged again.

    :param client_id: id of the judged kam.client; 0 for none
    :param company_id: id of the root company
    :param is_foreign: invoiced to somebody who belongs to no key client
    :param total: value of the order, company currency, taxes included
    :param committed: what the client is committed to; less where the rest was closed
    :param debtor_id: id of the partner who owes the order
    :param rest: what is left to invoice of it
    :param term_days: days to the last instalment
    :param is_beyond: to be delivered after the horizon of the policy
    """

    client_id: int = 0
    company_id: int = 0
    is_foreign: bool = False
    total: float = 0.0
    rest: float = 0.0
    term_days: int = 0
    is_beyond: bool = False
    committed: float | None = None
    debtor_id: int = 0

    @property
    def party(self):
        return self.client_id, self.company_id, self.is_foreign

    @property
    def amounts(self):
        committed = self.total if self.committed is None else self.committed
        return self.total, committed

    def is_raised_to(self, other, compare):
        """Tell whether ``other`` is more than this.

        :param compare: compares two amounts at the precision of the currency
        """
        return bool(other.client_id) and (
            self.party != other.party
            or bool(self.debtor_id and self.debtor_id != other.debtor_id)
            or any(
                compare(new, old) > 0
                for new, old in zip(other.amounts, self.amounts, strict=True)
            )
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
            "credit_rest_closed",
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
        addresses = {order: order.partner_invoice_id for order in orders}
        currencies = {order: order.currency_id for order in orders}
        watched.update(orders.ids)
        try:
            yield
        finally:
            watched.difference_update(orders.ids)
        orders = orders.exists()
        orders.filtered(
            lambda order: order.partner_invoice_id != addresses[order]
        )._credit_stamp_debtor()
        for order in orders.filtered(lambda o: o.currency_id != currencies[o]):
            order._credit_check_rate()
        orders._credit_judge_changes(before)

    def _get_credit_basis(self):
        """Return :class:`Basis` of the order as it stands."""
        key = self._get_credit_key()
        if not key:
            return Basis()
        rules = self._get_credit_rules(key)
        return Basis(
            *key,
            total=self._get_credit_total(),
            rest=self._get_credit_rest(),
            term_days=self._get_credit_term_days(),
            is_beyond=self._is_credit_beyond(rules["horizon_days"]),
            committed=self._get_credit_committed(),
            debtor_id=self._get_credit_debtor().id,
        )

    def _get_credit_rules(self, key):
        """Return actions and thresholds of the policy that judges the key."""
        terms = self.env["kam.credit.line"]._get_terms([key[:2]])[key[:2]]
        return self.env["kam.credit.policy"]._get_rules(terms["policy_id"])

    def _credit_judge_changes(self, before):
        """Judge confirmed orders after a change, where the change calls for it.

        Orders raised together are judged one after another: those still to come
        count with what they were allowed for.

        :param before: dict order -> :class:`Basis` before the change
        """
        to_judge = self.browse()
        for order in self:
            after = order._get_credit_basis()
            compare = order.company_id.currency_id.compare_amounts
            is_raised = before[order].is_raised_to(after, compare)
            if is_raised and order.sudo().credit_rest_closed:
                order.sudo().credit_rest_closed = False
            if is_raised or (order._is_credit_held() and before[order] != after):
                to_judge |= order
            elif min(map(compare, after.amounts, before[order].amounts)) < 0:
                order._credit_trigger_review()
        to_judge._credit_judge_confirmed(before)

    def _credit_check_rate(self):
        """Refuse a currency without a rate: the order could not be judged in it.

        :raise UserError: naming the currency
        """
        if self._is_credit_rate_missing():
            raise UserError(
                self.env._(
                    "%(order)s: there is no exchange rate for %(currency)s. Enter a "
                    "rate first.",
                    order=self.name,
                    currency=self.currency_id.name,
                )
            )

    def _credit_trigger_review(self):
        client, _foreign = self._get_credit_party()
        self.env["kam.credit.decision"]._trigger_review(client)

    def _credit_judge_confirmed(self, before):
        """Judge confirmed orders again: hold what is not covered, free what is.

        :param before: dict order -> :class:`Basis` that was in force
        """
        rests = {order: before[order].rest for order in self}
        for judgement in self._credit_judge(rests):
            order = judgement.order
            if judgement.release:
                continue
            covered = order._get_credit_cover(before[order])
            compare = order.company_id.currency_id.compare_amounts
            if judgement.outcome == "hold" and not covered.is_raised_to(
                order._get_credit_basis(), compare
            ):
                judgement = judgement.soften()
            was_held = order._is_credit_held()
            previous = order.sudo().credit_decision_id
            decision = self.env["kam.credit.decision"]._record_rise(
                judgement, covered_basis=asdict(covered)
            )
            if not judgement.is_allowed:
                if decision != previous or not was_held:
                    order._credit_tell_hold(decision)
            elif was_held:
                order._credit_tell_freed(decision)

    def _get_credit_cover(self, before):
        """Return for what the confirmed order is in order without judging.

        What was in force before the rise that is on hold; time alone never takes it
        away.
        """
        decision = self.sudo().credit_decision_id
        if self._is_credit_held() and decision.covered_basis:
            basis = Basis(**decision.covered_basis)
            debtor = self.env["res.partner"].browse(basis.debtor_id)
            # A debtor that was merged away since is the one who is there now.
            return basis if debtor.exists() else replace(basis, debtor_id=0)
        return before

    def _credit_tell_freed(self, decision):
        """Tell those concerned that the confirmed order is on hold no more."""
        self._credit_close_activities()
        body = self._credit_for_reader()._credit_get_log_body(decision)
        self.sudo()._message_log(body=body)

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
            lambda order: order.state != "sale" or order._is_credit_held()
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
        """Tell the manager, or confirm at once where the policy says so.

        One that core refuses to confirm stays ready, and somebody is told why.
        """
        is_confirmed = rules["auto_confirm"] and self.env["kam.job"]._try(
            self.with_context(send_email=True), type(self).action_confirm, is_inner=True
        )
        if is_confirmed:
            self._credit_close_activities()
        else:
            self._credit_tell_ready()
