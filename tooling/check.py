"""Recount what the addon stores and prove that its records are whole.

Prints one line for each fault found; the exit code is 1 if there is any.
"""

from . import databases, environment
from .console import Failure

HELP = "recount stored figures, prove the chain of decisions whole"


def add_arguments(parser):
    parser.add_argument(
        "-d", "--database", help="database to check (the demo company's if not given)"
    )


def run(options, _rest):
    with environment.ready(browser=False) as env:
        name = options.database or env.databases.name("demo")
        if env.databases.mark(name) is None:
            raise Failure(f"there is no database {name}; `./kam demo` makes the demo")
        script = databases.INSIDE / "integrity.py"
        return env.run_inside(env.configuration(name), script)
