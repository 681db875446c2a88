"""The credit rules without the ORM: facts and a policy in, findings out."""

from dataclasses import dataclass
from datetime import date

OUTCOMES = ("pass", "warn", "hold")
OWN_RULES = (
    "limit",
    "overdue",
    "terms",
    "order",
    "no_line",
    "no_check",
    "expired",
    "stop",
)
FOREIGN_RULES = ("terms", "order", "stop", "debtor")


@dataclass(frozen=True)
class Case:
    """What is known of an order and its debtor when it is judged.

    Money in company currency, rounded by the caller; days are whole days.

    :param amount: what the order adds to the exposure, taxes included
    :param total: value of the whole order, what is invoiced included; default
        ``amount``
    :param has_rate: the amounts of the order are known in company currency
    :param limit: effective limit, without tolerance
    :param overdue: debt more than the grace days past due, net of credits
    :param has_check: an approved creditworthiness check is valid, or nobody asks
    :param is_foreign: invoiced to somebody who belongs to no key client
    """

    amount: float
    receivable: float
    uninvoiced: float
    limit: float
    has_line: bool
    overdue: float
    term_days: int
    today: date
    valid_until: date | None = None
    is_stopped: bool = False
    is_foreign: bool = False
    has_check: bool = True
    tolerance_percent: float = 0.0
    total: float | None = None
    has_rate: bool = True

    @property
    def value(self):
        """Value of the whole order: nothing left to invoice is not paid."""
        return self.amount if self.total is None else self.total

    @property
    def exposure(self):
        return self.receivable + self.uninvoiced

    @property
    def allowed(self):
        """Limit with tolerance."""
        return self.limit * (1 + self.tolerance_percent / 100)

    @property
    def headroom(self):
        """What is left of the limit after this order; negative when it is short.

        An order of a foreign debtor does not use the limit.
        """
        return self.allowed - self.exposure - (0 if self.is_foreign else self.amount)

    @property
    def shortfall(self):
        return 0.0 if self.is_foreign else max(0.0, -self.headroom)


@dataclass(frozen=True)
class Finding:
    """Result of one rule: ``measured`` against ``allowed`` (money or days).

    :param cause: what kept the rule from measuring; empty as a rule
    """

    rule: str
    outcome: str
    measured: float
    allowed: float
    cause: str = ""


def evaluate(case, policy, is_exceeding):
    """Judge a case by every rule that the policy does not ignore.

    :param case: :class:`Case`
    :param policy: anything with the ``*_action`` and threshold fields of
        ``kam.credit.policy``
    :param is_exceeding: ``f(measured, allowed) -> bool`` comparing money at the
        precision of the currency
    :return: list of :class:`Finding` in the order of the rules
    """
    findings = []
    if not case.has_rate and policy["limit_action"] != "ignore":
        # Whatever the policy says: an amount that is not known cannot be judged.
        findings.append(Finding("limit", "hold", 0.0, case.allowed, "no_rate"))
    for rule in FOREIGN_RULES if case.is_foreign else OWN_RULES:
        action = policy[f"{rule}_action"]
        if action == "ignore" or rule in {finding.rule for finding in findings}:
            continue
        broken, measured, allowed = _CHECKS[rule](case, policy, is_exceeding)
        findings.append(Finding(rule, action if broken else "pass", measured, allowed))
    return findings


def worst(findings):
    """Return the gravest outcome of the findings; ``pass`` without any."""
    return max((f.outcome for f in findings), key=OUTCOMES.index, default="pass")


def _check_limit(case, _policy, is_exceeding):
    measured = case.exposure + case.amount
    broken = (
        case.has_line
        and is_exceeding(case.value, 0)
        and is_exceeding(measured, case.allowed)
    )
    return broken, measured, case.allowed


def _check_overdue(case, policy, is_exceeding):
    threshold = policy["overdue_min_amount"]
    broken = (
        is_exceeding(case.value, 0)
        and is_exceeding(case.overdue, 0)
        and not is_exceeding(threshold, case.overdue)
    )
    return broken, case.overdue, threshold


def _check_terms(case, policy, _is_exceeding):
    allowed = policy["max_term_days"]
    return case.term_days > allowed, case.term_days, allowed


def _check_order(case, policy, is_exceeding):
    allowed = policy["max_order_amount"]
    return is_exceeding(case.amount, allowed), case.amount, allowed


def _check_no_line(case, _policy, _is_exceeding):
    return not case.has_line, 0 if case.has_line else 1, 0


def _check_no_check(case, _policy, _is_exceeding):
    return not case.has_check, 0 if case.has_check else 1, 0


def _check_expired(case, _policy, _is_exceeding):
    days = (case.today - case.valid_until).days if case.valid_until else 0
    return days > 0, max(days, 0), 0


def _check_stop(case, _policy, _is_exceeding):
    return case.is_stopped, int(case.is_stopped), 0


def _check_debtor(case, _policy, _is_exceeding):
    return case.is_foreign, int(case.is_foreign), 0


_CHECKS = {
    "limit": _check_limit,
    "overdue": _check_overdue,
    "terms": _check_terms,
    "order": _check_order,
    "no_line": _check_no_line,
    "no_check": _check_no_check,
    "expired": _check_expired,
    "stop": _check_stop,
    "debtor": _check_debtor,
}
