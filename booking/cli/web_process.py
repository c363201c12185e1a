"""One web process: gunicorn's sync worker, which keeps its word at the end and in want (K15, K17).

Whoever stands in the queue when this server is told to stop is still answered. Where
the machine has no file handle left for another connection, the process waits for one
instead of ending.
"""

import errno
import time
from socket import socket
from typing import Any

from gunicorn.workers.sync import SyncWorker

from booking.web.queue import waited

NOBODY = (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK)
IN_WANT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
PAUSE_SECONDS = 0.1
UNSURE_SECONDS = 0.05  # the kernel tells when bytes came in by its own ticks, up to 10 ms each


class WebProcess(SyncWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Takes one request after another until told to stop, and then those that came before."""

    _stopped_at: float | None = None

    def handle_exit(self, sig: int, frame: object) -> None:
        """Stop, once whoever waits already has been answered."""
        self._stopped_at = time.monotonic()
        super().handle_exit(sig, frame)

    def run_for_one(self, timeout: float) -> None:
        """Serve until told to stop; then answer the queue."""
        super().run_for_one(timeout)
        if self._stopped_at is not None:
            self._answer_the_queue(self.sockets[0], self._stopped_at)

    def accept(self, listener: socket) -> None:
        """Take the next connection and answer it."""
        try:
            super().accept(listener)
        except OSError as error:
            if error.errno not in IN_WANT:
                raise
            time.sleep(PAUSE_SECONDS)

    def handle(self, listener: socket, client: socket, addr: Any) -> None:
        """Answer one connection, and remember how long it had waited."""
        self._waited = waited(client)
        super().handle(listener, client, addr)

    def _answer_the_queue(self, listener: socket, stopped_at: float) -> None:
        """Answer everybody who came before; the first who came later ends it, answered too."""
        until = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < until:
            self.notify()
            taken_at = time.monotonic()
            try:
                self.accept(listener)
            except OSError as error:
                if error.errno not in NOBODY:
                    raise
                return
            if taken_at - self._waited > stopped_at + UNSURE_SECONDS:
                return
