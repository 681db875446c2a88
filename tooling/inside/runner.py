"""Run a script in an Odoo environment: `runner CONFIGURATION SCRIPT ARGUMENT…`.

The script has a function `main(env, *arguments)`. What it returns is the exit code
(None is 0); its changes are committed unless it raises.
"""

import runpy
import sys

import odoo.init  # has to come before anything else of Odoo
import odoo.api
import odoo.modules.registry
import odoo.tools


def run(configuration, script, arguments):
    odoo.tools.config.parse_config(
        ["-c", configuration, "--no-http", "--log-level=warn"], setup_logging=True
    )
    main = runpy.run_path(script)["main"]
    (database,) = odoo.tools.config["db_name"]
    registry = odoo.modules.registry.Registry(database)
    with registry.cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        env = env(context=env["res.users"].context_get())
        return main(env, *arguments) or 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2], sys.argv[3:]))
