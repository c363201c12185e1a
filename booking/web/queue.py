"""The queue in front of this server: how long a request has waited, and when that is too long (L4).

More people than can be served wait in the kernel's queue. Whoever came while it was short is
answered, a crowd of one instant included; who came to a long one is told at once to try again,
so that the others do not wait for ever. Sending a filled form may wait longer than looking.
"""

import socket
import struct
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

# Where Linux's tcp_info says how many milliseconds ago the last bytes came in.
_SIZE, _LAST_BYTES_AT = 56, 52
_MILLISECONDS = struct.Struct("=I")

SHORT = 0.1  # seconds; who waited less found nobody waiting
GATHERING = 2.0  # who came so soon after that belongs to one crowd
LONGEST_READ = 2.5
LONGEST_WRITE = 5.0
LONGEST_CROWD = 15.0
READS = ("GET", "HEAD", "OPTIONS")
ALWAYS = ("/healthz", "/readyz", "/metrics", "/static/")  # a restart would not help; files cost as little


def waited(client: "socket.socket | None") -> float:
    """Return for how many seconds a connection's request lay in the kernel's queue; 0 where unknown."""
    if client is None or not hasattr(socket, "TCP_INFO"):
        return 0.0
    try:
        told = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _SIZE)
    except OSError:  # a Unix socket, or closed meanwhile
        return 0.0
    if len(told) < _SIZE:
        return 0.0
    found: int = _MILLISECONDS.unpack_from(told, _LAST_BYTES_AT)[0]
    return found / 1000


class Queue:
    """What one process knows of the queue by the requests that it takes from it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._taken_at = self._empty_at = clock()

    def is_too_long(self, environ: "WSGIEnvironment") -> bool:
        """Take a request from the queue and say whether it came to a queue that was too long."""
        if environ.get("PATH_INFO", "").startswith(ALWAYS):
            return False
        is_read = environ.get("REQUEST_METHOD") in READS
        return self.take(waited(environ.get("gunicorn.socket")), is_read=is_read)

    def take(self, seconds: float, *, is_read: bool) -> bool:
        """Say whether a request that has waited so long is sent away."""
        now = self._clock()
        came_at = now - seconds
        if seconds < SHORT:
            self._empty_at = now
        elif came_at >= self._taken_at:  # nobody waited when the last one was taken
            self._empty_at = self._taken_at
        self._taken_at = now
        if came_at - self._empty_at <= GATHERING:
            return seconds > LONGEST_CROWD
        return seconds > (LONGEST_READ if is_read else LONGEST_WRITE)
