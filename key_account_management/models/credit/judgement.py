"""What is passed on while an order is judged; nothing here reads or writes records."""

from dataclasses import dataclass, replace
from typing import Any

from odoo.fields import Command

from .situation import Situation, worst


@dataclass(frozen=True)
class Judgement:
    """The result of judging one order; nothing is written yet.

    :param key: (client id, root company id) that is judged
    :param terms: as of ``kam.credit.line._get_terms``
    :param release: kam.credit.decision whose release covers the order, if any
    """

    order: Any
    key: tuple
    situation: Situation
    findings: list
    terms: dict
    receivables: dict
    is_prepaid: bool = False
    release: Any = None

    @property
    def outcome(self):
        return worst(self.findings)

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
        order, situation = self.order, self.situation
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
            "is_foreign": situation.is_foreign,
            "order_currency_id": order.currency_id.id,
            **self._prepare_terms_vals(),
            "order_amount": round_money(situation.amount),
            "order_total": situation.total,
            "receivable": round_money(situation.receivable),
            "uninvoiced": round_money(situation.uninvoiced),
            "exposure": round_money(situation.exposure),
            "limit": round_money(situation.limit),
            "tolerance_percent": situation.tolerance_percent,
            "headroom": round_money(situation.headroom),
            "shortfall": round_money(situation.shortfall),
            "overdue": round_money(self.receivables["overdue"]),
            "unallocated": round_money(-self.receivables["unallocated"]),
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
