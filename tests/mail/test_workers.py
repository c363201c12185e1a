"""Worker processes: each message once, none lost, whoever is killed (E65, K6)."""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from booking.actions.offer import offer
from booking.actions.values import Question
from booking.mail.deliver import Tally, deliver
from booking.scheduling import timeline
from booking.scheduling.clinic import Clinic
from tests.actions.asks import MORNING, TUESDAY, book_visit, counts, rows
from tests.databases import Clock
from tests.mail import processes
from tests.mail.sink import free_port, send_to, sink
from tests.races.sizes import MAIL_KILLS, MAILS, PATIENCE

pytestmark = [
    pytest.mark.timeout(3 * PATIENCE),
    pytest.mark.usefixtures("any_app"),
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd"),
]
DUE = MORNING + timedelta(minutes=3)
AFTER_LEASE = DUE + timedelta(minutes=3)


@pytest.fixture
def url(request: pytest.FixtureRequest, any_app: Flask) -> str:
    """The database of ``any_app``, for other processes."""
    del any_app  # made first
    names = {"sqlite": "sqlite_url", "postgresql": "pg_url"}
    found: str = request.getfixturevalue(names[request.node.callspec.params["any_app"]])
    return found


@pytest.fixture
def bookings(clinic: Clinic) -> Callable[[int], list[str]]:
    """Book so many visits of different people; returns their addresses."""

    def make(number: int) -> list[str]:
        question = Question("rmt-60", TUESDAY.date(), TUESDAY.date() + timedelta(days=85))
        addresses = [f"p{n}@example.com" for n in range(number)]
        for address in addresses:
            minute, _ = next(iter(offer(clinic, question, MORNING).slots()))
            book_visit(clinic, name=address, email=address, start=timeline.wall(minute), service="rmt-60")
        return addresses

    return make


