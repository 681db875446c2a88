"""What the user sees: steps with their progress, tables, and plain failures."""

import sys
import time
from contextlib import contextmanager

QUIET_REPORT_SECONDS = 30


class Failure(Exception):
    """A plain reason to stop, told without a traceback; `./kam` exits with 1."""


class Step:
    """One line of progress on stderr: a title, the time it takes, how it ended.

    On a terminal the line is rewritten while work goes on; in a log file a line is
    added every half a minute, so that a long download does not look like a hang.
    """

    def __init__(self, title):
        self.title = title
        self.outcome = ""
        self.started = time.monotonic()
        self._reported = self.started
        self._live = sys.stderr.isatty()

    def tick(self, detail=""):
        """Show that work goes on, with a detail such as the last line of a log."""
        now = time.monotonic()
        if self._live:
            line = f"  {self.title} … {now - self.started:.0f} s  {detail.strip()}"
            self._write(f"\r\033[K{line[:100]}")
        elif now - self._reported >= QUIET_REPORT_SECONDS:
            self._reported = now
            self._write(f"  {self.title} … {now - self.started:.0f} s\n")

    def end(self, outcome):
        seconds = time.monotonic() - self.started
        took = f" ({seconds:.0f} s)" if seconds >= 1 else ""
        start = "\r\033[K" if self._live else ""
        self._write(f"{start}  {self.title}: {outcome}{took}\n")

    @staticmethod
    def _write(text):
        sys.stderr.write(text)
        sys.stderr.flush()


@contextmanager
def step(title):
    """Run a block as a step; set `outcome` on the step to say what was done.

    A Failure inside is told with the title of the step and with the way on.
    """
    current = Step(title)
    try:
        yield current
    except Failure as failure:
        current.end("failed")
        raise Failure(f"{title}: {failure}") from failure
    except BaseException:
        current.end("stopped")
        raise
    current.end(current.outcome or "ready")


def say(text=""):
    """Print to the user, at once."""
    print(text, flush=True)


def table(header, rows):
    """Text of a table with aligned columns; every cell is made a string."""
    lines = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    pattern = "  ".join(f"{{:{width}}}" for width in widths)
    return "\n".join(pattern.format(*line).rstrip() for line in lines)
