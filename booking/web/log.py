"""One JSON line per request or fault on stderr.

A line names the endpoint, never the path, the query, an address or a person
(reliability.md, A8 and P7): paths of appointments are secrets.
"""

import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

DEEPEST = 12
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})


class Log:
    """Writes the lines; ``now`` tells their instant."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._faults = structlog.wrap_logger(
            _Stderr(),
            processors=[structlog.processors.add_log_level, self._stamp, structlog.processors.JSONRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger("info"),
        )

    def request(self, number: str, endpoint: str | None, method: str, status: str, seconds: float) -> None:
        """Write the line of an answered request.

        It is put together by hand: every part is ours or from a fixed set, and a renderer
        costs as much as looking up a kept answer.
        """
        named = f'"{endpoint}"' if endpoint else "null"
        method = method if method in METHODS else "OTHER"
        at = self._now().isoformat(timespec="milliseconds")
        _write(
            f'{{"event":"request","level":"info","at":"{at}","id":"{number}","endpoint":{named},'
            f'"method":"{method}","status":{status},"ms":{seconds * 1000:.2f}}}\n'
        )

    def fault(self, number: str, endpoint: str | None, error: BaseException) -> None:
        """Write the line of a fault: its kind and where it was, without the values in its message."""
        self._faults.error(
            "fault", id=number, endpoint=endpoint, kind=type(error).__qualname__, where=where(error)
        )

    def _stamp(self, logger: WrappedLogger, name: str, line: EventDict) -> EventDict:
        line["at"] = self._now().isoformat(timespec="milliseconds")
        return line


def where(error: BaseException) -> list[str]:
    """Return the frames of a fault as "file:line function", innermost last; no values."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]


class _Stderr:
    """The logger's end: whatever ``sys.stderr`` is at that moment."""

    def error(self, line: str) -> Any:
        """Write a line."""
        _write(line + "\n")


def _write(line: str) -> None:
    """Write a whole line at once, so that those of several processes do not mix."""
    sys.stderr.write(line)
