from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from odoo import models
from odoo.fields import Command

from . import credit_rules


@dataclass(frozen=True)
class Judgement:
    """The result of judging one order; nothing is written yet.

    :param key: (client id, root company id) that is judged
    :param terms: as of ``kam.credit.line._get_terms``
    :param release: kam.credit.decision whose release covers the order, if any
    """

    order: Any
    key: tuple
    case: credit_rules.Case
    findings: list
    terms: dict
    receivables: dict
    is_prepaid: bool = False
    release: Any = None

    @property
    def outcome(self):
        return credit_rules.worst(self.findings)

    @property
    def is_allowed(self):
        return bool(self.release) or self.outcome != "hold"

    def soften(self):
        """Return the judgement with its holds turned into warnings."""
        return replace(
            self,
            findings=[
                replace(f, outcome="warn") if f.outcome == "hold" else f
                for f in self.findings
            ],
        )

    def prepare_decision_vals(self):
        """Return the creation values of the decision, money rounded."""
        order, case = self.order, self.case
        client_id, company_id = self.key
        round_money = order.company_id.currency_id.round
        return {
            "order_id": order.id,
            "client_id": client_id,
            "ordering_client_id": order.partner_id.sudo().kam_client_id.id,
            "company_id": company_id,
            "line_id": self.terms["line_id"],
            "policy_id": self.terms["policy_id"],
            "manager_id": self.terms["manager_id"],
            "outcome": self.outcome,
            "order_amount": round_money(case.amount),
            "order_total": order._get_credit_total(),
            "receivable": round_money(case.receivable),
            "uninvoiced": round_money(case.uninvoiced),
            "exposure": round_money(case.exposure),
            "limit": round_money(case.limit),
            "tolerance_percent": case.tolerance_percent,
            "headroom": round_money(case.headroom),
            "shortfall": round_money(case.shortfall),
            "overdue": round_money(self.receivables["overdue"]),
            "oldest_overdue_days": int(self.receivables["oldest_overdue_days"]),
            "is_prepaid": self.is_prepaid,
            "reason_ids": [
                Command.create(
                    {
                        "rule": finding.rule,
                        "outcome": finding.outcome,
                        "measured": round(float(finding.measured), 2),
                        "allowed": round(float(finding.allowed), 2),
                    }
                )
                for finding in self.findings
            ],
        }


