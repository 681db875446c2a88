"""Run Odoo's own test suites without and with the addon, and compare.

A test that fails only with the addon is run again in both databases, by itself, so
that a test which fails now and then is not held against the addon. A query budget
that is exceeded by no more than two is listed and does not count as a failure. The
exit code is 1 if a test fails only with the addon. It takes about an hour. Results are
kept in .kam/core-tests for each module and state of the code, so a run that was
stopped goes on where it was; --again takes no result from an earlier run.
"""

import json

from . import databases, environment, paths, serving
from .console import say, step, table

HELP = "run Odoo's own tests without and with the addon, and compare"
MODULES = ("sale", "sale_management", "crm", "sale_crm", "account", "payment")
SCRIPT = databases.INSIDE / "core_suite.py"
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
    parser.add_argument(
        "--again", action="store_true", help="take no result from an earlier run"
    )


def run(options, _rest):
    modules = options.modules.split(",")
    with environment.ready() as env:
        results = {
            side: _side(env, side, modules, options.tags, options.again)
            for side in (WITHOUT, WITH)
        }
        suspects = only_with(results[WITHOUT], results[WITH])
        if suspects:
            tags = ",".join(map(tag_of, suspects))
            concerned = sorted({test.partition(":")[0] for test in suspects})
            for side in (WITHOUT, WITH):
                second = _side(env, side, concerned, tags, True)
                results[side] = merged(results[side], second, suspects)
        return _report(results)


def _side(env, side, modules, tags, again):
    """Outcome of the suites of all modules, without or with the addon."""
    source = env.databases.base()
    if side == WITH:
        source = env.databases.template("plain")
    state = env.databases.digest(env.databases.mark(source), tags)[:12]
    total = {"run": 0, "failed": {}, "budgets": {}, "skipped": []}
    for module in modules:
        result = paths.STATE / "core-tests" / f"{module}-{side}-{state}.json"
        with step(f"Odoo's tests of {module} {side} the addon") as current:
            if again or not result.exists():
                with env.databases.throw_away(source, f"core_{side}") as name:
                    _suite(env, current, name, side, module, tags, result)
            outcome = json.loads(result.read_text())
            current.outcome = (
                f"{outcome['run']} tests, {len(outcome['failed'])} failed, "
                f"{len(outcome['skipped'])} skipped"
            )
        total["run"] += outcome["run"]
        total["skipped"] += outcome["skipped"]
        for kind in ("failed", "budgets"):
            total[kind] |= outcome[kind]
    return total


def _suite(env, current, name, side, module, tags, result):
    """Run the suite of a module on a database; the outcome goes to a file."""
    configuration = env.configuration(
        name, with_addon=side == WITH, http_port=serving.any_port()
    )
    writing = result.with_suffix(".writing")
    writing.parent.mkdir(parents=True, exist_ok=True)
    arguments = (configuration, SCRIPT, module, tags, writing)
    env.run_inside(*arguments, current=current, log=f"core-{module}-{side}.log")
    writing.rename(result)


def only_with(without, with_addon):
    """Tests that failed with the addon and not without it."""
    return sorted(set(with_addon["failed"]) - set(without["failed"]))


def merged(first, again, suspects):
    """The first outcome, but for the suspects what the second run says."""
    result = dict(first)
    for kind in ("failed", "budgets"):
        kept = {test: why for test, why in first[kind].items() if test not in suspects}
        result[kind] = kept | again[kind]
    return result


def tag_of(test):
    """Odoo's test tag for a test called `module:Class.method`."""
    return "/" + test


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
