"""Refresh the translation files of the addons from their current code.

Writes the template (.pot) anew and brings the Russian file up to it: translations
that still apply are kept, new terms are added empty, terms that are gone are dropped.
"""

from . import databases, environment, paths
from .console import step

HELP = "refresh the .pot and the Russian .po of the addons"


def add_arguments(parser):
    """No options."""


def run(_options, _rest):
    with (
        environment.ready(browser=False) as env,
        env.databases.throw_away(env.databases.template("plain"), "terms") as name,
    ):
        addons = [folder.name for folder in paths.addon_folders()]
        with step("Installing all addons") as current:
            env.databases.install(current, name, addons)
        configuration = env.configuration(name)
        for addon in addons:
            folder = paths.ROOT / addon / "i18n"
            folder.mkdir(exist_ok=True)
            env.run_inside(
                *(configuration, databases.INSIDE / "terms.py", addon),
                *(folder / f"{addon}.pot", folder / "ru.po"),
            )
    return 0
