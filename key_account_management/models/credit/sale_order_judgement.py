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
            "debtor_id": order._get_credit_debtor().id,
            "is_foreign": case.is_foreign,
            "order_currency_id": order.currency_id.id,
            **self._prepare_terms_vals(),
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
                        "cause": finding.cause,
                    }
                )
                for finding in self.findings
            ],
        }

    def _prepare_terms_vals(self):
        """Return the terms that a release would cover; of a hold alone."""
        if self.outcome != "hold":
            return {}
        order = self.order
        return {
            "payment_term_id": order.sudo().payment_term_id.id,
            "term_days": order._get_credit_term_days(),
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

    def _get_credit_debtor(self):
        """Return who owes the order: the commercial partner of the invoice address.

        Of a confirmed order that of its confirmation, as superuser: moving contacts
        in the partner tree moves no debt.
        """
        self.ensure_one()
        order = self.sudo()
        if order.state == "sale" and order.credit_debtor_id:
            return order.credit_debtor_id
        return order.partner_invoice_id.commercial_partner_id or order.partner_id

    def _credit_stamp_debtor(self):
        """Keep the debtors of these orders, confirmed now or given another address."""
        orders = self.sudo()
        for debtor, group in orders.grouped(
            lambda order: (
                order.partner_invoice_id.commercial_partner_id or order.partner_id
            )
        ).items():
            group.filtered(lambda o, d=debtor: o.credit_debtor_id != d).write(
                {"credit_debtor_id": debtor.id}
            )

    def _get_credit_party(self):
        """Return the client to judge and whether the debtor belongs to no client.

        :return: (kam.client or empty, bool)
        """
        self.ensure_one()
        if client := self._get_credit_debtor().kam_membership_id:
            return client, False
        order = self.sudo()
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
        yield from self._credit_judge_parties(parties, keys, rests or {})

    def _credit_judge_parties(self, parties, keys, rests):
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
            and self._is_credit_prepaid()
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
            total=self._get_credit_total(),
            has_rate=not self._is_credit_rate_missing(),
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

        It covers what was seen: debtor, client, currency, terms and amount. What was
        invoiced since then has used the release: it does not grow back.

        :return: kam.credit.decision or None
        """
        decision = self.sudo().credit_decision_id
        if judgement.outcome != "hold" or decision.state != "released":
            return None
        currency = self.company_id.currency_id
        invoiced = decision.order_total - decision.order_amount
        amount = max(judgement.case.amount, self._get_credit_total() - invoiced)
        is_covered = (
            (decision.client_id.id, decision.company_id.id) == judgement.key
            and self._is_credit_as_seen(judgement)
            and currency.compare_amounts(amount, decision.release_amount) <= 0
            and judgement.case.today <= decision.release_until
        )
        return decision if is_covered else None

    def _is_credit_as_seen(self, judgement):
        """Tell whether nothing got worse since the decision, but for the amount.

        The days of a term go up and down with the month: the same term, unchanged, is
        no worse.
        """
        order = self.sudo()
        decision = order.credit_decision_id
        term = order.payment_term_id
        is_same_term = term == decision.payment_term_id and all(
            line.write_date <= decision.date for line in term.line_ids
        )
        return (
            decision.debtor_id == self._get_credit_debtor()
            and judgement.case.is_foreign <= decision.is_foreign
            and decision.order_currency_id == order.currency_id
            and (is_same_term or self._get_credit_term_days() <= decision.term_days)
        )

    def _is_credit_prepaid(self):
        """Tell whether money that is there covers the value of the order.

        Money, not papers: what was captured or authorised for it, and what its
        invoices were paid with; each unit of money serves one order.
        """
        compare = self.company_id.currency_id.compare_amounts
        total = self._get_credit_total()
        return compare(total, 0) > 0 and compare(self._get_credit_paid(), total) >= 0

    def _get_credit_paid(self):
        """Return the money that is there for the order, in company currency."""
        self.ensure_one()
        paid = self._get_credit_matched()
        for transaction in self.sudo().transaction_ids._filter_credit_roots():
            money = transaction._get_credit_money() - sum(
                order._get_credit_claim(transaction.currency_id)
                for order in transaction.sale_order_ids - self.sudo()
            )
            paid += self._convert_credit_money(max(0.0, money), transaction.currency_id)
        return paid

    def _get_credit_claim(self, currency):
        """Return what this order takes of money that pays several orders.

        What it still needs, if it is confirmed or was let through as prepaid.

        :param currency: of the money
        """
        order = self.sudo()
        decision = order.credit_decision_id
        is_let_through = (
            decision.is_prepaid
            and decision.outcome != "hold"
            and decision.state == "open"
        )
        if order.state != "sale" and not is_let_through:
            return 0.0
        company = order.company_id
        needed = max(0.0, order._get_credit_total() - order._get_credit_matched())
        if currency == order.currency_id:
            return currency.round(needed * (order._get_credit_rate() or 1.0))
        return company.currency_id._convert(
            needed, currency, company, company._kam_today()
        )

    def _convert_credit_money(self, amount, currency):
        """Return money in company currency; at the rate of the order, if it is its.

        Money in a currency without a rate covers nothing.
        """
        if currency == self.currency_id:
            return self._convert_credit(amount)
        if not self._has_credit_rate(currency):
            return 0.0
        company = self.company_id
        return currency._convert(
            amount, company.currency_id, company, company._kam_today()
        )

    def _get_credit_matched(self):
        """Return the money matched with invoices of the order, in company currency.

        Of an invoice of several orders the share of this one. What went back to the
        customer against credit notes is taken off.
        """
        paid = 0.0
        items = self.sudo().order_line.invoice_lines.filtered(
            lambda item: item.parent_state == "posted"
        )
        for move, lines in items.grouped("move_id").items():
            products = move.invoice_line_ids.filtered(
                lambda item: item.display_type == "product"
            )
            whole = sum(products.mapped("price_total"))
            share = sum(lines.mapped("price_total")) / whole if whole else 0.0
            money = move._get_credit_money()
            paid += self._convert_credit_money(money * share, move.currency_id)
        return paid

    def _is_credit_beyond(self, horizon_days):
        """Tell whether the order is due after the horizon of its policy."""
        if not horizon_days or not self.commitment_date:
            return False
        today = self.company_id._kam_today()
        last = datetime.combine(today + timedelta(days=horizon_days), time.max)
        return self.commitment_date > last