def wait_until(reached: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something, not longer than necessary."""
    limit = time.monotonic() + seconds
    while not reached() and time.monotonic() < limit:
        time.sleep(0.02)
    assert reached()


def states() -> Counter[str]:
    return Counter(row.state for row in rows("SELECT state FROM message WHERE kind NOT LIKE 'reminder%'"))


@pytest.mark.races
def test_e65_two_workers_send_each_message_once(
    url: str, tmp_path: Path, bookings: Callable[[int], list[str]]
) -> None:
    """E65, K14: two worker processes, clocks a minute apart: forty messages, forty mails, both at work."""
    addresses = bookings(40)
    with sink(ways=["slow"] * 40, seconds=30) as received:
        workers = [
            processes.worker(url, tmp_path, DUE + n * timedelta(minutes=1), received.port, name=f"w{n}")
            for n in range(2)
        ]
        try:
            wait_until(lambda: set(received.greetings) == {"w0", "w1"} and len(received.received) == 2)
            received.seconds = 0.02
            wait_until(lambda: len(received.received) >= 40 and states() == {"sent": 40})
        finally:
            codes = processes.end(*workers)
    assert sorted(received.recipients()) == sorted(addresses)
    assert codes == [0, 0]
    assert {row.attempts for row in rows("SELECT attempts FROM message WHERE kind NOT LIKE 'reminder%'")} == {
        1
    }


def test_k6_killed_between_send_and_mark_is_one_duplicate(
    url: str, tmp_path: Path, bookings: Callable[[int], list[str]], clock: Clock
) -> None:
    """E65, K6: kill -9 while the server takes the message: it comes once more, with the same id."""
    bookings(1)
    with sink(ways=["slow"], seconds=30) as received:
        killed = processes.worker(url, tmp_path, DUE, received.port)
        wait_until(lambda: len(received.received) == 1)
        killed.kill()
        killed.communicate()
        assert states() == {"sending": 1}
        received.ways.clear()
        second = processes.worker(url, tmp_path, AFTER_LEASE, received.port)
        try:
            wait_until(lambda: states() == {"sent": 1})
        finally:
            assert processes.end(second) == [0]
    assert len(received.received) == 2
    assert len({mail["Message-ID"] for mail in received.messages()}) == 1


def test_k6_killed_between_lease_and_send_still_arrives(
    url: str, tmp_path: Path, bookings: Callable[[int], list[str]], any_app: Flask, clock: Clock
) -> None:
    """K6: kill -9 before the server has taken anything: after the lease it arrives, once."""
    bookings(1)
    with sink(ways=["hang before data"], seconds=30) as received:
        killed = processes.worker(url, tmp_path, DUE, received.port)
        wait_until(lambda: states() == {"sending": 1} and not received.ways)
        killed.kill()
        killed.communicate()
        send_to(any_app, received.port)
        clock.at = DUE + timedelta(seconds=30)
        assert deliver() == Tally()
        clock.at = AFTER_LEASE
        assert deliver() == Tally(sent=1)
    assert received.recipients() == ["p0@example.com"]


def test_k6_a_worker_that_marks_before_it_sends_loses_a_message(
    url: str, tmp_path: Path, bookings: Callable[[int], list[str]], any_app: Flask, clock: Clock
) -> None:
    """The control of K6: marked first and killed then, a message never arrives, and nobody sends it again."""
    bookings(1)
    with sink(ways=["hang before data"], seconds=30) as received:
        killed = processes.worker(url, tmp_path, DUE, received.port, "mark-first")
        wait_until(lambda: states() == {"sent": 1} and not received.ways)
        killed.kill()
        killed.communicate()
        send_to(any_app, received.port)
        clock.at = AFTER_LEASE
        assert deliver() == Tally()
    assert received.recipients() == []


def test_k6_killed_between_commit_and_send_still_arrives(
    url: str, tmp_path: Path, clinic: Clinic, any_app: Flask, clock: Clock
) -> None:
    """Proof of issue 2: kill -9 right after a booking's commit: it stands and its confirmation arrives."""
    died = processes.start(url, tmp_path, MORNING, "book-and-die")
    output, _ = died.communicate(timeout=60)
    assert died.returncode == -signal.SIGKILL, output
    assert (counts()["appointment"], counts()["message"], clinic.id) == (1, 3, 1)  # reminders too
    clock.at = DUE + timedelta(seconds=10)
    with sink() as received:
        send_to(any_app, received.port)
        assert deliver() == Tally(sent=1)
    assert received.recipients() == ["ada@example.com"]


class Chaos:
    """Three workers of which every seventh message kills one; another takes its place."""

    SPEED = 15.0  # a lease of 120 seconds is over after 8

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.began = time.monotonic()
        self.seen = self.kills = 0
        self.workers: dict[str, subprocess.Popen[str]] = {}
        self.dead: list[subprocess.Popen[str]] = []

    def start(self, name: str, port: int) -> None:
        at = DUE + timedelta(seconds=(time.monotonic() - self.began) * self.SPEED)
        self.workers[name] = processes.worker(self.url, self.folder, at, port, name=name, speed=self.SPEED)

    def on_received(self, name: str) -> None:
        self.seen += 1
        if self.seen % 7 == 0 and self.kills < MAIL_KILLS:
            self.kills += 1
            self.workers[name].kill()
            self.dead.append(self.workers[name])


@pytest.mark.races
def test_k6_kills_lose_nothing(
    url: str,
    tmp_path: Path,
    bookings: Callable[[int], list[str]],
    record_property: Callable[[str, object], None],
) -> None:
    """K6: three workers, five kills in forty mails: none lost, at most one duplicate for each kill."""
    addresses = bookings(MAILS)
    chaos = Chaos(url, tmp_path)
    with sink(ways=["slow"] * 2 * MAILS, seconds=0.05, on_received=chaos.on_received) as received:
        for number in range(3):
            chaos.start(f"w{number}", received.port)

        def all_sent() -> bool:
            for name, each in list(chaos.workers.items()):
                if each in chaos.dead:
                    chaos.start(name, received.port)
            return states() == {"sent": MAILS}

        try:
            wait_until(all_sent, seconds=2 * PATIENCE)
        finally:
            processes.end(*chaos.workers.values())
            processes.end(*chaos.dead)
    assert chaos.kills == MAIL_KILLS
    assert set(received.recipients()) == set(addresses)
    assert len(received.received) <= MAILS + MAIL_KILLS
    ids = {(mail["To"], mail["Message-ID"]) for mail in received.messages()}
    assert len(ids) == MAILS
    doubled = len(received.received) - MAILS
    record_property("K6 mails, kills, lost, doubled", (MAILS, MAIL_KILLS, 0, doubled))


def test_a_worker_told_to_stop_finishes_the_message_at_hand(
    url: str, tmp_path: Path, bookings: Callable[[int], list[str]]
) -> None:
    """K15: SIGTERM in the middle of a message: it is finished and marked, the rest stays, exit code 0."""
    bookings(3)
    with sink(ways=["slow"], seconds=1.0) as received:
        stopped = processes.worker(url, tmp_path, DUE, received.port)
        wait_until(lambda: len(received.received) == 1)
        own, its = (os.getpriority(os.PRIO_PROCESS, pid) for pid in (0, stopped.pid))
        assert processes.end(stopped) == [0]
    assert its == min(own + 5, 19)  # it gives way to who asks for a time
    assert len(received.received) == 1
    assert states() == {"sent": 1, "planned": 2}


def test_a_worker_outlives_a_mail_server_that_is_away(
    url: str, tmp_path: Path, bookings: Callable[[int], list[str]]
) -> None:
    """E64: a worker that was started without a mail server sends as soon as there is one."""
    addresses = bookings(3)
    port = free_port()
    waiting = processes.worker(url, tmp_path, DUE, port)
    assert waiting.stdout is not None
    try:
        told = waiting.stdout.readline()
        with sink(port=port) as received:
            wait_until(lambda: states() == {"sent": 3})
    finally:
        waiting.terminate()
        output, _ = waiting.communicate(timeout=30)
    assert sorted(received.recipients()) == sorted(addresses)
    assert "the mail server cannot be used: ConnectionRefusedError" in told
    assert "next try in 1 s" in told
    assert "example.com" not in told + output
    assert waiting.returncode == 0
