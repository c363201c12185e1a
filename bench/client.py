"""A small HTTP client: one connection a request, as the sync server closes it anyway."""

import socket
import time
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    head: str
    body: bytes
    seconds: float


def get(port: int, path: str, cookie: str = "") -> Answer:
    """Send a GET to this machine."""
    return send(port, _head("GET", path, port, cookie) + b"\r\n")


def post(port: int, path: str, fields: dict[str, str], cookie: str) -> Answer:
    """Send a form to this machine."""
    body = urlencode(fields).encode()
    kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    return send(port, _head("POST", path, port, cookie) + kind.encode() + body)


def send(port: int, request: bytes) -> Answer:
    """Send a raw request and read until the server closes."""
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    seconds = time.perf_counter() - began
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    return Answer(int(head[9:12] or b"0"), head.decode("latin-1"), body, seconds)


def _head(method: str, path: str, port: int, cookie: str) -> bytes:
    line = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
    return (line + (f"Cookie: {cookie}\r\n" if cookie else "")).encode()
