"""A real server with two processes, and visitors who all press the button in the same instant."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest

from booking.cli.processes import _stop_with_parent
from tests import databases
from tests.architecture.source import ROOT
from tests.databases import SECRET_KEY
from tests.races import stored
from tests.races.sizes import PATIENCE

HERE = "127.0.0.1"
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """One response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Site:
    """A running server, the id of its first process, and its database."""

    port: int
    database: str
    pid: int = 0

    def workers(self) -> list[int]:
        """Return the ids of the processes that answer requests."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return sorted(int(child) for child in children.split())

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request on a connection of its own."""
        with closing(http.client.HTTPConnection(HERE, self.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        """Post JSON to the API; underscores in header names are hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(
            "POST", f"/api/v1{path}", json.dumps(body).encode(), {"Content-Type": "application/json", **named}
        )

    def count(self, question: str) -> int:
        """Return the number that a question in SQL asks the database for."""
        with stored.connected(self.database) as conn:
            return stored.count(conn, question)


@dataclass
class Browser:
    """A visitor with cookies, who fills in the form that they were shown."""

    site: Site
    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Answer:
        """Send a request with this visitor's cookies, and keep those that come back."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.site.send(method, path, urlencode(form).encode() if form is not None else None, headers)
        for name, value in answer.headers.items():
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition(";")[0].partition("=")
                self.cookies[cookie] = rest
        return answer

    def open_form(self, path: str, **typed: str) -> dict[str, str]:
        """Open a form and return its fields with what was typed."""
        return self.fill_in(self.send("GET", path), **typed)

    def fill_in(self, page: Answer, **typed: str) -> dict[str, str]:
        """Return the fields of a page that was opened, with what was typed."""
        assert page.status == 200, page.body.decode()
        return {**Fields.of(page), **typed}


class Fields(HTMLParser):
    """Collects the fields of a page with the values that they hold."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    @classmethod
    def of(cls, answer: Answer) -> dict[str, str]:
        """Return the text and hidden fields of a page."""
        parser = cls()
        parser.feed(answer.body.decode())
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an input with a name that is not to be ticked."""
        given = dict(attrs)
        if tag == "input" and given.get("name") and given.get("type") not in ("radio", "checkbox"):
            self.found[given["name"] or ""] = given.get("value") or ""


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Do all calls in the same instant and return what came of them, in order."""
    together = Barrier(len(calls))

    def wait_and_do(call: Callable[[], T]) -> T:
        together.wait(PATIENCE)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(wait_and_do, calls))


COMMAND = (sys.executable, "-m", "gunicorn", "-c", "python:booking.cli.serving", "tests.races.served:app")


def environment(database: str, folder: Path, port: int, **more: str) -> dict[str, str]:
    """Return the environment of a server with two processes on a port."""
    return {
        **os.environ,
        "PORT": str(port),
        "DATABASE_URL": database,
        "SECRET_KEY": SECRET_KEY,
        "BASE_URL": f"http://{HERE}:{port}",
        "RATE_LIMITS": "off",
        "WEB_CONCURRENCY": "2",
        "CLINIC": "synergy",
        "INSTANCE": str(folder),
        **more,
    }


@contextmanager
def serving(database: str, folder: Path, **more: str) -> Iterator[Site]:
    """Serve a database with two processes on a free port until the block ends; ``more`` is environment."""
    port = _free_port()
    environ = environment(database, folder, port, **more)
    with (
        (folder / "server.log").open("w") as log,
        subprocess.Popen(
            COMMAND,
            cwd=ROOT,
            env=environ,
            stdout=log,
            stderr=log,
            preexec_fn=_stop_with_parent,  # noqa: PLW1509 - one system call, and no thread runs here
        ) as server,
    ):
        try:
            site = Site(port, database, server.pid)
            _wait_for(site, server, folder / "server.log")
            yield site
        finally:
            server.terminate()
            server.wait(PATIENCE)


@contextmanager
def serving_copy(request: pytest.FixtureRequest, folder: Path, engine: str, **more: str) -> Iterator[Site]:
    """Serve a copy of the sample clinic's database on an engine."""
    with databases.copied(request, folder, engine) as url, serving(url, folder, **more) as found:
        yield found


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HERE, 0))
        port: int = found.getsockname()[1]
        return port


def _wait_for(site: Site, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            if site.send("GET", "/healthz").status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not start: {log.read_text()}")
