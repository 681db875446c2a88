"""Which levels of the dunning ladder an item takes today."""

from collections import namedtuple

Level = namedtuple("Level", "id days action")
Choice = namedtuple("Choice", "carried_out skipped")


def is_reached(level, days, days_off=0):
    """Tell whether an item has reached a level.

    :param days: since the due date, negative before
    :param days_off: days off that follow today; a reminder does not wait for them
    """
    return days + (days_off if level.days < 0 else 0) >= level.days


def choose(levels, days, done, is_demand_due, days_off=0):
    """Return the levels to carry out and those to skip.

    The highest one reached is carried out, those below it that were never taken are
    skipped. A formal demand waits until a letter was sent long enough ago, and all
    above it with it; a letter that was skipped is then made up for.

    :param levels: those that apply to the item, lowest first
    :param days: since the due date
    :param done: dict level id -> outcome of the levels taken already
    :param is_demand_due: whether a letter was sent long enough ago
    :param days_off: days off that follow today
    """
    reached = [level for level in levels if is_reached(level, days, days_off)]
    carried_out = []
    demands = [x for x in reached if x.action == "demand" and x.id not in done]
    if demands and not is_demand_due:
        reached = [level for level in reached if level.days < demands[0].days]
        carried_out = _get_missing_letter(reached, done)
    position = max((level.days for level in levels if level.id in done), default=None)
    pending = [x for x in reached if position is None or x.days > position]
    if pending and (pending[-1].days >= 0 or days <= 0):
        carried_out = [x for x in carried_out if x != pending[-1]] + pending[-1:]
        pending = [x for x in pending if x not in carried_out]
        return Choice(carried_out, pending)
    return Choice(carried_out, [])


def _get_missing_letter(reached, done):
    """Return the letter that a demand wants, unless one was written."""
    letters = [x for x in reached if x.action == "letter" and x.days > 0]
    if any(done.get(level.id, "skipped") != "skipped" for level in letters):
        return []
    return letters[-1:]
