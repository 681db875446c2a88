"""Where things are: the checkout, its ignored state folder, the user's cache."""

import ast
import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".kam"
LOGS = STATE / "logs"
ODOO_DATA = STATE / "data"
LOCK_FILE = ROOT / "requirements.lock"
ADDON = "key_account_management"
DEMO = f"{ADDON}_demo"


def cache():
    """The user's cache folder of this project, shared by all checkouts."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "key-account-management"


def checkout_id():
    """Eight characters that tell this checkout from others on the machine."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


def addon_folders():
    """The addons of this repository, by name."""
    return sorted(manifest.parent for manifest in ROOT.glob("*/__manifest__.py"))


def addon_dependencies():
    """Modules from outside the repository that the addon depends on."""
    manifest = ast.literal_eval((ROOT / ADDON / "__manifest__.py").read_text())
    own = {folder.name for folder in addon_folders()}
    return sorted(set(manifest.get("depends", [])) - own)


def digest_of(folders):
    """SHA-256 over names and contents of the files below the folders.

    Links are left out (the addon's `tests` is one), so are Python's caches.
    """
    digest = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        is_file = path.is_file() and not path.is_symlink()
        if is_file and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
