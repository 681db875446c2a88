"""Run the `measure` functions of scripts, and write down their bars.

A script says `def measure(bench)`; it gets a :class:`Bench` and returns dictionaries
made by ``bench.bar()``.
"""

import gc
import json
import runpy
import statistics
import time
from contextlib import contextmanager
from pathlib import Path

import odoo.api
from odoo.modules.registry import Registry

WARM_UP = 5
RUNS = 11


def main(env, result, names):
    env.cr.commit()
    names = json.loads(names)
    pairs = [map(Registry, pair) for pair in names["pairs"]]
    bench = Bench(*pairs, installing=names["installing"])
    bars = []
    for script in names["scripts"]:
        print(Path(script).stem, flush=True)
        bars += runpy.run_path(script)["measure"](bench)
    Path(result).write_text(json.dumps(bars, indent=1))


class Bench:
    """The same company twice: in `core` without the addon, in `addon` with it.

    Next to a large company there is a small one, as `small_core` and `small_addon`.
    `installing` names configurations and databases to install in: `full` is a copy of
    `core`, `empty` and `demo` are copies of the base, which has no documents.
    """

    def __init__(self, pair, small=None, installing=None):
        self._registries = dict(zip(("core", "addon"), pair, strict=True))
        self.has_small = small is not None
        if self.has_small:
            sides = zip(("small_core", "small_addon"), small, strict=True)
            self._registries |= dict(sides)
        self.installing = installing

    @contextmanager
    def environment(self, side, login=None, keep=False):
        """An environment in a transaction of its own, rolled back unless kept."""
        with self._registries[side].cursor() as cursor:
            env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
            if login:
                user = env["res.users"].search([("login", "=", login)])
                env = env(user=user.id, context=user.context_get())
            yield env
            if not keep:
                env.clear()
                cursor.rollback()

    def compare(self, prepare, action, keys, login=None):
        """Run an action on each key in all databases, turn about.

        :param prepare: ``f(env, key)``, not measured, gives what the action gets
        :param action: ``f(subject)``, measured with the flush that follows
        :return: {side: list of (seconds, queries)} without the first, warming runs
        """
        figures = {side: [] for side in self._registries}
        for number, key in enumerate(keys):
            for side in list(figures)[:: 1 if number % 2 else -1]:
                with self.environment(side, login) as env:
                    figure = timed(env, prepare(env, key), action)
                if number >= WARM_UP:
                    figures[side].append(figure)
        return figures

    def against_sql(self, prepare, action, sql, login=None, runs=RUNS):
        """Run an action and raw SQL in the database with the addon, turn about.

        :param sql: ``f(env)``, raw SQL that yields the same
        :return: {"action" or "sql": list of (seconds, queries)}
        """
        figures = {"action": [], "sql": []}
        for number in range(runs + 1):
            with self.environment("addon", login) as env:
                raw = timed(env, env, sql)
            with self.environment("addon", login) as env:
                done = timed(env, prepare(env), action)
            if number:
                figures["sql"].append(raw)
                figures["action"].append(done)
        return figures

    @staticmethod
    def medians(figures):
        """{side: median of seconds} of what :meth:`compare` returned."""
        return {
            side: statistics.median(seconds for seconds, _queries in values)
            for side, values in figures.items()
        }

    @staticmethod
    def timed(env, subject, action):
        """(seconds, queries) of an action and the flush that follows."""
        return timed(env, subject, action)

    @staticmethod
    def most_queries(figures):
        """How many queries the addon makes beyond core, at most."""
        pairs = zip(figures["core"], figures["addon"], strict=True)
        return max(addon - core for (_, core), (_, addon) in pairs)

    @staticmethod
    def bar(name, figure, bar, unit="", is_floor=False):
        """A figure that must not be above (a floor: below) its bar; None: told only."""
        return {
            "name": name,
            "figure": round(figure, 3),
            "bar": bar,
            "unit": unit,
            "is_floor": is_floor,
        }


def timed(env, subject, action):
    env.cr.flush()
    gc.collect()
    queries, started = env.cr.sql_log_count, time.perf_counter()
    action(subject)
    env.cr.flush()
    return time.perf_counter() - started, env.cr.sql_log_count - queries
