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
    return folder / "bin" / "python"


def identity():
    digest = hashlib.sha256(paths.LOCK_FILE.read_bytes())
    digest.update(f"{sys.version} {sys.executable}".encode())
    return digest.hexdigest()[:12]


def _build(folder):
    with step("Python packages") as current:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _run(current, "venv", [sys.executable, "-m", "venv", folder])
        pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
        install = [
            *pip,
            "install",
            "--require-hashes",
            "--no-deps",
            "--progress-bar=off",
        ]
        first = folder / "installers.txt"
        first.write_text(locked(paths.LOCK_FILE.read_text(), INSTALLERS))
        _run(current, "pip-first", [*install, "--only-binary=:all:", "-r", first])
        _run(current, "pip", [*install, "--no-build-isolation", "-r", paths.LOCK_FILE])
        (folder / "kam-complete").touch()
        current.outcome = "installed"


def _run(current, name, command):
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("PYTHON")
    }
    process.run_logged(current, command, f"python-{name}.log", env=environment)


def locked(text, names):
    """The part of a lock file's text that pins the packages named, with hashes."""
    wanted, chosen = False, []
    for line in text.splitlines(keepends=True):
        if line[:1].isalpha():
            wanted = line.split("==")[0].lower() in names
        if wanted and not line.lstrip().startswith("#"):
            chosen.append(line)
    return "".join(chosen)
