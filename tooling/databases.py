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
import shutil
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from . import locks, paths, postgres
from .console import step

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

    def mark(self, name):
        """What the database was made from; None if there is no such database."""
        for row in self.environment.admin("marks", name):
            if row["name"] == name:
                return row["mark"] or ""
        return None

    @staticmethod
    def digest(*parts):
        """A mark that changes when any of the parts does."""
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def base(self):
        """Name of the current base."""

        def build(current, name):
            self.install(current, name, paths.addon_dependencies())
            configuration = self.environment.configuration(name, with_addon=False)
            self._inside(current, configuration, "base.py", LANGUAGE)

        mark = self._base_mark()
        return self.made("base", mark, "database of Odoo's modules", build)

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
                self.environment.admin("allow_demo", name)
            self.install(current, name, FLAVOURS[flavour], flavour)
            self._inside(current, self.environment.configuration(name), "assets.py")

        mark = self._dated_mark(flavour)
        return self.made(f"template_{flavour}", mark, "database with the addon", build)

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
        return self.digest(
            *(RECIPE, self.environment.odoo.identity),
            *paths.addon_dependencies(),
        )

    def made(self, purpose, mark, title, build):
        """Name of the database of a purpose, built if its mark is not the current."""
        name = self.name(purpose)
        with self._lock(name):
            if self.mark(name) != mark:
                building = f"{name}_building"
                self.drop(building)
                with step(f"Making a {title} ({purpose})") as current:
                    build(current, building)
                    self.drop(name)
                    self.finish(building, name, mark)
        return name

    def install(self, current, name, modules, flavour="plain"):
        """Install modules in a database, made by Odoo if it is not there."""
        demo = ["--with-demo"] if flavour == "demo" else []
        with_addon = paths.ADDON in modules
        self.environment.run_odoo(
            current,
            self.environment.configuration(name, with_addon=with_addon),
            ["-i", ",".join(modules), *demo, "--stop-after-init", "--no-http"],
            f"install-{name}.log",
        )

    def upgrade(self, name, mark):
        """Bring the addon in a database up to the code; note what it is now."""
        with self._lock(name):
            if self.mark(name) == mark:
                return
            with step(f"Upgrading the addon in {name}") as current:
                self.environment.run_odoo(
                    current,
                    self.environment.configuration(name),
                    ["-u", paths.ADDON, "--stop-after-init", "--no-http"],
                    f"upgrade-{name}.log",
                )
                self.environment.admin("mark", name, mark)

    @staticmethod
    def _lock(name):
        return locks.exclusive(paths.STATE / f"{name}.lock", f"the database {name}")

    def _inside(self, current, configuration, script, *arguments):
        self.environment.run_inside(
            configuration, INSIDE / script, *arguments, current=current
        )

    # Copies and their files

    def copy(self, source, name):
        """Copy a database with its filestore; files are linked, as none is changed."""
        self.drop(name)
        if _filestore(source).exists():
            shutil.copytree(_filestore(source), _filestore(name), copy_function=_link)
        self.environment.admin("copy", source, name)

    def drop(self, name):
        self.environment.admin("drop", name)
        shutil.rmtree(_filestore(name), ignore_errors=True)

    def finish(self, building, name, mark):
        """Give a database that has been built its name, and its mark."""
        shutil.rmtree(_filestore(name), ignore_errors=True)
        if _filestore(building).exists():
            _filestore(building).rename(_filestore(name))
        self.environment.admin("finish", building, name, mark)

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
        for row in self.environment.admin("marks", self.name(f"{purpose}_")):
            # pytest-xdist's workers have copies of their own: <name>-gw0, …
            run = row["name"].partition("-")[0]
            lock = locks.FileLock(self._run_lock(run))
            if lock.acquire(wait=False):
                self.drop(row["name"])
            lock.release()

    @staticmethod
    def _run_lock(name):
        return paths.STATE / "runs" / f"{name}.lock"


def _filestore(name):
    return paths.ODOO_DATA / "filestore" / name


def _link(source, target):
    """Hard link: Odoo writes a file of the filestore once and never changes it."""
    Path(target).hardlink_to(source)