class SaleOrder(models.Model):
    """Judging orders: from partners, documents and decisions, in company currency."""

    _inherit = "sale.order"

    def _credit_evaluate(self):
        """Judge the orders one after another and write the decisions.

        Each order sees those before it that were not held. Orders that concern no
        key client are left out; so are orders that a release in force covers, whose
        decision stands.

        :return: kam.credit.decision in force on the orders, held or not
        """
        decisions = self.env["kam.credit.decision"]
        for judgement in self._credit_judge():
            decisions |= judgement.release or decisions._record(judgement)
        return decisions

    def _get_credit_party(self):
        """Return the client to judge and whether the debtor belongs to no client.

        The debtor is the commercial partner of the invoice address.

        :return: (kam.client or empty, bool)
        """
        self.ensure_one()
        order = self.sudo()
        debtor = order.partner_invoice_id.commercial_partner_id or order.partner_id
        if client := debtor.kam_membership_id:
            return client, False
        return order.partner_id.commercial_partner_id.kam_membership_id, True

    def _get_credit_key(self):
        """Return (client id, root company id, is foreign), or nothing."""
        client, is_foreign = self._get_credit_party()
        if not client:
            return None
        return client.id, self.company_id.sudo().root_id.id, is_foreign

    def _credit_judge(self, rests=None):
        """Judge the orders in their order, under the locks of their clients.

        A generator: an order that is allowed counts for those after it.

        :param rests: dict of what confirmed orders count for until it is their turn;
            default what is left of them now
        :return: yields :class:`Judgement` for each order of a key client
        """
        parties = {order: order._get_credit_key() for order in self}
        keys = {party[:2] for party in parties.values() if party}
        if not keys:
            return
        self.env["kam.credit.lock"].sudo()._take(keys)
        yield from self._credit_reckon(parties, keys, rests or {})

    def _credit_reckon(self, parties, keys, rests):
        """Judge without taking locks; see :meth:`_credit_judge`."""
        terms = self.env["kam.credit.line"]._get_terms(keys)
        desk = {key: self._get_credit_desk(key, terms[key]) for key in keys}
        confirmed = defaultdict(dict)
        for order, party in parties.items():
            if party and not party[2] and order.state == "sale":
                rest = rests[order] if order in rests else order._get_credit_rest()
                confirmed[party[:2]][order] = rest
        reserved = defaultdict(float)
        for order, party in parties.items():
            if not party:
                continue
            key = party[:2]
            others = sum(r for o, r in confirmed[key].items() if o != order)
            judgement = order._credit_judge_one(
                party, desk[key], others + reserved[key]
            )
            yield judgement
            if order in confirmed[key]:
                confirmed[key][order] = judgement.case.amount
            elif judgement.is_allowed and not party[2]:
                reserved[key] += judgement.case.amount

    def _get_credit_desk(self, key, terms):
        """Return what all orders of a key share: terms, policy and figures."""
        policy = self.env["kam.credit.policy"]._get_rules(terms["policy_id"])
        receivables, uninvoiced = self.env["kam.credit.ledger"]._get_position(
            key,
            grace_days=policy["overdue_grace_days"],
            horizon_days=policy["horizon_days"],
            excluding=self._origin.ids,
        )
        return {
            "terms": terms,
            "policy": policy,
            "receivables": receivables,
            "uninvoiced": uninvoiced,
        }

    def _credit_judge_one(self, party, desk, others):
        """Judge one order on the figures of its client.

        :param others: amount of the orders judged together that count as well
        """
        policy = desk["policy"]
        case = self._get_credit_case(party, desk, others)
        currency = self.company_id.currency_id
        findings = credit_rules.evaluate(
            case, policy, lambda a, b: currency.compare_amounts(a, b) > 0
        )
        is_prepaid = (
            credit_rules.worst(findings) != "pass"
            and policy["prepaid_exempt"]
            and self._is_credit_prepaid(case.amount)
        )
        if is_prepaid:
            findings = [
                f if f.rule == "stop" else replace(f, outcome="pass") for f in findings
            ]
        judgement = Judgement(
            order=self,
            key=party[:2],
            case=case,
            findings=findings,
            terms=desk["terms"],
            receivables=desk["receivables"],
            is_prepaid=is_prepaid,
        )
        return replace(judgement, release=self._get_credit_release(judgement))

    def _get_credit_case(self, party, desk, others):
        terms, policy = desk["terms"], desk["policy"]
        has_term_rule = policy["terms_action"] != "ignore"
        return credit_rules.Case(
            amount=self._get_credit_rest(),
            receivable=desk["receivables"]["receivable"],
            uninvoiced=desk["uninvoiced"] + others,
            limit=terms["limit"],
            has_line=bool(terms["line_id"]),
            overdue=desk["receivables"]["overdue_gate"],
            term_days=self._get_credit_term_days() if has_term_rule else 0,
            today=self.company_id._kam_today(),
            valid_until=terms["valid_until"],
            is_stopped=terms["is_stopped"],
            is_foreign=party[2],
            tolerance_percent=policy["limit_tolerance_percent"],
        )

    def _get_credit_term_days(self):
        """Return the days from today to the last instalment of the order's term."""
        today = self.company_id._kam_today()
        due = [
            line._get_due_date(today) for line in self.sudo().payment_term_id.line_ids
        ]
        return max((max(due) - today).days, 0) if due else 0

    def _get_credit_release(self, judgement):
        """Return the decision whose release covers this order, if there is one.

        What was invoiced since then has used the release: it does not grow back.

        :return: kam.credit.decision or None
        """
        if judgement.outcome != "hold":
            return None
        decision = self.sudo().credit_decision_id
        currency = self.company_id.currency_id
        invoiced = decision.order_total - decision.order_amount
        amount = max(judgement.case.amount, self._get_credit_total() - invoiced)
        is_covered = (
            decision.state == "released"
            and (decision.client_id.id, decision.company_id.id) == judgement.key
            and currency.compare_amounts(amount, decision.release_amount) <= 0
            and judgement.case.today <= decision.release_until
        )
        return decision if is_covered else None

    def _is_credit_prepaid(self, amount):
        """Tell whether prepayment covers what is left of the order.

        Posted payments are in the receivable already; here those count that are
        confirmed or authorised, and not posted yet.

        :param amount: rest of the order in company currency
        """
        currency = self.company_id.currency_id
        if currency.compare_amounts(amount, 0) <= 0:
            return currency.compare_amounts(self._get_credit_total(), 0) > 0
        paid = 0.0
        for transaction in self.sudo().transaction_ids:
            is_posted = transaction.payment_id.move_id.state == "posted"
            if transaction.state in ("authorized", "done") and not is_posted:
                paid += transaction.currency_id._convert(
                    transaction.amount,
                    currency,
                    self.company_id,
                    self.company_id._kam_today(),
                )
        return currency.compare_amounts(paid, amount) >= 0

    def _is_credit_beyond(self, horizon_days):
        """Tell whether the order is due after the horizon of its policy."""
        if not horizon_days or not self.commitment_date:
            return False
        today = self.company_id._kam_today()
        last = datetime.combine(today + timedelta(days=horizon_days), time.max)
        return self.commitment_date > last
