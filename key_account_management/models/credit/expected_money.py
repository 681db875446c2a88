"""When money will probably be there, from due dates and a payer's own lateness."""

from datetime import timedelta

MEDIAN, CAUTIOUS = 0.5, 0.8


def get_quantile(parts, share, beyond=None):
    """Return the days by which ``share`` of the money had come.

    :param parts: (days after the due date, amount) of past payments
    :param share: between 0 and 1; weighed by amounts
    :param beyond: only of what came more days late than this
    :return: days, negative if before the due date; None without such payments
    """
    known = sorted(part for part in parts if beyond is None or part[0] > beyond)
    wanted = share * sum(amount for _days, amount in known)
    reached = 0.0
    for days, amount in known:
        reached += amount
        if reached >= wanted:
            return days
    return None


def get_expected_date(items, needed, parts, share, today):
    """Return the first day on which enough of the open items is probably paid.

    What is later already than its payer ever was is not expected. A payer without
    history is expected to pay on the due date, or today.

    :param items: (due date, open amount)
    :param needed: how much money
    :param parts: payments of the past as of :func:`get_quantile`
    :param share: :data:`MEDIAN`, or :data:`CAUTIOUS`
    :return: date, not before today; None if the items are not enough
    """
    arrivals = []
    for due, amount in items:
        overdue = (today - due).days
        days = get_quantile(parts, share, overdue if overdue > 0 else None)
        if days is None and not parts:
            days = 0
        if days is not None:
            arrivals.append((max(today, due + timedelta(days=days)), amount))
    for day, amount in sorted(arrivals):
        needed -= amount
        if needed <= 0:
            return day
    return None
