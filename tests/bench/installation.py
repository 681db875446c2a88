"""Installing the addon on the company as it is, and upgrading it.

Each in a process of its own, as `odoo -i` and `odoo -u` do it; start of Odoo and
loading of all other modules included. Queries are those of loading the addon, as
Odoo counts them, beyond those in a company without documents: what grows with them.
"""

import json
import logging
import re
import resource
import subprocess
import sys
import time

BARS = {
    "install": {"seconds": 30, "queries": 100, "megabytes": 300},
    "upgrade": {"seconds": 20, "queries": None, "megabytes": None},
}
UNITS = {"seconds": "s", "queries": "", "megabytes": "MB"}
ADDON = "key_account_management"
LOADED = re.compile(rf"Module {ADDON} loaded in .*, (\d+) queries")


class Listener(logging.Handler):
    """Hears how many queries Odoo counted."""

    queries = None

    def emit(self, record):
        if found := LOADED.match(record.getMessage()):
            self.queries = int(found[1])


def measure(bench):
    for action, bars in BARS.items():
        figures = _in_own_process(action, *bench.installing["full"])
        if action == "install":
            empty = _in_own_process(action, *bench.installing["empty"])
            figures["queries"] -= empty["queries"]
        for name, bar in bars.items():
            title = f"To {action} the addon: {name}"
            # the bars are those of a large company
            bar = bar if bench.has_small else None
            yield bench.bar(title, figures[name], bar, UNITS[name])


def _in_own_process(*arguments):
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    return {"seconds": time.perf_counter() - started, **figures}


def main(action, configuration, database):
    """Install or upgrade; print the figures of this process."""
    import odoo.init  # has to come before anything else of Odoo
    import odoo.modules.registry
    import odoo.tools

    odoo.tools.config.parse_config(
        ["-c", configuration, "-d", database, "--no-http", "--log-level=warn"],
        setup_logging=True,
    )
    listener = Listener()
    logger = logging.getLogger("odoo.modules.loading")
    logger.setLevel(logging.INFO)
    logger.addHandler(listener)
    modules = {f"{action}_modules": [ADDON]}
    odoo.modules.registry.Registry.new(database, update_module=True, **modules)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"queries": listener.queries, "megabytes": memory}))


if __name__ == "__main__":
    main(*sys.argv[1:])
