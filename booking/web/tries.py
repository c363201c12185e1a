"""How often one address may try, counted over all hosts in Redis where REDIS_URL names one (E27, K12).

What is limited for good (visits, holds, wrong passwords) is a row and is counted in the database
(ADR 0005). A refused try leaves no row, yet it takes its turn at the clinic's lock: a script's
thousand a minute are sent away here, before the database is asked (ADR 0015). Where Redis is
away, slow or emptied, each process counts for itself, and nobody is refused for that.
"""

import logging
import socket
import ssl
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from threading import Lock
from time import monotonic
from urllib.parse import unquote, urlsplit

MOST_TRIES = 120  # a minute of one address: a house full of patients stays far below
WINDOW_SECONDS = 60
PATIENCE_SECONDS = 0.1  # for one answer of Redis
PAUSE_SECONDS = 5.0  # without asking a server that has just not answered
MOST_ADDRESSES = 10_000  # that one process remembers
PORT = 6379

log = logging.getLogger(__name__)


class Away(Exception):
    """Redis cannot be reached, does not answer in time, or refuses; the message says which."""


class Redis:
    """A connection that says a few commands at once and waits for their answers, but not for long."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._open: socket.socket | None = None

    def ask(self, *commands: Sequence[str]) -> list[bytes]:
        """Return the first line of the answer to each command, without its mark.

        Raises:
            Away: there is no whole answer.
        """
        if self._open is not None:
            try:
                return _converse(self._open, commands)
            except (OSError, Away):
                self.close()  # it was closed while nobody asked: once more, on another
        try:
            self._open = self._connect()
            return _converse(self._open, commands)
        except (OSError, Away) as error:
            self.close()
            raise Away(str(error) or type(error).__name__) from error

    def close(self) -> None:
        """Hang up; the next question opens another connection."""
        if self._open is not None:
            self._open.close()
        self._open = None

    def _connect(self) -> socket.socket:
        host = self._parts.hostname or "127.0.0.1"
        opened = socket.create_connection((host, self._parts.port or PORT), PATIENCE_SECONDS)
        try:
            if self._parts.scheme == "rediss":
                opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
            _converse(opened, self._greeting())
        except BaseException:
            opened.close()
            raise
        return opened

    def _greeting(self) -> list[Sequence[str]]:
        names = [self._parts.username, self._parts.password] if self._parts.password else []
        number = self._parts.path.strip("/")
        said: list[Sequence[str]] = [("PING",)]
        if names:
            said.insert(0, ("AUTH", *(unquote(name) for name in names if name)))
        return [*said, ("SELECT", number)] if number else said


def _converse(to: socket.socket, commands: Sequence[Sequence[str]]) -> list[bytes]:
    words = b""
    for command in commands:
        parts = [word.encode() for word in command]
        words += b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
    if words:
        to.sendall(words)
    with to.makefile("rb") as answers:
        lines = [answers.readline() for _ in commands]
    for line in lines:
        if not line.endswith(b"\r\n") or line.startswith(b"-"):
            raise Away(line[1:].decode("ascii", "replace").strip() or "it hung up")
    return [line[1:-2] for line in lines]


class Tries:
    """Counts the tries of every address; ``now`` is the clinic's clock, whose minutes all hosts share."""

    def __init__(self, url: str) -> None:
        self._redis = Redis(url)
        self._own: Counter[str] = Counter()
        self._window = 0
        self._asked_again_at = 0.0
        self._lock = Lock()

    def is_one_too_many(self, origin: str, now: datetime) -> bool:
        """Count one more try of an address, given by its pseudonym, and say whether to refuse it."""
        window = int(now.timestamp()) // WINDOW_SECONDS
        with self._lock:
            own = self._count_here(origin, window)
            return max(own, self._count_there(f"clinic:tries:{origin}:{window}")) > MOST_TRIES

    def close(self) -> None:
        """Hang up."""
        self._redis.close()

    def _count_here(self, origin: str, window: int) -> int:
        if window != self._window or len(self._own) > MOST_ADDRESSES:
            self._own.clear()
        self._window = window
        self._own[origin] += 1
        return self._own[origin]

    def _count_there(self, key: str) -> int:
        """Return how many tries all hosts have counted; 0 where Redis does not say."""
        if monotonic() < self._asked_again_at:
            return 0
        try:
            counted, _ = self._redis.ask(("INCR", key), ("EXPIRE", key, str(2 * WINDOW_SECONDS)))
        except Away:
            self._asked_again_at = monotonic() + PAUSE_SECONDS
            log.warning("Redis cannot be used: each process counts tries for itself")
            return 0
        return int(counted)


def find_trouble(url: str) -> str | None:
    """Return what keeps a Redis from being used, None when nothing does."""
    asked = Redis(url)
    try:
        asked.ask(("PING",))
    except Away as error:
        return str(error)
    finally:
        asked.close()
    return None
