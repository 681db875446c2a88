"""From completions to variable pay, without the ORM.

The inputs are a dict that is kept with the card, so that the same functions give the
same money for ever:

``days`` (of the month), ``digits`` (of the currency), ``parts`` (dict metric -> dict
of ``fact`` and ``plan``), ``criteria`` (dict code -> result, None: not applicable) and
``schemes``: list of dicts of ``name``, ``days`` in force, ``amount``, ``weights``
(dict metric -> percent), ``threshold``, ``cap`` and ``accelerator`` in percent,
``curve`` and ``correctors`` (dict code -> list of [border, percent]).

Everything is exact until money is rounded, so that a border is a border.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil

from .splitting import split

METRICS = ("turnover", "active_clients", "new_clients")
COUNTS = ("active_clients", "new_clients")
# Criteria 5.3 to 5.8: what a corrector may read.
CORRECTING = (
    *("settlement", "debt", "reports", "claims"),
    *("evaluations", "complaints"),
)
# What is tried out beside the borders: this share of the plan of turnover.
TRIED = Fraction(2, 100)


def _exact(number):
    return Fraction(str(round(number, 6)))


def _round(money, digits):
    unit = Decimal(1).scaleb(-digits)
    exact = Decimal(money.numerator) / Decimal(money.denominator)
    return float(exact.quantize(unit, ROUND_HALF_UP))


def get_completion(part):
    """Return the percent of a plan that was reached, exact; None without a plan."""
    if not part or part["plan"] <= 0:
        return None
    return 100 * _exact(part["fact"]) / _exact(part["plan"])


def get_payout(completion, scheme):
    """Return the percent of the amount that a completion earns, exact.

    Nothing below the threshold, which itself pays. Up to 100 the completion, or on
    the linear curve a line from 0 at the threshold; beyond, 100 + accelerator × the
    excess, up to the cap.
    """
    threshold = _exact(scheme["threshold"])
    if completion < threshold or completion <= 0:
        return Fraction(0)
    if completion < 100 and scheme["curve"] == "linear":
        return 100 * (completion - threshold) / (100 - threshold)
    if completion < 100:
        return completion
    excess = _exact(scheme["accelerator"]) * (completion - 100)
    return min(_exact(scheme["cap"]), 100 + excess)


def get_corrector(actual, ranges):
    """Return the percent of a corrector: that of the highest border reached, else 0."""
    if actual is None:
        return 0
    reached = [percent for border, percent in sorted(ranges) if actual >= border]
    return reached[-1] if reached else 0


def _get_weights(scheme, parts):
    """Return dict metric -> (weight in percent, completion) of the planned parts.

    The weight of a part without a plan is spread over the others.
    """
    found = {
        metric: (_exact(weight), get_completion(parts.get(metric)))
        for metric, weight in scheme["weights"].items()
        if weight > 0
    }
    planned = {m: pair for m, pair in found.items() if pair[1] is not None}
    whole = sum(weight for weight, _completion in planned.values())
    return {m: (100 * w / whole, c) for m, (w, c) in planned.items()}


def _get_factor(scheme, criteria):
    """Return (Π(1 + corrector), list of (code, result, percent) that apply)."""
    factor, rows = Fraction(1), []
    for code, ranges in scheme["correctors"].items():
        percent = get_corrector(criteria.get(code), ranges)
        if percent:
            factor *= max(Fraction(0), 1 + _exact(percent) / 100)
            rows.append((code, criteria[code], percent))
    return factor, rows


def _get_scheme_pay(scheme, inputs):
    """Return what one scheme pays, with every step of it."""
    weights = _get_weights(scheme, inputs["parts"])
    factor, correctors = _get_factor(scheme, inputs["criteria"])
    amount = _exact(scheme["amount"]) * scheme["days"] / inputs["days"]
    shares = {
        metric: weight * get_payout(completion, scheme) / 100
        for metric, (weight, completion) in weights.items()
    }
    rate = sum(shares.values(), Fraction(0))
    before = _round(amount * rate / 100, inputs["digits"])
    moneys = split(before, [float(s) for s in shares.values()], inputs["digits"])
    parts = [
        {
            "metric": metric,
            "weight": float(round(weight, 2)),
            "completion": float(completion),
            "payout": float(get_payout(completion, scheme)),
            "pay": money,
            **inputs["parts"][metric],
        }
        for (metric, (weight, completion)), money in zip(
            weights.items(), moneys, strict=True
        )
    ]
    return {
        "name": scheme["name"],
        "days": scheme["days"],
        "amount": _round(amount, inputs["digits"]),
        "rate": float(rate),
        "parts": parts,
        "before": before if parts else 0.0,
        "correctors": correctors,
        "factor": float(factor),
        "pay": _round(amount * rate * factor / 100, inputs["digits"]),
    }


def explain(inputs):
    """Return every step of the pay: one dict per scheme, as they are printed."""
    return [_get_scheme_pay(scheme, inputs) for scheme in inputs["schemes"]]


def get_pay(inputs):
    """Return what the schemes of a month pay, never below 0."""
    return round(sum(row["pay"] for row in explain(inputs)), inputs["digits"])


def add(inputs, more):
    """Return the inputs with something more of the facts.

    :param more: dict metric -> what is added
    """
    parts = {
        metric: {**part, "fact": round(part["fact"] + more.get(metric, 0), 2)}
        for metric, part in inputs["parts"].items()
    }
    return {**inputs, "parts": parts}


def _get_borders(scheme):
    """Return the completions from which another step of the curve begins."""
    borders = [_exact(scheme["threshold"]), Fraction(100)]
    accelerator = _exact(scheme["accelerator"])
    if accelerator > 0:
        borders.append(100 + (_exact(scheme["cap"]) - 100) / accelerator)
    return borders


def _get_tries(metric, inputs):
    """Return how much more of a metric is worth trying, smallest first."""
    part = inputs["parts"].get(metric)
    completion = get_completion(part)
    if completion is None:
        return []
    plan, unit = _exact(part["plan"]), 1 if metric in COUNTS else Fraction(1, 100)
    gaps = {
        (border - completion) * plan / 100
        for scheme in inputs["schemes"]
        if scheme["weights"].get(metric)
        for border in _get_borders(scheme)
    }
    gaps.add(Fraction(1) if metric in COUNTS else plan * TRIED)
    return sorted({float(ceil(gap / unit) * unit) for gap in gaps if gap > 0})


def get_steps(inputs):
    """Return what more would pay more, at the completion to date.

    :return: list of dicts of ``metric``, ``more`` and ``gain`` in money, by metric
        from the nearest step to the cap
    """
    now, steps = get_pay(inputs), []
    for metric in METRICS:
        for more in _get_tries(metric, inputs):
            gain = round(get_pay(add(inputs, {metric: more})) - now, inputs["digits"])
            if gain > 0:
                steps.append({"metric": metric, "more": more, "gain": gain})
    return steps
