"""Fetching single Debian packages, from another suite too, without installing them.

A private apt root is used, so neither the machine's sources nor its package lists
change. Its mirror is the one in the machine's own apt configuration.
"""

import os
import platform
from dataclasses import dataclass

from . import process
from .console import Failure

FOREIGN_SUITE = "sid"
# Names that Debian's suites have beside the releases' own.
SUITES = ("stable", "oldstable", "oldoldstable", "testing", "unstable", "sid")
SIDE_SUITES = ("-security", "-updates", "-backports", "-proposed-updates")


@dataclass
class Mirror:
    """The machine's Debian mirror: address, own suite, key file."""

    address: str
    suite: str
    signed_by: str = ""

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
    codename = _codename()
    # Who publishes a source is known only once apt has fetched its lists.
    for known in ("true", "false"):
        release = f"-oAPT::Get::IndexTargets::ReleaseInfo={known}"
        command = ["apt-get", release, *options, "indextargets", "Created-By: Packages"]
        targets = (process.output_of(command) or "").split("\n\n")
        mirrors = [mirror for t in targets if (mirror := _mirror_from(t, codename))]
        if mirrors:
            # Best is the machine's own release by its name, at a path `debian`.
            return min(
                mirrors,
                key=lambda mirror: (
                    mirror.suite != codename,
                    not mirror.address.endswith("/debian/"),
                ),
            )
    raise Failure(
        "no Debian mirror in this machine's apt configuration to take Odoo from; "
        "name an Odoo 19 of your own with ODOO_HOME"
    )


def _mirror_from(target, codename):
    """The mirror that an index target of apt belongs to, if it is Debian's own."""
    fields = dict(line.split(": ", 1) for line in target.splitlines() if ": " in line)
    suite = fields.get("Release", "")
    if (
        fields.get("Component") != "main"
        or suite.endswith(SIDE_SUITES)
        or suite not in {codename, *SUITES}
        or fields.get("Origin", "Debian") != "Debian"
    ):
        return None
    signed_by = fields.get("Signed-By", "")
    return Mirror(
        fields["Repo-URI"], suite, signed_by if os.path.isfile(signed_by) else ""
    )


def _codename():
    """Name of this machine's Debian release."""
    return platform.freedesktop_os_release().get("VERSION_CODENAME")


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

    def download(self, current, package, suite):
        """Fetch a package; the path of its file, checked against the signed lists."""
        if not process.output_of(
            ["apt-cache", *self._options(), "show", f"{package}/{suite}"]
        ):
            raise Failure(
                f"the mirror no longer has the package {package} in {suite}; "
                "name an Odoo 19 of your own with ODOO_HOME"
            )
        folder = self.folder / "downloads"
        for old in folder.glob(f"{package}_*.deb"):
            old.unlink()
        process.run_logged(
            current,
            ["apt-get", *self._options(), "download", f"{package}/{suite}"],
            f"odoo-{package}.log",
            cwd=folder,
        )
        return next(folder.glob(f"{package}_*.deb"))

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
