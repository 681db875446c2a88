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

# Subcommands that pass on all of their arguments, or all but these.
PASSING_ALL = {"odoo"}
PASSING_REST = {"test": {"--keep-db", "--no-lint", "-h", "--help"}}


def main(arguments):
    """Run a subcommand; the exit code of the process."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    options, rest = _parse(arguments)
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
        command = commands.add_parser(
            name,
            help=module.HELP,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            add_help=name not in PASSING_ALL,
        )
        module.add_arguments(command)
    if not arguments:
        parser.print_help()
        parser.exit()
    own, rest = _split(arguments)
    return parser.parse_args(own), rest


def _split(arguments):
    """Our arguments, and those that a subcommand passes on, in their order."""
    name, *following = arguments
    if name in PASSING_ALL:
        return [name], following
    if name in PASSING_REST:
        own = [word for word in following if word in PASSING_REST[name]]
        return [name, *own], [word for word in following if word not in own]
    return arguments, []
