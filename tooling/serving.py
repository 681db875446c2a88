"""Serving a database over HTTP until the user stops it."""

import socket
import time
import urllib.request

from . import paths, process
from .console import Failure, step

FIRST_PORT = 8069
LAST_PORT = 8169
PATIENCE = 120
ATTEMPTS = 3


def free_port(first=FIRST_PORT):
    """The first port from `first` that nobody listens on."""
    for port in range(first, max(first, LAST_PORT) + 1):
        with socket.socket() as probe:
            try:
                probe.bind(("", port))
            except OSError:
                continue
            return port
    raise Failure(f"no free port between {first} and {LAST_PORT}")


def any_port():
    """A port far from those that people serve on, for a program that nobody visits."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return probe.getsockname()[1]


class Server:
    """Odoo serving one database; stopped at the end of the `with` block."""

    def __init__(self, environment, database, interface, port=None):
        self._environment = environment
        self._database = database
        self._interface = interface
        self._wanted_port = port
        self._child = self.log = self.url = None

    def __enter__(self):
        with step("Odoo"):
            for _attempt in range(ATTEMPTS):
                self._start()
                if self._wait_until_it_answers():
                    return self
            raise Failure(
                f"the server does not start:\n{process.tail(self.log)}\n"
                f"The whole log: {self.log}"
            )

    def __exit__(self, *_exception):
        process.stop(self._child)

    def wait(self):
        """Wait until the server ends by itself; its exit code."""
        return self._child.wait()

    def _start(self):
        """Start Odoo in a session of its own: Ctrl-C reaches us, and we stop it."""
        port = self._wanted_port or free_port()
        everywhere = self._interface in ("0.0.0.0", "::")
        own = "127.0.0.1" if everywhere else self._interface
        self._own_url = f"http://{own}:{port}"
        host = socket.gethostname() if everywhere else self._interface
        self.url = f"http://{host}:{port}"
        self._tell_address()
        self.log = paths.LOGS / f"server-{port}.log"
        self._child = process.start(
            [
                *(self._environment.python, "-m", "odoo"),
                *("-c", self._environment.configuration(self._database)),
                *(f"--http-interface={self._interface}", f"--http-port={port}"),
            ],
            self.log,
            env=self._environment.variables(),
            cwd=paths.ROOT,
            start_new_session=True,
        )

    def _tell_address(self):
        """Tell the database where it is served: for links, and for printing PDF."""
        for key, value in (("web.base.url", self.url), ("report.url", self._own_url)):
            self._environment.databases.query(
                "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
                " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
                *(key, value),
                database=self._database,
            )

    def _wait_until_it_answers(self):
        """Whether the server answers; False if it ended, as when its port is taken."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._child.poll() is None:
            if _answers(f"{self._own_url}/web/login"):
                return True
            time.sleep(0.2)
        process.stop(self._child)
        return False


def _answers(url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=30) as response:
            return response.status == 200
    except OSError:  # and what urllib raises is one
        return False
