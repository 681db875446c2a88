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
RUNNER = Path(__file__).parent / "inside" / "bench_runner.py"
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
    for name, size in SIZES.items():
        parser.add_argument(f"--{name}", type=int, help=f"{name} ({size})")


def run(options, _rest):
    scripts = scripts_of(options.only)
    sizes = sizes_of(options)
    purpose = "bench_large" if options.large else "bench"
    with environment.ready(browser=False) as env, ExitStack() as copies:
        pairs = [_copies(env, copies, purpose, sizes)]
        if options.large:
            pairs.append(_copies(env, copies, "bench", SIZES))
        spare = _copy(env, copies, env.databases.name(f"{purpose}_core"), "spare")
        empty = _copy(env, copies, env.databases.base(), "empty")
        bars = _measure(env, pairs, spare, empty, scripts)
    say(table(("Name", "Figure", "Bar", ""), map(line_of, bars)))
    if options.json:
        kept = {"sizes": sizes, "bars": bars}
        Path(options.json).write_text(json.dumps(kept, indent=1) + "\n")
    return 0 if all(map(is_met, bars)) else 1


def sizes_of(options):
    """The numbers of records to measure on."""
    sizes = LARGE if options.large else SIZES
    return {name: getattr(options, name) or size for name, size in sizes.items()}


def _copies(env, copies, purpose, sizes):
    """Names of throw-away copies of the company without and with the addon."""
    core = _core(env, purpose, [str(size) for size in sizes.values()])
    addon = _with_addon(env, purpose, core)
    return [_copy(env, copies, core, "core"), _copy(env, copies, addon, "addon")]


def _copy(env, copies, name, purpose):
    throw_away = env.databases.throw_away(name, f"measured_{purpose}")
    return copies.enter_context(throw_away)


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
    if bar["bar"] is None:
        return bar["name"], f"{bar['figure']:g}{unit}", "–", ""
    sign = "≥" if bar["is_floor"] else "≤"
    return (
        bar["name"],
        f"{bar['figure']:g}{unit}",
        f"{sign} {bar['bar']:g}{unit}",
        "ok" if is_met(bar) else "short",
    )


def _core(env, purpose, sizes):
    """Name of the database with the company and without the addon."""
    base = env.databases.base()

    def build(current, name):
        env.databases.copy(base, name)
        configuration = env.configuration(name, with_addon=False)
        env.run_inside(
            *(configuration, COMPANY, *sizes), current=current, log="bench-company.log"
        )

    mark = env.databases.digest(env.databases.mark(base), COMPANY.read_text(), *sizes)
    return env.databases.made(f"{purpose}_core", mark, "company to measure on", build)


def _with_addon(env, purpose, core):
    """Name of the same database with the addon installed, and its key clients."""

    def build(current, name):
        env.databases.copy(core, name)
        env.databases.install(current, name, [paths.ADDON])
        env.run_inside(
            *(env.configuration(name), CLIENTS),
            current=current,
            log="bench-clients.log",
        )

    mark = env.databases.digest(
        env.databases.mark(core),
        CLIENTS.read_text(),
        paths.digest_of(paths.addon_folders()),
    )
    return env.databases.made(f"{purpose}_addon", mark, "company with the addon", build)


def _measure(env, pairs, spare, empty, scripts):
    """Run the scripts on pairs of (core, addon), the one to measure first."""
    result = paths.LOGS / "bench.json"
    names = {
        "pairs": pairs,
        "spare": spare,
        "configuration": str(env.configuration(spare)),
        "empty": empty,
        "empty_configuration": str(env.configuration(empty)),
        "scripts": list(map(str, scripts)),
    }
    with step("Measuring") as current:
        env.run_inside(
            *(env.configuration(pairs[0][1]), RUNNER, result, json.dumps(names)),
            current=current,
            log="bench.log",
        )
    return json.loads(result.read_text())
