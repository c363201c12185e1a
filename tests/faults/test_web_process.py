"""A server that is told to stop, that waits for a lock, or that lacks handles and memory (K11, K15, K17)."""

import contextlib
import os
import resource
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults import flight
from tests.races.site import Answer, Site, serving_copy
from tests.races.sizes import LOCK_SECONDS, PATIENCE

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(3 * PATIENCE)]

IN_FLIGHT = 100
WRITERS = 4
BOOKED = "SELECT count(*) FROM appointment"
SLOTS = "/api/v1/slots?service=rmt-45&from=2026-11-24&to=2026-11-30"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The sample clinic, served with two processes on each engine."""
    with serving_copy(request, tmp_path, request.param, LOCK_SECONDS=str(LOCK_SECONDS)) as found:
        yield found


@pytest.fixture
def lone_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The sample clinic, served with one process on SQLite."""
    with serving_copy(request, tmp_path, "sqlite", WEB_CONCURRENCY="1") as found:
        yield found


def test_k15_whoever_waits_when_the_server_is_stopped_is_answered(site: Site) -> None:
    """K15: SIGTERM with 100 requests in flight, bookings among them: every one is answered, none by 5xx."""
    starts = flight.free_starts(site, IN_FLIGHT // 5)
    sent = []
    for number in range(IN_FLIGHT):
        if number % 5:
            sent.append(flight.get(site, SLOTS if number % 2 else "/"))
        else:
            sent.append(flight.post(site, flight.wish(number, starts[number // 5]), f"stopping-{number:04}"))
    os.kill(site.pid, signal.SIGTERM)
    answers = [each.answer() for each in sent]
    assert flight.statuses(answers) == {200, 201}
    assert site.count(BOOKED) == sum(answer.status == 201 for answer in answers) == IN_FLIGHT // 5


@contextlib.contextmanager
def locked(site: Site) -> Iterator[None]:
    """Hold the write lock from outside, as a long job at the console would."""
    if site.database.startswith("sqlite"):
        path = site.database.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as conn:
            conn.execute("BEGIN IMMEDIATE")
            yield
            conn.execute("ROLLBACK")
    else:
        with psycopg.connect(site.database) as conn:
            conn.execute("SELECT id FROM clinic FOR UPDATE")
            yield


def test_k11_nobody_who_looks_waits_behind_a_lock(
    site: Site, record_property: Callable[[str, object], None]
) -> None:
    """K11: the lock is held by another: bookings end with 503 and Retry-After, pages go on meanwhile."""
    starts = flight.free_starts(site, WRITERS + 1)
    assert site.send("GET", SLOTS).status == 200
    refused: list[tuple[Answer, float]] = []

    def book(number: int) -> None:
        began = time.monotonic()
        answer = flight.post(site, flight.wish(number, starts[number]), f"locked-{number:04}").answer()
        refused.append((answer, time.monotonic() - began))

    with locked(site):
        writers = [threading.Thread(target=book, args=(number,)) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        looks = looks_while(site, lambda: any(writer.is_alive() for writer in writers))
    assert flight.statuses([answer for answer, _ in refused]) == {503}
    assert {answer.headers["Retry-After"] for answer, _ in refused} == {"5"}
    assert len(looks) >= 20  # without the seat: as many as both processes manage before they wait
    record_property("longest refusal, s", round(max(seconds for _, seconds in refused), 1))
    record_property("looks meanwhile, p95 in ms", round(looks[int(len(looks) * 0.95)] * 1000))
    assert site.count(BOOKED) == 0
    assert site.post("/appointments", flight.wish(9, starts[-1])).status == 201


def looks_while(site: Site, goes_on: Callable[[], bool]) -> list[float]:
    """Look for times again and again; return how long each look took, the longest last."""
    looks = []
    while goes_on():
        began = time.monotonic()
        assert site.send("GET", SLOTS).status == 200
        looks.append(time.monotonic() - began)
    return sorted(looks)


def limit(pid: int, what: int, value: int) -> tuple[int, int]:
    """Limit a running process; return its limits before."""
    before = resource.prlimit(pid, what)
    resource.prlimit(pid, what, (value, before[1]))
    return before


def test_k17_without_handles_the_answer_is_503_and_with_them_all_is_well(lone_site: Site) -> None:
    """K17: the process is left with 0, 1, 2 ... handles more than it holds: 503 until it has enough."""
    starts = flight.free_starts(lone_site, 25)
    (pid,) = lone_site.workers()
    held = {int(handle.name) for handle in Path(f"/proc/{pid}/fd").iterdir()}
    limits = [number for number in range(64) if number not in held]  # a limit is of their numbers
    limit(pid, resource.RLIMIT_NOFILE, limits[0])
    sent = [flight.post(lone_site, flight.wish(n, starts[n]), f"handle-{n:04}") for n in range(4)]
    time.sleep(0.5)  # no connection can be taken at all
    limit(pid, resource.RLIMIT_NOFILE, limits[1])
    seen = [each.answer().status for each in sent]
    assert set(seen) == {503}
    for more in range(2, 10):
        limit(pid, resource.RLIMIT_NOFILE, limits[more])
        seen += [book(lone_site, n, starts[n]) for n in (2 * more, 2 * more + 1)]
    assert set(seen) == {201, 503}
    assert book(lone_site, 24, starts[24]) == 201
    assert lone_site.count(BOOKED) == seen.count(201) + 1


def book(site: Site, number: int, start: str) -> int:
    """Book one visit and return the status."""
    return flight.post(site, flight.wish(number, start), f"in-want-{number:04}").answer().status


def test_k17_without_memory_the_answer_is_503_and_with_it_all_is_well(lone_site: Site) -> None:
    """K17: the process may take next to no memory: what fails is 503, and nothing acknowledged is lost."""
    starts = flight.plain_starts(41)  # nothing was asked yet: what is needed first must be found
    seen = []
    for room in range(0, 24, 3):
        (pid,) = lone_site.workers()
        size = int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()
        before = limit(pid, resource.RLIMIT_AS, size + room * 300_000)
        seen += [book(lone_site, n, starts[n]) for n in range(room, room + 3)]
        with contextlib.suppress(ProcessLookupError):  # it has ended for want of memory, and another began
            resource.prlimit(pid, resource.RLIMIT_AS, before)
        assert lone_site.send("GET", "/healthz").status == 200
    assert 503 in seen
    assert set(seen) <= {0, 201, 503}
    assert book(lone_site, 40, starts[40]) == 201
    assert lone_site.count(BOOKED) >= seen.count(201) + 1
