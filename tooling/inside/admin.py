"""Database administration through psycopg2: `python admin.py COMMAND ARGUMENT…`.

The connection comes from the PG* environment. What is asked for is printed as JSON.
"""

import json
import sys

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, quote_ident
from psycopg2.extras import RealDictCursor


def connect(database="postgres"):
    connection = psycopg2.connect(dbname=database)
    connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    return connection


def marks(prefix):
    """Names of the databases with the prefix, each with its comment."""
    return _query(
        "postgres",
        "SELECT datname AS name, shobj_description(oid, 'pg_database') AS mark"
        " FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1",
        [prefix],
    )


def drop(name):
    _change("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def copy(source, name):
    """Copy a database; whoever is connected to the source is thrown out."""
    _query(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
        [source],
    )
    _change("CREATE DATABASE {} TEMPLATE {}", name, source)


def finish(building, name, mark):
    """Mark a database as complete and give it its name, in one transaction."""
    connection = connect()
    connection.set_session(autocommit=False)
    with connection, connection.cursor() as cursor:
        quoted = quote_ident(building, cursor)
        cursor.execute(f"COMMENT ON DATABASE {quoted} IS %s", [mark])
        target = quote_ident(name, cursor)
        cursor.execute(f"ALTER DATABASE {quoted} RENAME TO {target}")


def mark(name, text):
    connection = connect()
    with connection.cursor() as cursor:
        quoted = quote_ident(name, cursor)
        cursor.execute(f"COMMENT ON DATABASE {quoted} IS %s", [text])


def address(name, url, own_url):
    """Tell a database where it is served: for links, and for printing PDF."""
    for key, value in (("web.base.url", url), ("report.url", own_url)):
        _execute(
            name,
            "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
            [key, value],
        )


def users(name, logins):
    """Name of the person behind each of the logins that can be used."""
    return _query(
        name,
        "SELECT u.login, p.name FROM res_users u"
        " JOIN res_partner p ON p.id = u.partner_id"
        " WHERE u.active AND u.login = ANY(%s)",
        [logins.split(",")],
    )


def allow_demo(name):
    """Let modules that are installed from now on bring their demo data."""
    _execute(
        name, "UPDATE ir_module_module SET demo = TRUE WHERE state = 'installed'", []
    )


def _change(statement, *names):
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute(statement.format(*(quote_ident(n, cursor) for n in names)))


def _query(database, statement, values):
    with connect(database).cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(statement, values)
        return [dict(row) for row in cursor.fetchall()]


def _execute(database, statement, values):
    with connect(database).cursor() as cursor:
        cursor.execute(statement, values)


COMMANDS = {
    function.__name__: function
    for function in (marks, drop, copy, finish, mark, address, users, allow_demo)
}

if __name__ == "__main__":
    try:
        answer = COMMANDS[sys.argv[1]](*sys.argv[2:])
    except psycopg2.Error as error:
        sys.exit(str(error).strip())
    print(json.dumps(answer))
