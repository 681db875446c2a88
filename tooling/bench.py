"""Measure on a large company, against Odoo without the addon where there is a core.

Runs the `measure` function of the scripts in tests/bench and prints a line per bar:
name, figure, bar, `ok` or `short`. The exit code is 1 if a figure falls short. Two
databases hold the same data, one without and one with the addon; they are made once
for a state of the code.
"""

import json
from pathlib import Path

from . import environment, paths
from .console import Failure, say, step, table

HELP = "measure speed against the bars; exit code 1 if one is not met"
FOLDER = paths.ROOT / "tests" / "bench"
COMPANY = FOLDER / "company.py"
RUNNER = Path(__file__).parent / "inside" / "bench_runner.py"
SIZES = {"partners": 1000, "invoices": 20000, "orders": 20000}


def add_arguments(parser):
    parser.add_argument("--json", metavar="FILE", help="keep the figures in a file")
    parser.add_argument(
        "only", nargs="*", help="names of scripts in tests/bench, without .py (all)"
    )
    for name, size in SIZES.items():
        parser.add_argument(
            f"--{name}", type=int, default=size, help=f"{name} (%(default)s)"
        )


def run(options, _rest):
    scripts = scripts_of(options.only)
    sizes = [str(getattr(options, name)) for name in SIZES]
    with environment.ready(browser=False) as env:
        core = _core(env, sizes)
        addon = _with_addon(env, core)
        with (
            env.databases.throw_away(core, "measured_core") as core_copy,
            env.databases.throw_away(addon, "measured_addon") as addon_copy,
        ):
            bars = _measure(env, core_copy, addon_copy, scripts)
    say(table(("Name", "Figure", "Bar", ""), map(line_of, bars)))
    if options.json:
        kept = {"sizes": dict(zip(SIZES, map(int, sizes), strict=True)), "bars": bars}
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
    """Whether a figure is not above its bar (or, for a floor, not below)."""
    if bar["is_floor"]:
        return bar["figure"] >= bar["bar"]
    return bar["figure"] <= bar["bar"]


def line_of(bar):
    unit = f" {bar['unit']}" if bar["unit"] else ""
    sign = "≥" if bar["is_floor"] else "≤"
    return (
        bar["name"],
        f"{bar['figure']:g}{unit}",
        f"{sign} {bar['bar']:g}{unit}",
        "ok" if is_met(bar) else "short",
    )


def _core(env, sizes):
    """Name of the database with the company and without the addon."""
    base = env.databases.base("plain")

    def build(current, name):
        env.databases.copy(base, name)
        configuration = env.configuration(name, with_addon=False)
        env.run_inside(
            *(configuration, COMPANY, *sizes), current=current, log="bench-company.log"
        )

    mark = env.databases.digest(env.databases.mark(base), COMPANY.read_text(), *sizes)
    return env.databases.made("bench_core", mark, "company to measure on", build)


def _with_addon(env, core):
    """Name of the same database with the addon installed."""

    def build(current, name):
        env.databases.copy(core, name)
        env.databases.install(current, name, [paths.ADDON])

    mark = env.databases.digest(
        env.databases.mark(core), paths.digest_of(paths.addon_folders())
    )
    return env.databases.made("bench_addon", mark, "company with the addon", build)


def _measure(env, core, addon, scripts):
    result = paths.LOGS / "bench.json"
    with step("Measuring") as current:
        env.run_inside(
            *(env.configuration(addon), RUNNER, core, result, *scripts),
            current=current,
            log="bench.log",
        )
    return json.loads(result.read_text())
