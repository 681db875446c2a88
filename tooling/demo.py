"""Serve the demo company: everything is set up, then its address is printed.

The first run takes some minutes, later ones seconds. What you do in the demo company
is kept; if the addon's files have changed, the addon is upgraded in it. Its history
ends on the day it was made: --fresh brings one that ends this week. Ctrl-C stops the
server.
"""

from . import environment, paths, serving, testing
from .console import say, table

HELP = "serve the demo company and print its address and logins"
FLAVOUR = "demo"
SCENARIO = paths.ROOT / "tests" / "install" / "test_scenario.py"
ROLES = {
    "kam_anna": "key account manager",
    "kam_boris": "key account manager",
    "kam_vera": "key account manager",
    "kam_gleb": "key account manager",
    "head_north": "head of a sales team",
    "head_south": "head of a sales team",
    "director": "commercial director",
    "credit": "credit controller",
    "support": "sales support",
    "azbuka": "customer, on the portal",
    "admin": "administrator",
}


def add_arguments(parser):
    parser.add_argument(
        "--check",
        action="store_true",
        help="serve nothing: run the main job in a copy of the fresh demo company, "
        "print its orders, decisions and reasons; exit code 0 if all are as expected",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="start from a fresh demo company"
    )
    parser.add_argument("--port", type=int, help="port to serve on (else a free one)")
    parser.add_argument(
        "--interface", default="127.0.0.1", help="address to listen on (%(default)s)"
    )


def run(options, _rest):
    with environment.ready() as env:
        if options.check:
            return check(env)
        return serve(env, options)


def check(env):
    """Play the main job in a throw-away copy of the fresh demo company."""
    template = env.databases.template(FLAVOUR)
    with env.databases.throw_away(template, "check") as name:
        return testing.pytest(env, name, [SCENARIO, "-q", "-s"])


def serve(env, options):
    name = _current(env, options.fresh)
    with serving.Server(env, name, options.interface, options.port) as server:
        say(f"\nThe demo company is served at {server.url}\n")
        say(table(("Login", "Password", "Person", "Role"), _logins(env, name)))
        say(f"\nLog: {server.log.relative_to(paths.ROOT)}. Ctrl-C stops the server.")
        return server.wait()


def _current(env, fresh):
    """Name of the demo database, brought up to the addon's current code."""
    databases = env.databases
    name, wanted = databases.name("demo"), databases.template_mark(FLAVOUR)
    if fresh:
        databases.drop(name)
    known = databases.mark(name)
    if known is None:
        template = databases.template(FLAVOUR)
        databases.made(
            *("demo", wanted, "demo company"),
            lambda _current, building: databases.copy(template, building),
        )
    elif known != wanted:
        databases.upgrade(name, wanted)
    return name


def _logins(env, name):
    people = {
        row["login"]: row["name"] for row in env.admin("users", name, ",".join(ROLES))
    }
    return [
        (login, login, people[login], role)
        for login, role in ROLES.items()
        if login in people
    ]
