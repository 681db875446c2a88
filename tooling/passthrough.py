"""Run Odoo with this checkout's configuration: `./kam odoo shell -d kam_demo`.

All arguments go to Odoo as they are.
"""

from . import environment, paths, process

HELP = "run Odoo itself with this checkout's configuration"
# Odoo's subcommands that do not read a configuration file.
WITHOUT_CONFIGURATION = {"help", "scaffold", "cloc", "upgrade_code", "--help", "-h"}


def add_arguments(parser):
    """Nothing of our own: all arguments are Odoo's."""


def run(_options, rest):
    with environment.ready(browser=False) as env:
        command = [env.python, "-m", "odoo", *_with_configuration(env, rest)]
        return process.run_in_front(command, env=env.variables(), cwd=paths.ROOT)


def _with_configuration(env, arguments):
    first, following = arguments[:1], arguments[1:]
    if first and first[0] in WITHOUT_CONFIGURATION:
        return arguments
    configuration = ["-c", str(env.configuration())]
    if first and not first[0].startswith("-"):
        return [*first, *configuration, *following]
    return [*configuration, *arguments]
