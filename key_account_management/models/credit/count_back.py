"""Days of sales outstanding by count-back over calendar months."""

from datetime import timedelta

LONGEST = 365


def count_back(receivable, sales, date_to):
    """Return how many days of sales make up a receivable: (days, is_over).

    From the month of ``date_to``, whose days up to then count, back month by month,
    the last one pro rata.

    :param receivable: balance at the close of ``date_to``
    :param sales: dict first day of month -> sales of it up to ``date_to``, taxes
        included, net of credit notes
    :return: (days as float, or None without receivable and sales; whether it is
        more than :data:`LONGEST`, which is then returned)
    """
    if not receivable and not any(sales.values()):
        return None, False
    days, end = 0.0, date_to
    while receivable > 0:
        month = end.replace(day=1)
        amount = sales.get(month, 0)
        if amount > receivable:
            days += end.day * float(receivable) / float(amount)
            break
        receivable -= amount
        days += end.day
        end = month - timedelta(days=1)
        if days > LONGEST:
            break
    return (float(LONGEST), True) if days > LONGEST else (days, False)


def first_month(date_to):
    """Return the first day of the earliest month that :func:`count_back` reads."""
    end = date_to - timedelta(days=LONGEST)
    return end.replace(day=1)
