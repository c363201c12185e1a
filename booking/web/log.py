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


class Stderr:
    """The end of the line: whatever ``sys.stderr`` is at that moment."""

    def msg(self, line: str) -> None:
        """Write one line at once, so that lines of several processes do not mix."""
        sys.stderr.write(line + "\n")

    info = warning = error = msg


def make_log(now: Callable[[], datetime]) -> Any:
    """Return a logger whose lines carry the instant told by ``now``."""

    def stamp(logger: WrappedLogger, name: str, line: EventDict) -> EventDict:
        line["at"] = now().isoformat(timespec="milliseconds")
        return line

    return structlog.wrap_logger(
        Stderr(),
        processors=[stamp, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        cache_logger_on_first_use=True,
    )


def where(error: BaseException) -> list[str]:
    """Return the frames of a fault as "file:line function", innermost last; no values."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
