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
    above it with it; a letter that was skipped is then made up for. It is never passed
    over itself: what is above it waits until it was sent, or somebody dropped it.

    :param levels: those that apply to the item, lowest first
    :param days: since the due date
    :param done: dict level id -> outcome of the levels taken already
    :param is_demand_due: whether a letter was sent long enough ago
    :param days_off: days off that follow today
    """
    reached = [level for level in levels if is_reached(level, days, days_off)]
    carried_out = []
    demand = next((x for x in reached if _is_awaited(x, done)), None)
    if demand and done.get(demand.id) != "draft" and not is_demand_due:
        reached = [level for level in reached if level.days < demand.days]
        carried_out = _get_missing_letter(reached, done)
    elif demand:
        reached = [level for level in reached if level.days <= demand.days]
        carried_out = [demand] if done.get(demand.id) == "skipped" else []
    position = max((level.days for level in levels if level.id in done), default=None)
    pending = [x for x in reached if position is None or x.days > position]
    if pending and (pending[-1].days >= 0 or days <= 0):
        carried_out = [x for x in carried_out if x != pending[-1]] + pending[-1:]
        pending = [x for x in pending if x not in carried_out]
        return Choice(carried_out, pending)
    return Choice(carried_out, [])


def _is_awaited(level, done):
    """Tell whether a level is a formal demand that has not left yet."""
    return level.action == "demand" and done.get(level.id) in (None, "skipped", "draft")


def _get_missing_letter(reached, done):
    """Return the letter that a demand wants, unless one was written."""
    letters = [x for x in reached if x.action == "letter" and x.days > 0]
    if any(done.get(level.id, "skipped") != "skipped" for level in letters):
        return []
    return letters[-1:]
