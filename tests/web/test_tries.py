"""Tries are counted over all hosts in a real Redis, and nobody misses it where it is gone (K12, ADR 0015)."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from redis import Redis

from booking.web import tries
from tests.databases import Clock, opened
from tests.mail.sink import free_port
from tests.web.api.calls import API, post

PASSWORD = "a word of the tests"
MOST = 3


class Server:
    """A Redis of a test's own, which it may stop, freeze and start again."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder, self.port = program, folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        """Its address: the third database, by its password."""
        return f"redis://:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/3"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        settings = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--requirepass", PASSWORD)
        self.process = subprocess.Popen((self.program, *settings), cwd=self.folder, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while tries.find_trouble(self.url) and time.monotonic() < until:
            time.sleep(0.02)

    def signal(self, number: int) -> None:
        """Send it a signal."""
        assert self.process
        self.process.send_signal(number)

    def kill(self) -> None:
        """Kill it."""
        assert self.process
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    """A server; skipped with the reason where there is none, failed under CI=true."""
    program = shutil.which("redis-server", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    if program is None:
        reason = "no redis-server: Debian's package redis-server has it"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    folder = tmp_path / "redis"
    folder.mkdir()
    server = Server(str(program), folder)
    yield server
    server.kill()


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three tries a minute, and a Redis that did not answer is asked again at once."""
    monkeypatch.setattr(tries, "MOST_TRIES", MOST)
    monkeypatch.setattr(tries, "PAUSE_SECONDS", 0.0)


@contextmanager
def hosts(
    url: str, tmp_path: Path, clock: Clock, redis_url: str
) -> Iterator[tuple[FlaskClient, FlaskClient]]:
    """Give two hosts on one database and one Redis."""
    with ExitStack() as stack:
        one, two = (stack.enter_context(opened(url, tmp_path, clock, REDIS_URL=redis_url)) for _ in range(2))
        for app in (one, two):
            stack.callback(app.extensions["tries"].close)
        yield one.test_client(), two.test_client()


def statuses(*clients: FlaskClient) -> list[int]:
    """Try once at each; what is tried is refused anyway."""
    return [client.post(f"{API}/appointments", json={}).status_code for client in clients]


@pytest.mark.usefixtures("_few")
def test_two_hosts_count_together(usual_url: str, tmp_path: Path, clock: Clock, redis: Server) -> None:
    """E27: three tries at either host, the fourth is refused at both; another address and minute are free."""
    with hosts(usual_url, tmp_path, clock, redis.url) as (here, there):
        assert statuses(here, there, here) == [422, 422, 422]
        refused = there.post(f"{API}/appointments", json={})
        assert (refused.status_code, refused.json["code"]) == (429, "too_many")
        assert refused.headers["Retry-After"]
        assert statuses(here) == [429]
        assert here.get("/").status_code == 200  # looking is no try
        elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
        assert there.post(f"{API}/appointments", json={}, environ_overrides=elsewhere).status_code == 422
        clock.at += timedelta(minutes=1)
        assert statuses(here, there) == [422, 422]


@pytest.mark.usefixtures("_few")
@pytest.mark.parametrize("way", ["killed", "frozen", "flushed"])
def test_k12_without_redis_each_counts_for_itself(
    usual_url: str, tmp_path: Path, clock: Clock, redis: Server, way: str
) -> None:
    """K12: killed, frozen or emptied: bookings work, no 5xx, the limit holds in each process."""
    with hosts(usual_url, tmp_path, clock, redis.url) as (here, there):
        assert statuses(here, here) == [422, 422]
        if way == "killed":
            redis.kill()
        elif way == "frozen":
            redis.signal(signal.SIGSTOP)
        else:
            with closing(Redis.from_url(redis.url)) as asked:
                asked.flushall()
        assert post(there, service="rmt-60", start="2026-11-24T11:00").status_code == 201
        assert statuses(here, here) == [422, 429]
        if way == "killed":
            redis.start()
        redis.signal(signal.SIGCONT)
        clock.at += timedelta(minutes=1)
        assert statuses(here, there, here, there) == [422, 422, 422, 429]  # together again


def test_a_server_that_does_not_answer_is_left_alone_for_a_while(
    usual_url: str, tmp_path: Path, clock: Clock
) -> None:
    """K12: the next try does not wait for it once more."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        with hosts(usual_url, tmp_path, clock, address) as (here, _):
            assert statuses(here, here, here) == [422, 422, 422]
        silent.accept()[0].close()
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.accept()


def test_the_doctor_says_whether_redis_can_be_used(usual_url: str, tmp_path: Path, redis: Server) -> None:
    """K12: a wrong password and a server that is away are red lines, in words without the password."""

    def line(url: str) -> str:
        with opened(usual_url, tmp_path, Clock(), REDIS_URL=url) as app:
            output = app.test_cli_runner().invoke(args=["doctor"]).output
        return next(one for one in output.splitlines() if " redis: " in one)

    assert line(redis.url) == "ok     redis: tries are counted over all hosts"
    wrong = line(redis.url.replace("a%20word", "another"))
    assert wrong.startswith("WRONG  redis: cannot be used (invalid username-password pair")
    redis.kill()
    assert line(redis.url).startswith("WRONG  redis: cannot be used (")
    assert "word" not in wrong.lower().replace("username-password", "")


def test_a_server_that_says_something_else_is_trouble() -> None:
    """What is no Redis, or hangs up, is told in words and raises nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert tries.find_trouble(f"redis://127.0.0.1:{server.getsockname()[1]}")
