"""Run Odoo with this checkout's configuration: `./kam odoo shell -d kam_demo`.

All arguments go to Odoo as they are.
"""

from . import environment

PASSING = True
HELP = "run Odoo itself with this checkout's configuration"
# Odoo's subcommands that do not read a configuration file.
WITHOUT_CONFIGURATION = {"help", "scaffold", "cloc", "upgrade_code", "--help", "-h"}


def add_arguments(parser):
    """Nothing of our own: all arguments are Odoo's."""


def run(_options, rest):
    with environment.ready(browser=False) as env:
        subcommand = [] if not rest or rest[0].startswith("-") else rest[:1]
        configuration = ["-c", env.configuration()]
        if WITHOUT_CONFIGURATION.intersection(rest[:1]):
            configuration = []
        return env.run("odoo", *subcommand, *configuration, *rest[len(subcommand) :])
