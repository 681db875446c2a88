"""Debian packages that have to be on the machine: database, browser, PDF, fonts."""

import glob
import os
import shutil
import subprocess
import sys

from . import process
from .console import Failure, step

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Package -> programs of which one has to be there.
PROGRAMS = {
    "chromium": BROWSERS,
    "wkhtmltopdf": ("wkhtmltopdf",),
    "poppler-utils": ("pdftoppm",),
}
FONTS = ("fonts-dejavu-core", "fonts-liberation", "fonts-noto-core")


def ensure(server=True, browser=True):
    """See that the packages are there: install them, or name those missing.

    :param server: a PostgreSQL server is needed (none is if PGHOST names one)
    :param browser: browser and PDF programs are needed
    :raise Failure: packages are missing and may not be installed by us
    """
    wanted = missing(server=server, browser=browser)
    if not wanted:
        return
    with step("Debian packages") as current:
        _install(current, wanted)
        left = missing(server=server, browser=browser)
        if left:
            raise Failure(f"installed, yet not found: {' '.join(left)}")
        current.outcome = "installed " + " ".join(wanted)


def missing(server=True, browser=True):
    """Names of the Debian packages that are needed and not there."""
    wanted = []
    if process.output_of([sys.executable, "-c", "import ensurepip, venv"]) is None:
        wanted.append("python3-venv")
    if server and postgres_programs() is None:
        wanted.append("postgresql")
    if browser:
        wanted += [
            package
            for package, programs in PROGRAMS.items()
            if not any(map(shutil.which, programs))
        ]
        if shutil.which("dpkg-query"):
            wanted += [package for package in FONTS if not _is_installed(package)]
    return wanted


def postgres_programs():
    """Folder of the newest PostgreSQL server programs, or None."""
    folders = glob.glob("/usr/lib/postgresql/*/bin")
    folders.sort(key=lambda folder: int(folder.split("/")[-2]), reverse=True)
    known = [folder for folder in folders if os.path.exists(f"{folder}/initdb")]
    if on_path := shutil.which("initdb"):
        known.append(os.path.dirname(os.path.realpath(on_path)))
    return known[0] if known else None


def _is_installed(package):
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status}", package]
    return process.output_of(query) == "installed"


def _install(current, wanted):
    prefix = _root_prefix()
    if prefix is None or not shutil.which("apt-get"):
        raise Failure(
            "these Debian packages are missing and cannot be installed from here "
            f"(neither root nor sudo):\n    apt-get install {' '.join(wanted)}"
        )
    prefix = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    apt = [*prefix, "apt-get", "-o", "DPkg::Lock::Timeout=600"]
    install = [*apt, "install", "-y", "--no-install-recommends", *wanted]
    for log, command in (
        ("dpkg.log", [*prefix, "dpkg", "--configure", "-a"]),
        ("apt-update.log", [*apt, "update"]),
        ("apt-install.log", install),
    ):
        process.run_logged(current, command, log, protect=True)


def _root_prefix():
    """How to run a command as root: nothing, sudo, or None if there is no way."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if process.output_of(["sudo", "-n", "true"]) is not None:
        return ["sudo", "-n"]
    if not sys.stdin.isatty() or subprocess.run(["sudo", "-v"]).returncode:
        return None
    return ["sudo"]
