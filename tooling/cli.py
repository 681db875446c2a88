"""The command line of ./kam: its subcommands and what they are for."""

import argparse
import signal
import sys

from . import bench, check, core_tests, demo, i18n, lint, passthrough, testing
from .console import Failure

# In the order in which the help lists them.
COMMANDS = {
    "demo": demo,
    "test": testing,
    "bench": bench,
    "core-tests": core_tests,
    "odoo": passthrough,
    "check": check,
    "lint": lint,
    "i18n": i18n,
}


def main(arguments):
    """Run a subcommand; the exit code of the process."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    options, rest = _parse(arguments or ["--help"])
    try:
        return COMMANDS[options.command].run(options, rest)
    except Failure as failure:
        print(f"\nkam {options.command}: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nkam {options.command}: stopped", file=sys.stderr)
        return 130


def _interrupt(_number, _frame):
    raise KeyboardInterrupt


def _parse(arguments):
    """The options of the subcommand, and what it passes on to another program."""
    parser = argparse.ArgumentParser(
        prog="./kam",
        description="Key Account Management for Odoo 19: the project's one command. "
        "Whatever a subcommand needs is set up when it first runs.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        passing = getattr(module, "PASSING", False)
        command = commands.add_parser(
            name,
            help=module.HELP,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            add_help=module is not passthrough,
            allow_abbrev=not passing,
        )
        module.add_arguments(command)
        command.set_defaults(passing=passing)
    # Known options are taken out, the rest stays in its order.
    options, rest = parser.parse_known_args(arguments)
    if rest and not options.passing:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return options, rest
