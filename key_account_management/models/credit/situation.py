"""What is known of an order when it is judged, and what a rule finds; no ORM."""

from dataclasses import dataclass, field, replace
from datetime import date

OUTCOMES = ("pass", "warn", "hold")


@dataclass(frozen=True)
class Situation:
    """What is known of an order and its debtor when it is judged.

    Money in company currency, rounded by the caller; days are whole days.

    :param amount: what the order adds to the exposure, taxes included
    :param total: value of the whole order, what is invoiced included; default
        ``amount``
    :param has_rate: the amounts of the order are known in company currency
    :param limit: effective limit, without tolerance
    :param overdue: debt more than the grace days past due, net of credits
    :param is_foreign: invoiced to somebody who belongs to no key client
    :param facts: what rules asked for themselves (``_get_facts``), by code of the rule
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
    tolerance_percent: float = 0.0
    total: float | None = None
    has_rate: bool = True
    facts: dict = field(default_factory=dict)

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

    def passed(self):
        """Return the finding with its outcome as ``pass``."""
        return replace(self, outcome="pass")


def worst(findings):
    """Return the gravest outcome of the findings; ``pass`` without any."""
    return max((f.outcome for f in findings), key=OUTCOMES.index, default="pass")
