from collections import defaultdict
from contextlib import contextmanager
from dataclasses import asdict, replace

from odoo import api, models

from .judgement import Basis, Judgement
from .situation import Situation, worst


class KamCreditGate(models.AbstractModel):
    """The gate: no order is confirmed without a credit decision that lets it.

    Judges orders by their partners, documents and decisions, in company currency, and
    writes the decisions. Once confirmed, an order is judged again when it is raised;
    a held one when something changed that may let it go. What is judged stands in the
    rules, see ``kam.credit.rule``; other rooms change figures of the client in
    :meth:`_get_position`.
    """

    _name = "kam.credit.gate"
    _description = "Credit Gate"

    # --- passing ---

    @api.model
    def _pass(self, orders):
        """Judge those orders that were not judged in this transaction yet.

        :return: the orders that may be confirmed
        """
        if orders._is_credit_history():
            return orders
        # Kept until the commit: core empties what belongs to before it at each
        # savepoint, and one confirmation passes here several times.
        judged = self.env.cr.postcommit.data.setdefault("kam_credit_judged", {})
        waiting = orders.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and (
                    order.id not in judged
                    or judged[order.id] != self._get_fingerprint(order)
                )
            )
        )
        held = orders.browse()
        for judgement in self._judge(waiting):
            order = judgement.order
            was_decided = bool(order.sudo().credit_decision_id)
            decision = judgement.release or self.env["kam.credit.recorder"]._record(
                judgement
            )
            messenger = self.env["kam.credit.messenger"]
            if judgement.is_allowed:
                judged[order.id] = self._get_fingerprint(order)
                messenger._tell_allowed(order, decision, was_decided)
            else:
                held |= order
                messenger._tell_hold(order, decision)
        return orders - held

    @api.model
    def _get_fingerprint(self, order):
        """Return what the judgement of this transaction rests on.

        With the decision in force: one that a savepoint took back counts no more.
        """
        order = order.sudo()
        return (
            order.credit_decision_id.id,
            order.credit_decision_id.state,
            order.amount_total,
            order.currency_id.id,
            order.company_id.id,
            order.partner_id.commercial_partner_id.id,
            order._get_credit_debtor().id,
            order.payment_term_id.id,
        )

    # --- judging ---

    @api.model
    def _judge(self, orders, rests=None):
        """Judge orders one after another, under the locks of their clients.

        A generator: an order that is allowed counts for those after it.

        :param rests: dict of what confirmed orders count for until it is their turn;
            default what is left of them now
        :return: yields :class:`Judgement` for each order of a key client
        """
        parties = {order: order._get_credit_key() for order in orders}
        keys = {party[:2] for party in parties.values() if party}
        if not keys:
            return
        self.env["kam.credit.lock"].sudo()._take(keys)
        terms = self.env["kam.credit.line"]._get_terms(keys)
        positions = {key: self._get_position(orders, key, terms[key]) for key in keys}
        facts = self.env["kam.credit.rule"]._gather(
            {key: position["policy"] for key, position in positions.items()}
        )
        confirmed = defaultdict(dict)
        for order, party in parties.items():
            if party and not party[2] and order.state == "sale":
                rest = (rests or {}).get(order)
                rest = order._get_credit_rest() if rest is None else rest
                confirmed[party[:2]][order] = rest
        reserved = defaultdict(float)
        for order, party in parties.items():
            if not party:
                continue
            key = party[:2]
            others = sum(r for o, r in confirmed[key].items() if o != order)
            situation = self._get_situation(
                order, party, positions[key], others + reserved[key], facts[key]
            )
            judgement = self._judge_one(order, key, situation, positions[key])
            yield judgement
            if order in confirmed[key]:
                confirmed[key][order] = judgement.situation.amount
            elif judgement.is_allowed and not party[2]:
                reserved[key] += judgement.situation.amount

    @api.model
    def _get_position(self, orders, key, terms):
        """Return where a client stands: terms, policy and figures without the orders.

        :param orders: sale.order that are judged; the ledger leaves them out
        :param key: (client id, root company id)
        :param terms: as of ``kam.credit.line._get_terms``
        """
        policy = self.env["kam.credit.policy"]._get_rules(terms["policy_id"])
        receivables, uninvoiced = self.env["kam.credit.ledger"]._get_position(
            key,
            grace_days=policy["overdue_grace_days"],
            horizon_days=policy["horizon_days"],
            excluding=orders._origin.ids,
        )
        return {
            "terms": terms,
            "policy": policy,
            "receivables": receivables,
            "uninvoiced": uninvoiced,
        }

    @api.model
    def _judge_one(self, order, key, situation, position):
        """Judge the situation of one order by the rules of its client's policy."""
        policy = position["policy"]
        rules = self.env["kam.credit.rule"]
        compare = order.company_id.currency_id.compare_amounts
        findings = rules._evaluate(situation, policy, lambda a, b: compare(a, b) > 0)
        is_prepaid = (
            worst(findings) != "pass"
            and policy["prepaid_exempt"]
            and order._is_credit_prepaid()
        )
        if is_prepaid:
            findings = rules._exempt(findings)
        judgement = Judgement(
            order=order,
            key=key,
            situation=situation,
            findings=findings,
            terms=position["terms"],
            receivables=position["receivables"],
            is_prepaid=is_prepaid,
        )
        return replace(judgement, release=self._get_release(judgement))

    @api.model
    def _get_situation(self, order, party, position, others, facts):
        """Return what is known of an order as :class:`.situation.Situation`.

        :param others: amount of the orders judged together that count as well
        :param facts: dict code of a rule -> what the rule gathered of the client
        """
        terms, policy = position["terms"], position["policy"]
        has_term_rule = policy["terms_action"] != "ignore"
        return Situation(
            amount=order._get_credit_rest(),
            total=order._get_credit_total(),
            has_rate=not order._is_credit_rate_missing(),
            receivable=position["receivables"]["receivable"],
            uninvoiced=position["uninvoiced"] + others,
            limit=terms["limit"],
            has_line=bool(terms["line_id"]),
            overdue=position["receivables"]["overdue_gate"],
            term_days=order._get_credit_term_days() if has_term_rule else 0,
            today=order.company_id._kam_today(),
            valid_until=terms["valid_until"],
            is_stopped=terms["is_stopped"],
            is_foreign=party[2],
            tolerance_percent=policy["limit_tolerance_percent"],
            facts=facts,
        )

    @api.model
    def _look(self, order):
        """Return the figures of an order as the gate sees them now, without locks.

        :return: (:class:`.situation.Situation`, receivables of the client) or nothing
        """
        party = order._get_credit_key()
        if not party:
            return None
        key = party[:2]
        terms = self.env["kam.credit.line"]._get_terms([key])[key]
        position = self._get_position(order, key, terms)
        situation = self._get_situation(order, party, position, 0.0, {})
        return situation, position["receivables"]

    # --- releases ---

    @api.model
    def _get_release(self, judgement):
        """Return the decision whose release covers the judged order, if there is one.

        It covers what was seen: debtor, client, currency, terms and amount. What was
        invoiced since then has used the release: it does not grow back.

        :return: kam.credit.decision or None
        """
        order = judgement.order
        decision = order.sudo().credit_decision_id
        if judgement.outcome != "hold" or decision.state != "released":
            return None
        currency = order.company_id.currency_id
        invoiced = decision.order_total - decision.order_amount
        amount = max(judgement.situation.amount, judgement.situation.total - invoiced)
        is_covered = (
            (decision.client_id.id, decision.company_id.id) == judgement.key
            and self._is_as_seen(judgement)
            and currency.compare_amounts(amount, decision.release_amount) <= 0
            and judgement.situation.today <= decision.release_until
        )
        return decision if is_covered else None

    @api.model
    def _is_as_seen(self, judgement):
        """Tell whether nothing got worse since the decision, but for the amount.

        The days of a term go up and down with the month: the same term, unchanged, is
        no worse.
        """
        order = judgement.order.sudo()
        decision = order.credit_decision_id
        term = order.payment_term_id
        is_same_term = term == decision.payment_term_id and all(
            line.write_date <= decision.date for line in term.line_ids
        )
        return (
            decision.debtor_id == order._get_credit_debtor()
            and judgement.situation.is_foreign <= decision.is_foreign
            and decision.order_currency_id == order.currency_id
            and (is_same_term or order._get_credit_term_days() <= decision.term_days)
        )

    # --- rises of confirmed orders ---

    @api.model
    @contextmanager
    def _watch(self, orders):
        """Judge those confirmed orders again that the block raised.

        Nested blocks count as one: a form that saves thirty lines is one rise.
        """
        watched = self.env.cr.precommit.data.setdefault("kam_credit_watched", set())
        orders = orders.filtered(
            lambda order: order.state == "sale" and order.id not in watched
        )
        if not orders or orders._is_credit_history():
            yield
            return
        before = {order: self._get_basis(order) for order in orders}
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
        self._judge_changes(orders, before)

    @api.model
    def _get_basis(self, order):
        """Return :class:`Basis` of a confirmed order as it stands."""
        key = order._get_credit_key()
        if not key:
            return Basis()
        rules = self._get_rules(key[:2])
        return Basis(
            *key,
            total=order._get_credit_total(),
            rest=order._get_credit_rest(),
            term_days=order._get_credit_term_days(),
            is_beyond=order._is_credit_beyond(rules["horizon_days"]),
            committed=order._get_credit_committed(),
            debtor_id=order._get_credit_debtor().id,
        )

    @api.model
    def _get_rules(self, key):
        """Return actions and thresholds of the policy that judges a key."""
        terms = self.env["kam.credit.line"]._get_terms([key])[key]
        return self.env["kam.credit.policy"]._get_rules(terms["policy_id"])

    @api.model
    def _judge_changes(self, orders, before):
        """Judge confirmed orders after a change, where the change calls for it.

        Orders raised together are judged one after another: those still to come
        count with what they were allowed for.

        :param before: dict order -> :class:`Basis` before the change
        """
        to_judge = orders.browse()
        for order in orders:
            after = self._get_basis(order)
            compare = order.company_id.currency_id.compare_amounts
            is_raised = before[order].is_raised_to(after, compare)
            if is_raised and order.sudo().credit_rest_closed:
                order.sudo().credit_rest_closed = False
            if is_raised or (order._is_credit_held() and before[order] != after):
                to_judge |= order
            elif min(map(compare, after.amounts, before[order].amounts)) < 0:
                client, _foreign = order._get_credit_party()
                self._trigger_review(client)
        self._judge_confirmed(to_judge, before)

    @api.model
    def _judge_confirmed(self, orders, before):
        """Judge confirmed orders again: hold what is not covered, free what is.

        :param before: dict order -> :class:`Basis` that was in force
        """
        messenger = self.env["kam.credit.messenger"]
        rests = {order: before[order].rest for order in orders}
        for judgement in self._judge(orders, rests):
            order = judgement.order
            if judgement.release:
                continue
            covered = self._get_cover(order, before[order])
            compare = order.company_id.currency_id.compare_amounts
            if judgement.outcome == "hold" and not covered.is_raised_to(
                self._get_basis(order), compare
            ):
                judgement = judgement.soften()
            was_held = order._is_credit_held()
            previous = order.sudo().credit_decision_id
            decision = self.env["kam.credit.recorder"]._record_rise(
                judgement, covered_basis=asdict(covered)
            )
            if not judgement.is_allowed:
                if decision != previous or not was_held:
                    messenger._tell_hold(order, decision)
            elif was_held:
                messenger._tell_freed(order, decision)

    @api.model
    def _get_cover(self, order, before):
        """Return for what the confirmed order is in order without judging.

        What was in force before the rise that is on hold; time alone never takes it
        away.
        """
        decision = order.sudo().credit_decision_id
        if order._is_credit_held() and decision.covered_basis:
            basis = Basis(**decision.covered_basis)
            debtor = self.env["res.partner"].browse(basis.debtor_id)
            # A debtor that was merged away since is the one who is there now.
            return basis if debtor.exists() else replace(basis, debtor_id=0)
        return before

    # --- review of held orders ---

    @api.model
    def _trigger_review(self, clients=None):
        """Have held orders judged again right after the commit.

        Whether there are any is not asked: a hold that is recorded at the same moment
        cannot be seen from here.

        :param clients: kam.client; default all
        """
        self.env["kam.credit.task"]._add_reviews(clients)

    @api.model
    def _trigger_review_of_hold(self, client):
        """Have a new hold judged once more after the commit.

        A payment or a higher limit of the same moment cannot be seen from here, nor
        could it see this hold. Once per client and transaction.
        """
        marked = self.env.cr.precommit.data.setdefault("kam_credit_held", set())
        if client.id not in marked:
            marked.add(client.id)
            self._trigger_review(client)

    @api.model
    def _review_held(self, client):
        """Judge the held orders of a client again, in each of its companies.

        :param client: kam.client; if empty, a task is left for each that has some
        """
        groups = self.env["kam.credit.decision"]._get_held_groups(client)
        if not client:
            clients = self.env["kam.client"].union(*(group[0] for group in groups))
            self._trigger_review(clients)
            return
        for _client, company in groups:
            self._review(client, company)

    @api.model
    def _review(self, client, company):
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
        for judgement in self._judge(orders.sorted(lambda o: (o.date_order, o.id))):
            order = judgement.order
            if order.credit_state != "hold" or judgement.outcome == "hold":
                continue
            decision = self.env["kam.credit.recorder"]._record(
                judgement, is_rise=order.state == "sale"
            )
            if order.state == "sale":
                self.env["kam.credit.messenger"]._tell_freed(order, decision)
            else:
                self._set_ready(order, self._get_rules(judgement.key))

    @api.model
    def _set_ready(self, order, rules):
        """Tell the manager, or confirm at once where the policy says so.

        One that core refuses to confirm stays ready, and somebody is told why.
        """
        is_confirmed = rules["auto_confirm"] and self.env["kam.job"]._try(
            order.with_context(send_email=True),
            type(order).action_confirm,
            is_inner=True,
        )
        messenger = self.env["kam.credit.messenger"]
        if is_confirmed:
            messenger._close_activities(order)
        else:
            messenger._tell_ready(order)
