"""The virtual environment with the locked Python packages, in the user's cache."""

import hashlib
import os
import shutil
import sys

from . import locks, paths, process
from .console import step

INSTALLERS = ("pip", "setuptools", "wheel")


def ensure():
    """Path of the Python of the environment; the environment is made if need be.

    There is one environment for each lock file and Python version. It counts as
    whole when its mark, written last, is there: half an environment is made anew.
    """
    folder = paths.cache() / f"python-{identity()}"
    with locks.exclusive(paths.cache() / "python.lock", "its Python packages"):
        if not (folder / "kam-complete").exists():
            _build(folder)
    # Ours as well: it is the Python that this one made the environment with.
    sys.path += map(str, folder.glob("lib/python*/site-packages"))
    return folder / "bin" / "python"


def identity():
    digest = hashlib.sha256(paths.LOCK_FILE.read_bytes())
    digest.update(f"{sys.version} {sys.executable}".encode())
    return digest.hexdigest()[:12]


def _build(folder):
    with step("Python packages") as current:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        installers = folder / "installers.txt"
        installers.write_text(locked(paths.LOCK_FILE.read_text(), INSTALLERS))
        pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
        install = [*pip, "install", "--require-hashes", "--no-deps"]
        install += ["--progress-bar=off"]
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        for name, command in (
            ("venv", [sys.executable, "-m", "venv", folder]),
            ("pip-first", [*install, "--only-binary=:all:", "-r", installers]),
            ("pip", [*install, "--no-build-isolation", "-r", paths.LOCK_FILE]),
        ):
            log = f"python-{name}.log"
            process.run_logged(current, command, log, env=kept)
        (folder / "kam-complete").touch()
        current.outcome = "installed"


def locked(text, names):
    """The part of a lock file's text that pins the packages named, with hashes."""
    wanted, chosen = False, []
    for line in text.splitlines(keepends=True):
        if line[:1].isalpha():
            wanted = line.split("==")[0].lower() in names
        if wanted and not line.lstrip().startswith("#"):
            chosen.append(line)
    return "".join(chosen)
