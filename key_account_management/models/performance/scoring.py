"""From inputs to points and from points to a total, without the ORM.

The inputs of a criterion are a dict that is kept with the line of the card, so that
the same functions give the same numbers for ever:

``code``, ``scale`` (dict of ``kind`` linear or ranges, ``target``, ``floor``, ``cap``,
``ranges``: list of [from, points]), and by kind of criterion ``amount`` and ``base``
(sums of the records) or ``parts`` (list of dicts of ``metric``, ``weight``, ``fact``,
``plan``; with ``earlier``, dict metric -> plan, if a later version of the plan came
into force) or ``done`` and ``accepted`` (pairs of amount and base).
"""

from .splitting import largest_remainder

# Criteria that count justified cases: nothing happened is a full result.
COUNTED = ("claims", "evaluations", "complaints")
# Weight (of 100) without a base from which a card says too little about a month.
THIN = 30.0


def get_actual(inputs):
    """Return what was achieved, in the unit of the criterion.

    Growth in percent, plan in points of its parts, on time, clean and reports in
    percent, else a count. None: there is no base to measure against.
    """
    code = inputs["code"]
    if code in COUNTED:
        return float(inputs["amount"])
    if code == "plan":
        return _get_plan(inputs)
    if code == "reports":
        done, due = inputs["done"]
        accepted, sent = inputs["accepted"]
        if not due:
            return None
        return round(100 * done / due * (accepted / sent if sent else 1), 2)
    amount, base = inputs["amount"], inputs["base"]
    if base <= 0:
        return None
    if code == "growth":
        return round(100 * (amount - base) / base, 2)
    return round(100 * amount / base, 2)


def _get_plan(inputs):
    """Weighted completion of the parts that are planned, each up to the cap."""
    cap = inputs["scale"]["cap"]
    parts = [part for part in inputs["parts"] if part["plan"] > 0 and part["weight"]]
    weights = sum(part["weight"] for part in parts)
    if not weights:
        return None
    reached = sum(
        part["weight"] * max(0, min(cap, 100 * part["fact"] / part["plan"]))
        for part in parts
    )
    return round(reached / weights, 2)


def get_earlier_plan(inputs):
    """Return the fulfilment of the plan that a later version replaced, or None."""
    if not (targets := inputs.get("earlier")):
        return None
    parts = [
        {**part, "plan": targets.get(part["metric"], 0)} for part in inputs["parts"]
    ]
    return _get_plan({**inputs, "parts": parts})


def get_points(actual, scale):
    """Return the points of a result, between 0 and the cap of the scale.

    Linear: in proportion to the target; results below the floor give 0. Ranges are
    half-open: the points of the highest border that is reached.
    """
    cap = scale["cap"]
    if scale["kind"] == "ranges":
        reached = [points for border, points in sorted(scale["ranges"])]
        borders = [border for border, _points in sorted(scale["ranges"])]
        count = sum(1 for border in borders if actual >= border)
        points = reached[count - 1] if count else 0
    else:
        points = 100 * actual / scale["target"] if scale["target"] else 0
        points = points if points >= scale.get("floor", 0) else 0
    return round(max(0.0, min(float(cap), float(points))), 2)


def get_score(inputs):
    """Return (actual, points) of a criterion; (None, None): not applicable."""
    actual = get_actual(inputs)
    if actual is None:
        return None, None
    return actual, get_points(actual, inputs["scale"])


def get_weighted(lines):
    """Share the total of a card out over its lines.

    :param lines: list of (weight, points or None)
    :return: (total or None, list of weighted points, share of the weight without a
        base). The weighted points sum to the total to the hundredth: what rounding
        leaves goes to the largest remainders.
    """
    applicable = sum(weight for weight, points in lines if points is not None)
    everything = sum(weight for weight, _points in lines)
    missing = 100 * (everything - applicable) / everything if everything else 0
    if not applicable:
        return None, [0.0] * len(lines), missing
    exact = [weight * (points or 0) / applicable for weight, points in lines]
    total = round(sum(exact), 2)
    parts = largest_remainder(round(total * 100), [round(x, 9) for x in exact])
    if not round(total * 100):
        parts = [0] * len(lines)
    return total, [part / 100 for part in parts], round(missing, 2)


def get_mean(values):
    """Return the mean of (weight, value), None values left out; None without any."""
    known = [(weight, value) for weight, value in values if value is not None]
    weights = sum(weight for weight, _value in known)
    if not weights:
        return None
    return round(sum(weight * value for weight, value in known) / weights, 2)


def simulate(inputs_list, changes):
    """Return the total that a card would have with other inputs.

    :param inputs_list: list of (weight, inputs)
    :param changes: dict code -> dict of inputs that replace those of the criterion
    """
    lines = []
    for weight, inputs in inputs_list:
        changed = {**inputs, **changes.get(inputs["code"], {})}
        lines.append((weight, get_score(changed)[1]))
    return get_weighted(lines)[0]
