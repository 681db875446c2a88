"""Periods and deadlines of report duties, without the ORM."""

from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

MONTHS = {"month": 1, "quarter": 3}


def get_period(day, interval):
    """Return first and last day of the week, month or quarter of a day."""
    if interval == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    first = day.replace(day=1)
    if interval == "quarter":
        first = first.replace(month=3 * ((day.month - 1) // 3) + 1)
    return first, first + relativedelta(months=MONTHS[interval], days=-1)


def get_due(period, anchor, days, hour, zone):
    """Return when a report of a period is due, as a naive moment in UTC.

    :param period: (first day, last day)
    :param anchor: ``start`` or ``end`` of the period, from which days are counted
    :param days: int; below 0: before that day
    :param hour: float, hour of the day on the clock of the user
    :param zone: name of the time zone of the user
    """
    day = period[0 if anchor == "start" else 1] + timedelta(days=days)
    minutes = min(round(hour * 60), 24 * 60 - 1)
    moment = datetime.combine(day, time(minutes // 60, minutes % 60))
    local = pytz.timezone(zone).localize(moment)
    return local.astimezone(pytz.utc).replace(tzinfo=None)
