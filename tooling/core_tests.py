"""Run Odoo's own test suites without and with the addon, and compare.

A test that fails only with the addon is run again in both databases, by itself, so
that a test which fails now and then is not held against the addon. A query budget
that is exceeded by no more than two is listed and does not count as a failure. The
exit code is 1 if a test fails only with the addon. It takes about an hour; logs and
results are kept in .kam/logs.
"""

import json
from pathlib import Path

from . import environment, paths, serving
from .console import say, step, table

HELP = "run Odoo's own tests without and with the addon, and compare"
MODULES = ("sale", "sale_management", "crm", "sale_crm", "account", "payment")
SCRIPT = Path(__file__).parent / "inside" / "core_suite.py"
FLAVOUR = "plain"
WITHOUT, WITH = "without", "with"


def add_arguments(parser):
    parser.add_argument(
        "--modules",
        default=",".join(MODULES),
        help="modules whose tests are run, separated by commas (%(default)s)",
    )
    parser.add_argument(
        "--tags", default="standard", help="Odoo's test tags (%(default)s)"
    )


def run(options, _rest):
    with environment.ready() as env:
        results = {
            side: _suite(env, side, options.modules, options.tags)
            for side in (WITHOUT, WITH)
        }
        suspects = only_with(results[WITHOUT], results[WITH])
        if suspects:
            tags = ",".join(tag_of(test) for test in suspects)
            for side in (WITHOUT, WITH):
                again = _suite(env, side, options.modules, tags)
                results[side]["failed"] = merged(results[side], again, suspects)
        return _report(results)


def _suite(env, side, modules, tags):
    """Run the suites on a fresh copy; what `inside/core_suite.py` wrote down."""
    purpose = "base" if side == WITHOUT else "template"
    source = getattr(env.databases, purpose)(FLAVOUR)
    with env.databases.throw_away(source, f"core_{side}") as name:
        result = paths.LOGS / f"core-{side}.json"
        configuration = env.configuration(
            name, with_addon=side == WITH, http_port=serving.free_port()
        )
        with step(f"Odoo's tests {side} the addon") as current:
            env.run_inside(
                *(configuration, SCRIPT, modules, tags, result),
                current=current,
                log=f"core-{side}.log",
            )
            outcome = json.loads(result.read_text())
            current.outcome = (
                f"{outcome['run']} tests, {len(outcome['failed'])} failed, "
                f"{len(outcome['skipped'])} skipped"
            )
    return outcome


def only_with(without, with_addon):
    """Tests that failed with the addon and not without it."""
    return sorted(set(with_addon["failed"]) - set(without["failed"]))


def merged(first, again, suspects):
    """Failures of the first run, those of the suspects taken from the second."""
    kept = {
        test: text for test, text in first["failed"].items() if test not in suspects
    }
    return kept | again["failed"]


def tag_of(test):
    """Odoo's test tag for a test called `module:Class.method`."""
    module, _, name = test.partition(":")
    class_name, _, method = name.partition(".")
    return f"/{module}:{class_name}" + (f".{method}" if method else "")


def _report(results):
    without, with_addon = results[WITHOUT], results[WITH]
    new = only_with(without, with_addon)
    budgets = [test for test in new if test in with_addon["budgets"]]
    failures = [test for test in new if test not in budgets]
    both = sorted(set(without["failed"]) & set(with_addon["failed"]))
    rows = [
        *((test, "passes", "FAILS", with_addon["failed"][test]) for test in failures),
        *((test, "passes", "budget", with_addon["budgets"][test]) for test in budgets),
        *((test, "fails", "fails", with_addon["failed"][test]) for test in both),
    ]
    if rows:
        say(table(("Test", "Without", "With", "Why"), rows))
    say(
        f"{with_addon['run']} tests with the addon, {without['run']} without: "
        f"{len(failures)} fail only with it, {len(budgets)} exceed a query budget by "
        f"up to two, {len(both)} fail in both."
    )
    return 1 if failures else 0
