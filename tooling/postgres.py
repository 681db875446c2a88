"""The database server: one of our own per checkout, or the one PGHOST names.

Our own cluster lives in `.kam/postgres` and listens on a Unix socket only, in a
short private folder, so no port can clash. PostgreSQL refuses to run as root: root
runs it as the user `postgres`, and where that user cannot reach the checkout, the
cluster lives in that user's home instead.

A checkout that was copied together with its state folder gets a cluster of its own.

Several commands may use the cluster at once: each holds a shared lock, and the last
to leave stops the server, unless somebody else is connected still. The kernel drops
the lock of a command that was killed; a server that such a command left behind is
simply used by the next.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from . import locks, packages, paths, process
from .console import Failure, step

USER = "odoo"
SERVICE_ACCOUNT = "postgres"
START_PATIENCE = 30
SETTINGS = {
    "listen_addresses": "",
    "max_connections": 200,
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    # The data can be made anew at any time: speed counts, a power cut does not.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "jit": "off",
    "max_parallel_workers_per_gather": 0,
}


@contextmanager
def server():
    """The environment to connect with; our own server runs during the block."""
    if os.environ.get("PGHOST"):
        yield {name: os.environ[name] for name in os.environ if name.startswith("PG")}
        return
    users = locks.FileLock(paths.STATE / "postgres.users")
    try:
        users.acquire(shared=True)
        cluster = Cluster()
        cluster.start()
        yield {"PGHOST": cluster.socket, "PGPORT": "5432", "PGUSER": USER}
    finally:
        if users.acquire(wait=False):
            Cluster().stop()
        users.release()


def is_own():
    """Whether databases are kept in our own cluster."""
    return not os.environ.get("PGHOST")


class Cluster:
    """The private cluster of this checkout."""

    def __init__(self):
        self._place_file = paths.STATE / "postgres.json"
        self._account = SERVICE_ACCOUNT if os.geteuid() == 0 else None
        self._place = self._read_place()

    @property
    def data(self):
        return Path(self._place["home"]) / "data"

    @property
    def socket(self):
        return self._place["socket"]

    def start(self):
        """Have the server running; a cluster is made if there is none."""
        with locks.exclusive(paths.STATE / "postgres.lock", "starting PostgreSQL"):
            if self._place and self._answers():
                return
            with step("PostgreSQL") as current:
                self._choose_place()
                if not (self.data / "PG_VERSION").exists():
                    self._init(current)
                self._launch()

    def stop(self):
        """Stop the server if it runs, unless somebody is connected to it.

        That is a server whose ./kam was killed, or psql. Its socket's folder goes.
        """
        if not self._place:
            return
        done = self._run(
            *("psql", "-h", self.socket, "-U", USER, "-d", "postgres", "-Atc"),
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid != pg_backend_pid()",
        )
        is_used = done.returncode == 0 and int(done.stdout) > 0
        if not is_used and (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")
            shutil.rmtree(self.socket, ignore_errors=True)

    # Where it lives

    def _read_place(self):
        """Return where the cluster of this checkout lives; nothing if it has none.

        What a copied state folder says of the cluster of another checkout is not for
        this one; the files copied along may be those of a server that was running.
        """
        try:
            place = json.loads(self._place_file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        home = Path(place.get("home", ""))
        own = paths.STATE / "postgres"
        if home == own or home.name == f"kam-{paths.checkout_id()}":
            return place
        if home.exists():
            shutil.rmtree(own, ignore_errors=True)
        return {}

    def _choose_place(self):
        """Settle the cluster's home and the socket's folder; make both.

        The home is in the account's own home if the account cannot use ours.
        """
        uid, outside = os.geteuid(), os.path.expanduser("~")
        if self._account:
            try:
                user = pwd.getpwnam(self._account)
                uid, outside = user.pw_uid, user.pw_dir
            except KeyError:
                raise Failure(
                    f"PostgreSQL does not run as root, and there is no user "
                    f"{self._account} to run it as; run ./kam as an ordinary user"
                ) from None
        ours = Path(self._place.get("home", paths.STATE / "postgres"))
        homes = (ours, Path(outside) / f"kam-{paths.checkout_id()}")
        home = next(filter(self._make_home, homes), None)
        if home is None:
            raise Failure(f"{self._account or 'this user'} can write to no folder")
        socket = self._place.get("socket", "")
        if not _is_private(socket, uid):
            socket = tempfile.mkdtemp(prefix="kam-", dir="/tmp")
            self._give(socket)
        self._place = {"home": str(home), "socket": socket}
        self._place_file.write_text(json.dumps(self._place))

    def _make_home(self, home):
        """Make the folder; whether the server's account can use it."""
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            return False
        self._give(home)
        return self._as_account(["test", "-w", home]).returncode == 0

    def _give(self, folder):
        if self._account:
            shutil.chown(folder, self._account, self._account)

    # Making and starting it

    def _init(self, current):
        building = self.data.with_name("data.building")
        for folder in (self.data, building):
            shutil.rmtree(folder, ignore_errors=True)
        done = self._run(
            *("initdb", "-D", building, "-U", USER, "-A", "trust", "--no-sync"),
            *("-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"),
        )
        if done.returncode:
            raise Failure(f"initdb failed:\n{done.stderr.strip()}")
        building.rename(self.data)
        current.outcome = "cluster made and started"

    def _launch(self):
        self._drop_stale_pid()
        settings = SETTINGS | {"unix_socket_directories": self.socket}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        log = self.data.with_name("server.log")
        deadline = time.monotonic() + START_PATIENCE
        while not self._answers():
            # Backends of a killed server may hold its shared memory for a moment.
            self._run(
                *("pg_ctl", "-D", self.data, "-l", log, "-w", "-t", START_PATIENCE),
                *("-o", options, "start"),
            )
            time.sleep(0.1)
            if time.monotonic() > deadline:
                raise Failure(
                    f"the server does not start:\n{process.tail(log)}\n"
                    f"If the cluster is beyond repair, remove {self.data}"
                )

    def _drop_stale_pid(self):
        """Remove the pid file of a server that is no more.

        PostgreSQL does so itself, except when another process has that number now.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
            if os.path.samefile(f"/proc/{pid}/cwd", self.data):
                # It runs and does not answer, its socket was swept away: start afresh.
                os.kill(pid, signal.SIGINT)
                deadline = time.monotonic() + START_PATIENCE
                while pid_file.exists() and time.monotonic() < deadline:
                    time.sleep(0.1)
                return
        except (OSError, IndexError, ValueError):
            pass  # there is no such process
        pid_file.unlink(missing_ok=True)

    def _answers(self):
        if not os.path.exists(f"{self.socket}/.s.PGSQL.5432"):
            return False
        ready = self._run("pg_isready", "-q", "-h", self.socket, "-t", 5)
        return ready.returncode == 0

    def _run(self, program, *arguments):
        folder = packages.postgres_programs()
        if folder is None:
            raise Failure("the PostgreSQL server programs are missing")
        return self._as_account([f"{folder}/{program}", *arguments])

    def _as_account(self, command):
        account = {"user": self._account, "group": self._account, "extra_groups": []}
        return subprocess.run(
            list(map(str, command)),
            cwd="/",
            env={k: v for k, v in os.environ.items() if not k.startswith("PG")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            **(account if self._account else {}),
        )


def _is_private(folder, uid):
    """Whether the folder is there and nobody but the user can put a socket into it."""
    try:
        status = os.stat(folder)
    except OSError:
        return False
    return status.st_uid == uid and status.st_mode & 0o077 == 0
