"""One host: a web server and a message worker of its own, and the door that patients come in by."""

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from booking.cli.processes import _stop_with_parent
from tests.architecture.source import ROOT
from tests.hosts.network import SWITCH, Place
from tests.mail import processes
from tests.races.site import COMMAND, HERE, Answer, environment
from tests.races.sizes import PATIENCE

PORT = 8000  # of each host's own


class _Door(http.client.HTTPConnection):
    """A connection by a Unix socket, as from the host's reverse proxy: cutting the cable leaves it whole."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{HERE}:{PORT}", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(str(self._path))


@dataclass
class Host:
    """A host that runs; ``answers`` are (when, status, seconds) of everything it was asked."""

    place: Place
    door: Path
    worker: subprocess.Popen[str]
    answers: list[tuple[float, int, float]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What it is called, and what its worker greets the mail server with."""
        return self.place.name

    def send(self, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        """Send one request on a connection of its own, and note the answer."""
        began = time.monotonic()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key} if key else {}
        with closing(_Door(self.door)) as connection:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        ended = time.monotonic()
        self.answers.append((ended, answer.status, ended - began))
        return answer


class Time(NamedTuple):
    """When the workers' clocks begin, and how many times too fast they are."""

    begins: datetime
    speed: float


@contextmanager
def running(place: Place, url: str, folder: Path, time_: Time, mail: int, **more: str) -> Iterator[Host]:
    """Start both halves of the program on a host; ``more`` is environment of both, ``mail`` a port."""
    folder.mkdir()
    door = folder / "door"  # the folder's path is short: the name of a socket must be
    with place.entered(), (folder / "log").open("w") as log:
        worker = processes.start(
            url,
            folder,
            time_.begins,
            *("messages", "work"),
            speed=time_.speed,
            BASE_URL=f"http://{place.name}",
            MAIL_SERVER=SWITCH,
            MAIL_PORT=str(mail),
            MAIL_USE_TLS="off",
            **more,
        )
        web = subprocess.Popen(
            (*COMMAND, "--bind", f"unix:{door}"),
            cwd=ROOT,
            env=environment(url, folder, PORT, **more),
            stdout=log,
            stderr=log,
            preexec_fn=_stop_with_parent,  # noqa: PLW1509 - one system call
        )
    try:
        host = Host(place, door, worker)
        _wait_for(host, web, folder / "log")
        yield host
    finally:
        web.terminate()
        web.wait(PATIENCE)
        if worker.poll() is None:
            processes.end(worker)


def _wait_for(host: Host, web: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while web.poll() is None and time.monotonic() < until:
        try:
            if host.send("GET", "/healthz").status == http.HTTPStatus.OK:
                host.answers.clear()
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not start: {log.read_text()}")
