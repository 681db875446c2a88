"""The databases of this checkout, built in layers and only as often as needed.

* `base`: the modules that the addon depends on, Russian loaded, a chart of accounts;
* `template`: the base, with the addon installed from its current code;
* working copies of the template: the demo, one for each test run.

Templates come in two flavours: `plain`, and `demo` with the addon's demo data and the
demo company; the base has no demo data, as that of Odoo's modules is not needed. A
database is built under another name and renamed when whole; its comment says from what
it was made, so a changed addon is noticed and a half-made database is not used.
"""

import hashlib
import os
import re
import shutil
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from . import locks, paths, postgres
from .console import Failure, step

INSIDE = Path(__file__).parent / "inside"
LANGUAGE = "ru_RU"
# What is installed in the templates.
FLAVOURS = {"plain": [paths.ADDON], "demo": [paths.ADDON, paths.DEMO]}
# Raise it when the way in which databases are made changes.
RECIPE = "2"


class Databases:
    """What can be done with the databases of an environment."""

    def __init__(self, environment):
        self.environment = environment
        own = "" if postgres.is_own() else f"{paths.checkout_id()}_"
        self.prefix = f"kam_{own}"

    def name(self, purpose):
        return f"{self.prefix}{purpose}"

    @staticmethod
    def digest(*parts):
        """A mark that changes when any of the parts does."""
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    # The layers

    def base(self):
        """Name of the current base."""

        def build(current, name):
            self.install(current, name, paths.addon_dependencies())
            configuration = self.environment.configuration(name, with_addon=False)
            script = INSIDE / "base.py"
            self.environment.run_inside(
                configuration, script, LANGUAGE, current=current
            )

        return self.made("base", self._base_mark(), "database of Odoo's modules", build)

    def template(self, flavour):
        """Name of the current template of a flavour: the addon freshly installed.

        With demo data it is made anew every week, as its history ends on that day.
        """
        if not self.current(flavour):
            self.base()

        def build(current, name):
            self.copy(self.name("base"), name)
            if flavour == "demo":
                # Odoo loads no demo data of a module whose dependencies have none.
                self.query(
                    "UPDATE ir_module_module SET demo = TRUE WHERE state = 'installed'",
                    database=name,
                )
            self.install(current, name, FLAVOURS[flavour], flavour)
            self._check_demo(name)
            configuration = self.environment.configuration(name)
            script = INSIDE / "assets.py"
            self.environment.run_inside(configuration, script, current=current)

        mark = self._dated_mark(flavour)
        return self.made(f"template_{flavour}", mark, "database with the addon", build)

    def _check_demo(self, name):
        """Refuse a database whose demo data failed: Odoo goes on without it."""
        rows = self.query("SELECT error FROM ir_demo_failure", database=name)
        if rows:
            raise Failure(f"the demo data failed to install:\n{rows[0][0]}")

    def current(self, flavour):
        """Name of the template of a flavour, if it need not be made anew."""
        name = self.name(f"template_{flavour}")
        return name if self.mark(name) == self._dated_mark(flavour) else None

    def template_mark(self, flavour):
        """What tells the code of a template; a working copy is upgraded by it."""
        folders = [paths.ROOT / name for name in FLAVOURS[flavour]]
        return self.digest(flavour, self._base_mark(), paths.digest_of(folders))

    def _dated_mark(self, flavour):
        mark = self.template_mark(flavour)
        if flavour != "demo":
            return mark
        week = date.today().isocalendar()
        return self.digest(mark, f"{week.year}-W{week.week}")

    def _base_mark(self):
        odoo = self.environment.odoo.identity
        return self.digest(RECIPE, odoo, *paths.addon_dependencies())

    def made(self, purpose, mark, title, build):
        """Name of the database of a purpose, built if its mark is not the current."""
        name = self.name(purpose)
        with self._lock(name):
            if self.mark(name) != mark:
                building = f"{name}_building"
                self.drop(building)
                with step(f"Making a {title} ({purpose})") as current:
                    build(current, building)
                    self._finish(building, name, mark)
        return name

    def kept(self, purpose, flavour, title):
        """Name of a working copy that is kept, brought up to the current code."""
        name, mark = self.name(purpose), self.template_mark(flavour)
        if self.mark(name) is None:
            template = self.template(flavour)
            self.made(purpose, mark, title, lambda _step, new: self.copy(template, new))
        with self._lock(name):
            if self.mark(name) != mark:
                with step(f"Upgrading the addon in {name}") as current:
                    self._odoo(current, name, "-u", paths.ADDON)
                    self._set_mark(name, mark)
        return name

    def install(self, current, name, modules, flavour="plain"):
        """Install modules in a database, made by Odoo if it is not there."""
        demo = ["--with-demo"] if flavour == "demo" else []
        with_addon = paths.ADDON in modules
        self._odoo(current, name, "-i", ",".join(modules), *demo, with_addon=with_addon)

    def _odoo(self, current, name, *arguments, with_addon=True):
        configuration = self.environment.configuration(name, with_addon=with_addon)
        self.environment.run(
            *("odoo", "-c", configuration, *arguments),
            *("--stop-after-init", "--no-http"),
            current=current,
            log=f"odoo{arguments[0]}-{name}.log",
        )

    @staticmethod
    def _lock(name):
        return locks.exclusive(paths.STATE / f"{name}.lock", f"the database {name}")

    # Copies and their files

    def copy(self, source, name):
        """Copy a database with its filestore; files are linked, as none is changed.

        Whoever is connected to the source is thrown out.
        """
        self.drop(name)
        if _filestore(source).exists():
            shutil.copytree(_filestore(source), _filestore(name), copy_function=_link)
        self.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            source,
        )
        self._change("CREATE DATABASE {} TEMPLATE {}", name, source)

    def drop(self, name):
        self._change("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        shutil.rmtree(_filestore(name), ignore_errors=True)

    def _finish(self, building, name, mark):
        """Give a database that has been built its mark, then its name."""
        self.drop(name)
        if _filestore(building).exists():
            _filestore(building).rename(_filestore(name))
        self._set_mark(building, mark)
        self._change("ALTER DATABASE {} RENAME TO {}", building, name)

    @contextmanager
    def throw_away(self, source, purpose):
        """A copy for one run, dropped afterwards; left-overs of killed runs too."""
        self._sweep(purpose)
        name, lock = self._free_name(purpose)
        try:
            self.copy(source, name)
            yield name
        finally:
            self.drop(name)
            lock.release()

    def _free_name(self, purpose):
        number = 1
        while True:
            name = self.name(f"{purpose}_{number}")
            lock = locks.FileLock(self._run_lock(name))
            if lock.acquire(wait=False):
                return name, lock
            lock.release()
            number += 1

    def _sweep(self, purpose):
        prefix = self.name(f"{purpose}_")
        for name in self._marks(prefix):
            # Tests make copies of their own beside a run's: <name>-gw0, <name>_life, …
            lock = locks.FileLock(self._run_lock(run_of(name, prefix)))
            if lock.acquire(wait=False):
                self.drop(name)
            lock.release()

    @staticmethod
    def _run_lock(name):
        return paths.STATE / "runs" / f"{name}.lock"

    # The server

    def mark(self, name):
        """What the database was made from; None if there is no such database."""
        return self._marks(name).get(name)

    def _marks(self, prefix):
        """Dict of names of databases with the prefix -> what they were made from."""
        rows = self.query(
            "SELECT datname, COALESCE(shobj_description(oid, 'pg_database'), '')"
            " FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1",
            prefix,
        )
        return dict(rows)

    def _set_mark(self, name, mark):
        self._change("COMMENT ON DATABASE {} IS %s", name, values=[mark])

    def _change(self, statement, *names, values=()):
        """Run a statement on the server with the names put in, quoted."""
        quoted = ('"{}"'.format(name.replace('"', '""')) for name in names)
        self.query(statement.format(*quoted), *values)

    def query(self, statement, *values, database="postgres"):
        """The rows of a statement in a database; it is committed at once."""
        import psycopg2  # from the environment that is there by now

        connection = self.environment.connection
        names = ("host", "port", "user", "password")
        options = {name: connection.get(f"PG{name.upper()}") for name in names}
        try:
            with closing(psycopg2.connect(dbname=database, **options)) as server:
                server.autocommit = True
                with server.cursor() as cursor:
                    cursor.execute(statement, values)
                    return cursor.fetchall() if cursor.description else []
        except psycopg2.Error as error:
            raise Failure(f"database server: {str(error).strip()}") from error


def run_of(name, prefix):
    """Name of the run that a database belongs to: what it was given, and its number."""
    found = re.match(re.escape(prefix) + r"\d+", name)
    return found[0] if found else name


def _filestore(name):
    return paths.ODOO_DATA / "filestore" / name


def _link(source, target):
    """Hard link: Odoo writes a file of the filestore once and never changes it."""
    os.link(source, target)
