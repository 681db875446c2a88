"""Refresh the translation files of the addon from its current code.

Writes the template (.pot) anew and brings the Russian file up to it: translations
that still apply are kept, new terms are added empty, terms that are gone are dropped.
"""

from pathlib import Path

from . import environment, paths

HELP = "refresh the .pot and the Russian .po of the addon"
SCRIPT = Path(__file__).parent / "inside" / "terms.py"
LANGUAGE_FILE = "ru.po"


def add_arguments(parser):
    """No options."""


def run(_options, _rest):
    with environment.ready(browser=False) as env:
        configuration = env.configuration(env.databases.template("plain"))
        folder = paths.ROOT / paths.ADDON / "i18n"
        folder.mkdir(exist_ok=True)
        return env.run_inside(
            *(configuration, SCRIPT, paths.ADDON),
            *(folder / f"{paths.ADDON}.pot", folder / LANGUAGE_FILE),
        )
