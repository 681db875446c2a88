"""Everything that a command needs to run Odoo, put together from its parts."""

import os
from contextlib import contextmanager

from . import databases, odoo_source, packages, paths, postgres, process, python_env

# Names from the caller's environment that would change what Odoo or pytest do.
FOREIGN = ("ODOO_", "OPENERP_", "PYTEST_", "PYTHONHOME", "PYTHONPATH")
FOREIGN_PG = ("PGDATABASE", "PGSERVICE", "PGOPTIONS", "PGAPPNAME")


class Environment:
    """Python, Odoo and database server, ready to be used."""

    def __init__(self, python, odoo, connection):
        self.python = python
        self.odoo = odoo
        self.connection = connection
        self.databases = databases.Databases(self)

    def variables(self, **more):
        """The environment for a child process; see :mod:`.testing` for ours in it."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(FOREIGN) and name not in FOREIGN_PG
        }
        return {
            **kept,
            **self.connection,
            "PYTHONPATH": f"{self.odoo.python_path}{os.pathsep}{paths.ROOT}",
            "KAM_PYTHON": str(self.python),
            "KAM_ODOO_PATH": str(self.odoo.python_path),
            "KAM_ROOT": str(paths.ROOT),
            **more,
        }

    def configuration(self, database=None, with_addon=True, **options):
        """Path of an Odoo configuration file for a database, written anew."""
        addons = [*([paths.ROOT] if with_addon else []), *self.odoo.addons_paths]
        values = {
            "data_dir": paths.ODOO_DATA,
            "http_interface": "127.0.0.1",
            "list_db": False,
            **options,
        }
        if addons:
            values["addons_path"] = ",".join(map(str, addons))
        for name in ("host", "port", "user"):
            if value := self.connection.get(f"PG{name.upper()}"):
                values[f"db_{name}"] = value
        if database:
            values |= {"db_name": database, "dbfilter": f"^{database}$"}
        lines = [f"{name} = {value}" for name, value in values.items()]
        path = paths.STATE / "conf" / f"{database or 'odoo'}.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(["[options]", *lines, ""]))
        return path

    def run(self, *module, current=None, log=None, **variables):
        """Run a Python module with its arguments.

        With a step its output goes to a log and its failing is a Failure; without
        one its output goes to the user and its exit code is returned.
        """
        command = [self.python, "-m", *module]
        options = {"env": self.variables(**variables), "cwd": paths.ROOT}
        if current is None:
            return process.run_in_front(command, **options)
        return process.run_logged(current, command, log, **options)

    def run_inside(self, configuration, script, *arguments, **options):
        """Run `main(env, *arguments)` of a script of ours in an Odoo environment."""
        options = {"log": f"inside-{script.stem}.log", **options}
        runner = "tooling.inside.runner"
        return self.run(runner, configuration, script, *arguments, **options)


@contextmanager
def ready(browser=True):
    """Set up what is missing; the environment, with its server running."""
    packages.ensure(server=postgres.is_own(), browser=browser)
    odoo = odoo_source.ensure()
    python = python_env.ensure()
    with postgres.server() as connection:
        yield Environment(python, odoo, connection)
