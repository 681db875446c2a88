"""Check the code: ruff (rules and layout) and pylint-odoo with the OCA rule set.

Prints each finding; the exit code is 1 if there is any.
"""

import subprocess

from . import packages, paths, python_env
from .console import step

HELP = "check the code with ruff and pylint-odoo"


def add_arguments(parser):
    parser.add_argument(
        "--fix", action="store_true", help="repair what ruff can repair by itself"
    )


def run(options, _rest):
    packages.ensure(server=False, browser=False)
    python = python_env.ensure()
    if options.fix:
        _call(python, "ruff", "check", "--fix")
        _call(python, "ruff", "format")
    return 0 if is_clean(python) else 1


def is_clean(python):
    """Whether the linters find nothing; their findings are printed."""
    with step("Linting") as current:
        clean = [
            _call(python, "ruff", "check"),
            _call(python, "ruff", "format", "--check"),
            _call(python, "pylint", "--rcfile=.pylintrc", *paths.addon_folders()),
        ]
        current.outcome = "clean" if all(clean) else "there are findings, see above"
    return all(clean)


def _call(python, tool, *arguments):
    """Whether a tool of the virtual environment is content with the checkout."""
    quietly = ["--quiet", "."] if tool == "ruff" else []
    command = [python, "-m", tool, *arguments, *quietly]
    return subprocess.run(list(map(str, command)), cwd=paths.ROOT).returncode == 0
