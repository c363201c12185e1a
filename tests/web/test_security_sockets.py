"""The real server, spoken to byte by byte (B8, B10, B14)."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import SECRET_KEY, copied

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
HOST = b"Host: 127.0.0.1\r\n"
JSON = b"Content-Type: application/json\r\n"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def talk(port: int, *parts: bytes) -> bytes:
    """Send bytes, return what comes back until the server closes."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        try:
            for part in parts:
                line.sendall(part)
            line.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server answers a body that is too large before it has read it
        try:
            while more := line.recv(65536):
                heard += more
        except ConnectionResetError:
            pass  # and then hangs up on the rest
    return heard


def status(port: int, *parts: bytes) -> int:
    """Return the status of the answer; 0 where the server hung up without one."""
    first = talk(port, *parts).split(b"\r\n", 1)[0].split(b" ")
    return int(first[1]) if len(first) > 1 else 0


@pytest.fixture(scope="module")
def one_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database for all of this module."""
    with copied(request, tmp_path_factory.mktemp("database")) as url:
        yield url


@pytest.fixture(scope="module")
def port(one_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a gunicorn with one worker on the sample clinic."""
    folder = tmp_path_factory.mktemp("server")
    chosen = free_port()
    environ = os.environ | {
        "PORT": str(chosen),
        "WEB_CONCURRENCY": "1",
        "SECRET_KEY": SECRET_KEY,
        "BASE_URL": f"http://127.0.0.1:{chosen}",
        "DATABASE_URL": one_url,
    }
    command = (sys.executable, "-m", "gunicorn", "-c", "python:booking.cli.serving", "wsgi:app")
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log) as server,
    ):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", chosen), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield chosen
        server.terminate()
        server.wait(timeout=30)


def test_the_server_answers(port: int) -> None:
    """The cases below are refused for what they are, not because nobody listens."""
    assert status(port, b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n") == 200


TARGETS = [
    b"/%",
    b"/%zz",
    b"/%00",
    b"/%ff",
    b"/%ed%a0%80",
    b"/%c0%af",
    b"/?x=%",
    b"/?x=%00",
    b"/?x=%ff",
    b"/\xff",
]


@pytest.mark.parametrize("target", TARGETS)
def test_b8_broken_targets_are_400(port: int, target: bytes) -> None:
    """B8: raw over the wire."""
    assert status(port, b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n") == 400


RAW: dict[str, tuple[bytes, set[int]]] = {
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", {400}),
    "HTTP/1.0 without host": (b"GET /healthz HTTP/1.0\r\n\r\n", {400}),
    "HTTP/1.0 with host": (b"GET /healthz HTTP/1.0\r\n" + HOST + b"\r\n", {200}),
    "HTTP/0.9": (b"GET /healthz\r\n\r\n", {400}),
    "HTTP/9.9": (b"GET /healthz HTTP/9.9\r\n" + HOST + b"\r\n", {400, 505}),
    "two hosts": (b"GET /healthz HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n", {400}),
    "our absolute target": (b"GET http://127.0.0.1/healthz HTTP/1.1\r\n" + HOST + b"\r\n", {200}),
    "another's absolute target": (b"GET http://evil.example/healthz HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "two slashes": (b"GET //healthz HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404}),
    "dots": (b"GET /static/..%2f..%2fconfig.py HTTP/1.1\r\n" + HOST + b"\r\n", {404}),
    "a script name": (b"GET /healthz HTTP/1.1\r\nSCRIPT_NAME: /healthz\r\n" + HOST + b"\r\n", {200}),
    "a header of 64 kB": (
        b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 65536 + b"\r\n\r\n",
        {400, 431},
    ),
    "200 headers": (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: x\r\n" * 200 + b"\r\n", {400, 431}),
    "a target of 8 kB": (b"GET /" + b"x" * 8192 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {400, 414}),
    "length and chunks": (
        b"POST /api/v1/appointments HTTP/1.1\r\n"
        + HOST
        + JSON
        + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        {400},
    ),
    "two lengths": (
        b"POST /api/v1/appointments HTTP/1.1\r\n"
        + HOST
        + JSON
        + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
        {400},
    ),
    "a length below zero": (
        b"POST /api/v1/appointments HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: -1\r\n\r\n",
        {400},
    ),
    "a line break in a key": (
        b"POST /api/v1/appointments HTTP/1.1\r\n"
        + HOST
        + JSON
        + b"Idempotency-Key: abcdefgh\r\n ijkl\r\nContent-Length: 2\r\n\r\n{}",
        {400},
    ),
}


@pytest.mark.parametrize("name", RAW)
def test_b10_b14_tricks_are_no_way_in(port: int, name: str) -> None:
    """B10, B14: each is refused, or answered as the plain request that it is."""
    sent, expected = RAW[name]
    assert status(port, sent) in expected


def test_b10_ten_megabytes_are_refused_and_the_server_lives(port: int) -> None:
    """B10: a body of 10 MB, announced or in chunks, is not read to its end."""
    head = b"POST /api/v1/appointments HTTP/1.1\r\n" + HOST + JSON
    body = b"x" * (10 * 1024 * 1024)
    announced = head + b"Content-Length: %d\r\n\r\n" % len(body)
    assert status(port, announced, body) in (413, 0)
    chunk = b"%x\r\n%s\r\n" % (len(body), body)
    assert status(port, head + b"Transfer-Encoding: chunked\r\n\r\n", chunk, b"0\r\n\r\n") in (413, 0)
    assert status(port, b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n") == 200
