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


def main(env, core_database, result, *scripts):
    env.cr.commit()
    bench = Bench(Registry(core_database), env.registry)
    bars = [
        bar for script in scripts for bar in runpy.run_path(script)["measure"](bench)
    ]
    Path(result).write_text(json.dumps(bars, indent=1))


class Bench:
    """The same company twice: in `core` without the addon, in `addon` with it."""

    def __init__(self, core, addon):
        self._registries = {"core": core, "addon": addon}

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
        """Run an action on each key in both databases, turn about.

        :param prepare: ``f(env, key)``, not measured, gives what the action gets
        :param action: ``f(subject)``, measured with the flush that follows
        :return: {side: list of (seconds, queries)} without the first, warming runs
        """
        figures = {"core": [], "addon": []}
        for number, key in enumerate(keys):
            sides = ("core", "addon") if number % 2 else ("addon", "core")
            for side in sides:
                with self.environment(side, login) as env:
                    figure = _timed(env, prepare(env, key), action)
                if number >= WARM_UP:
                    figures[side].append(figure)
        return figures

    @staticmethod
    def medians(figures):
        """{side: median of seconds} of what :meth:`compare` returned."""
        return {
            side: statistics.median(seconds for seconds, _queries in values)
            for side, values in figures.items()
        }

    @staticmethod
    def bar(name, figure, bar, unit="", is_floor=False):
        """A figure that must not be above (a floor: below) its bar."""
        return {
            "name": name,
            "figure": round(figure, 3),
            "bar": bar,
            "unit": unit,
            "is_floor": is_floor,
        }


def _timed(env, subject, action):
    env.cr.flush()
    gc.collect()
    queries, started = env.cr.sql_log_count, time.perf_counter()
    action(subject)
    env.cr.flush()
    return time.perf_counter() - started, env.cr.sql_log_count - queries
