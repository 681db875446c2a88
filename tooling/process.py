"""Running other programs: steps with a log, servers that end with us."""

import ctypes
import os
import signal
import subprocess
import time

from . import paths
from .console import Failure

TAIL_LINES = 20


def run_logged(current, command, log, *, protect=False, **options):
    """Run a command as part of a step; its output goes to `.kam/logs/<log>`.

    The step is ticked while the command runs. The command dies with us, unless it
    is protected (a package manager must not be cut off in the middle).
    Raises Failure with the end of the log if the command does not exit with 0.
    """
    log = paths.LOGS / log
    dies_by = None if protect else signal.SIGKILL
    child = start(command, log, dies_by, stdin=subprocess.DEVNULL, **options)
    try:
        while child.poll() is None:
            current.tick(tail(log, 1))
            time.sleep(0.1)
    except BaseException:
        child.wait() if protect else stop(child, signal.SIGTERM)
        raise
    if child.returncode:
        raise Failure(
            f"{' '.join(map(str, command[:3]))} … ended with {child.returncode}.\n"
            f"{tail(log)}\nThe whole log: {log}\n"
            "Run the same command again to go on from here."
        )


def start(command, log=None, dies_by=signal.SIGTERM, **options):
    """Start a program whose output goes to a log, if one is named, else to the user.

    :param dies_by: the signal that it gets from the kernel when we die
    """
    if dies_by:
        options["preexec_fn"] = _die_with_parent(dies_by)
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        options |= {"stdout": log.open("wb"), "stderr": subprocess.STDOUT}
    try:
        return subprocess.Popen(list(map(str, command)), **options)
    except FileNotFoundError as error:
        raise Failure(f"{error.filename} was not found") from error
    finally:
        if log:
            options["stdout"].close()


def tail(log, lines=TAIL_LINES):
    """The last lines of a log file, as text."""
    with open(log, "rb") as file:
        file.seek(max(0, os.path.getsize(log) - 4000))
        text = file.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def run_in_front(command, **options):
    """Run a command that owns the terminal (pytest, Odoo); return its exit code.

    Ctrl-C reaches it directly; we wait until it has finished in its own way.
    """
    child = start(command, **options)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue
        except BaseException:
            stop(child, signal.SIGTERM)
            raise


def stop(child, sign=signal.SIGINT, patience=15):
    """Stop a child that we started: ask first, then insist."""
    if child.poll() is not None:
        return
    child.send_signal(sign)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def output_of(command):
    """What a quick command prints; None if it fails or is not there."""
    options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
    try:
        done = subprocess.run(list(map(str, command)), **options)
    except (FileNotFoundError, PermissionError):
        return None
    return done.stdout if done.returncode == 0 else None


def _die_with_parent(sign):
    """A preexec function: the kernel sends the signal when our process ends."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    parent = os.getpid()

    def prepare():
        if prctl is not None:
            prctl(1, sign)  # PR_SET_PDEATHSIG
            if os.getppid() != parent:
                os.kill(os.getpid(), sign)

    return prepare
