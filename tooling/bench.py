"""Measure on a large company, against Odoo without the addon where there is a core.

Runs the `measure` function of the scripts in tests/bench and prints a line per bar:
name, figure, bar, `ok` or `short`. The exit code is 1 if a figure falls short. Two
databases hold the same data, one without and one with the addon; they are made once
for a state of the code. `--large` measures on a big wholesaler, and next to it on the
ordinary company, to tell what grows with the size.
"""

import json
from contextlib import ExitStack
from pathlib import Path

from . import environment, paths
from .console import Failure, say, step, table

HELP = "measure speed against the bars; exit code 1 if one is not met"
FOLDER = paths.ROOT / "tests" / "bench"
COMPANY = FOLDER / "company.py"
CLIENTS = FOLDER / "key_clients.py"
RUNNER = FOLDER / "runner.py"
SIZES = {"partners": 1000, "invoices": 20000, "orders": 20000}
LARGE = {"partners": 20000, "invoices": 500000, "orders": 300000}


def add_arguments(parser):
    parser.add_argument("--json", metavar="FILE", help="keep the figures in a file")
    parser.add_argument(
        "only", nargs="*", help="names of scripts in tests/bench, without .py (all)"
    )
    parser.add_argument(
        "--large", action="store_true", help="a big wholesaler; takes half an hour"
    )


def run(options, _rest):
    scripts = scripts_of(options.only)
    sizes = {"bench_large": LARGE} if options.large else {}
    sizes["bench"] = SIZES
    with environment.ready(browser=False) as env, ExitStack() as copies:

        def copy(name, purpose):
            throw_away = env.databases.throw_away(name, f"measured_{purpose}")
            return copies.enter_context(throw_away)

        cores = {purpose: _core(env, purpose, sizes[purpose]) for purpose in sizes}
        pairs = [
            (copy(core, "core"), copy(_with_addon(env, purpose, core), "addon"))
            for purpose, core in cores.items()
        ]
        base = env.databases.base()
        installing = {
            "full": copy(next(iter(cores.values())), "full"),
            "empty": copy(base, "empty"),
            "demo": copy(base, "demo"),
        }
        bars = _measure(env, pairs, installing, scripts)
    say(table(("Name", "Figure", "Bar", ""), map(line_of, bars)))
    if options.json:
        kept = {"sizes": next(iter(sizes.values())), "bars": bars}
        Path(options.json).write_text(json.dumps(kept, indent=1) + "\n")
    return 0 if all(map(is_met, bars)) else 1


def scripts_of(names):
    """The scripts to run; all that have a function `measure` if none is named."""
    known = {
        path.stem: path
        for path in sorted(FOLDER.glob("*.py"))
        if "\ndef measure(" in path.read_text()
    }
    unknown = set(names) - set(known)
    if unknown:
        raise Failure(f"no such script in tests/bench: {', '.join(sorted(unknown))}")
    return [known[name] for name in names or known]


def is_met(bar):
    """Whether a figure is not above its bar (or, for a floor, not below).

    A figure without a bar is only told.
    """
    if bar["bar"] is None:
        return True
    if bar["is_floor"]:
        return bar["figure"] >= bar["bar"]
    return bar["figure"] <= bar["bar"]


def line_of(bar):
    unit = f" {bar['unit']}" if bar["unit"] else ""
    figure = f"{bar['figure']:g}{unit}"
    if bar["bar"] is None:
        return bar["name"], figure, "–", ""
    border = f"{'≥' if bar['is_floor'] else '≤'} {bar['bar']:g}{unit}"
    return bar["name"], figure, border, "ok" if is_met(bar) else "short"


def _core(env, purpose, sizes):
    """Name of the database with the company and without the addon."""
    numbers = [str(size) for size in sizes.values()]
    parts = (COMPANY.read_text(), *numbers)

    def fill(current, name):
        configuration = env.configuration(name, with_addon=False)
        _inside(env, current, configuration, COMPANY, *numbers)

    return _made(env, f"{purpose}_core", env.databases.base(), parts, fill)


def _with_addon(env, purpose, core):
    """Name of the same database with the addon installed, and its key clients."""
    parts = (CLIENTS.read_text(), paths.digest_of([paths.ROOT / paths.ADDON]))

    def fill(current, name):
        env.databases.install(current, name, [paths.ADDON])
        _inside(env, current, env.configuration(name), CLIENTS)

    return _made(env, f"{purpose}_addon", core, parts, fill)


def _made(env, purpose, source, parts, fill):
    """Name of a copy of a database that has been filled, made if parts have changed."""

    def build(current, name):
        env.databases.copy(source, name)
        fill(current, name)

    mark = env.databases.digest(env.databases.mark(source), *parts)
    return env.databases.made(purpose, mark, "company to measure on", build)


def _inside(env, current, configuration, script, *arguments):
    log = f"bench-{script.stem}.log"
    env.run_inside(configuration, script, *arguments, current=current, log=log)


def _measure(env, pairs, installing, scripts):
    """Run the scripts on pairs of (core, addon), the one to measure first.

    :param installing: names of databases to install in
    """
    result = paths.LOGS / "bench.json"
    names = {
        "pairs": pairs,
        "installing": {
            what: (str(env.configuration(name)), name)
            for what, name in installing.items()
        },
        "scripts": list(map(str, scripts)),
    }
    with step("Measuring") as current:
        configuration = env.configuration(pairs[0][1])
        _inside(env, current, configuration, RUNNER, result, json.dumps(names))
    return json.loads(result.read_text())
