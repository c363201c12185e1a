"""How long a write waits for its turn (K11).

The wait for the write lock is short unless somebody holds it who should not: a long job at
the console, a stalled backup. Processes that serve pages must not all stand behind it, or
nobody could even look. So in a web server each waits a moment only, and then one at a time
takes the seat on which it may wait to the end; the others tell their visitor at once.
Everybody else (worker, commands) waits to the end.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from sqlalchemy import Connection

from booking.records.failures import Locked
from booking.records.prepared import say

T = TypeVar("T")

# Refuse before a web server's own time-out: a request that meets a lock ends within 15 seconds.
LOCK_SECONDS = 14.0
MOMENT_SECONDS = 1.0  # far longer than any wait for one another
AT_ONCE_SECONDS = 0.05  # while somebody sits on the seat already
WAIT = "wait"  # the execution option of a connection that waits otherwise than usual: seconds

_seat: int | None = None


def share_seat(file_number: int) -> None:
    """Let this process share one seat with all that were forked with the same open file.

    The file is locked by process (POSIX), so that the seat of a killed one is free again.
    """
    global _seat  # noqa: PLW0603  said once, before the first request
    _seat = file_number


def usual_seconds() -> float:
    """Return how long a statement of this process waits for a lock unless told otherwise."""
    return LOCK_SECONDS if _seat is None else min(MOMENT_SECONDS, LOCK_SECONDS)


def wait_in_turn(attempt: Callable[[float | None], T]) -> T:
    """Do ``attempt``, again on the seat when a moment was too short.

    Args:
        attempt: is given the seconds to wait for a lock; None for the usual ones.

    Raises:
        Locked: the lock was not free in time, or somebody else waits for it already.
    """
    if _seat is None:
        return attempt(None)
    if not _is_free(_seat):
        return attempt(AT_ONCE_SECONDS)
    began = monotonic()
    try:
        return attempt(None)
    except Locked:
        with _sitting(_seat) as is_mine:
            if not is_mine:
                raise
            return attempt(max(LOCK_SECONDS - (monotonic() - began), AT_ONCE_SECONDS))


def _is_free(seat: int) -> bool:
    with _sitting(seat) as was_free:
        return was_free


@contextmanager
def _sitting(seat: int) -> Iterator[bool]:
    """Take the seat if it is free, say whether it was, and leave it at the end."""
    try:
        fcntl.lockf(seat, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        yield False
        return
    try:
        yield True
    finally:
        fcntl.lockf(seat, fcntl.LOCK_UN)


def begin_immediate(conn: Connection) -> None:
    """Begin as SQLite's one writer, waiting as long as the connection's options say."""
    seconds = conn.get_execution_options().get(WAIT)
    if seconds is None:
        say(conn, "BEGIN IMMEDIATE")
        return
    conn.exec_driver_sql(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
    try:
        conn.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        conn.exec_driver_sql(f"PRAGMA busy_timeout = {int(usual_seconds() * 1000)}")


def limit(conn: Connection) -> None:
    """Let a transaction on PostgreSQL wait for locks as long as the connection's options say.

    One statement may wait for two locks, one after the other: so a long wait is limited as a whole.
    """
    seconds = conn.get_execution_options().get(WAIT)
    if seconds is None or conn.dialect.name == "sqlite":
        return
    conn.exec_driver_sql(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")
    if seconds > AT_ONCE_SECONDS:
        conn.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
