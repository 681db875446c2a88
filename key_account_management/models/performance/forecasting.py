"""What a period will probably bring, and how good such forecasts were."""


def get_run_rate(fact, gone, whole):
    """Return the result of a period that goes on as it began.

    :param fact: what was reached so far
    :param gone: working days that have gone
    :param whole: working days of the period
    """
    if not gone:
        return fact
    return round(fact * whole / gone, 2)


def get_error(forecast, fact):
    """Return by how many percent of the fact a forecast was wrong, or None."""
    if not fact:
        return None
    return round(100 * abs(forecast - fact) / abs(fact), 2)


def get_mean(errors):
    """Return the mean of percents (the MAPE of forecasts), or None without any.

    :param errors: list of percents; None is left out
    """
    known = [error for error in errors if error is not None]
    return round(sum(known) / len(known), 2) if known else None


def parse_days(text):
    """Return the days of the month that are chosen in a text such as ``10, 20``.

    :raise ValueError: for what is no list of days from 1 to 28
    """
    days = {int(part) for part in (text or "").split(",") if part.strip()}
    if not days <= set(range(1, 29)):
        raise ValueError(text)
    return sorted(days)
