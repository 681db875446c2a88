"""Odoo 19 itself: the one named by ODOO_HOME, or the Debian package, unpacked."""

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import debian, locks, paths, process
from .console import Failure, step

SERIES = 19
PACKAGE = "odoo-19"
# The package's fonts and three scripts are links into these packages.
LINKED_HERE = (
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
LINKED_ABROAD = ("fonts-montserrat",)
PACKAGES = (PACKAGE, *LINKED_HERE, *LINKED_ABROAD)
# Left out of the package as not free; without it every asset bundle logs an error.
LEFT_OUT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
PYTHON_FOLDER = "usr/lib/python3/dist-packages"


@dataclass
class Odoo:
    """An Odoo to run: the folder for PYTHONPATH and the extra addons paths."""

    python_path: Path
    addons_paths: list
    identity: str


def ensure():
    """The Odoo to use, fetched and unpacked if there is none yet."""
    home = os.environ.get("ODOO_HOME")
    if home:
        return _from_home(Path(home).expanduser().resolve())
    folder = _unpacked()
    return Odoo(folder / PYTHON_FOLDER, [], _version_mark(folder).read_text())


def _from_home(home):
    """An Odoo that the user has: a source checkout, an installation, a package."""
    for base in (home, home / PYTHON_FOLDER, home.parent):
        release = base / "odoo" / "release.py"
        if release.exists():
            break
    else:
        raise Failure(f"ODOO_HOME={home}: no folder `odoo` with an Odoo in it")
    found = re.search(r"version_info = \((\d+)", release.read_text())
    if not found or int(found[1]) != SERIES:
        raise Failure(f"ODOO_HOME={home}: this is not an Odoo {SERIES}")
    addons = base / "addons"
    beside = [addons] if (addons / "web" / "static").exists() else []
    return Odoo(_apart(base), beside, f"{base}:{release.stat().st_mtime_ns}")


def _apart(base):
    """A folder for PYTHONPATH in which there is Odoo and no other Python package.

    Installed Odoo lies among the system's packages, which must not come before
    those of the virtual environment.
    """
    if not any(base.glob("*.dist-info")) and not (base / "lxml").exists():
        return base
    apart = paths.STATE / "odoo-home"
    apart.mkdir(parents=True, exist_ok=True)
    link = apart / "odoo"
    if not link.is_symlink() or os.readlink(link) != str(base / "odoo"):
        link.unlink(missing_ok=True)
        link.symlink_to(base / "odoo")
    return apart


def _unpacked():
    """The folder with the unpacked package; made if it is not there."""
    folder = paths.cache() / "odoo"
    with locks.exclusive(paths.cache() / "odoo.lock", "fetching Odoo"):
        if not _version_mark(folder).exists():
            files = paths.cache() / "packages"
            files.mkdir(parents=True, exist_ok=True)
            _fetch_all(files)
            _unpack_all(files, folder)
    return folder


def _version_mark(folder):
    """A file that is written last: it tells that the folder is whole."""
    return folder / "kam-complete"


def _fetch_all(files):
    """Have the package files, each moved to its place when it is whole."""
    absent = [name for name in PACKAGES if not (files / f"{name}.deb").exists()]
    if not absent:
        return
    with step("Odoo 19 from the Debian mirror") as current:
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise Failure(
                "this is not a Debian system; name an Odoo 19 of your own with "
                "ODOO_HOME (a folder that contains its `odoo` package)"
            )
        apt = debian.PrivateApt(paths.cache() / "apt", debian.find_mirror())
        apt.update(current)
        for name in absent:
            suite = apt.mirror.suite if name in LINKED_HERE else debian.FOREIGN_SUITE
            apt.download(current, name, suite).rename(files / f"{name}.deb")
        current.outcome = "fetched"


def _unpack_all(files, folder):
    with step("Unpacking Odoo 19") as current:
        # A folder of a new name each time: a killed run may still write into its own.
        for left in folder.parent.glob("odoo.unpacking-*"):
            shutil.rmtree(left, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        building = Path(tempfile.mkdtemp(prefix="odoo.unpacking-", dir=folder.parent))
        building.chmod(0o755)
        for name in PACKAGES:
            _unpack(current, files / f"{name}.deb", building)
        absent = building / PYTHON_FOLDER / "odoo" / "addons" / LEFT_OUT
        absent.parent.mkdir(parents=True, exist_ok=True)
        absent.touch()
        building.rename(folder)
        fields = ["dpkg-deb", "--field", files / f"{PACKAGE}.deb", "Version"]
        _version_mark(folder).write_text(process.output_of(fields).strip())


def _unpack(current, file, folder):
    """Unpack a package; a file that is broken is fetched anew the next time."""
    try:
        process.run_logged(current, ["dpkg-deb", "-x", file, folder], "odoo-unpack.log")
    except Failure:
        file.unlink(missing_ok=True)
        raise
