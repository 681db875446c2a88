"""Serve the demo company: everything is set up, then its address is printed.

The first run takes some minutes, later ones seconds. What you do in the demo company
is kept; if the addon's files have changed, the addon is upgraded in it. Its history
ends on the day it was made: --fresh brings one that ends this week. Ctrl-C stops the
server.
"""

from . import environment, paths, serving, testing
from .console import say, table

HELP = "serve the demo company and print its address and logins"
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
        return check(env) if options.check else serve(env, options)


def check(env):
    """Play the main job in a throw-away copy of the fresh demo company."""
    template = env.databases.template("demo")
    with env.databases.throw_away(template, "check") as name:
        return testing.pytest(env, name, [SCENARIO, "-q", "-s"])


def serve(env, options):
    databases = env.databases
    if options.fresh:
        databases.drop(databases.name("demo"))
    name = databases.kept("demo", "demo", "demo company")
    with serving.Server(env, name, options.interface, options.port) as server:
        say(f"\nThe demo company is served at {server.url}\n")
        say(table(("Login", "Password", "Person", "Role"), _logins(databases, name)))
        say(f"\nLog: {server.log.relative_to(paths.ROOT)}. Ctrl-C stops the server.")
        return server.wait()


def _logins(databases, name):
    """Login, password, name and role of the people who can log in."""
    people = dict(
        databases.query(
            "SELECT u.login, p.name FROM res_users u"
            " JOIN res_partner p ON p.id = u.partner_id WHERE u.active",
            database=name,
        )
    )
    return [
        (login, login, people[login], role)
        for login, role in ROLES.items()
        if login in people
    ]
