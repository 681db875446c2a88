"""Simple interest for late payment."""

from datetime import timedelta


def get_penalty(amount, due, payments, today, rate, cap_percent=0.0):
    """Return the interest on a debt from the day after it was due through today.

    Each day bears interest on what is open at its close, so that a payment ends it
    from its own day on. Not rounded.

    :param amount: the debt at first
    :param due: last day to pay in time
    :param payments: iterable of (date, amount) that reduced it
    :param rate: percent per day
    :param cap_percent: at most so many percent of ``amount``; 0 for no cap
    """
    first, base, total = due + timedelta(days=1), amount, 0.0
    for date, paid in sorted(payments):
        if date > today:
            break
        total += base * max((date - first).days, 0)
        first, base = max(first, date), base - paid
    total += max(base, 0) * max((today - first).days + 1, 0)
    penalty = total * rate / 100
    return min(penalty, amount * cap_percent / 100) if cap_percent else penalty
