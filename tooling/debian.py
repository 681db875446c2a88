"""Fetching single Debian packages, from another suite too, without installing them.

A private apt root is used, so neither the machine's sources nor its package lists
change. Its mirror is the one in the machine's own apt configuration.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

from . import process
from .console import Failure

FOREIGN_SUITE = "sid"
# Names that Debian's suites have beside the releases' own.
SUITES = ("stable", "oldstable", "oldoldstable", "testing", "unstable", "sid")
SIDE_SUITES = ("-security", "-updates", "-backports", "-proposed-updates")


class Mirror:
    """The machine's Debian mirror: address, own suite, key file."""

    def __init__(self, address, suite, signed_by=""):
        self.address = address
        self.suite = suite
        self.signed_by = signed_by

    def sources(self):
        """Lines of an apt source list: the machine's own suite and the foreign one."""
        key = f"[signed-by={self.signed_by}] " if self.signed_by else ""
        suites = dict.fromkeys([self.suite, FOREIGN_SUITE])
        return "".join(f"deb {key}{self.address} {suite} main\n" for suite in suites)


def find_mirror(options=()):
    """The mirror that the machine's apt takes its own suite from.

    :param options: options for apt-get, to read another configuration
    :raise Failure: apt is not there or has no Debian source
    """
    # Who publishes a source is known only once apt has fetched its lists.
    for known in ("true", "false"):
        listing = process.output_of(
            [
                *("apt-get", f"-oAPT::Get::IndexTargets::ReleaseInfo={known}"),
                *(*options, "indextargets", "Created-By: Packages"),
            ]
        )
        mirrors = list(filter(None, map(_mirror_from, (listing or "").split("\n\n"))))
        if mirrors:
            return min(mirrors, key=_unlikeliness)
    raise Failure(
        "no Debian mirror in this machine's apt configuration to take Odoo from; "
        "name an Odoo 19 of your own with ODOO_HOME"
    )


def _mirror_from(target):
    """The mirror that an index target of apt belongs to, if it is Debian's own."""
    fields = dict(line.split(": ", 1) for line in target.splitlines() if ": " in line)
    suite = fields.get("Release", "")
    if (
        fields.get("Component") != "main"
        or suite.endswith(SIDE_SUITES)
        or suite not in {_codename(), *SUITES}
        or fields.get("Origin", "Debian") != "Debian"
    ):
        return None
    signed_by = fields.get("Signed-By", "")
    if not os.path.isfile(signed_by):
        signed_by = ""
    return Mirror(fields["Repo-URI"], suite, signed_by)


def _unlikeliness(mirror):
    """Sorts mirrors: the machine's own release by its name, at a path `debian`."""
    return mirror.suite != _codename(), not mirror.address.endswith("/debian/")


def _codename():
    """Name of this machine's Debian release."""
    for line in Path("/etc/os-release").read_text().splitlines():
        name, _, value = line.partition("=")
        if name == "VERSION_CODENAME":
            return value.strip('"')
    return None


class PrivateApt:
    """An apt of our own below a folder, for downloading only."""

    def __init__(self, folder, mirror):
        self.folder = folder
        self.mirror = mirror

    def update(self, current):
        """Fetch the signed package lists of both suites."""
        for name in ("lists/partial", "cache/archives/partial", "downloads"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "sources.list").write_text(self.mirror.sources())
        (self.folder / "status").touch()
        process.run_logged(
            current, ["apt-get", *self._options(), "update"], "odoo-lists.log"
        )

    def record(self, package, suite):
        """Version and SHA-256 of a package as the signed lists give them, or None."""
        text = process.output_of(
            ["apt-cache", *self._options(), "show", f"{package}/{suite}"]
        )
        fields = {}
        for line in (text or "").split("\n\n")[0].splitlines():
            name, _, value = line.partition(": ")
            fields.setdefault(name, value)
        if "SHA256" not in fields:
            return None
        return {"version": fields["Version"], "sha256": fields["SHA256"]}

    def download(self, current, package, suite):
        """Fetch a package; the path of its file."""
        for old in (self.folder / "downloads").glob(f"{package}_*.deb"):
            old.unlink()
        process.run_logged(
            current,
            ["apt-get", *self._options(), "download", f"{package}/{suite}"],
            f"odoo-{package}.log",
            cwd=self.folder / "downloads",
        )
        return next((self.folder / "downloads").glob(f"{package}_*.deb"))

    def _options(self):
        values = {
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State": self.folder,
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "APT::Sandbox::User": "root",  # the folder need not be open to _apt
            "Acquire::Check-Valid-Until": "false",  # a mirror may lag
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "APT::Update::Error-Mode": "any",  # a list not fetched is a failure
        }
        return [f"-o{name}={value}" for name, value in values.items()]


class PackageStore:
    """Package files in the cache, each with the SHA-256 that its file must have."""

    def __init__(self, folder):
        self.folder = folder

    def get(self, package):
        """Path of a whole file of the package, or None: absent, cut off, altered."""
        path = self.folder / f"{package}.deb"
        record = self.record(package)
        if record is None or not path.exists() or sha256(path) != record["sha256"]:
            return None
        return path

    def record(self, package):
        """Version and SHA-256 written down when the package was fetched, or None."""
        try:
            return json.loads((self.folder / f"{package}.json").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def put(self, package, file, record):
        """Take a downloaded file in, if it is what the signed lists promised."""
        if sha256(file) != record["sha256"]:
            raise Failure(f"{package}: the file fetched does not have its SHA-256")
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{package}.json").write_text(json.dumps(record))
        shutil.move(file, self.folder / f"{package}.deb")


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
