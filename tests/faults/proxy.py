"""A TCP proxy between the program and its database, which cuts connections in the middle of what they say."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from random import Random

HERE = "127.0.0.1"
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: hang up at once, throwing away what lies in between


class Proxy:
    """Passes bytes on until it is told to cut; ``cuts`` counts how often it did."""

    def __init__(self, port: int, seed: int = 10) -> None:
        self.upstream = port
        self.chance = Random(seed)
        self.cuts = self.wanted = 0
        self._listener = socket.create_server((HERE, 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self, times: int) -> None:
        """Cut so many connections, each after some more of the program's messages."""
        self.wanted += times

    def close(self) -> None:
        """Hang up on everybody."""
        self._listener.close()
        for one in list(self._open):
            _hang_up(one)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection((HERE, self.upstream))
                self._open |= {client, server}
                threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, counts: bool) -> None:
        left = None
        with contextlib.suppress(OSError):
            while said := one.recv(65536):
                if counts and left is None and self.cuts < self.wanted:
                    left = self.chance.randint(1, 30)
                    self.cuts += 1
                if left is not None:
                    left -= 1
                    if left == 0:
                        if self.chance.random() < 0.5:  # the server may have heard it, the answer is lost
                            other.sendall(said)
                        break
                other.sendall(said)
        _hang_up(one)
        _hang_up(other)
        self._open -= {one, other}


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        connection.close()


@contextlib.contextmanager
def proxying(port: int) -> Iterator[Proxy]:
    """Stand in front of a port until the block ends."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
