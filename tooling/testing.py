"""Run the tests on a database with the addon freshly installed.

usage: ./kam test [--keep-db] [--no-lint] [pytest arguments]

All other arguments go to pytest: paths (of this repository or not), -k, -x, … A run
without a selection lints the code first. A skipped test or a lint finding fails the
run. --keep-db runs on a database that is kept and upgraded, not on a fresh copy.

Tests that make databases of their own find what they need in the environment:
KAM_PYTHON, KAM_ODOO_PATH (for PYTHONPATH), KAM_ODOO_RC, KAM_ROOT, KAM_BASE (name of
a database with the addon's dependencies, to copy), KAM_DEMO (of one with the demo
company, if one is there), PGHOST, PGPORT, PGUSER.
"""

import os
from contextlib import nullcontext
from pathlib import Path

from . import environment, lint, paths

PASSING = True
HELP = "run the tests; arguments are passed on to pytest"
FLAVOUR = "plain"
SELECTING = ("-k", "-m", "--lf", "--last-failed", "--ff", "--sw", "--stepwise")
ASKING = ("--co", "--collect-only", "--fixtures", "--markers", "--version")


def add_arguments(parser):
    parser.add_argument("--keep-db", action="store_true", help="keep the database")
    parser.add_argument("--no-lint", action="store_true", help="do not lint first")


def run(options, rest):
    arguments = [absolute(argument) for argument in rest]
    with environment.ready() as env:
        clean = True
        if not is_selection(arguments):
            clean = options.no_lint or lint.is_clean(env.python)
            env.databases.template("demo")  # made once for all workers
        with _database(env, options.keep_db) as name:
            return pytest(env, name, arguments, clean)


def absolute(argument):
    """A pytest argument with its path made absolute, if it is a path."""
    path, separator, node = argument.partition("::")
    if argument.startswith("-") or not os.path.exists(path):
        return argument
    return f"{Path(path).resolve()}{separator}{node}"


def is_selection(arguments):
    """Whether the arguments choose some tests, or only ask something."""
    return any(
        argument.startswith(SELECTING + ASKING)
        or (not argument.startswith("-") and os.path.exists(argument.split("::")[0]))
        for argument in arguments
    )


def _database(env, keep):
    """A context manager with the name of the database to test on."""
    if keep:
        return nullcontext(env.databases.kept("kept", FLAVOUR, "database to test on"))
    return env.databases.throw_away(env.databases.template(FLAVOUR), "test")


def pytest(env, database, arguments, clean=True):
    """Run pytest on a database; its exit code."""
    configuration = str(env.configuration(database))
    return env.run(
        *("pytest", "-p", "tooling.inside.pytest_verdict"),
        *("-c", paths.ROOT / "pyproject.toml", "--rootdir", paths.ROOT),
        *("--odoo-http", "--odoo-log-level=error", *arguments),
        ODOO_RC=configuration,
        KAM_ODOO_RC=configuration,
        KAM_BASE=env.databases.base(),
        KAM_DEMO=env.databases.current("demo") or "",
        KAM_LINT="" if clean else "findings",
    )
