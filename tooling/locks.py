"""Locks that the kernel takes back when their holder dies, whatever it died of."""

import fcntl
import os
from contextlib import contextmanager

from . import console


class FileLock:
    """An advisory lock on a file: shared or exclusive, never left stale."""

    def __init__(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)

    def acquire(self, shared=False, wait=True):
        """Take the lock; False if it is held by another and `wait` is off."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._fd, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self):
        os.close(self._fd)


@contextmanager
def exclusive(path, waiting_for):
    """Hold the lock for a block; say what is waited for if somebody has it."""
    lock = FileLock(path)
    try:
        if not lock.acquire(wait=False):
            with console.step(f"Waiting for another ./kam to finish {waiting_for}"):
                lock.acquire()
        yield
    finally:
        lock.release()
