"""Working days of a period, without the ORM."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

WEEKEND = 5


def count_workdays(first, last):
    """Return the number of days from Monday to Friday, both ends included."""
    if last < first:
        return 0
    weeks, rest = divmod((last - first).days + 1, 7)
    return weeks * 5 + sum(
        (first + timedelta(days=day)).weekday() < WEEKEND for day in range(rest)
    )


def get_workday(first, last, number):
    """Return the day on which so many working days have gone, or the last one.

    :param number: int; 0 is the day before the first
    """
    day = first - timedelta(days=1)
    while day < last and count_workdays(first, day) < number:
        day += timedelta(days=1)
    return day


def get_share(first, last, until):
    """Return the share of the working days that have gone by the end of a day."""
    if until >= last:
        return 1.0
    whole = count_workdays(first, last)
    return count_workdays(first, until) / whole if whole else 1.0


def get_base(first, last, until, months):
    """Return first and last day of the month that so many months earlier is the base.

    While this month runs the base ends on the same working day.

    :param first: first day of this month
    :param last: last day of this month
    :param until: last day that counts
    """
    start = first - relativedelta(months=months)
    end = start + relativedelta(months=1, days=-1)
    if until < last:
        end = get_workday(start, end, count_workdays(first, until))
    return start, end
